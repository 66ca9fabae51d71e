"""Formulas typed over several lines."""

import pytest

from chalkgrad.marking.page.outline import outline_of_chain
from chalkgrad.marking.page.read import read_page
from chalkgrad.marking.page.tall_brackets import pictures_in

MATRIX = """
z = ⎡1   −2⎤ x + b
    ⎣30   4⎦
"""
INNER = """
    t = σ⎛⎡z₁₁  z₁₂⎤⎞ ≈ ⎡1.5⎤ᵀ
         ⎝⎣z₂₁  z₂₂⎦⎠   ⎣2.5⎦
"""
TALL = """
        ⎡1⎤ᵀ
    y = ⎢2⎥  x ≈ 3
        ⎢4⎥
        ⎣5⎦
"""
BRACES = """
    ∂L/∂w = xᵀ  ∂L/∂o ≈ [ 2  −3 ]ᵀ (−1.5) ≈ ⎡ −3⎤
            ⏟   ╰─┬─╯                       ⎣4.5⎦
           2×1   1×1
        The only order in which sizes fit.
"""


def chains(text: str) -> list[tuple[int, str]]:
    return [(chain.line, outline_of_chain(chain)) for line in read_page(text).lines for chain in line.chains]


@pytest.mark.parametrize(
    ("text", "line", "outline"),
    [
        (MATRIX, 2, "z = (({1, (-2); 30, 4} x) + b)"),
        (INNER, 2, "t = sigmoid({z_11, z_12; z_21, z_22}) ≈ {1.5; 2.5}^T"),
        (TALL, 3, "y = ({1; 2; 4; 5}^T x) ≈ 3"),
        (BRACES, 2, "d(L)/d(w) = (x^T d(L)/d(o)) ≈ ({2, (-3)}^T [(-1.5)]) ≈ {(-3); 4.5}"),
    ],
)
def test_are_read_along_their_middle_line(text: str, line: int, outline: str) -> None:
    assert chains(text) == [(line, outline)]


def test_an_accent_takes_no_column() -> None:
    text = "m̂ = ⎡1⎤ m̂\n    ⎣2⎦\n"
    assert chains(text) == [(1, "m_hat = ({1; 2} m_hat)")]


def test_go_on_in_the_next_ones() -> None:
    text = "\n    d ≈ ⎡1⎤\n        ⎣2⎦\n\n        ⊙ ⎡3⎤\n          ⎣4⎦\n\n      ≈ ⎡3⎤\n        ⎣8⎦\n"
    assert chains(text) == [(2, "d ≈ ({1; 2} ⊙ {3; 4})"), (8, "≈ {3; 8}")]


@pytest.mark.parametrize(
    "text",
    [
        "z = ⎡1  2⎤\n    ⎣3  4",
        "z = ⎡1  2\n    ⎣3  4⎦",
        "z = ⎡1  2⎤\n      ⎣3  4⎦",
        "z = ⎡1  2⎤ + 1\n    ⎣3  4⎦   5",
        "z = x  y\n    ⏟  ⏟  3\n   1×1  1×1",
    ],
)
def test_are_left_alone_where_anything_else_is_in_their_lines(text: str) -> None:
    assert pictures_in(text) == []


@pytest.mark.parametrize(
    "text",
    ["⎡1⎤\n⎣2⎦\n" * 5000, "⎛" * 50 + "\n" + "⎝" * 50, "⎛" * 5000 + "\n" + "⎝" * 5000, "⎡⎤" * 5000 + "\n" + "⎣⎦" * 5000],
)
def test_are_left_alone_where_there_are_too_many(text: str) -> None:
    assert pictures_in(text) == []


def test_a_bracket_without_end_is_no_picture() -> None:
    assert pictures_in("⎡1⎤\n" + "⎢1⎥\n" * 5000) == []


def test_every_sign_outside_the_text_is_a_stroke() -> None:
    (picture,) = pictures_in(MATRIX)
    assert (picture.first, picture.last, picture.baseline) == (1, 2, 1)
    shown = [MATRIX[stroke.start : stroke.end] if stroke.part == "text" else stroke.part for stroke in picture.strokes]
    assert shown == ["z =", "open", "1", "cell", "−2", "row", "30", "cell", "4", "close", "x + b"]
