"""Whole pages of several problems, in several hands: what is right is never called wrong, what is wrong is found."""

from __future__ import annotations

import pytest

import chalkgrad
from chalkgrad.api.solving import read_text

SOFTMAX = """
network:
  input: [x1, x2]
  layers: [{units: [o1, o2], activation: softmax, weights: [[v1, v2], [v3, v4]], bias: [c1, c2]}]
loss: cross_entropy
data: [{x: [1, 2], y: [1, 0]}]
given: {v1: 0.5, v2: -0.5, v3: 1, v4: 0.25, c1: 0.1, c2: -0.1}
optimizer: {name: sgd, learning_rate: 0.5}
"""
MOMENTUM = """
formula: J = w^2
given: {w: -2}
optimizer: {name: momentum, learning_rate: 0.1, momentum: 0.9}
epochs: 2
"""

TYPED = """net_h1 = w1*x1 + w2*x2 + b1 = 0.15*0.05 + 0.2*0.1 + 0.35 = 0.3775
out_h1 = 1/(1+e^(-0.3775)) = 0.5933
net_h2 = 0.3925
out_h2 = 0.5969
net_o1 = w5*out_h1 + w6*out_h2 + b2 = 1.1059
out_1 = 0.7514
net_o2 = 1.2249
out_2 = 0.7729
E = 0.5*(0.7514-0.01)^2 + 0.5*(0.7729-0.02)^2 = 0.5583
delta_1 = (out_1 - 0.01)*out_1*(1-out_1) = 0.1385
"""
DELTAS = r"""
$\delta_{o_1} = (o_1 - y_1) o_1 (1 - o_1) = 0.7414 \cdot 0.7514 \cdot 0.2486 = 0.1385$

$\delta_{o_2} = 0.7529 \cdot 0.7729 \cdot 0.2271 = 0.1321$

$\delta_{h_1} = (0.4 \cdot 0.1385 + 0.5 \cdot 0.1321)\cdot 0.5933 \cdot 0.4067 = 0.0293$

$\frac{\partial E}{\partial w_1} = \delta_{h_1} x_1 = 0.0293 \cdot 0.05 = 0.0015$
"""
LAYERS = r"""
\begin{align*}
z^{[1]}_1 &= 0.3775 & z^{[1]}_2 &= 0.3925 \\
a^{[1]}_1 &= 0.5933 & a^{[1]}_2 &= 0.5969 \\
z^{[2]}_1 &= 1.1059 & z^{[2]}_2 &= 1.2249 \\
a^{[2]}_1 &= 0.7514 & a^{[2]}_2 &= 0.7729
\end{align*}
"""
SKIP = r"""
\begin{align*}
t &= \tanh(b_1 + x W_1) = \tanh([3.2, -3.86, 1.39]) \\
  &= [0.9967, -0.9991, 0.8831] \\
a &= 1.35 \cdot 0.9967 + 0.5 \cdot 0.9991 + 0.03\cdot 0.8831 + 0.1 = 1.9716 \\
out &= 0.1 + 2.4 + 1.9716 = 4.4716 \\
L &= \frac12 (4.4716 - 6)^2 = 1.1680 \\
\frac{\partial L}{\partial out} &= -1.5284
\end{align*}
"""
PERSIAN = """
محاسبه: $z_{h_1} = ۰/۱۵ \\times ۰/۰۵ + ۰/۲ \\times ۰/۱ + ۰/۳۵ = ۰/۳۷۷۵$

$h_1 = ۰/۵۹۳۳$

$h_2 = ۰/۵۹۶۹$

$o_1 = ۰/۷۵۱۴$

پس خطا $E = ۰/۵۵۸۳$
"""
ADAM = r"""
z_h1 = 0.5*1 - 0.5*1 = 0, z_h2 = 1
h1 = 0, h2 = 1, o = 0.5
dL/dw1 = -2.75 + 0.01*0.5 = -2.745
m_{w1} = 0.1*(-2.745) = -0.2745
v_{w1} = 0.001*2.745^2 = 0.007535
\hat m_{w1} = -0.2745/(1-0.9) = -2.745
\hat v_{w1} = 7.535
w1' = 0.5 - 0.01*(-2.745)/\sqrt{7.535} = 0.51
"""
CLASSES = r"""
$z_1 = 0.5 \cdot 1 - 0.5 \cdot 2 + 0.1 = -0.4$

$z_2 = 1 + 0.25 \cdot 2 - 0.1 = 1.4$

$p_1 = \frac{e^{-0.4}}{e^{-0.4} + e^{1.4}} = \frac{0.6703}{4.7255} = 0.1419$

$p_2 = 1 - 0.1419 = 0.8581$

$L = -\ln 0.1419 = 1.9526$

$\frac{\partial L}{\partial z_1} = p_1 - y_1 = 0.1419 - 1 = -0.8581$

$\frac{\partial L}{\partial v_2} = -0.8581 \cdot 2 = -1.7163$

$v_1 \leftarrow 0.5 - 0.5 \cdot (-0.8581) = 0.9291$
"""
VELOCITY = """J = 4
dJ/dw = 2*(-2) = -4
v = 0.9*0 + (-4) = -4
w' = -2 - 0.1*(-4) = -1.6
J = (-1.6)^2 = 2.56
dJ/dw = -3.2
v = 0.9*(-4) - 3.2 = -6.8
w'' = -1.6 + 0.68 = -0.92
"""
ROWS = r"""
$z^{(1)} = [2, -1] \begin{bmatrix}6 & -1\\-2 & 2\end{bmatrix} = [14, -4]$

$h = [1.0000, 0.0180]$

$\hat y = \sigma([1.0045, -1.9640]) = [0.7319, 0.1230]$
"""
LETTERS = r"""
$\frac{\partial L}{\partial w_{11}} = (q_1 - y_1) f_2'(z_{q_1}) v_{11} f_1'(z_{p_1}) x_1
  + (q_2 - y_2) f_2'(z_{q_2}) v_{21} f_1'(z_{p_1}) x_1$
"""
RIGHT = {
    "typed": ("sigmoid-2-2-2", TYPED, 10),
    "deltas": ("sigmoid-2-2-2", DELTAS, 4),
    "layers": ("sigmoid-2-2-2", LAYERS, 8),
    "align": ("skip-tanh-relu", SKIP, 6),
    "persian": ("sigmoid-2-2-2", PERSIAN, 5),
    "adam": ("relu-adam", ADAM, 11),
    "classes": (SOFTMAX, CLASSES, 8),
    "momentum": (MOMENTUM, VELOCITY, 8),
    "rows": ("sigmoid-two-samples", ROWS, 3),
    "letters": ("shared-path", LETTERS, 1),
}


