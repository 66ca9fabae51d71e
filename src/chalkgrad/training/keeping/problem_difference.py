"""In which keys two problem files differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalkgrad.reading.source import Path, load_source

__all__ = ["differing_keys"]


def differing_keys(one: str, other: str) -> list[str]:
    """The keys in which two problem files say different things, such as `optimizer.learning_rate`, sorted.

    Args:
        one: the text of a problem file.
        other: the text of another.

    Raises:
        ProblemError: if one of them is no YAML.

    >>> differing_keys("{seed: 0, batch: 1e1}", "{batch: 10, seed: 1, epochs: 2}")
    ['epochs', 'seed']
    """
    if one == other:
        return []
    trees = (load_source(one, "problem.yaml").value, load_source(other, "problem.yaml").value)
    return sorted({".".join(map(str, path)) or "the whole file" for path in _differences(*trees, ())})


def _differences(one: Any, other: Any, path: Path) -> Iterator[Path]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            if (key in one) != (key in other):
                yield (*path, key)
            elif key in one:
                yield from _differences(one[key], other[key], (*path, key))
    elif type(one) is not type(other) or one != other:
        yield path
