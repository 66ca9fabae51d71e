"""Settings to be compared: every combination of some values of some keys."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from chalkgrad.errors import ChalkgradError, Fault, UsageError
from chalkgrad.reading.source import load_source
from chalkgrad.reading.written_numbers import WrittenNumber

__all__ = ["Setting", "canonical", "fingerprint", "grid", "read_over", "seeds_of", "shown"]

_MOST_RUNS = 100_000
_OPENING, _CLOSING, _QUOTES = "([{", ")]}", "\"'"


@dataclass(frozen=True)
class Setting:
    """Some keys of a problem, each with one of its values.

    Args:
        changes: the values, by key.
        texts: the same as a person writes them.
    """

    changes: Mapping[str, Any] = field(compare=False)
    texts: Mapping[str, str]

    @property
    def name(self) -> str:
        """What the setting is called: its value alone where one key is compared, else each with its key."""
        if len(self.texts) == 1:
            return next(iter(self.texts.values()))
        first, *rest = [f"{key} {value}" for key, value in self.texts.items()]
        return f"{first} with {' and '.join(rest)}"


def read_over(texts: Sequence[str]) -> dict[str, list[Any]]:
    """What a command line says is to be compared.

    Args:
        texts: for each key `key=value,value,...`, the values as in a problem file, on one line. A comma in brackets or
            quotes belongs to the value.

    Raises:
        UsageError: `not-a-comparison`, `not-a-value`, `compared-twice`.

    >>> read_over(["batch=1,32,full", "initial=uniform(-1, 1),zeros"])
    {'batch': [WrittenNumber('1'), WrittenNumber('32'), 'full'], 'initial': ['uniform(-1, 1)', 'zeros']}
    """
    over: dict[str, list[Any]] = {}
    for text in texts:
        key, sign, values = text.partition("=")
        key = key.strip()
        if not sign or not key:
            message = f"expected a key and its values, read `{text}`"
            raise UsageError(Fault("not-a-comparison", message, hint="write activation=relu,tanh"))
        if key in over:
            hint = f"write all values behind one: {key}=a,b,c"
            raise UsageError(Fault("compared-twice", f"`{key}` is to be compared twice", hint=hint))
        over[key] = [_read(value, key) for value in _split(values)]
    return over


def _split(text: str) -> Iterator[str]:
    """The parts between commas that stand in no brackets and no quotes."""
    part, depth, quote = "", 0, ""
    for letter in text:
        if letter == "," and depth == 0 and not quote:
            yield part
            part = ""
            continue
        if quote:
            quote = "" if letter == quote else quote
        elif letter in _QUOTES and not part.strip():
            quote = letter
        depth += (letter in _OPENING) - (letter in _CLOSING)
        part += letter
    yield part


def _read(text: str, key: str) -> Any:
    try:
        source = load_source(text.strip(), f"the values of {key}")
    except ChalkgradError as error:
        raise UsageError([Fault("not-a-value", f"{key}: {error.faults[0].message}, read `{text}`")]) from None
    if source.value is None or source.faults:
        why = source.faults[0].message if source.faults else "a value is missing"
        raise UsageError(Fault("not-a-value", f"{key}: {why}", hint=f"write {key}=a,b,c"))
    return source.value


def shown(value: Any) -> str:
    """A value as a person writes it in a problem file.

    >>> shown([64, 32]), shown({"name": "sgd", "learning_rate": 0.1}), shown(True)
    ('[64, 32]', '{name: sgd, learning_rate: 0.1}', 'true')
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {shown(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(shown(entry) for entry in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def grid(over: Mapping[str, Sequence[Any]]) -> list[Setting]:
    """Every combination of the values, the last key changing fastest; a value that stands twice is taken once.

    Args:
        over: values by key.

    Raises:
        UsageError: `nothing-to-compare`, `too-many-runs`; `not-a-comparison`, for a key that cannot be compared.

    >>> [setting.name for setting in grid({"batch": [1, "full"], "activation": ["relu", "tanh"]})]
    ['batch 1 with activation relu', 'batch 1 with activation tanh',
     'batch full with activation relu', 'batch full with activation tanh']
    """
    for key, values in over.items():
        if isinstance(values, str) or not isinstance(values, Sequence):
            raise UsageError(Fault("not-a-comparison", f"the values of `{key}` are not a list", hint="write [a, b]"))
    if not over or not all(over.values()):
        raise UsageError(Fault("nothing-to-compare", "there is nothing to compare", hint="write activation=relu,tanh"))
    if "seed" in over:
        hint = "say how many seeds each setting is trained with, or which"
        raise UsageError(Fault("not-a-comparison", "a seed is no setting: all settings get the same ones", hint=hint))
    if math.prod(map(len, over.values())) > _MOST_RUNS:
        raise UsageError(Fault("too-many-runs", f"that would be more than {_MOST_RUNS:,} runs", hint="compare less"))
    found: dict[tuple[str, ...], Setting] = {}
    for values in itertools.product(*over.values()):
        texts = {key: shown(value) for key, value in zip(over, values, strict=True)}
        found.setdefault(tuple(texts.values()), Setting(dict(zip(over, values, strict=True)), texts))
    return list(found.values())


def seeds_of(first: int, seeds: int | Sequence[int]) -> list[int]:
    """The seeds of a comparison: those that are listed, or so many from the seed of the problem on.

    Raises:
        UsageError: `not-a-count`.

    >>> seeds_of(3, 2), seeds_of(3, [7, 7, 1])
    ([3, 4], [7, 1])
    """
    listed = [*range(first, first + seeds)] if isinstance(seeds, int) else list(dict.fromkeys(seeds))
    if not listed or not all(isinstance(seed, int) and seed >= 0 for seed in listed):
        message = f"expected how many seeds, at least 1, or a list of them, read {seeds}"
        raise UsageError(Fault("not-a-count", message))
    return [int(seed) for seed in listed]


def fingerprint(tree: Any, *beside: Any) -> str:
    """A hash of what decides the numbers of a run: the keys of its problem, less its title and what it shows.

    Args:
        tree: the keys, as they were read; numbers count by their value, and not by how they are typed.
        beside: what else decides them, as plain data.
    """
    kept = {key: value for key, value in tree.items() if key not in ("title", "show", "seed")}
    said = json.dumps([canonical(kept), *beside], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def canonical(value: Any) -> Any:
    """A value as plain JSON that is the same for the same numbers, however they are typed."""
    if isinstance(value, Mapping):
        return {str(key): canonical(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(entry) for entry in value]
    if isinstance(value, WrittenNumber | Fraction):
        return {"number": f"{value.numerator}/{value.denominator}"}
    return value if isinstance(value, str | int | float | bool | None) else type(value).__name__
