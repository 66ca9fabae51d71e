"""ONNX files: valid by their own checker, and the same numbers from onnxruntime as from our graph."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalkgrad.core.algebra import expand
from chalkgrad.core.evaluate import Evaluator
from chalkgrad.core.node import variable
from chalkgrad.core.shape import SAMPLES, Axis
from chalkgrad.errors import UsageError
from chalkgrad.ops import OPS
from chalkgrad.ops.functions import indicator, xlogy
from chalkgrad.ops.structure import choose, count, equal_to, greater, less_equal, part
from chalkgrad.reading.problem import Problem
from chalkgrad.training.export import export

from .conftest import CASES, OWN_OPS, formula, material, network

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

# float32 in both: each operation rounds by 6e-8 of its largest number, and a small network has a few dozen of them.
TOLERANCE = 2e-5


class Scaler(NamedTuple):
    shift: numpy.ndarray
    factor: numpy.ndarray


def model_of(problem: Problem, **more):
    files = export(problem, material(problem)["parameters"], "onnx", **more)
    (content,) = files.values()
    model = onnx.load_from_string(content)
    onnx.checker.check_model(model, full_check=True)
    return model


def run(model, *values):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [entry.name for entry in session.get_inputs()]
    (found,) = session.run(None, dict(zip(names, (value.astype(numpy.float32) for value in values), strict=True)))
    return found


def ours(problem: Problem, x, y=None):
    """The output by our own evaluator in float64, a row for each sample."""
    graph = problem.graph(len(x))

    def turn(value):
        return value.T if problem.columns else value

    data = {"x": x, "y": y}
    parameters = material(problem)["parameters"]
    given = [parameters[node.name] for node in graph.parameters] + [
        # The output seldom needs targets; some, of the right shape, are given all the same.
        turn(numpy.zeros((len(x), 1)) if data[node.name] is None else data[node.name])
        for node in graph.inputs
    ]
    (found,) = Evaluator(graph.composed(graph.output), [*graph.parameters, *graph.inputs])(*given)
    return turn(numpy.asarray(found))


def check(problem: Problem, x, **more):
    found = run(model_of(problem, **more), x)
    expected = ours(problem, x)
    assert found.dtype == numpy.float32
    assert found.shape == expected.shape
    numpy.testing.assert_allclose(found, expected, rtol=TOLERANCE, atol=TOLERANCE)


FORWARD = [case for case in CASES if case.startswith("hidden") or "formula" in case or "names" in case]
FORWARD += ["shared", "shared, columns", "named", "no bias", "own records", "log_softmax output", "numbers as weights"]


@pytest.mark.parametrize("case", FORWARD)
def test_the_output_of_every_problem(case):
    problem = CASES[case]()
    x = material(problem)["x"]
    check(problem, x[:1] if problem.keys.batch == 1 else x)


@pytest.mark.parametrize("activation", OPS.activations)
@pytest.mark.parametrize("vectors", ["rows", "columns"])
def test_every_activation_far_out_and_at_zero(activation, vectors):
    layers = [{"units": 3, "activation": activation, "weights": [[1, 0, 0], [0, 1, 0], [0, 0, 1]], "bias": "none"}]
    problem = network(layers=layers, outputs=3, convention={"vectors": vectors})
    x = numpy.array([[0.0, -0.5, 0.5], [1, -1, 2], [10, -10, 30], [-30, 3.5, -3.5]])
    check(problem, x)


@st.composite
def random_networks(draw):
    names = sorted(OPS.activations)
    widths = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    layers = [{"units": width, "activation": draw(st.sampled_from(names))} for width in widths]
    vectors = draw(st.sampled_from(["rows", "columns"]))
    seed = draw(st.integers(0, 1000))
    return network(layers=layers, outputs=widths[-1], convention={"vectors": vectors}, seed=seed), seed


@settings(max_examples=40)
@given(random_networks())
def test_random_networks(drawn):
    problem, seed = drawn
    # A step jumps, so numbers that two engines round differently must not stand at its edge: none does by chance.
    check(problem, numpy.random.default_rng(seed).normal(size=(4, 3)))


TERMS = [
    *("sin(x_1)", "cos(x_2 w)", "exp(-x_1^2)", "log(1 + x_2^2)", "sqrt(x_1^2 + 0.5)", "|x_1 - w|", "max(x_1, x_2)"),
    *("max(x)", "mean(x)", "sum(x ⊙ x)", "x @ v", "erf(x_1)", "gelu(x_2)", "2^x_1", "(x_1 > w)", "(x_2 <= 0.3)"),
    *("sign(x_1)", "pi w / 3", "softmax(x M) @ v", "(x M M') @ v", "x_1^3"),
]
GIVEN = {"w": 0.3, "v": [[0.5], [-0.7]], "M": [[0.2, 1], [-0.4, 0.6]]}


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(TERMS), st.sampled_from(["+", "-", "*"])), min_size=1, max_size=5))
def test_random_formulas(terms):
    text = "0.5 x_1"
    for term, sign in terms:
        text = f"({text}) * ({term})" if sign == "*" else f"{text} {sign} ({term})"
    words = re.findall(r"[a-zA-Z]+", text)
    problem = formula(f"y_hat = {text}", given={name: value for name, value in GIVEN.items() if name in words})
    check(problem, numpy.random.default_rng(len(text)).normal(size=(5, 2)))


class TestTheFile:
    def test_any_number_of_samples(self):
        problem = network()
        model = model_of(problem)
        for samples in (1, 2, 7):
            x = numpy.random.default_rng(samples).normal(size=(samples, 3))
            assert run(model, x).shape == (samples, 2)

    def test_raw_inputs_are_scaled_inside(self):
        problem = network()
        scaler = Scaler(numpy.array([100.0, -3.0, 0.5]), numpy.array([0.01, 2.0, 0.0]))
        raw = numpy.random.default_rng(0).normal(size=(4, 3)) * [100, 1, 1] + [100, -3, 0]
        found = run(model_of(problem, scaler=scaler), raw)
        expected = ours(problem, (raw - scaler.shift) * scaler.factor)
        numpy.testing.assert_allclose(found, expected, rtol=TOLERANCE, atol=TOLERANCE)

    def test_raw_inputs_are_scaled_before_they_are_turned_into_columns(self):
        problem = network(convention={"vectors": "columns"})
        scaler = Scaler(numpy.array([1.0, 2.0, 3.0]), numpy.array([1.0, 2.0, 3.0]))
        raw = numpy.random.default_rng(0).normal(size=(4, 3))
        expected = ours(problem, (raw - scaler.shift) * scaler.factor)
        numpy.testing.assert_allclose(run(model_of(problem, scaler=scaler), raw), expected, rtol=TOLERANCE, atol=1e-5)

    def test_title_and_class_names_stand_in_it(self):
        model = model_of(network(title='A "title"\\'), class_names=("cat", "dög"))
        metadata = {entry.key: entry.value for entry in model.metadata_props}
        assert metadata["title"] == 'A "title"\\'
        assert metadata["inputs"] == "as the network takes them"
        assert json.loads(metadata["class_names"]) == ["cat", "dög"]
        assert model.producer_name == "chalkgrad"

    def test_class_names_come_from_the_data(self, tmp_path):
        (tmp_path / "pets.csv").write_text("a,b,kind\n1,2,cat\n2,1,dog\n3,3,cat\n")
        problem = Problem.from_layers(
            2,
            [{"units": 2, "activation": "softmax"}],
            loss="cross_entropy",
            data={"csv": str(tmp_path / "pets.csv"), "target": "kind"},
        )
        metadata = {entry.key: entry.value for entry in model_of(problem).metadata_props}
        assert json.loads(metadata["class_names"]) == ["cat", "dog"]

    def test_quantities_keep_their_names(self):
        model = model_of(network(layers=[{"units": ["α", "β"], "activation": "tanh"}]))
        names = {name for node in model.graph.node for name in node.output}
        assert all(name.isidentifier() and name.isascii() for name in names)
        assert [entry.name for entry in model.graph.initializer] == ["W1", "b1"]
        assert [entry.name for entry in model.graph.input] == ["x"]

    def test_lines_that_lead_nowhere_are_left_out(self):
        problem = formula("a = exp(x_1)", "y_hat = x_1 w", given={"w": 2}, differentiate={"loss": ["w"]})
        assert "Exp" not in {node.op_type for node in model_of(problem).graph.node}

    def test_a_line_that_only_renames(self):
        check(formula("a = x_1 w", "b = a", "y_hat = b", given={"w": 2}), numpy.ones((3, 2)))

    def test_it_is_written_the_same_every_time(self):
        problem = network()
        assert export(problem, material(problem)["parameters"], "onnx") == export(
            problem, material(problem)["parameters"], "onnx"
        )

    def test_an_output_of_the_targets_takes_them_too(self):
        problem = formula("z = x_1 w", "L = (z - y)^2", given={"w": 2}, loss=None)
        x, y = numpy.ones((3, 2)), numpy.arange(3.0)[:, None]
        numpy.testing.assert_allclose(run(model_of(problem), x, y), ours(problem, x, y), rtol=TOLERANCE)

    def test_the_comparison_can_fail(self):
        problem = network()
        shifted = Scaler(numpy.full(3, 0.01), numpy.ones(3))
        with pytest.raises(AssertionError):
            check(problem, material(problem)["x"], scaler=shifted)

    def test_ops_of_nodes(self):
        x = variable("x", (SAMPLES, Axis("", 2)))
        total = xlogy(choose(greater(x, 0), x, 0), choose(less_equal(x, 0), 1, x)) + indicator(
            x, at_zero=Fraction(1, 2)
        )
        total = total + equal_to(x, 1) * count(x) + count(x, axes=(0,)) + expand(variable("w"), x)
        problem = Problem.from_nodes(
            {"y_hat": total + part(x, column=1)},
            given={"w": 0.5},
            data=[{"x": [0, 1], "y": [1, 2]}, {"x": [-1, 2], "y": [1, 2]}],
            loss="mse",
        )
        check(problem, numpy.array([[0.0, 1.0], [-1.0, 2.0], [1.0, 0.3]]))


class TestWhatCannotBeWritten:
    def test_a_function_without_a_formula(self):
        problem = network(layers=[{"units": 2, "activation": "f"}])
        with pytest.raises(UsageError) as error:
            export(problem, material(problem)["parameters"], "onnx")
        assert "f has no formula, so it cannot be written in ONNX [unnamed-function]" in str(error.value)

    def test_an_op_without_a_definition(self):
        bare = replace(OWN_OPS.activation("bump"), name="bare", definition=None)
        problem = network(hidden="bare", ops=OPS.extend(bare))
        with pytest.raises(UsageError) as error:
            export(problem, material(problem)["parameters"], "onnx")
        assert "there is no way to write bare in ONNX [cannot-export]" in str(error.value)
        assert "give the op a `definition` in simpler ops" in str(error.value)

    def test_a_problem_without_data(self):
        problem = CASES["no data"]()
        with pytest.raises(UsageError) as error:
            export(problem, material(problem)["parameters"], "onnx")
        assert error.value.code == "nothing-to-predict"
