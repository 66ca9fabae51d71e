"""The data of a solution: one shape for all problems, answers that other means confirm, nothing that JSON lacks."""

from __future__ import annotations

import json
import math
from functools import cache
from typing import Any

import numpy
import pytest

from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.node import VARIABLE, Node, toposort
from chalkgrad.core.shape import Axis
from chalkgrad.problems import problem_names
from chalkgrad.reading.binding import Environment, bind
from chalkgrad.reading.formulas import parse_formula
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.problem_file import read_problem_file
from chalkgrad.solving.contract import solution_data
from chalkgrad.solving.derivation import Derivation
from chalkgrad.solving.solve import derive


@cache
def derivation(name: str) -> Derivation:
    return derive(Problem.from_file(read_problem_file(name)))


@cache
def solved(name: str) -> dict[str, Any]:
    return solution_data(derivation(name))


def of(problem: Problem) -> dict[str, Any]:
    return solution_data(derive(problem))


# --- the shape of the data --------------------------------------------------------------------------------------------

NUMBER = {"type": "number"}
NUMBERS = {
    "anyOf": [
        NUMBER,
        {"type": "array", "items": NUMBER, "minItems": 1},
        {"type": "array", "items": {"type": "array", "items": NUMBER, "minItems": 1}, "minItems": 1},
    ]
}
BY_NAME = {"type": "object", "additionalProperties": NUMBERS}
BY_SAMPLE = {"anyOf": [BY_NAME, {"type": "array", "items": BY_NAME, "minItems": 2}]}
COUNT = {"type": "integer", "minimum": 1}
INDEX = {"type": "integer", "minimum": 0}
TEXT = {"type": "string"}


def exactly(optional: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


STEP = exactly(
    ("data_gradients",),
    epoch=COUNT,
    step=COUNT,
    samples={"type": "array", "items": INDEX, "uniqueItems": True},
    forward=BY_SAMPLE,
    loss=or_null(NUMBER),
    intermediate_gradients=BY_SAMPLE,
    gradients=BY_NAME,
    data_gradients=BY_NAME,
    optimizer={"type": "object", "additionalProperties": BY_NAME},
    parameters_after=BY_NAME,
)
WORK = exactly(
    id={"type": "string", "minLength": 1},
    kind={"enum": ["forward", "loss", "chain", "accumulate", "regularize", "update"]},
    of={"type": "string", "minLength": 1},
    rule={"type": "string", "minLength": 1},
    **{"from": {"type": "array", "items": TEXT, "uniqueItems": True}},
    latex={"type": "string", "minLength": 1},
    substituted=TEXT,
    value=or_null(NUMBERS),
    words=TEXT,
    view={"enum": ["units", "matrix"]},
    epoch=or_null(COUNT),
    step=or_null(COUNT),
    sample=or_null(INDEX),
)
SOLUTION = exactly(
    ("equal",),
    title=TEXT,
    convention=exactly(vectors={"enum": ["rows", "columns"]}, relu_at_zero=NUMBER),
    steps={"type": "array", "items": STEP},
    loss_after=or_null(NUMBER),
    symbolic={"type": "object", "additionalProperties": exactly(text=TEXT, latex=TEXT)},
    checks={
        "type": "array",
        "items": exactly(name=TEXT, passed={"type": "boolean"}, measured=NUMBER, tolerance=NUMBER),
        "minItems": 1,
    },
    equal=exactly(
        equal={"enum": [True, False, None]},
        points=INDEX,
        largest_difference=NUMBER,
        counterexample=or_null({"type": "object"}),
    ),
    work={"type": "array", "items": WORK, "minItems": 1},
    remarks={"type": "array", "items": TEXT},
)


def complaints(data: Any) -> list[str]:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(SOLUTION)
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(data)]


@pytest.mark.parametrize("name", problem_names())
class TestEveryProblem:
    def test_has_the_shape_of_the_contract(self, name):
        assert complaints(solved(name)) == []

    def test_comes_back_from_json_as_it_went(self, name):
        assert json.loads(json.dumps(solved(name), allow_nan=False)) == solved(name)

    def test_passes_its_checks(self, name):
        assert [check["name"] for check in solved(name)["checks"] if not check["passed"]] == []

    def test_is_the_same_when_solved_again(self, name):
        again = of(Problem.from_file(read_problem_file(name)))
        assert json.dumps(again) == json.dumps(solved(name))

    def test_symbolic_text_reads_back_to_the_same_values(self, name):
        problem = derivation(name).problem
        for key, (view, formula) in derivation(name).symbolic.items():
            leaves = {node.name: node for node in toposort([formula]) if node.op is VARIABLE}
            # The reader knows f1 but not its derivative, and nothing gives f1 a value here.
            has_value = all(node.op.name != "unnamed" for node in toposort([formula]))
            text = solved(name)["symbolic"][key]["text"]
            expression = parse_formula(text if has_value else text.replace("'", ""), names=list(leaves))
            again = bind(expression, Environment(leaves, columns=problem.columns))
            assert again.shape == formula.shape, (key, view.name)
            if has_value:
                agree(again, formula, leaves)

    def test_symbolic_text_uses_the_names_of_the_problem_alone(self, name):
        graph = derivation(name).problem.graph(1)
        known = {unit for units in graph.unit_names.values() for unit in units} | {n.name for n in graph.unit_names}
        for _, formula in derivation(name).symbolic.values():
            assert {node.name for node in toposort([formula]) if node.op is VARIABLE} <= known


