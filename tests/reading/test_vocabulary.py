"""What a formula may call: every function and activation that there is, by its name in any spelling."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalkgrad.core.algebra import log, summation
from chalkgrad.core.node import variable
from chalkgrad.core.shape import Axis, shape_of
from chalkgrad.errors import FormulaError
from chalkgrad.ops import OPS
from chalkgrad.ops.activations import gelu, relu, tanh
from chalkgrad.ops.functions import absolute, maximum, peak
from chalkgrad.ops.structure import mean
from chalkgrad.reading.binding import Environment, bind
from chalkgrad.reading.formulas import parse_formula
from chalkgrad.reading.vocabulary import KNOWN_FUNCTIONS, functions_of

c, q = variable("c"), variable("q")
x = variable("x", (Axis("samples", 1), Axis("inputs", 3)))
NAMES = {"c": c, "q": q, "x": x, "W": variable("W", shape_of(3, 2))}


def bound(text, ops=OPS):
    return bind(parse_formula(text, names=list(NAMES), functions=functions_of(ops)), Environment(NAMES, ops=ops))


def called(name):
    """A call in which a function of the name has as many arguments as it takes."""
    op = OPS.functions[name]
    return "(x)" if not op.elementwise else "(c)" if op.arity == 1 else "(c, q)"


@pytest.mark.parametrize("name", sorted(OPS.functions))
class TestEveryFunction:
    def test_can_be_called_in_a_formula(self, name):
        assert bound(name + called(name)).op is OPS.function(name)

    def test_can_be_called_in_latex(self, name):
        command = rf"\operatorname{{{name}}}".replace("_", r"\_")
        assert bound(command + called(name)) is bound(name + called(name))

    def test_can_be_called_in_capitals(self, name):
        assert bound(name.upper() + called(name)) is bound(name + called(name))

    def test_refuses_another_number_of_arguments(self, name):
        with pytest.raises(FormulaError) as caught:
            bound(f"{name}(c, q, c)")
        (fault,) = caught.value.faults
        # `maximum` is another word for `max`, which takes two numbers, or one vector.
        takes = "max takes 2 arguments" if name in ("max", "maximum") else f"{name} takes 1 argument"
        assert (fault.code, fault.message) == ("argument-count", f"{takes}, not 3")


def test_what_a_formula_may_call_is_what_there_is_and_sums():
    assert frozenset(OPS.functions) | {"sum", "mean"} == KNOWN_FUNCTIONS


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("ln(c)", log(c)),
        ("absolute(c)", absolute(c)),
        ("maximum(0, c)", relu(c)),
        ("maximum(c, q)", maximum(c, q)),
        ("maximum(x)", peak(x, axes=(1,))),
        ("GELU(c)", gelu(c)),
        ("sum(x)", summation(x, axes=(1,))),
        ("mean(x)", mean(x, axes=(1,))),
        (r"\tanh(c)", tanh(c)),
    ],
)
def test_other_spellings(text, node):
    assert bound(text) is node


def test_a_name_of_the_problem_is_no_function():
    step = variable("step")
    expression = parse_formula("step (c)", names=["step", "c"])
    assert bind(expression, Environment({"step": step, "c": c})) is step * c


def test_a_function_of_ones_own_is_called_like_any_other():
    own = replace(tanh, name="soft_sign")
    assert bound("2 soft_sign(c)", OPS.extend(own)) is 2 * own(c)


def test_an_unknown_function_is_refused_with_the_nearest():
    with pytest.raises(FormulaError) as caught:
        bound("softplu(c)")
    assert str(caught.value) == (
        "formula:1:1: the function `softplu` is not known [unknown-function]\n"
        "    softplu(c)\n    ^^^^^^^\n"
        '    hint: did you mean "softplus"?'
    )
