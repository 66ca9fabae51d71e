"""The functions that a page may call, as the ops of the language work them out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy

from chalkgrad.marking.choosing import Unresolved
from chalkgrad.ops import OPS

__all__ = ["apply_function", "is_step"]

_OTHER_WORDS = {"ln": "log", "σ": "sigmoid", "sigma": "sigmoid", "logistic": "sigmoid", "lg": "log", "maximum": "max"}
_OF_TWO = {"max": numpy.maximum, "min": numpy.minimum}
_STEPS = frozenset({"step", "unit", "u", "heaviside", "H", "unitstep", "unit_step", "I", "indicator", "1"})
_NUDGE = 1e-5


def is_step(word: str) -> bool:
    """Whether a word may name the unit step."""
    return word in _STEPS


def apply_function(word: str, arguments: Sequence[Any], primes: int = 0) -> Any:
    """The value of a function at arguments; with one prime, its slope by central differences.

    Raises:
        Unresolved: if there is no such function, or it does not take such arguments.
    """
    if primes > 1:
        raise Unresolved("a second derivative")
    if primes == 1:
        if len(arguments) != 1:
            raise Unresolved(f"a slope of {word} by several arguments")
        up, down = (apply_function(word, [arguments[0] + nudge]) for nudge in (_NUDGE, -_NUDGE))
        return (up - down) / (2 * _NUDGE)
    name = _OTHER_WORDS.get(word, word)
    if is_step(name):
        return numpy.where(arguments[0] > 0, 1.0, 0.0)
    if name in ("sum", "mean") and len(arguments) == 1:
        return numpy.float64(getattr(numpy, name)(arguments[0]))
    if name == "norm" and len(arguments) == 1:
        return numpy.sqrt(numpy.sum(numpy.square(arguments[0])))
    if name in _OF_TWO and len(arguments) == 2:
        return _OF_TWO[name](*arguments)
    op = OPS.functions.get(name)
    if op is None or op.arity != len(arguments):
        raise Unresolved(f"{word} is no function that is known")
    return _worked(op, arguments)


def _worked(op: Any, arguments: Sequence[Any]) -> Any:
    try:
        if op.elementwise:
            return op.forward(numpy, *arguments, **op._defaults)
        # What works along an axis takes the units of one sample as a row.
        return numpy.squeeze(op.forward(numpy, *[numpy.atleast_2d(a) for a in arguments], **op._defaults))
    except (ValueError, TypeError):
        raise Unresolved(f"{op.name} of such arguments") from None