def agree(one: Node, other: Node, leaves: dict[str, Node]) -> None:
    generator = numpy.random.default_rng(1)
    values = {}
    for leaf in leaves.values():
        drawn = generator.uniform(-1, 1, [axis.size or 1 for axis in leaf.shape])
        values[leaf] = drawn if leaf.shape else float(drawn)
    numpy.testing.assert_allclose(*evaluate([one, other], values), rtol=1e-12, atol=1e-12)


class TestTheSchemaItself:
    """A checker that cannot fail is none."""

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            (("steps", 0, "loss"), "0.5"),
            (("steps", 0, "samples"), [-1]),
            (("steps", 0, "forward", "h1"), None),
            (("work", 0, "kind"), "guess"),
            (("work", 0, "value"), [[[1.0]]]),
            (("convention", "vectors"), "diagonals"),
            (("checks", 0, "passed"), 1),
            (("surplus",), 1),
        ],
    )
    def test_finds_a_wrong_value(self, path, value):
        data = json.loads(json.dumps(solved("sigmoid-2-2-2")))
        *way, last = path
        place = data
        for key in way:
            place = place[key]
        place[last] = value
        assert complaints(data)


# --- what the other keys hold -----------------------------------------------------------------------------------------

TWO_LAYERS = [{"units": ["h1", "h2"], "activation": "sigmoid"}, {"units": ["o"], "activation": "sigmoid"}]
SMALL = {"loss": "half_sse", "data": [{"x": [1, 2], "y": 0.5}], "initial": "constant(0.3)"}


def network(**keys: Any) -> Problem:
    return Problem.from_layers(["x1", "x2"], TWO_LAYERS, **{**SMALL, **keys})


class TestWithoutNumbers:
    @pytest.mark.parametrize("name", ["gradient-field", "shared-path", "symbolic-deltas"])
    def test_steps_are_empty_and_the_work_is_in_letters(self, name):
        data = solved(name)
        assert data["steps"] == []
        assert data["loss_after"] is None
        assert {(entry["value"], entry["substituted"], entry["step"]) for entry in data["work"]} == {(None, "", None)}

    def test_what_is_too_large_for_longhand_says_so(self):
        data = solved("digits")
        assert data["steps"] == []
        assert data["remarks"][0].startswith("Unit by unit this would be more than 400 numbers a step")

    def test_without_a_loss_there_is_no_gradient(self):
        (step,) = solved("softmax-logistic")["steps"]
        assert (step["loss"], step["gradients"], step["intermediate_gradients"]) == (None, {}, {})


@pytest.mark.parametrize("name", ["h1", "x1", "o"])
def test_the_answer_by_a_unit_alone_stands_under_its_name(name):
    data = of(network(differentiate={"loss": [name]}))
    assert list(data["symbolic"]) == list(data["steps"][0]["gradients"]) == [name]


class TestRounding:
    def test_steps_that_are_not_printed_are_not_rounded_and_that_is_said(self):
        data = of(
            Problem.from_formula("J = w^2", given={"w": 1}, epochs=3, show={"carry": "rounded", "detail": "short"})
        )
        assert data["remarks"] == [
            "From step 2 on nothing is printed, so from there the values are those without any rounding."
        ]


class TestNumbersThatJsonDoesNotKnow:
    def test_become_null_with_a_remark_of_where(self):
        data = of(Problem.from_formula("y = log(x)", given={"x": 0}, differentiate={"y": ["x"]}))
        (step,) = data["steps"]
        assert (step["forward"], step["loss"], step["gradients"]) == ({"y": None}, None, {"x": None})
        assert data["remarks"][:3] == [
            "`steps[0].forward.y` is -inf, so it is given as null.",
            "`steps[0].loss` is -inf, so it is given as null.",
            "`steps[0].gradients.x` is inf, so it is given as null.",
        ]
        json.dumps(data, allow_nan=False)


class TestEqual:
    def test_is_there_only_where_it_is_asked_for(self):
        assert [name for name in problem_names() if "equal" in solved(name)] == ["softmax-logistic"]

    def test_equal_formulas(self):
        answer = solved("softmax-logistic")["equal"]
        assert (answer["equal"], answer["counterexample"]) == (True, None)
        assert answer["points"] >= 24
        assert answer["largest_difference"] < 1e-35

    def test_different_ones_with_a_point_at_which_they_differ(self):
        problem = Problem.from_formula(
            "f = (a + b)^2", "g = a^2 + b^2", given={"a": 1, "b": 1}, equal={"left": "f", "right": "g"}
        )
        answer = of(problem)["equal"]
        assert answer["equal"] is False
        point, found = answer["counterexample"]["at"], answer["counterexample"]
        assert found["left"] == pytest.approx((point["a"] + point["b"]) ** 2)
        assert found["right"] == pytest.approx(point["a"] ** 2 + point["b"] ** 2)
        assert found["left"] != found["right"]


