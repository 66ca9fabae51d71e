"""Commands to tokens; nothing is carried out."""

import pytest

from chalkgrad.marking.page.numerals import NumberStyle
from chalkgrad.marking.page.read import read_page
from chalkgrad.marking.page.scanning import Scanner
from chalkgrad.marking.page.tokens import Kind
from chalkgrad.marking.page.words import Lexicon
from chalkgrad.marking.page.written import Unread


def kinds(text: str) -> list[Kind]:
    scanner = Scanner(text, Lexicon.of(), NumberStyle())
    scanner.scan(0, len(text), is_typed=False)
    return [token.kind for token in scanner.tokens]


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\text{so that}", [Kind.TEXT]),
        (r"\text{relu}", [Kind.FUNCTION]),
        (r"\text{Loss}", [Kind.NAME]),
        (r"\text{,}", [Kind.STOP]),
        (r"\mathbf{W}", [Kind.SPACE, Kind.OPEN, Kind.NAME, Kind.CLOSE]),
        (r"\mathbf{loss}", [Kind.NAME]),
        (r"\left(", [Kind.OPEN]),
        (r"\right.", [Kind.CLOSE]),
        (r"\hspace{1cm}\label{eq}", [Kind.SPACE, Kind.SPACE]),
        (r"\displaystyle", [Kind.SPACE]),
        (r"\xrightarrow[a]{b}", [Kind.RELATION]),
        (r"\begin{aligned}", [Kind.STOP]),
        (r"\begin{array}{c|c}", [Kind.BEGIN]),
        (r"\begin{unheard}", [Kind.UNREAD]),
        (r"\begin", [Kind.UNREAD]),
        (r"\text", [Kind.UNREAD]),
        (r"\foo", [Kind.UNREAD]),
        ("\\", [Kind.UNREAD]),
    ],
)
def test_commands(latex: str, expected: list[Kind]) -> None:
    assert kinds(latex) == expected


@pytest.mark.parametrize(
    "line",
    [
        r"\def\x{\x\x}",
        r"\newcommand{\a}{\a\a}",
        r"\input{/etc/passwd}",
        r"\write18{rm -rf /}",
        r"\immediate\write18{ls}",
        r"\include{secret}",
        r"\let\a=b",
    ],
)
def test_what_defines_or_fetches_is_unread(line: str) -> None:
    for text in (line, f"$${line}$$"):
        (chain,) = read_page(text).lines[0].chains
        (part,) = chain.parts
        assert isinstance(part, Unread)
        assert "is not carried out: a page is only read" in part.why


def test_a_macro_is_never_expanded(said) -> None:
    assert said("\\def\\a{3}\n$$b = \\a$$")[1] == "b = <\\a: the command `\\a` is not known here>"
