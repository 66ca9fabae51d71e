"""Lines of formulas as a graph: a line for what each activation is applied to."""

from __future__ import annotations

import pytest

from chalkgrad.reading.problem import Problem
from chalkgrad.render.formula_text import formula_text


def lines(*formulas, **keys):
    problem = Problem.from_formula(*formulas, **keys)
    return [f"{line.symbol.name} = {formula_text(line.formula)}" for line in problem.graph(1).forward_lines]


@pytest.mark.parametrize(
    ("formulas", "expected"),
    [
        (["o = tanh(w x)"], ["z_o = w * x", "o = tanh(z_o)"]),
        (["o = tanh(z)"], ["o = tanh(z)"]),
        (["o = b + relu(a)"], ["o = b + relu(a)"]),
        (["o = b + relu(2 a)"], ["z_o = 2 * a", "a_o = relu(z_o)", "o = b + a_o"]),
        (["y_hat = sigmoid(relu(z))"], ["z_y_hat = relu(z)", "y_hat = sigmoid(z_y_hat)"]),
        (
            ["o = relu(tanh(2 z) + tanh(3 z))"],
            ["z_o = 2 * z", "a_o = tanh(z_o)", "z2_o = 3 * z", "a2_o = tanh(z2_o)", "z3_o = a_o + a2_o",
             "o = relu(z3_o)"],
        ),
        (["z_o = 3 q", "o = tanh(2 z_o)"], ["z_o = 3 * q", "z2_o = 2 * z_o", "o = tanh(z2_o)"]),
        (["o = tanh(2 z)", "z_o = o"], ["z2_o = 2 * z", "o = tanh(z2_o)", "z_o = o"]),
        (["p = tanh(2 q)", "o = tanh(2 q) + p"],
         ["z_p = 2 * q", "p = tanh(z_p)", "z_o = 2 * q", "a_o = tanh(z_o)", "o = a_o + p"]),
        (["o = relu(0) + max(0, q)"], ["o = relu(0) + relu(q)"]),
        (["o = f(g(q))"], ["o = f(g(q))"]),
    ],
)  # fmt: skip
def test_activations_get_lines_of_their_own(formulas, expected):
    assert lines(*formulas) == expected


def test_softmax_in_columns_runs_over_units():
    problem = Problem.from_formula(
        "o = softmax(W x)",
        given={"W": [[1, 2], [3, 4]]},
        data=[{"x": [1, 2], "y": 1}],
        loss="cross_entropy",
        convention={"vectors": "columns"},
    )
    assert problem.graph(1).forward_lines[1].formula.attributes == {"axis": 0}
    assert problem.graph(1).unit_names[problem.output] == ("o_1", "o_2")


@pytest.mark.parametrize(("vectors", "sizes"), [("rows", (1, 2)), ("columns", (2, 1))])
def test_a_given_list_is_a_row_or_a_column(vectors, sizes):
    problem = Problem.from_formula("o = sum(v)", given={"v": [1, 2]}, convention={"vectors": vectors})
    assert tuple(axis.size for axis in problem.graph(1).parameters[0].shape) == sizes
