"""Losses: per sample, fused with the activation before it, as an expression, one-hot, in rows and columns."""

from __future__ import annotations

import mpmath
import numpy
import pytest

from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.gradient import compose, gradient
from chalkgrad.core.precise import precise
from chalkgrad.errors import FormulaError
from chalkgrad.reading.problem import Problem

FUSED = [
    ("sigmoid", "binary_cross_entropy", 1),
    ("sigmoid", "binary_cross_entropy", 3),
    ("softmax", "cross_entropy", 3),
    ("log_softmax", "cross_entropy", 3),
]


def network(activation, loss, outputs, samples, vectors):
    target = [1] if outputs == 1 else [0, 1, 0]
    return Problem.from_layers(
        2,
        [{"units": outputs, "activation": activation}],
        loss=loss,
        data=[{"x": [0.3 * k, -1.1], "y": target} for k in range(1, samples + 1)],
        convention={"vectors": vectors},
        seed=3,
    )


def leaves(problem, samples, xp):
    """Exact values of all leaves of a graph."""
    graph, found = problem.graph(samples), {}
    for node in [*graph.parameters, *graph.inputs]:
        if node.name in ("x", "y"):
            source = problem.samples.inputs if node.name == "x" else problem.samples.targets
            array = numpy.array(source[:samples], dtype=object)
            array = array.T if problem.columns else array
        else:
            array = numpy.array(problem.values[node.name], dtype=object).reshape([a.size for a in node.shape])
        found[node] = xp.array(array)
    return found


@pytest.mark.parametrize("vectors", ["rows", "columns"])
@pytest.mark.parametrize("samples", [1, 4])
@pytest.mark.parametrize(("activation", "loss", "outputs"), FUSED)
def test_a_fused_loss_has_the_value_and_gradient_of_the_plain_one(activation, loss, outputs, samples, vectors):
    problem = network(activation, loss, outputs, samples, vectors)
    graph, xp = problem.graph(samples), precise()
    assert graph.plain_loss_lines, "the loss is fused"
    assert graph.loss_lines != graph.plain_loss_lines
    fused = graph.composed(graph.loss)[0]
    plain = compose([*graph.forward_lines, *graph.plain_loss_lines], [graph.loss])[0]
    assert not plain.shape
    values = leaves(problem, samples, xp)
    wanted = [fused, *gradient(fused, graph.parameters)]
    others = [plain, *gradient(plain, graph.parameters)]
    for one, other in zip(evaluate(wanted, values, xp), evaluate(others, values, xp), strict=True):
        difference = numpy.max(numpy.abs(numpy.asarray(one - other, dtype=object)))
        assert difference < 1e-45  # 50 digits, less a few roundings


@pytest.mark.parametrize(("activation", "loss", "outputs"), FUSED)
def test_against_a_direct_calculation(activation, loss, outputs):
    problem, xp = network(activation, loss, outputs, 2, "rows"), precise()
    graph = problem.graph(2)
    (found,) = evaluate(graph.composed(graph.loss), leaves(problem, 2, xp), xp)
    mp = mpmath.MPContext()
    mp.dps = 60
    weights = [[mp.mpf(w.numerator) / w.denominator for w in row] for row in problem.values["W1"]]
    total = mp.mpf(0)
    for x, y in zip(problem.samples.inputs, problem.samples.targets, strict=True):
        z = [sum(mp.mpf(a.numerator) / a.denominator * row[k] for a, row in zip(x, weights, strict=True))
             for k in range(outputs)]  # fmt: skip
        if activation == "sigmoid":
            p = [1 / (1 + mp.exp(-v)) for v in z]
            total -= sum(mp.log(q) if t else mp.log(1 - q) for q, t in zip(p, y, strict=True)) / outputs / 2
        else:
            total -= (z[y.index(1)] - mp.log(sum(mp.exp(v) for v in z))) / 2
    assert abs(found - total) < 1e-45


def formulas(problem, samples):
    from chalkgrad.render.formula_text import formula_text

    return [f"{line.symbol.name} = {formula_text(line.formula)}" for line in problem.graph(samples).loss_lines]


TWO = {"given": {"W": [[1, 2]]}, "data": [{"x": 1, "y": [1, 2]}, {"x": 2, "y": [0, 1]}]}


@pytest.mark.parametrize(
    ("loss", "lines"),
    [
        ("half_sse", ["loss_n = (1/2) * sum((o - y)^2)", "loss = sum(loss_n)"]),
        ("mse", ["loss_n = sum((o - y)^2) / 2", "loss = sum(loss_n) / 2"]),
        ("(o - y)^2", ["loss_n = sum((o - y)^2)", "loss = sum(loss_n)"]),
        ("sum((o - y)^2)", ["loss = sum((o - y)^2)"]),
        ("mean((o - y)^2)", ["loss = sum((o - y)^2) / 4"]),
        ("(o_1 - y_1)^2 + (o_2 - y_2)^2", ["loss_n = (o_1 - y_1)^2 + (o_2 - y_2)^2", "loss = sum(loss_n)"]),
        ("sum(W^2)", ["loss = sum(W^2)"]),
    ],
)
def test_the_lines_of_a_loss(loss, lines):
    assert formulas(Problem.from_formula("o = x W", loss=loss, **TWO), 2) == lines


def test_units_of_a_network_have_their_names_in_a_loss():
    problem = Problem.from_layers(1, [{"units": ["p1", "p2"]}], loss="(p1 - y_1)^2 + p2^2")
    assert formulas(problem, None) == ["loss_n = (p_1 - y_1)^2 + p_2^2", "loss = sum(loss_n)"]


def test_a_faulty_expression_says_where():
    with pytest.raises(FormulaError) as caught:
        Problem.from_formula("o = x W", loss="(o - q)^2", **TWO)
    assert str(caught.value) == (
        'loss:1:6: the name "q" has no value and no formula [unknown-name]\n    (o - q)^2\n         ^\n'
        "    hint: give it under `given`, as in q: 0.5"
    )