def test_convention_keeps_whole_numbers_whole_and_halves_halves():
    assert solved("parabola")["convention"] == {"vectors": "rows", "relu_at_zero": 0}
    problem = network(convention={"vectors": "columns", "relu_at_zero": 0.5})
    assert of(problem)["convention"] == {"vectors": "columns", "relu_at_zero": 0.5}


# --- symbolic answers against formulas of our own ---------------------------------------------------------------------


def at(text: str, names: dict[str, float], **functions: Any) -> float:
    """The value of an answer, worked out by SymPy; names become plain ones first."""
    sympy = pytest.importorskip("sympy")
    plain: dict[str, Any] = dict(functions)
    for number, name in enumerate(sorted(names, key=len, reverse=True)):
        text = text.replace(name, f"NAME{number}_")
        plain[f"NAME{number}_"] = sympy.Float(names[name], 30)
    return float(sympy.sympify(text.replace("^", "**").replace("f1'", "slope1").replace("f2'", "slope2"), plain))


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


class TestSymbolicAnswers:
    def test_gradient_field(self):
        answers = solved("gradient-field")["symbolic"]
        assert at(answers["x"]["text"], {"x": 1.25, "y": -0.5}) == 2.5
        assert at(answers["y"]["text"], {"x": 1.25, "y": -0.5}) == 0.75

    def test_chain_rule(self):
        z = 1.5**5 + 9
        expected = (24 * z**2 + 2 * z) * 5 * 1.5**4
        assert at(solved("chain-rule")["symbolic"]["x"]["text"], {"x": 1.5, "z": z}) == pytest.approx(expected)

    def test_shared_path_adds_both_ways(self):
        # f1 = tanh and f2 = sigmoid stand in for the functions without a formula.
        x1, x2, w11, w12, w21, w22, b1, b2 = 0.3, -0.8, 0.5, 0.2, -0.4, 0.7, 0.1, -0.2
        v11, v12, v21, v22, c1, c2, y1, y2 = 0.6, -0.3, 0.9, 0.4, 0.05, -0.15, 0.2, 0.8
        z_p1, z_p2 = x1 * w11 + x2 * w12 + b1, x1 * w21 + x2 * w22 + b2
        p1, p2 = math.tanh(z_p1), math.tanh(z_p2)
        z_q1, z_q2 = p1 * v11 + p2 * v12 + c1, p1 * v21 + p2 * v22 + c2
        q1, q2 = sigmoid(z_q1), sigmoid(z_q2)
        # mse is the mean over both outputs, so the factor 2 of the square goes away.
        by_p1 = (q1 - y1) * q1 * (1 - q1) * v11 + (q2 - y2) * q2 * (1 - q2) * v21
        expected = by_p1 * (1 - p1**2) * x1
        names = {
            "z_q1": z_q1, "z_q2": z_q2, "z_p1": z_p1, "q1": q1, "q2": q2, "y_1": y1, "y_2": y2, "v11": v11,
            "v21": v21, "x1": x1,
        }  # fmt: skip
        functions = {
            "slope1": lambda z: 1 - math.tanh(float(z)) ** 2,
            "slope2": lambda z: sigmoid(float(z)) * (1 - sigmoid(float(z))),
        }
        assert at(solved("shared-path")["symbolic"]["w11"]["text"], names, **functions) == pytest.approx(expected)

    def test_symbolic_deltas(self):
        a11, a12, a21, a22 = 0.3, 0.8, 0.6, 0.45
        w211, w221, w31, w32, x1 = 0.7, -1.1, 1.3, -0.4, 0.9
        names = {
            "a^[1]_1": a11, "a^[1]_2": a12, "a^[2]_1": a21, "a^[2]_2": a22, "w^[2]_11": w211, "w^[2]_21": w221,
            "w^[3]_1": w31, "w^[3]_2": w32, "x1": x1,
        }  # fmt: skip
        delta21, delta22 = w31 * a21 * (1 - a21), w32 * a22 * (1 - a22)
        delta11 = (delta21 * w211 + delta22 * w221) * a11 * (1 - a11)
        expected = {"a^[2]_1": w31, "z_a^[2]_1": delta21, "z_a^[1]_1": delta11, "w^[1]_11": delta11 * x1}
        answers = solved("symbolic-deltas")["symbolic"]
        assert {name: at(answer["text"], names) for name, answer in answers.items()} == pytest.approx(expected)

    def test_latex_is_as_on_paper(self):
        answers = solved("gradient-field")["symbolic"]
        assert {name: answer["latex"] for name, answer in answers.items()} == {"x": "2 x", "y": "3 y^{2}"}


def test_axes_of_samples_are_named_as_the_reader_expects():
    graph = derivation("relu-adam").problem.graph(2)
    assert graph.inputs[0].shape[graph.sample_axis] == Axis("samples", 2)
