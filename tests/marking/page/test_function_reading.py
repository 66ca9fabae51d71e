"""Functions with their arguments, roots, accents and notes."""

import pytest


@pytest.mark.parametrize(
    ("latex", "outline"),
    [
        (r"\tanh(u)", "tanh(u)"),
        (r"\tanh u", "tanh(u)"),
        (r"\tanh^2(u)", "(tanh(u) ^ 2)"),
        (r"\tanh(u)^2", "(tanh(u) ^ 2)"),
        (r"\tanh'(u)", "tanh'(u)"),
        (r"\exp -z", "exp((-z))"),
        (r"\ln \hat{y}_1", "log(y_hat_1)"),
        (r"\log 2x + 1", "(log((2 x)) + 1)"),
        (r"\text{relu}(z)", "relu(z)"),
        (r"\mathrm{ReLU}(z)", "relu(z)"),
        (r"\operatorname{softmax}(z)", "softmax(z)"),
        ("relu(z)", "relu(z)"),
        (r"\max(0, z)", "max(0, z)"),
        (r"\max\{0, z\}", "max(0, z)"),
        (r"\max_{j} z_j", "note(max(z_j); _{j})"),
        (r"\text{unit}(z)", "step(z)"),
        (r"\sqrt{2} + \sqrt x", "(sqrt(2) + sqrt(x))"),
        (r"\sum_{i=1}^{n} x_i w_i + b", "(note(sum((x_i w_i)); _{i=1}^{n}) + b)"),
        (r"\sum_i (y_i - t_i)^2", "note(sum(([(y_i - t_i)] ^ 2)); _i)"),
        (r"\sum (a)^2", "sum(([a] ^ 2))"),
        (r"\underbrace{(a + b)}_{1 \times 3} c", r"(note([(a + b)]; 1 \times 3) c)"),
        (r"\overbrace{a}^{\text{big}}", r"note(a; \text{big})"),
        (r"\operatorname{diag}(a)", "diag(a)"),
        ("np.sum(a)", "sum(a)"),
    ],
)
def test_a_function_is_read(formula, latex: str, outline: str) -> None:
    assert formula(latex) == outline


@pytest.mark.parametrize(
    ("latex", "why"),
    [
        (r"\tanh", "a function without an argument"),
        (r"\tanh^{-1}(u)", "an inverse function"),
        (r"\log_2 x", "a function with a script"),
        (r"\sqrt[3]{x}", "a root that is no square root"),
        (r"\hat{ab}", "an accent over something that is no name"),
        (r"\hat{\hat{y}}", "an accent over something that is no name"),
        (r"\tanh(a = b)", "a relation stands inside brackets"),
    ],
)
def test_what_is_no_function_says_why(formula, latex: str, why: str) -> None:
    assert formula(latex) == f"<{latex}: {why}>"
