"""A derivation as plain data: what `chalkgrad solve FILE --json` prints."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from chalkgrad.core.equality import Comparison
from chalkgrad.render.formula_text import formula_text
from chalkgrad.render.latex import latex
from chalkgrad.render.notation import write_node
from chalkgrad.solving.derivation import Check, Derivation
from chalkgrad.solving.labels import letters_of
from chalkgrad.solving.plain_values import in_shape, only_finite, plain, plain_number
from chalkgrad.solving.step_data import step_data
from chalkgrad.solving.work import work_data

__all__ = ["solution_data"]


def solution_data(derivation: Derivation) -> dict[str, Any]:
    """A solution as numbers, texts, lists and mappings that `json.dumps(..., allow_nan=False)` accepts.

    Values are full float64; where each printed number is carried on, they are the printed ones. `remarks` holds what is
    to be said of the solution as a whole, and a sentence for each number that is infinite or not a number: JSON has no
    such numbers, so they are given as null. `equal` is there only where the problem asks for it.

    Args:
        derivation: the solution.

    Returns:
        The data, in the order of the keys of the printed JSON.
    """
    problem = derivation.problem
    convention = problem.keys.convention
    data: dict[str, Any] = {
        "title": problem.title,
        "convention": {"vectors": convention.vectors, "relu_at_zero": _whole_or_float(convention.relu_at_zero)},
        "steps": [step_data(derivation, step) for step in derivation.steps],
        "loss_after": plain_number(derivation.loss_after),
        "symbolic": _symbolic_data(derivation),
        "checks": [_check_data(check) for check in derivation.checks],
    }
    if derivation.comparison is not None:
        data["equal"] = _comparison_data(derivation.comparison)
    data["work"] = work_data(derivation)
    remarks = [*derivation.notes, *_rounding_remarks(derivation)]
    finite: dict[str, Any] = only_finite(data, remarks)
    return {**finite, "remarks": remarks}


def _whole_or_float(number: Any) -> int | float:
    exact = Fraction(number)
    return exact.numerator if exact.denominator == 1 else float(exact)


def _symbolic_data(derivation: Derivation) -> dict[str, Any]:
    """The derivatives asked for, as text that can be typed into a problem file and as LaTeX."""
    answers = {}
    for name, (view, formula) in derivation.symbolic.items():
        letters = letters_of(derivation.problem.graph(view.samples), view, ()).labels()
        answers[name] = {"text": formula_text(formula), "latex": latex(write_node(formula, letters))}
    return answers


def _check_data(check: Check) -> dict[str, Any]:
    return {
        "name": check.name,
        "passed": bool(check.passed),
        "measured": float(check.measured),
        "tolerance": float(check.tolerance),
    }


def _comparison_data(comparison: Comparison) -> dict[str, Any]:
    """Whether both sides are equal, and where they are not."""
    counterexample = None
    if comparison.at:
        counterexample = {
            "at": {node.name: _value_at(node.shape, value) for node, value in comparison.at.items()},
            "left": plain(comparison.left),
            "right": plain(comparison.right),
        }
    return {
        "equal": comparison.equal,
        "points": comparison.points,
        "largest_difference": float(comparison.largest_difference),
        "counterexample": counterexample,
    }


def _value_at(shape: tuple[Any, ...], value: Any) -> Any:
    return plain(value) if shape else in_shape(value, ())


def _rounding_remarks(derivation: Derivation) -> list[str]:
    """A remark where printed numbers are carried on, but not through all steps."""
    left = [step.batch.step for step in derivation.steps if not step.exact]
    if derivation.asking.carry != "rounded" or not left:
        return []
    return [f"From step {left[0]} on nothing is printed, so from there the values are those without any rounding."]
