"""Scripts as plain text, and typed words taken apart."""

import pytest

from chalkgrad.marking.page.scripts import (
    LONGEST_SCRIPT,
    WordParts,
    is_index,
    plain_script,
    split_transpose,
    split_word,
)


@pytest.mark.parametrize(
    ("script", "plain"),
    [
        ("1", "1"),
        ("h_1", "h1"),
        ("h_{1}", "h1"),
        ("{h1}", "h1"),
        ("1_2", "1,2"),
        ("1, 2", "1,2"),
        (r"\text{new}", "new"),
        (r"\mathrm{out}", "out"),
        (r"\delta", "delta"),
        (r"\hat{y}_1", "yhat1"),
        ("(1)", "(1)"),
        ("[2]", "[2]"),
        ("t+1", "t+1"),
        (r"3 \times 3", "3x3"),
        ("a^{[1]}", "a^[1]"),
        ("۱۲", "12"),
        ("ŷ_1", "yhat1"),
        ("x̄", "xbar"),
    ],
)
def test_a_script_becomes_plain_text(script: str, plain: str) -> None:
    assert plain_script(script) == plain


@pytest.mark.parametrize("script", [r"\frac12", r"\unknown", "a&b", "x" * (LONGEST_SCRIPT + 1)])
def test_what_is_no_plain_text_is_refused(script: str) -> None:
    assert plain_script(script) is None


@pytest.mark.parametrize("script", ["T", r"\top", r"\intercal", r"\mathsf T", r"\mathsf{T}", r"\text{T}", "⊤", " T "])
def test_the_signs_of_a_transpose(script: str) -> None:
    assert split_transpose(script) == ("", True)


@pytest.mark.parametrize(
    ("script", "rest"), [("[2]T", "[2]"), (r"(1)\top", "(1)"), ("(2)^T", "(2)"), ("[1]^{T}", "[1]")]
)
def test_a_transpose_behind_an_index(script: str, rest: str) -> None:
    assert split_transpose(script) == (rest, True)


@pytest.mark.parametrize("script", ["t", "Total", "T-1", "2", "new"])
def test_other_scripts_transpose_nothing(script: str) -> None:
    assert split_transpose(script) == (script, False)


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("w", WordParts("w")),
        ("w1", WordParts("w", "1")),
        ("w_1", WordParts("w", "1")),
        ("w_11", WordParts("w", "11")),
        ("z_h1", WordParts("z", "h1")),
        ("z_h_1", WordParts("z", "h1")),
        ("h1_2", WordParts("h", "1,2")),
        ("y_hat", WordParts("y", accent="hat")),
        ("y_hat_1", WordParts("y", "1", accent="hat")),
        ("y_hat1", WordParts("y", "1", accent="hat")),
        ("yhat1", WordParts("y", "1", accent="hat")),
        ("w1_new", WordParts("w", "1", "new")),
        ("net_1", WordParts("net", "1")),
        ("E_total", WordParts("E", "total")),
    ],
)
def test_a_typed_word_is_taken_apart(word: str, parts: WordParts) -> None:
    assert split_word(word) == parts


@pytest.mark.parametrize(
    ("script", "answer"), [("(1)", True), ("[l]", True), (" [2] ", True), ("(z)", False), ("1", False)]
)
def test_an_index_stands_in_brackets(script: str, answer: bool) -> None:
    assert is_index(script) is answer
