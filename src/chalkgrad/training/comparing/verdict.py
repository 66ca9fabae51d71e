"""What may be concluded from several runs of several settings, in careful words.

Settings are told apart by their spreads alone: one is called better than another only where all of its runs are better
than all runs of the other. Where the ranges from the lowest to the highest run overlap, no difference is shown. That
asks more than a comparison of means does, and supposes nothing about how results are distributed.
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Spread", "better_pairs", "conclusion", "effect_of", "is_better", "listed", "printer", "ranked"]

_MOST_NAMES = 5
_MOST_DIGITS = 9

Print = Callable[[float], str]


@dataclass(frozen=True)
class Spread:
    """The results of one setting.

    Args:
        name: what it is called.
        values: the measure of each run that was trained to its end; all finite.
        failed: how many runs were not.
    """

    name: str
    values: tuple[float, ...]
    failed: int = 0

    @property
    def mean(self) -> float:
        """The mean of the runs."""
        return statistics.fmean(self.values)

    @property
    def lowest(self) -> float:
        """The smallest value of a run."""
        return min(self.values)

    @property
    def highest(self) -> float:
        """The largest value of a run."""
        return max(self.values)

    @property
    def deviation(self) -> float | None:
        """The standard deviation over the runs, with one less than their number below; None for a single run."""
        return statistics.stdev(self.values) if len(self.values) > 1 else None

    @property
    def is_whole(self) -> bool:
        """Whether every run was trained to its end; what is left of others may be its lucky half."""
        return bool(self.values) and not self.failed

    def overlaps(self, other: Spread) -> bool:
        """Whether the ranges have a point in common."""
        return self.lowest <= other.highest and other.lowest <= self.highest

    def range(self, text: Print) -> str:
        """From the lowest to the highest, such as `0.951 to 0.960`."""
        ends = [text(self.lowest), text(self.highest)]
        return " to ".join(dict.fromkeys(ends))


def is_better(one: Spread, other: Spread, larger: bool) -> bool:
    """Whether all runs of one are better than all runs of the other, of which each has several and none failed.

    Args:
        one: a setting.
        other: another.
        larger: whether more is better.
    """
    if not one.is_whole or not other.is_whole or min(len(one.values), len(other.values)) < 2 or one.overlaps(other):
        return False
    return (one.mean > other.mean) == larger


def ranked(spreads: Sequence[Spread], larger: bool) -> list[Spread]:
    """Settings by their means, the best first; behind them those with failed runs, and those with nothing else."""

    def place(spread: Spread) -> tuple[int, float]:
        if not spread.values:
            return 2, 0.0
        return int(spread.failed > 0), -spread.mean if larger else spread.mean

    return sorted(spreads, key=place)


def better_pairs(spreads: Sequence[Spread], larger: bool) -> list[tuple[str, str]]:
    """Every pair of names of which the first is better than the second."""
    pairs = itertools.permutations(spreads, 2)
    return [(one.name, other.name) for one, other in pairs if is_better(one, other, larger)]


def printer(spreads: Sequence[Spread], as_share: bool) -> Print:
    """How values are printed: with as many digits as it takes to see that spreads apart are apart, three at least.

    Args:
        spreads: what is printed side by side.
        as_share: whether the values are shares of 1, to be printed to decimals and not to significant digits.
    """
    ordered = sorted((spread for spread in spreads if spread.values), key=lambda spread: spread.lowest)
    gaps = [(a.highest, b.lowest) for a, b in itertools.combinations(ordered, 2) if a.highest < b.lowest]

    def of_digits(digits: int) -> Print:
        return (lambda value: f"{value:.{digits}f}") if as_share else (lambda value: f"{value:.{digits}g}")

    start = 3 if as_share else 4
    good = (d for d in range(start, _MOST_DIGITS) if all(of_digits(d)(a) != of_digits(d)(b) for a, b in gaps))
    return of_digits(next(good, _MOST_DIGITS))


def listed(names: Sequence[str]) -> str:
    """Names in a row, of very many only the first.

    >>> listed(["relu"]), listed(["relu", "tanh", "elu"])
    ('relu', 'relu, tanh and elu')
    """
    if len(names) > _MOST_NAMES:
        return f"{', '.join(names[: _MOST_NAMES - 1])} and {len(names) - _MOST_NAMES + 1} others"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


# Why there is no spread to judge by.
_ONE_RUN = "One run of each setting shows nothing about the spread over seeds"


def conclusion(
    spreads: Sequence[Spread], larger: bool, measure: str, text: Print | None = None, of_one: str = _ONE_RUN
) -> str:
    """What may be concluded, in one sentence.

    Args:
        spreads: the settings.
        larger: whether more of the measure is better.
        measure: what is measured, such as `test accuracy`.
        text: how values are printed.
        of_one: why no difference is shown where settings have a single result.

    >>> relu, tanh = Spread("relu", (0.973, 0.978)), Spread("tanh", (0.970, 0.975))
    >>> conclusion([relu, tanh, Spread("sigmoid", (0.951, 0.96))], True, "test accuracy")
    'By test accuracy, relu (0.973 to 0.978) is better than sigmoid (0.951 to 0.960); relu and tanh overlap, so no
    difference between them is shown.'
    """
    text = text or printer(spreads, as_share="accuracy" in measure)
    order = ranked(spreads, larger)
    whole = [spread for spread in order if spread.is_whole]
    failed = _failures([spread for spread in order if not spread.is_whole])
    if len(whole) < 2:
        said = _of_few(whole, len(order), measure, text)
    elif min(len(spread.values) for spread in whole) == 1:
        said = f"{of_one}, so no difference is shown; {_of_single_runs(whole, larger, measure, text)}"
    else:
        said = f"By {measure}, {_of_spreads(whole, larger, text)}"
    return f"{'; '.join([said, *failed])}."


def _of_few(whole: Sequence[Spread], count: int, measure: str, text: Print) -> str:
    if not whole:
        return "No setting was trained to its end in all of its runs, so nothing can be concluded"
    alone = "no other setting was trained to its end in all of its runs" if count > 1 else "there is nothing beside it"
    return f"{whole[0].name} came to a {measure} of {whole[0].range(text)}, and {alone}"


def _of_single_runs(whole: Sequence[Spread], larger: bool, measure: str, text: Print) -> str:
    best = [spread.name for spread in whole if spread.mean == whole[0].mean]
    which = "highest" if larger else "lowest"
    if len(best) == len(whole):
        return f"all settings have the same {measure} ({whole[0].range(text)})"
    return f"{listed(best)} {'has' if len(best) == 1 else 'have'} the {which} {measure} ({text(whole[0].mean)})"


def _of_spreads(whole: Sequence[Spread], larger: bool, text: Print) -> str:
    best, *rest = whole

    def named(spread: Spread) -> str:
        return f"{spread.name} ({spread.range(text)})"

    worse = [spread for spread in rest if is_better(best, spread, larger)]
    level = [best, *(spread for spread in rest if spread not in worse)]
    if not worse:
        return f"{_level(level, larger, [named(spread) for spread in level])}"
    said = f"{named(best)} is better than {listed([named(spread) for spread in worse])}"
    return said if len(level) == 1 else f"{said}; {_level(level, larger, [spread.name for spread in level])}"


def _level(level: Sequence[Spread], larger: bool, names: Sequence[str]) -> str:
    """What is said of the best setting and those that it cannot be told from."""
    apart = better_pairs(level[1:], larger)
    if not apart:
        return f"{listed(names)} overlap, so no difference between them is shown"
    others = f"{listed(names[1:])} each overlap with {names[0]}, so no difference from it is shown"
    pairs = [f"{one} is better than {other}" for one, other in apart]
    return f"{others}, though {listed(pairs)}"


def _failures(spreads: Sequence[Spread]) -> list[str]:
    """What is said of settings with failed runs."""
    gone = [spread.name for spread in spreads if not spread.values]
    said = [f"{listed(gone)} failed in every run"] if gone else []
    for spread in spreads[: _MOST_NAMES if len(spreads) <= _MOST_NAMES else 0]:
        if spread.values:
            runs = spread.failed + len(spread.values)
            said.append(f"{spread.name} failed in {spread.failed} of {runs} runs and is not judged")
    if len(spreads) > _MOST_NAMES:
        said.append(f"{len(spreads) - len(gone)} settings failed in some of their runs and are not judged")
    return said


# --- what one key does, where several were varied ---

Texts = tuple[tuple[str, str], ...]


def effect_of(key: str, table: Mapping[Texts, Spread], larger: bool) -> str:
    """What one key does, judged within every combination of the others; empty if nothing can be said.

    The value that is best on average over the combinations is held against each other one.

    Args:
        key: the key.
        table: for each setting its keys with the texts of their values, and its results.
        larger: whether more is better.
    """
    by_value: dict[str, dict[Texts, Spread]] = {}
    for texts, spread in table.items():
        others = tuple(pair for pair in texts if pair[0] != key)
        by_value.setdefault(dict(texts)[key], {})[others] = spread
    whole = {
        value: {others: spread for others, spread in found.items() if spread.is_whole and len(spread.values) > 1}
        for value, found in by_value.items()
    }
    whole = {value: found for value, found in whole.items() if found}
    shared = set.intersection(*(set(found) for found in whole.values())) if whole else set()
    if len(whole) < 2 or not shared:
        return ""
    contexts = [others for others in next(iter(by_value.values())) if others in shared]
    means = {value: statistics.fmean(found[others].mean for others in contexts) for value, found in whole.items()}
    best, *rest = sorted(means, key=lambda value: -means[value] if larger else means[value])
    said = [_against(best, whole[best], value, whole[value], contexts, larger) for value in rest[: _MOST_NAMES - 1]]
    return f"{key}: {'; '.join(said)}."


def _against(
    best: str,
    of_best: Mapping[Texts, Spread],
    value: str,
    of_value: Mapping[Texts, Spread],
    contexts: Sequence[Texts],
    larger: bool,
) -> str:
    better = [c for c in contexts if is_better(of_best[c], of_value[c], larger)]
    worse = [c for c in contexts if is_better(of_value[c], of_best[c], larger)]
    keys = [key for key, _ in contexts[0]]
    every = f"with every {keys[0]}" if len(keys) == 1 else f"in every combination of {listed(keys)}"
    if len(contexts) == 1:
        every = f"with {_said(contexts)}"
    if not better and not worse:
        return f"no difference between {best} and {value} is shown {every.replace('every', 'any')}"
    if len(better) == len(contexts):
        return f"{best} is better than {value} {every}"
    said = [f"{best} is better than {value} with {_said(better)}"] if better else []
    said += [f"{value} is better than {best} with {_said(worse)}"] if worse else []
    if len(better) + len(worse) < len(contexts):
        said.append("otherwise no difference between them is shown")
    return ", ".join(said)


def _said(contexts: Sequence[Texts]) -> str:
    """Combinations of the other keys, in words."""
    if len({key for context in contexts for key, _ in context}) == 1:
        return f"{contexts[0][0][0]} {listed([context[0][1] for context in contexts])}"
    return listed(["(" + ", ".join(f"{key} {value}" for key, value in context) + ")" for context in contexts])
