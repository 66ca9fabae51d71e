"""Words and formulas in typed text."""

import pytest

from chalkgrad.marking.page.read import read_page


@pytest.mark.parametrize(
    ("text", "chains"),
    [
        ("so h1 = 0.593", ["h_1 = 0.593"]),
        ("Then dL/dw5 = 0.138*0.593 = 0.082", ["d(L)/d(w_5) = (0.138 * 0.593) = 0.082"]),
        ("hidden unit h1=0.593, and h2=0.597.", ["h_1 = 0.593", "h_2 = 0.597"]),
        ("We get the loss L = 0.5 for y = 1", ["L = 0.5", "y = 1"]),
        ("total loss = 0.5", ["loss = 0.5"]),
        ("err = y - t", ["err = (y - t)"]),
        ("slope1 = err * 2", ["slope_1 = (err * 2)"]),
        ("Answer = 0.5", ["Answer = 0.5"]),
        ("the learning rate = 0.5", ["learning_rate = 0.5"]),
        ("learning rate η = 0.5", ["eta = 0.5"]),
        ("since y = 1 and p = 0.7, loss = -ln(0.7) = 0.357", ["y = 1", "p = 0.7", "loss = (-log(0.7)) = 0.357"]),
        ("a loss = 3", ["loss = 3"]),
        ("a = 3", ["a = 3"]),
        ("I think that z = 3", ["z = 3"]),
        ("don't forget: b = 2", ["b = 2"]),
        ("mean = 0.5", ["mean = 0.5"]),
        ("mean(x) = 0.5", ["mean(x) = 0.5"]),
        ("پس h1 = ۰٫۵۹۳ و h2 = 0.597", ["h_1 = ۰٫۵۹۳", "h_2 = 0.597"]),
        ("out = max(0, z)", ["out = max(0, z)"]),
        ("1) h1 = 2", ["h_1 = 2"]),
        ("(a) h1 = 2", ["h_1 = 2"]),
        ("ii) h1 = 2", ["h_1 = 2"]),
        ("Step 2: h1 = 2", ["h_1 = 2"]),
        ("(a + b) c = 2", ["([(a + b)] c) = 2"]),
        ("**h1 = 0.5**", ["h_1 = 0.5"]),
        ("**Step 1** *z* = 2 * 3 and a**2 = 4", ["z = (2 * 3)", "a^2 = 4"]),
        ("`h1 = 0.5`", ["h_1 = 0.5"]),
        ("- **$h_1$** = 0.5", ["h_1 = 0.5"]),
        ("h1 = 0.593 (rounded)", ["h_1 = 0.593"]),
        ("h1 = 0.593 (to 3 d.p.) and b = 2", ["h_1 = 0.593", "b = 2"]),
        ("h1 = 0.593 (b + c)", ["h_1 = (0.593 [(b + c)])"]),
        ("z = 0.3775... so h = 0.5932…", ["z = 0.3775", "h = 0.5932"]),
        ("W = [[1, 2],\n  [3, 4]]", ["W = {1, 2; 3, 4}"]),
        ("0.05 x 0.15 = 0.0075", ["(0.05 × 0.15) = 0.0075"]),
        ("so $w_1$ = 0.3 and $w_2 = 0.4$", ["w_1 = 0.3", "w_2 = 0.4"]),
        ("$F = a$ $\\xrightarrow{so}$ $F = b$, $c = d$", ["F = a → F = b", "c = d"]),
    ],
)
def test_formulas_are_found_among_words(said, text: str, chains: list[str]) -> None:
    assert said(text) == chains


@pytest.mark.parametrize(
    "text",
    [
        "Subject: ____",
        "Date: 20/11/23 | 02",
        "PAPCO",
        "5",
        "11977",
        "# Forward pass",
        "The loss is small.",
        "چون مقدار تغییر نمی کند",
        "Y₁ | 01",
        "a",
        "unit step",
        "| h1 | 0.593 |",
        "|----|-------|",
        "<script>alert(1)</script>",
        "<b>bold</b>",
        "p. 3-4",
        "----",
        "see [1], [2]",
    ],
)
def test_words_and_furniture_are_prose(text: str) -> None:
    (line,) = read_page(text).lines
    assert (line.kind, line.chains, line.text) == ("prose", (), text)


@pytest.mark.parametrize(
    ("text", "outline"),
    [
        ("the gradient of w1 = 0.5", "d(?)/d(w_1) = 0.5"),
        ("Gradient w5: 0.5", "d(?)/d(w_5) = 0.5"),
        ("derivative with respect to w1 = 0.5", "d(?)/d(w_1) = 0.5"),
        ("gradient of $w_1$ = 0.5", "d(?)/d(w_1) = 0.5"),
        ("net h1 = 0.5", "net_h1 = 0.5"),
        ("delta o1 = 0.5", "delta_o1 = 0.5"),
        ("new w5 = 0.5", "w^new_5 = 0.5"),
        ("updated w5 = 0.5", "w^new_5 = 0.5"),
        ("input to h1 = 0.5", "<input to h1: the word `input` before the name may change what is meant> = 0.5"),
        ("error of h1 = 0.5", "<error of h1: the word `error` before the name may change what is meant> = 0.5"),
    ],
)
def test_words_that_change_which_quantity_is_meant(said, text: str, outline: str) -> None:
    assert said(text) == [outline]


@pytest.mark.parametrize(("text", "outline"), [("-0.378", "(-0.378)"), ("0.05*0.15 + b", "((0.05 * 0.15) + b)")])
def test_an_expression_that_fills_its_line_is_mathematics(said, text: str, outline: str) -> None:
    assert said(text) == [outline]
