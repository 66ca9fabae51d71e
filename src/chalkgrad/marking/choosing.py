"""Choices: what a line leaves open, such as whether two vectors side by side are a dot product, is tried each way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

__all__ = ["Chooser", "Unresolved", "each_way"]

T = TypeVar("T")
_MOST_WAYS = 48


class Unresolved(Exception):
    """A term has no value: a name that nobody knows, sizes that do not fit. `why` says so in words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Chooser:
    """Takes the options of a path, and the first option behind its end; remembers how many there were.

    Args:
        path: the number of the option to take at each choice.
    """

    def __init__(self, path: Sequence[int] = ()) -> None:
        self._path = list(path)
        self.counts: list[int] = []

    @property
    def path(self) -> tuple[int, ...]:
        """The options that were taken."""
        return tuple(self._path[: len(self.counts)])

    def pick(self, options: Sequence[T]) -> T:
        """One of some options; a single one is no choice."""
        if len(options) == 1:
            return options[0]
        place = len(self.counts)
        if place == len(self._path):
            self._path.append(0)
        self.counts.append(len(options))
        return options[min(self._path[place], len(options) - 1)]


def each_way(attempt: Callable[[Chooser], T], most: int = _MOST_WAYS) -> Iterator[tuple[tuple[int, ...], T]]:
    """Every way of making the choices of an attempt, with its path, the likeliest first; without those of no value."""
    path: tuple[int, ...] | None = ()
    for _ in range(most):
        chooser = Chooser(path or ())
        try:
            found = attempt(chooser)
        except Unresolved:
            pass
        else:
            yield chooser.path, found
        path = _next(chooser)
        if path is None:
            return


def _next(chooser: Chooser) -> tuple[int, ...] | None:
    """The path after that of a chooser: the last choice that has an option left takes it."""
    path = list(chooser.path)
    while path and path[-1] + 1 >= chooser.counts[len(path) - 1]:
        path.pop()
    if not path:
        return None
    path[-1] += 1
    return tuple(path)
