"""Functions without a formula: where formulas are compared by their values, a sine wave stands in for each."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy

from chalkgrad.core.node import toposort
from chalkgrad.marking.course import Course
from chalkgrad.marking.naming import key_of, key_of_text
from chalkgrad.marking.page.written import Name

__all__ = ["StandIns", "stand_in", "unnamed_function"]


class StandIns:
    """NumPy, with a value for functions that have no formula: to be equal for any is to be so for one."""

    def __getattr__(self, name: str) -> Any:
        """Everything else is as NumPy has it."""
        return getattr(numpy, name)

    def unnamed(self, value: Any, name: str, order: int) -> Any:
        """The derivative of some order of what stands in for a function."""
        return stand_in(name, value, order)


def stand_in(name: str, value: Any, order: int = 0) -> Any:
    """The derivative of some order of what stands in for a function: a sine wave of its own.

    >>> round(float(stand_in("f", 0.3)), 3) == round(float(stand_in("g", 0.3)), 3)
    False
    """
    chance = random.Random(name)
    rate, shift = chance.uniform(0.5, 1.5), chance.uniform(0.5, 1.5)
    return rate**order * numpy.sin(rate * value + shift + order * math.pi / 2)


def unnamed_function(course: Course, name: Name) -> str:
    """The function without a formula that a name stands for, in the file's words; empty if it stands for none."""
    known = course.kept.get("unnamed functions")
    if known is None:
        formulas = [made.formula for made in course.stages[0].statements.values()]
        named = [node.attributes["name"] for node in toposort(formulas) if node.op.name == "unnamed"]
        known = {key_of_text(function): function for function in named}
        course.kept["unnamed functions"] = known
    return str(known.get(key_of(name), "")) if known else ""
