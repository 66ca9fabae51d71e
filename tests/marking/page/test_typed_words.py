"""Words of typed text."""

import pytest


@pytest.mark.parametrize(
    ("typed", "outline"),
    [
        ("w1", "w_1"),
        ("w_1", "w_1"),
        ("w_{1}", "w_1"),
        ("w₁", "w_1"),
        ("w11", "w_11"),
        ("z_h1", "z_h1"),
        ("z_{h_1}", "z_h1"),
        ("y_hat", "y_hat"),
        ("ŷ", "y_hat"),
        ("ŷ1", "y_hat_1"),
        ("y\u0302_1", "y_hat_1"),
        ("yhat1", "y_hat_1"),
        ("w1'", "w_1'"),
        ("w1′", "w_1'"),
        ("w1_new", "w^new_1"),
        ("w^(2)_1", "w^(2)_1"),
        ("x²", "x^2"),
        ("x**2", "x^2"),
        ("W.T x", "(W^T x)"),
        ("Wᵀx", "(W^T x)"),
        ("x1w1", "(x_1 w_1)"),
        ("W1x", "(W_1 x)"),
        ("σ(z)", "sigmoid(z)"),
        ("σ'(z)", "sigmoid'(z)"),
        ("δ1", "delta_1"),
        ("Δw", "Deltaw"),
        ("np.exp(-z)", "exp((-z))"),
        ("math.log(p)", "log(p)"),
        ("e^-0.3775", "exp((-0.3775))"),
        ("e^(-z_h1)", "exp((-z_h1))"),
        ("e^-z_h1", "exp((-z_h1))"),
        ("ReLU(z)", "relu(z)"),
        ("ln 0.7", "log(0.7)"),
        ("√2", "sqrt(2)"),
        ("xW", "xW"),
        ("a·b×c⊙d∘e", "(a · b × c ⊙ d ⊙ e)"),
        ("1/(1+e^-z)", "(1 / [(1 + exp((-z)))])"),
    ],
)
def test_a_typed_word_is_read(said, typed: str, outline: str) -> None:
    assert said(f"q = {typed}") == [f"q = {outline}"]


def test_a_name_of_the_problem_stays_whole(said) -> None:
    assert said("q = energy", ["energy"]) == ["q = energy"]
    assert said("q = mean(x)", ["mean"]) == ["q = (mean [x])"]
