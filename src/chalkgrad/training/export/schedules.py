"""The learning rate of each step, as a function in a script."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from chalkgrad.training.export.recipe import Recipe

__all__ = ["rate_function"]


def rate_function(recipe: Recipe) -> list[str]:
    """The lines of `learning_rate_at(step)`; none where the learning rate stays.

    It says what `chalkgrad.solving.schedules` works out; its sources are named there.
    """
    schedule = recipe.problem.keys.schedule
    if schedule.name == "constant":
        return []
    doc, *body = _BODIES[schedule.name](schedule, recipe)
    if any("epoch" in line for line in body):
        body.insert(0, f"epoch = (step - 1) // {recipe.steps_of_an_epoch} + 1")
    return ["def learning_rate_at(step):", f'    """{doc}"""', *(f"    {line}" for line in body)]


def _base(recipe: Recipe) -> str:
    return _number(recipe.problem.settings["learning_rate"])


def _number(value: Any) -> str:
    exact = Fraction(value)
    return str(exact.numerator) if exact.denominator == 1 else repr(float(exact))


def _step(schedule: Any, recipe: Recipe) -> list[str]:
    if schedule.every == 1:
        return _exponential(schedule, recipe)
    return [
        f"After every {schedule.every} epochs it is multiplied by {_number(schedule.factor)}.",
        f"return {_base(recipe)} * {_number(schedule.factor)} ** ((epoch - 1) // {schedule.every})",
    ]


def _exponential(schedule: Any, recipe: Recipe) -> list[str]:
    return [
        f"After every epoch it is multiplied by {_number(schedule.factor)}.",
        f"return {_base(recipe)} * {_number(schedule.factor)} ** (epoch - 1)",
    ]


def _cosine(schedule: Any, recipe: Recipe) -> list[str]:
    span = schedule.epochs or recipe.problem.keys.epochs
    return [
        "It falls along half a wave of the cosine.",
        f"share = min(epoch - 1, {span}) / {span}",
        f"return ease({_base(recipe)}, {_number(schedule.lowest)}, share)",
    ]


def _warmup(schedule: Any, recipe: Recipe) -> list[str]:
    start = Fraction(schedule.start)
    return [
        f"It rises in a straight line for {schedule.epochs} epochs, then it stays.",
        f"share = min(1, epoch / {schedule.epochs})",
        f"return {_base(recipe)} * ({_number(start)} + {_number(1 - start)} * share)",
    ]


def _one_cycle(schedule: Any, recipe: Recipe) -> list[str]:
    steps = recipe.all_steps
    base = recipe.problem.settings["learning_rate"]
    highest = Fraction(schedule.highest) if schedule.highest is not None else base
    lowest = highest / Fraction(schedule.start_divisor)
    rise = Fraction(schedule.rise) * steps - 1
    share = f"(step - 1) / {_number(rise)}" if rise > 0 else "1"
    lines = ["It rises once and falls far below its start, both along cosines."]
    lines += [f"if step - 1 <= {_number(rise)}:"]
    lines += [f"    return ease({_number(lowest)}, {_number(highest)}, {share})"]
    end = _number(lowest / Fraction(schedule.end_divisor))
    fall = _number(steps - 1 - rise)
    done = f"step - 1 - {_number(rise)}" if rise >= 0 else f"step - 1 + {_number(-rise)}"
    return [*lines, f"return ease({_number(highest)}, {end}, ({done}) / {fall})"]


EASE = '''
def ease(start, end, share):
    """From start to end along half a wave of the cosine."""
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2
'''

_BODIES = {
    "step": _step,
    "exponential": _exponential,
    "cosine": _cosine,
    "warmup": _warmup,
    "one_cycle": _one_cycle,
}
