"""The learning rate of each step."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from chalkgrad.reading.problem import Problem

__all__ = ["learning_rate"]


def learning_rate(problem: Problem, epoch: int, step: int, steps: int, base: Fraction | None = None) -> Fraction:
    """The learning rate of a step: exact where the schedule is rational.

    Args:
        problem: with its optimizer and schedule.
        epoch: the number of the epoch, from 1.
        step: the number of the step over all epochs, from 1.
        steps: how many steps there are in all.
        base: the learning rate that the schedule starts from, if not that of the problem.

    Source: `cosine` is Loshchilov and Hutter, SGDR (2017), without restarts; `one_cycle` Smith and Topin (2018) with
    cosines, as in PyTorch's OneCycleLR.
    """
    base = problem.settings["learning_rate"] if base is None else base
    schedule = problem.keys.schedule
    if schedule.name == "step":
        return base * Fraction(schedule.factor) ** ((epoch - 1) // schedule.every)
    if schedule.name == "exponential":
        return base * Fraction(schedule.factor) ** (epoch - 1)
    if schedule.name == "cosine":
        span = schedule.epochs or problem.keys.epochs
        return _eased(base, Fraction(schedule.lowest), Fraction(min(epoch - 1, span), span))
    if schedule.name == "warmup":
        share = min(Fraction(1), Fraction(epoch, schedule.epochs))
        return base * (Fraction(schedule.start) + (1 - Fraction(schedule.start)) * share)
    if schedule.name == "one_cycle":
        return _one_cycle(schedule, base, step - 1, steps)
    return base


def _one_cycle(schedule: Any, base: Fraction, done: int, steps: int) -> Fraction:
    highest = Fraction(schedule.highest) if schedule.highest is not None else base
    lowest = highest / Fraction(schedule.start_divisor)
    rise, last = Fraction(schedule.rise) * steps - 1, Fraction(steps - 1)
    if done <= rise:
        return _eased(lowest, highest, done / rise if rise > 0 else Fraction(1))
    return _eased(highest, lowest / Fraction(schedule.end_divisor), (done - rise) / (last - rise))


def _eased(start: Fraction, end: Fraction, share: Fraction) -> Fraction:
    """From start to end along half a cosine; the cosine to 15 digits."""
    kept = Fraction((1 + math.cos(math.pi * float(share))) / 2).limit_denominator(10**15)
    return end + (start - end) * kept