def marked(problem: str, text: str) -> chalkgrad.Marking:
    return chalkgrad.mark(read_text(problem) if "\n" in problem else problem, text)


def said(found: chalkgrad.Marking) -> list[tuple[int, str, str, str]]:
    return [(claim.line, claim.text, claim.verdict.value, claim.words) for claim in found.claims]


@pytest.mark.parametrize("name", RIGHT)
class TestARightPage:
    def test_has_no_wrong_claim(self, name: str) -> None:
        problem, text, count = RIGHT[name]
        found = marked(problem, text)
        assert {claim.verdict.value for claim in found.claims} <= {"right", "rounded"}, said(found)
        assert len(found.claims) == count
        assert found.first_mistake is None

    def test_may_stand_between_words(self, name: str) -> None:
        problem, text, _ = RIGHT[name]
        found = marked(problem, "Solution by hand.\n\n" + text + "\n\nThat is all.\n")
        assert not [one for one in said(found) if one[2] not in ("right", "rounded")], said(found)


@pytest.mark.parametrize("name", ["typed", "deltas", "persian", "adam", "classes", "rows"])
def test_a_right_page_is_right_from_the_bottom_to_the_top_as_well(name: str) -> None:
    problem, text, _ = RIGHT[name]
    blocks = text.strip().split("\n\n" if "\n\n" in text else "\n")
    found = marked(problem, "\n\n".join(reversed(blocks)))
    assert not [one for one in said(found) if one[2] == "wrong"], said(found)


