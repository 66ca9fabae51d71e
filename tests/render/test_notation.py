"""Every op in every format; brackets where they are needed and nowhere else."""

from __future__ import annotations

import pytest

from chalkgrad.core.algebra import add, divide, exp, matmul, multiply, negate, power, subtract, summation, transpose
from chalkgrad.core.node import constant, variable
from chalkgrad.core.notation import Precedence
from chalkgrad.core.shape import SAMPLES, Axis, shape_of
from chalkgrad.ops import OPS
from chalkgrad.ops.activations import sigmoid
from chalkgrad.ops.functions import indicator, pi, unnamed
from chalkgrad.ops.structure import choose, greater, part, stack
from chalkgrad.render.boxes import Identifier, NumberBox
from chalkgrad.render.latex import latex
from chalkgrad.render.mathml import mathml
from chalkgrad.render.notation import Labels, Written, shape_box, write_node, write_terms
from chalkgrad.render.textmath import box_text
from chalkgrad.render.typst import typst_math

x, y, z = variable("x"), variable("y"), variable("z")
A, B = variable("A", shape_of(2, 2)), variable("B", shape_of(2, 2))
W1 = variable("W1", shape_of(2, 3))
ARGUMENTS = {
    "stack": ([x, y, z, x], {"rows": Axis("", 2), "columns": Axis("", 2)}),
    "part": ([A], {"row": 1}),
    "xlogy": ([A, B], {}),
    "choose": ([A, A, B], {}),
}
TWO = ("add subtract multiply divide power matmul expand greater greater_equal less_equal equal_to maximum xlogy "
       "sigmoid_cross_entropy softmax_cross_entropy").split()  # fmt: skip


@pytest.mark.parametrize("op", [*OPS, pi], ids=lambda op: op.name)
def test_every_op_in_every_format(op):
    arguments, attributes = ARGUMENTS.get(op.name, ([A, B] if op.name in TWO else [] if op is pi else [A], {}))
    node = op(*arguments, **attributes)
    for formula in (node, -3 * node, (node + 1) ** 2):
        box = write_node(formula)
        written = latex(box)
        assert written.count("{") - written.count(r"\{") == written.count("}") - written.count(r"\}")
        assert all([mathml(box), typst_math(box), box_text(box)])


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (x - (y - z), "x − (y − z)"),
        (add(x, constant(-2)), "x + (−2)"),
        (subtract(x, negate(y) * 2), "x + 2 y"),
        (multiply(-2, x), "−2 x"),
        (x + multiply(-2, y), "x − 2 y"),
        (2 * x * y, "2 x · y"),
        (2 * constant(3) * x, "6 x"),
        (x * (y + 1), "x · (y + 1)"),
        (power(-x, 2), "(−x)²"),
        (-power(x, 2), "−x²"),
        (power(exp(x), 2), "(e^x)²"),
        (power(sigmoid(x), 2), "(σ(x))²"),
        (power(unnamed(x, name="f"), 2), "(f(x))²"),
        (power(variable("a^[2]"), 2), "(a^[2])²"),
        (power(divide(x, y), 2), "(x/y)²"),
        (matmul(A, multiply(A, B)), "A(A ⊙ B)"),
        (multiply(A, matmul(A, B)), "A ⊙ A B"),
        (matmul(A + B, transpose(B)), "(A + B) Bᵀ"),
        (transpose(A + B), "(A + B)ᵀ"),
        (multiply(summation(A), x), "(∑ A) · x"),
        (multiply(x, summation(A)), "x · ∑ A"),
        (multiply(multiply(x, summation(A)), y), "(x · ∑ A) · y"),
        (summation(A) + x, "∑ A + x"),
        (summation(A + B), "∑ (A + B)"),
        (2 * indicator(x - 1), "2 · 1_{x − 1 > 0}"),
        (2 * (x / 2), "2 x/2"),
        (2 * choose(greater(x, 0), x, y), "2 ({x if x > 0; y otherwise})"),
    ],
)
def test_brackets(node, text):
    assert box_text(write_node(node)) == text


def test_a_part_of_a_name_with_a_subscript_has_one_subscript():
    assert latex(write_node(part(W1, row=0, column=1))) == latex(write_node(variable("W_{1,12}")))


def test_numbers_in_the_place_of_names():
    labels = Labels({x: Written(NumberBox("-2"), Precedence.NEGATION), y: Written(NumberBox("3"))})
    assert box_text(write_node(x * y, labels)) == "(−2) · 3"
    assert box_text(write_node(y - x, labels)) == "3 − (−2)"
    assert box_text(write_node(x**2 + 2 * y, labels)) == "(−2)² + 2 · 3"
    assert box_text(write_node(x + y, labels)) == "−2 + 3"
    assert box_text(write_node(2 * (y / z), labels)) == "2 · 3/z"


def test_a_label_is_written_out_where_it_is_asked_for():
    labels = Labels({x + y: Written(Identifier("s"))})
    assert box_text(write_node(x + y, labels)) == "s"
    assert box_text(write_node(x + y, labels, expand=True)) == "x + y"
    assert box_text(write_node(2 * (x + y), labels, expand=True)) == "2 s"


def test_shapes_stand_under_factors():
    X = variable("X", (SAMPLES, Axis("inputs", 2)))
    written = latex(write_node(matmul(X, A), Labels(shapes=True)))
    assert written.count("underbrace") == 2
    assert box_text(shape_box(X.shape)) == "N × 2"


def test_long_and_deep_formulas():
    total = product = deep = x
    for k in range(2000):
        total = total + 2 * y if k % 2 else total - x
        product = product * y
        deep = sigmoid(deep)
    assert len(write_node(total).parts) == 5001
    assert write_node(product).parts
    assert write_node(deep).parts


def test_a_matrix_of_entries():
    node = stack(x, constant(-1), y, z, rows=Axis("", 2), columns=Axis("", 2))
    assert box_text(write_node(node)) == "[[x, −1], [y, z]]"


def test_some_terms_of_a_sum():
    terms = [("+", x * y), ("+", None), ("−", z), ("+", negate(y)), ("−", x + y)]
    assert box_text(write_terms(terms)) == "x · y + ⋯ − z + (−y) − (x + y)"
    assert box_text(write_terms([("−", z), ("+", x)])) == "−z + x"


def test_a_sum_inside_a_formula_may_be_shortened():
    letters = [variable(f"a_{k}") for k in range(1, 11)]
    total = letters[0]
    for letter in letters[1:]:
        total = total + letter
    few = Labels(most_terms=8)
    assert box_text(write_node(exp(x) / total, few)) == "e^x/(a₁ + a₂ + ⋯ + a₁₀)"
    assert box_text(write_node(total, few)) == box_text(write_node(total))  # itself it is what is to be read
    assert "⋯" not in box_text(write_node(x / (x + y + z), few))
