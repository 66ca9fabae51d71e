"""What a line should have been: the formula of the working and its value, as text."""

from __future__ import annotations

from chalkgrad.core.node import Node
from chalkgrad.marking.course import Course, Stage
from chalkgrad.marking.quantities import Quantity
from chalkgrad.marking.wording import shown
from chalkgrad.marking.worlds import leaves_of, true_world
from chalkgrad.render.formula_text import formula_text

__all__ = ["name_of", "right_line"]


def right_line(course: Course, quantity: Quantity) -> str:
    """The line of the working that gives a quantity: name, formula in letters, value to six digits.

    A matrix is its numbers alone, row by row.
    """
    return course.once(("right line", quantity), lambda: _right_line(course, quantity))


def _right_line(course: Course, quantity: Quantity) -> str:
    stage = course.stage(quantity.stage)
    parts = [quantity.name if quantity.sign == 1 else f"-{quantity.name}"]
    made = stage.statements.get(quantity.flat[0]) if quantity.is_single and quantity.sign == 1 else None
    if made is not None:
        names = {leaf: name_of(leaf, stage) for leaf in leaves_of(made.formula)}
        parts.append(names.get(made.formula) or formula_text(made.formula, names))
    if stage.true:
        parts.append(shown(quantity.sign * true_world(course).array(quantity.stage, quantity.symbols)))
    return " = ".join(parts)


def name_of(symbol: Node, stage: Stage) -> str:
    """A symbol of the unit view as a person reads it: `w1'` for a new value, `m(w1)` for memory."""
    settings = {node: name for name, node in stage.units.settings.items()}
    if symbol in settings:
        return settings[symbol]
    name = symbol.name.partition("#")[0]
    role, _, rest = name.partition(":")
    if not rest or role.startswith("d"):
        return name.partition(":")[0] if role.startswith("d") else name
    of = rest.partition(":")[0]
    return f"{of}'" if role == "parameter" else f"{role}({of})"