@pytest.mark.parametrize(
    ("name", "old", "new", "cause"),
    [
        ("typed", "w6*out_h2 + b2 = 1.1059", "w6*out_h2 = 0.5059", "bias-forgotten"),
        ("typed", "+ 0.5*(0.7729-0.02)^2 = 0.5583", "= 0.2748", "loss-terms-missing"),
        ("deltas", "(1 - o_1) = 0.7414 \\cdot 0.7514 \\cdot 0.2486 = 0.1385", "= 0.5571", "value-for-slope"),
        ("deltas", "+ 0.5 \\cdot 0.1321)\\cdot 0.5933 \\cdot 0.4067 = 0.0293", ")\\cdot 0.5933 \\cdot 0.4067 = 0.0134",
         "path-left-out"),
        ("deltas", "0.5933 \\cdot 0.4067 = 0.0293", "1 = 0.1215", "missing-slope"),
        ("deltas", "\\delta_{h_1} x_1 = 0.0293 \\cdot 0.05 = 0.0015", "\\delta_{h_1} x_2 = 0.0293 \\cdot 0.1 = 0.0029",
         "input-swapped"),
        ("adam", "0.001*2.745^2 = 0.007535", "0.001*(-2.745) = -0.002745", "second-moment-not-squared"),
        ("adam", "-0.2745/(1-0.9) = -2.745", "-0.2745/(1-0.9^2) = -1.4447", "wrong-step-number"),
        ("adam", "0.1*(-2.745) = -0.2745", "0.9*(-2.745) = -2.4705", "beta-swapped"),
        ("classes", "-\\ln 0.1419 = 1.9526", "-\\log_{10} 0.1419 = 0.8480", "log-base"),
        ("classes", "0.1419 - 1 = -0.8581", "(0.1419 - 1) \\cdot 0.1419 \\cdot 0.8581 = -0.1045", "diagonal-softmax"),
        ("classes", "\\frac{e^{-0.4}}{e^{-0.4} + e^{1.4}} = \\frac{0.6703}{4.7255} = 0.1419", "e^{-0.4} = 0.6703",
         "softmax-not-normalized"),
        ("momentum", "0.9*(-4) - 3.2 = -6.8", "-0.9*(-4) - 3.2 = 0.4", "momentum-sign"),
        ("momentum", "-2 - 0.1*(-4) = -1.6", "-2 + 0.1*(-4) = -2.4", "ascent"),
        ("letters", "+ (q_2 - y_2) f_2'(z_{q_2}) v_{21} f_1'(z_{p_1}) x_1", "", "path-left-out"),
    ],
)  # fmt: skip
def test_a_mistake_is_found_at_its_line_with_its_cause(name: str, old: str, new: str, cause: str) -> None:
    problem, text, _ = RIGHT[name]
    assert old in text
    wrong = text.replace(old, new)
    found = marked(problem, wrong)
    first = found.first_mistake
    assert first is not None, said(found)
    line = 1 + text[: text.index(old)].count("\n")
    # A formula over two lines of the page stands with its first.
    assert first.line in ((line - 1, line) if name == "letters" else (line,)), said(found)
    assert first.cause == cause, said(found)


class TestUpdates:
    @pytest.mark.parametrize(
        "name",
        ["w_5'", "w_5^{new}", "w_5^{\\text{new}}", "w_5^{+}", "w_5^{(2)}", "w_5^{(1)}", "w_{5,new}", "w_{5}^{*}"],
    )
    def test_the_new_value_has_many_names(self, name: str) -> None:
        found = marked("sigmoid-2-2-2", f"${name} = 0.4 - 0.5 \\cdot 0.0822 = 0.3589$")
        assert [(claim.quantity, claim.verdict.value) for claim in found.claims] == [("w5'", "right")], said(found)

    @pytest.mark.parametrize("sign", ["\\leftarrow", ":=", "\\gets", "←", "<-"])
    def test_or_is_assigned(self, sign: str) -> None:
        found = marked("sigmoid-2-2-2", f"$w_5 {sign} 0.4 - 0.5 \\cdot 0.0822 = 0.3589$")
        assert [(claim.quantity, claim.verdict.value) for claim in found.claims] == [("w5'", "right")], said(found)


class TestAPageThatGoesOn:
    def test_one_slip_costs_one_quantity(self) -> None:
        wrong = TYPED.replace("0.35 = 0.3775", "0.35 = 0.3875").replace("-0.3775)) = 0.5933", "-0.3875)) = 0.5957")
        found = marked("sigmoid-2-2-2", wrong)
        assert [claim.verdict.value for claim in found.claims[:2]] == ["wrong", "carried"], said(found)
        assert found.marks.items[0].earned == 0
        assert found.marks.items[1].earned == 1

    def test_what_is_said_many_times_counts_once(self) -> None:
        found = marked("sigmoid-2-2-2", "z_h1 = 0.3775\n" * 30)
        assert {claim.verdict.value for claim in found.claims} == {"right"}
        assert found.marks.earned == 1

    def test_a_damaged_digit_is_named_and_not_put_right(self) -> None:
        text = TYPED.replace("0.05 + 0.2*0.1", "0.05 + 0.7*0.1")
        found = marked("sigmoid-2-2-2", text)
        assert (found.claims[0].verdict.value, found.claims[0].suggestion) == ("unread", "0.2 for 0.7"), said(found)
        assert found.lines[0].text == text.split("\n")[0]
        assert "could not be read for sure" in " ".join(found.notes)
        assert [item.quantity for item in found.marks.to_look_at] == ["z_h1"]

    def test_a_point_that_may_have_moved_is_named_as_one_writes_it(self) -> None:
        (claim,) = marked("relu-adam", "\\hat m_{w1} = -0.2745\n").claims
        assert (claim.verdict.value, claim.suggestion) == ("unread", "2.745 for 0.2745")

    @pytest.mark.parametrize("written", ["6.0e-1", "0.06e1", "0.5933e0", "5.933 \\cdot 10^{-1}", "59.33e-2"])
    def test_powers_of_ten_are_numbers_like_others(self, written: str) -> None:
        found = marked("sigmoid-2-2-2", f"h_1 = {written}\n\nz_h2 = 0.3925\n\nh_1 = 0.6e3\n")
        assert not [claim for claim in found.claims[:1] if claim.verdict.value in ("unread", "not_about_this")]
