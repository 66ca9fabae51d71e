"""A comparison: what every run came to, what each setting reached, and what may be concluded from it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalkgrad.render.document import Document
from chalkgrad.training.comparing.outcome import PARTS, Outcome, to_json
from chalkgrad.training.comparing.settings import Setting
from chalkgrad.training.comparing.verdict import (
    Print,
    Spread,
    better_pairs,
    conclusion,
    effect_of,
    is_better,
    printer,
    ranked,
)
from chalkgrad.training.keeping.history_file import History

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Comparison", "Measure", "Row"]

# Keys that change what the number itself means, and keys that change which samples it is measured on.
_OTHER_LOSS = ("loss", "formula")
_OTHER_SAMPLES = ("data", "split")
_ENOUGH_SEEDS = 5
_NO_CHANCE = "The seeds change nothing in these runs, which says nothing about other starts"


@dataclass(frozen=True)
class Row:
    """One run of a comparison.

    Args:
        setting: what was trained.
        seed: from which seed.
        outcome: what it came to.
    """

    setting: Setting
    seed: int
    outcome: Outcome


@dataclass(frozen=True)
class Measure:
    """What settings are compared by.

    Args:
        part: the part that it is measured on: `test`, `validation` or `train`.
        name: `accuracy` or `loss`.
    """

    part: str
    name: str

    @property
    def larger(self) -> bool:
        """Whether more is better."""
        return self.name == "accuracy"

    def __str__(self) -> str:
        return f"{'training' if self.part == 'train' else self.part} {self.name}"

    def of(self, outcome: Outcome) -> float | None:
        """Its value for a run; None for one that was not trained to its end, or has no finite value."""
        value = outcome.scores.get(self.part, {}).get(self.name) if outcome.is_good else None
        return value if value is not None and math.isfinite(value) else None


@dataclass(frozen=True)
class Comparison:
    """Settings side by side.

    Args:
        title: of the problem.
        over: the texts of the values of each key that is compared.
        settings: every combination of them.
        seeds: what each setting was trained from.
        rows: the runs that were done, setting by setting.
        is_done: whether all of them were; an interrupted comparison has what was finished.
    """

    title: str
    over: Mapping[str, Sequence[str]]
    settings: Sequence[Setting]
    seeds: Sequence[int]
    rows: Sequence[Row]
    is_done: bool = True

    # --- what is compared ---

    @cached_property
    def measure(self) -> Measure:
        """What settings are compared by.

        On the test part if there is one, else on the validation part, else on the training part; accuracy where every
        run has one, else the loss.
        """
        scores = [row.outcome.scores for row in self.rows if row.outcome.is_good]
        part = next((part for part in PARTS if scores and all(part in each for each in scores)), "train")
        name = "accuracy" if scores and all("accuracy" in each.get(part, {}) for each in scores) else "loss"
        return Measure(part, name)

    @property
    def is_comparable(self) -> bool:
        """Whether the values of the measure mean the same in all settings."""
        return self.measure.name == "accuracy" or not self._varies(_OTHER_LOSS)

    def _varies(self, keys: Sequence[str]) -> bool:
        return any(key.split(".")[0] in keys and len(values) > 1 for key, values in self.over.items())

    def spread_of(self, setting: Setting, measure: Measure | None = None) -> Spread:
        """The results of a setting over its seeds."""
        found = [(measure or self.measure).of(row.outcome) for row in self.rows if row.setting == setting]
        values = tuple(value for value in found if value is not None)
        # The same run several times is one result, and no spread.
        return Spread(setting.name, values[:1] if self.seeds_change_nothing else values, found.count(None))

    @cached_property
    def seeds_change_nothing(self) -> bool:
        """Whether all seeds gave the same runs to the bit: weights that are given, and an order that is fixed."""
        seen: dict[str, list[Any]] = {}
        for row in self.rows:
            if row.outcome.is_good:
                seen.setdefault(row.setting.name, []).append(row.outcome.history.get("loss"))
        several = [losses for losses in seen.values() if len(losses) > 1]
        return bool(several) and all(loss == losses[0] for losses in several for loss in losses)

    @cached_property
    def spreads(self) -> list[Spread]:
        """The results of every setting that was run, the best first."""
        there = [self.spread_of(setting) for setting in self.settings]
        return ranked([spread for spread in there if spread.values or spread.failed], self.measure.larger)

    @cached_property
    def _text(self) -> Print:
        return printer(self.spreads, as_share=self.measure.larger)

    @property
    def curves(self) -> dict[str, list[History]]:
        """The histories of each setting, one a seed; an empty one for a run that failed before its first epoch."""
        return {
            setting.name: [
                {name: list(column) for name, column in row.outcome.history.items()}
                for row in self.rows
                if row.setting == setting
            ]
            for setting in self.settings
        }

    @property
    def curve_key(self) -> str:
        """Which list of the histories shows the measure best: that of the validation part where all runs have one."""
        there = [row.outcome.history for row in self.rows if row.outcome.epochs]
        wanted = [f"val_{self.measure.name}", self.measure.name, "val_loss", "loss"]
        return next((key for key in wanted if there and all(key in history for history in there)), "loss")

    # --- what may be concluded ---

    @property
    def conclusion(self) -> str:
        """What may be concluded, in one sentence."""
        if not self.is_comparable:
            return "The settings have different losses, whose values cannot be held against one another."
        why = {"of_one": _NO_CHANCE} if self.seeds_change_nothing else {}
        return conclusion(self.spreads, self.measure.larger, str(self.measure), self._text, **why)

    @property
    def effects(self) -> list[str]:
        """What each key does, where several were varied: judged within every combination of the others."""
        if not self.is_comparable or sum(len(values) > 1 for values in self.over.values()) < 2:
            return []
        table = {tuple(setting.texts.items()): self.spread_of(setting) for setting in self.settings}
        found = [effect_of(key, table, self.measure.larger) for key in self.over]
        return [effect for effect in found if effect]

    @property
    def notes(self) -> list[str]:
        """How it was judged, and what it does not show."""
        return list(self._notes())

    def _notes(self) -> Iterator[str]:
        count = len(self.seeds)
        seeds = "the same seed" if count == 1 else f"the same {count} seeds"
        split = "" if self._varies(_OTHER_SAMPLES) else "; the same samples train and test in all runs"
        yield f"Each setting is trained from {seeds}: the same random numbers for its weights and its order{split}."
        if count > 1 and not self.seeds_change_nothing:
            yield (
                "One setting is called better than another only if its worst run is better than the best run of the "
                "other; where the ranges overlap, no difference is shown."
            )
        if 1 < count < _ENOUGH_SEEDS and not self.seeds_change_nothing:
            yield f"{count} seeds are few: with more of them ranges can only grow, and may come to overlap."
        if self.measure.part == "test" and len(self.settings) > 1:
            yield (
                "The test part was used to compare, so the result of the best setting is a little too good; take a "
                "setting by the validation part if its test result is to be reported."
            )
        yield from self._notes_on_keys()

    def _notes_on_keys(self) -> Iterator[str]:
        if self._varies(_OTHER_SAMPLES):
            yield "The settings are measured on different samples, which differences may come from as well."
        if self._varies(("activation",)):
            yield "Unless `initial` is written, weights start on the scale that fits the activation."
        if self._varies(("optimizer",)) and "learning_rate" not in self.over:
            yield "Each optimizer is seen at one learning rate; at another the order may be another."
        if self._varies(("batch",)):
            yield "All settings see the samples equally often; smaller batches take more steps for it."

    # --- as a table ---

    def table(self) -> list[dict[str, Any]]:
        """The settings in their order, the best first, as plain data.

        Returns:
            For each setting its `name`, its `setting` by key, `values` (one a finished run), `mean`, `lowest`,
            `highest`, `deviation`, `loss` (the mean on the same part), `epochs`, `seconds` (means), `runs`, `failed`,
            `reasons` and `standing`.
        """
        by_name = {setting.name: setting for setting in self.settings}
        return [self._table_row(by_name[spread.name], spread) for spread in self.spreads]

    def _table_row(self, setting: Setting, spread: Spread) -> dict[str, Any]:
        outcomes = [row.outcome for row in self.rows if row.setting == setting]
        good = [outcome for outcome in outcomes if outcome.is_good]
        losses = self.spread_of(setting, Measure(self.measure.part, "loss"))
        has = bool(spread.values)
        return {
            "name": setting.name,
            "setting": dict(setting.texts),
            "values": list(spread.values),
            "mean": spread.mean if has else None,
            "lowest": spread.lowest if has else None,
            "highest": spread.highest if has else None,
            "deviation": spread.deviation if has else None,
            "loss": losses.mean if losses.values else None,
            "epochs": _mean([outcome.epochs for outcome in good]),
            "seconds": _mean([outcome.seconds for outcome in good]),
            "runs": len(outcomes),
            "failed": spread.failed,
            "reasons": sorted({_reason(outcome) for outcome in outcomes if self.measure.of(outcome) is None}),
            "standing": self._standing(spread),
        }

    def _standing(self, spread: Spread) -> str:
        """How a setting stands against the best one: `best`, `overlaps`, `worse`, `failed`, or nothing if unknown."""
        if not spread.is_whole:
            return "failed"
        best = self.spreads[0]
        if not self.is_comparable or len(best.values) < 2:
            return ""
        if spread is best:
            return "best"
        return "worse" if is_better(best, spread, self.measure.larger) else "overlaps"

    # --- as something to see ---

    def plot(self) -> Figure:
        """The curves of the best settings: the mean over the seeds, in a band from the lowest to the highest.

        Raises:
            UsageError: `missing-extra`, without Matplotlib.
        """
        from chalkgrad.training.comparing.comparison_page import curves_of_best

        return curves_of_best(self)

    def document(self, pictures: bool = True) -> Document:
        """The comparison as a document.

        Args:
            pictures: whether to draw, where Matplotlib is there.
        """
        from chalkgrad.training.comparing.comparison_page import comparison_document

        return comparison_document(self, pictures)

    def data(self) -> dict[str, Any]:
        """The same as plain JSON: no infinities, no NaN."""
        rows = [{"setting": dict(row.setting.texts), "seed": row.seed, **to_json(row.outcome)} for row in self.rows]
        better = better_pairs(self.spreads, self.measure.larger) if self.is_comparable else []
        return {
            "title": self.title,
            "over": {key: list(values) for key, values in self.over.items()},
            "seeds": list(self.seeds),
            "measure": {"part": self.measure.part, "name": self.measure.name},
            "settings": self.table(),
            "better": [list(pair) for pair in better],
            "conclusion": self.conclusion,
            "effects": self.effects,
            "notes": self.notes,
            "runs": rows,
            "done": self.is_done,
        }


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _reason(outcome: Outcome) -> str:
    if outcome.stopped == "diverged":
        return f"diverged: {outcome.reason}"
    return outcome.reason or "its result is not finite"
