"""The numbers of the working are right, apart from whoever wrote them."""

from __future__ import annotations

import ast
import itertools
import math
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import chalkgrad

FOLDER = Path(__file__).parents[2] / "benchmarks" / "marking"
PROBLEMS = sorted(path.stem for path in (FOLDER / "problems").glob("*.yaml"))


def working(code: SimpleNamespace, name: str, **route: bool) -> Any:
    """All steps of a problem, worked out with all digits."""
    problem = code.working.read(name)
    looks = SimpleNamespace(steps=problem.steps, route=code.working.Route(**route))
    return code.computing.Page(code.generate.working_of(problem, looks), problem.given)


class TestTheWorkingIsRight:
    @pytest.mark.parametrize("name", PROBLEMS)
    @pytest.mark.parametrize("slopes", [False, True])
    def test_every_number_is_that_of_our_own_solution(self, code: SimpleNamespace, name: str, slopes: bool) -> None:
        data = chalkgrad.solve(chalkgrad.read(FOLDER / "problems" / f"{name}.yaml")).data()
        page = working(code, name, slopes=slopes, jacobian=slopes)
        compared = sum(compare(of, page.raw(of), data) for of in page.lines)
        # Slopes, errors and whatever the solution does not list have no number there.
        assert compared >= 0.6 * len(page.lines)

    @pytest.mark.parametrize("name", PROBLEMS)
    def test_gradients_are_what_a_small_nudge_gives(self, code: SimpleNamespace, name: str) -> None:
        quantity = code.expressions.Quantity
        page = working(code, name)
        given = dict(page.given)
        parameters = [of for of in given if of.kind == "parameter"]
        assert parameters
        for of in parameters:
            value = np.atleast_2d(np.asarray(given[of], dtype=float))
            found = np.atleast_2d(np.asarray(page.raw(quantity("gradient", of.of)), dtype=float))
            assert found.shape == value.shape
            if of.of in decayed(page, of.of):
                found = found - given[quantity("setting", "l2")] * value
            for place in np.ndindex(value.shape):
                assert nudged(code, page, of, value, place) == pytest.approx(found[place], abs=1e-8)

    @pytest.mark.parametrize("name", PROBLEMS)
    def test_both_routes_come_to_the_same(self, code: SimpleNamespace, name: str) -> None:
        one, other = working(code, name), working(code, name, slopes=True, jacobian=True)
        for of in set(one.lines) & set(other.lines):
            np.testing.assert_allclose(one.raw(of), other.raw(of), rtol=1e-12, atol=1e-15)


def decayed(page: Any, name: str) -> set[str]:
    """The parameters that the regularizer of a problem is on: its weights."""
    return {name} if any(of.of == "l2" for of in page.given) and name.startswith("w") else set()


def nudged(code: SimpleNamespace, page: Any, of: Any, value: np.ndarray, place: tuple[int, ...]) -> float:
    """The slope of the loss by one entry, from both sides. With a step of 1e-5 the error is about 1e-10."""
    losses = []
    for step in (1e-5, -1e-5):
        moved = value.copy()
        moved[place] += step
        changed = float(moved[0, 0]) if np.ndim(page.given[of]) == 0 else moved
        other = code.computing.Page(page.lines.values(), {**page.given, of: changed})
        losses.append(other.raw(code.expressions.Quantity("loss", "loss")))
    return (losses[0] - losses[1]) / 2e-5


def compare(of: Any, value: Any, data: dict[str, Any]) -> bool:
    """Hold a number against the one in our solution; whether there was one."""
    step = data["steps"][of.step - 1 - (of.kind == "parameter")]
    found = expected(of, step)
    if found is None:
        return False
    np.testing.assert_allclose(np.ravel(value), np.ravel(found), rtol=1e-12, atol=1e-14, err_msg=str(of))
    return True


def expected(of: Any, step: dict[str, Any]) -> Any:
    match of.kind:
        case "loss":
            return step["loss"]
        case "parameter":
            return step["parameters_after"][of.of]
        case "gradient":
            return step["gradients"].get(of.of) or of_layer(step["intermediate_gradients"], of.of)
        case "sum" | "unit":
            forward = step["forward"][of.sample - 1] if of.sample else step["forward"]
            return of_layer(forward, f"z_{of.of}" if of.kind == "sum" else of.of)
        case "m" | "v" | "velocity":
            return step["optimizer"][of.kind][of.of]
    return None


def of_layer(values: Any, name: str) -> Any:
    """A value by its name, or those of all units of a layer."""
    if isinstance(values, list):
        return None
    if name in values:
        return values[name]
    units = [values[key] for key in values if re.fullmatch(rf"{re.escape(name)}_\d+", key)]
    return units or None


class TestRightPagesAreRight:
    def test_the_numbers_of_every_typed_line_give_its_result(self, pages: list[dict[str, Any]]) -> None:
        statements = [
            statement
            for page in pages
            if page["style"] == "typed" and page["kind"] == "right" and not page["noisy"]
            for line in page["text"].split("\n")
            for statement in line.split(",  ")
        ]
        assert sum(map(holds, statements)) > 200

    def test_the_check_can_fail(self) -> None:
        assert holds("z = w*x = 0.521*0.3 = 0.156")
        with pytest.raises(AssertionError):
            holds("z = w*x = 0.521*0.3 = 0.256")
        assert not holds("z = w*x = 0.256")


def holds(statement: str) -> bool:
    """Whether there was something to check: parts that are only numbers, each of which comes to the next."""
    parts = [part for part in re.split(r"=|≈|:=|<-", statement)[1:] if value_of(part) is not None]
    for one, other in itertools.pairwise(parts):
        first, second = value_of(one), value_of(other)
        assert first is not None
        assert second is not None
        # 1e-9 for zeros that are printed without digits.
        assert abs(first - second) <= doubt(one) + doubt(other) + 1e-9, statement
    return len(parts) > 1


def doubt(text: str) -> float:
    """How far numbers that were rounded or cut off may move the value: each by one unit of its last place."""
    value, total = value_of(text), 0.0
    assert value is not None
    for match in re.finditer(r"\d+\.\d+", text):
        unit = 10.0 ** -len(match[0].partition(".")[2])
        try:
            moved = value_of(f"{text[: match.start()]}{float(match[0]) + unit!r}{text[match.end() :]}")
        except ZeroDivisionError:
            # 1 - 0.99, where 0.99 is exact.
            continue
        assert moved is not None
        total += abs(moved - value)
    return total


def value_of(text: str) -> float | None:
    """The value of typed numbers and operations; nothing where there are names."""
    text = text.strip().replace("−", "-").replace("×", "*").replace("·", "*").replace("^", "**")
    try:
        return worked(ast.parse(text, mode="eval").body)
    except (SyntaxError, KeyError, TypeError):
        return None


FUNCTIONS = {
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "exp": math.exp,
    "ln": math.log,
    "sqrt": math.sqrt,
    "relu": lambda z: max(z, 0.0),
}


def worked(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -worked(inner)
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return FUNCTIONS[name](worked(argument))
        case ast.BinOp(left=left, op=op, right=right):
            one, other = worked(left), worked(right)
            operations = {ast.Add: one + other, ast.Sub: one - other, ast.Mult: one * other}
            if isinstance(op, ast.Div):
                return one / other
            return one**other if isinstance(op, ast.Pow) else operations[type(op)]
    raise KeyError(ast.dump(node))
