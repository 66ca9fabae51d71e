"""The learning rate of every step, by the schedule that solutions are written with."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from chalkgrad.reading.problem import Problem
from chalkgrad.solving.schedules import learning_rate

__all__ = ["Rates"]


class Rates:
    """Learning rates of epochs.

    Args:
        problem: with its optimizer and its schedule.
        steps: how many steps an epoch has.
        epochs: how many epochs there are to be.
        base: the learning rate that the schedule starts from, if not that of the problem.
    """

    def __init__(self, problem: Problem, steps: int, epochs: int, base: float | None = None) -> None:
        self.problem, self.steps, self.epochs = problem, steps, epochs
        self._exact = problem.settings["learning_rate"] if base is None else Fraction(repr(float(base)))
        self._base = float(self._exact)
        self._name = problem.keys.schedule.name

    def of(self, epoch: int) -> Sequence[float]:
        """The learning rate of each step of an epoch, counted from 1."""
        if self._name == "constant":
            return [self._base] * self.steps
        total, first = self.steps * self.epochs, (epoch - 1) * self.steps
        if self._name != "one_cycle":
            return [float(learning_rate(self.problem, epoch, first + 1, total, self._exact))] * self.steps
        return [float(learning_rate(self.problem, epoch, first + k + 1, total, self._exact)) for k in range(self.steps)]
