"""Tokens and their places."""

import pytest

from chalkgrad.marking.page.numerals import NumberStyle
from chalkgrad.marking.page.scanning import Scanner
from chalkgrad.marking.page.tokens import Kind, Token
from chalkgrad.marking.page.words import Lexicon


def tokens(text: str, is_typed: bool = False) -> list[Token]:
    scanner = Scanner(text, Lexicon.of(), NumberStyle())
    scanner.scan(0, len(text), is_typed=is_typed)
    return scanner.tokens


def test_every_token_has_its_place() -> None:
    text = r"w_{1} = 0.5 \cdot \hat y"
    assert [text[token.start : token.end] for token in tokens(text)] == text.replace("{1}", "{ 1 }").replace(
        "_", " _ "
    ).replace(" {", " {").split()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("a+b", [Kind.NAME, Kind.PLUS, Kind.NAME]),
        ("a − b", [Kind.NAME, Kind.MINUS, Kind.NAME]),
        ("a -> b", [Kind.NAME, Kind.RELATION, Kind.NAME]),
        ("x²₁", [Kind.NAME, Kind.SUPERSCRIPT, Kind.SUBSCRIPT]),
        ("a…", [Kind.NAME, Kind.UNREAD]),
        (r"0.59\ldots", [Kind.NUMBER, Kind.SPACE]),
        ("3...", [Kind.NUMBER, Kind.UNREAD]),
        ("a ~ b", [Kind.NAME, Kind.SPACE, Kind.NAME]),
        ("a \u200b b", [Kind.NAME, Kind.NAME]),
        ("\0", [Kind.UNREAD]),
    ],
)
def test_kinds_of_tokens(text: str, kinds: list[Kind]) -> None:
    assert [token.kind for token in tokens(text)] == kinds


def test_a_tilde_is_about_in_typed_text() -> None:
    assert [token.value for token in tokens("a ~ b", is_typed=True)] == ["a", "≈", "b"]


def test_many_blanks_part_two_operands_of_typed_text_and_nothing_else() -> None:
    assert [token.kind for token in tokens("a    b", is_typed=True)] == [Kind.NAME, Kind.GAP, Kind.NAME]
    assert [token.kind for token in tokens("a    - b", is_typed=True)] == [Kind.NAME, Kind.MINUS, Kind.NAME]
    assert [token.kind for token in tokens("a    b")] == [Kind.NAME, Kind.NAME]


def test_typed_marks_are_text() -> None:
    assert {token.kind for token in tokens('“” ✓ # ■ "', is_typed=True)} == {Kind.TEXT}


def test_a_percent_sign_begins_a_comment_in_a_document_only() -> None:
    scanner = Scanner("a % b", Lexicon.of(), NumberStyle(percent_comments=True))
    scanner.scan(0, 5, is_typed=False)
    assert [token.kind for token in scanner.tokens] == [Kind.NAME, Kind.SPACE]
    assert [token.kind for token in tokens("a % b")] == [Kind.NAME, Kind.UNREAD, Kind.NAME]
