"""Fractions and derivatives in every spelling."""

import pytest


@pytest.mark.parametrize(
    "written",
    [
        r"\frac{\partial L}{\partial w}",
        r"\dfrac{\partial L}{\partial w}",
        r"\frac{dL}{dw}",
        r"\frac{d L}{d w}",
        r"\frac{\mathrm{d}L}{\mathrm{d}w}",
        r"\frac{\delta L}{\delta w}",
        r"\partial L / \partial w",
        r"\partial L/\partial w",
        "dL/dw",
        "∂L/∂w",
        r"\nabla_{w} L",
        r"\nabla_w L",
        "∇_w L",
    ],
)
def test_a_derivative_is_read(formula, written: str) -> None:
    assert formula(f"{written} = 1") == "d(L)/d(w) = 1"
    assert formula(rf"a \cdot {written}") == "(a · d(L)/d(w))"


@pytest.mark.parametrize(
    ("latex", "outline"),
    [
        (r"\frac{\partial L}{\partial w_{11}^{[1]}}", "d(L)/d(w^[1]_11)"),
        (r"\frac{\partial \hat{y}_1}{\partial o_1}", "d(y_hat_1)/d(o_1)"),
        (r"\frac{\partial loss}{\partial w_3}", "d(loss)/d(w_3)"),
        (r"\frac{\partial \text{Loss}}{\partial z_{h_1}}", "d(Loss)/d(z_h1)"),
        (r"\frac{dL}{dW}", "d(L)/d(W)"),
        (r"\frac{dZ}{dW}", "d(Z)/d(W)"),
        (r"\frac{dW}{m}", "(dW / m)"),
        (r"\frac{d}{2}", "(d / 2)"),
        (r"\frac{\partial [\text{relu}(x) w]}{\partial w}", "d([(relu(x) w)])/d(w)"),
        (r"\frac{\partial F(g(u))}{\partial x}", "d((F [(g [u])]))/d(x)"),
        (r"\frac{\partial}{\partial w}(w x)^2 = 3", "d(([(w x)] ^ 2))/d(w) = 3"),
        (r"\frac{\partial}{\partial w} f(x)", "d((f [x]))/d(w)"),
        (r"\frac{d}{dz} \sigma(z) = 1", "d(sigmoid(z))/d(z) = 1"),
        (r"\frac{d}{dz} = 1", "d(?)/d(z) = 1"),
        (r"\partial L/\partial h_1 (1 - h_1)", "(d(L)/d(h_1) [(1 - h_1)])"),
        (r"\nabla L", "d(L)/d(?)"),
        (r"\nabla_{W^{[1]}}", "d(?)/d(W^[1])"),
        (r"\nabla w_1", "d(?)/d(w_1)"),
        ("d_{201} h", "(d_201 h)"),
    ],
)
def test_what_is_differentiated_and_by_what(formula, latex: str, outline: str) -> None:
    assert formula(latex) == outline


@pytest.mark.parametrize(
    ("typed", "outline"),
    [
        ("dL/dw5 = 1", "d(L)/d(w_5) = 1"),
        ("dLoss/dw_1 = 1", "d(Loss)/d(w_1) = 1"),
        ("dL_dw5 = 1", "d(L)/d(w_5) = 1"),
        ("d(loss)/d(w1) = 1", "d([loss])/d([w_1]) = 1"),
        ("dE/dnet = 1", "d(E)/d(net) = 1"),
        ("∂L/∂ŷ₁ = 1", "d(L)/d(y_hat_1) = 1"),
        ("∇W L = 1", "d(L)/d(W) = 1"),
        ("delta/d1 = 1", "(delta / d_1) = 1"),
        ("gradient of w1 = 1", "d(?)/d(w_1) = 1"),
    ],
)
def test_typed_derivatives(said, typed: str, outline: str) -> None:
    assert said(typed) == [outline]


@pytest.mark.parametrize(
    ("latex", "why"),
    [
        (r"\frac{\partial^2 L}{\partial w^2}", "a second derivative"),
        (r"\frac{d^2 L}{d w^2}", "a second derivative"),
        (r"\frac{\partial L}{\partial w \partial v}", "a second derivative"),
        (r"\partial L", "a derivative sign without a fraction"),
        (r"\frac{a}", "a term is missing at the end"),
        (r"\frac + b", "an argument in braces is missing"),
        (r"\frac{\partial L}{2}", "a derivative sign without a fraction"),
    ],
)
def test_what_is_no_first_derivative_says_why(formula, latex: str, why: str) -> None:
    assert formula(latex) == f"<{latex}: {why}>"
