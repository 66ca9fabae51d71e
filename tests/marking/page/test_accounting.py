"""Nothing on a page is dropped: every sign is in a token, and every token in a term, a sign or a named separator."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalkgrad.marking.page.chains import LineNumbers, read_chains
from chalkgrad.marking.page.nesting import nest
from chalkgrad.marking.page.numerals import NumberStyle
from chalkgrad.marking.page.read import read_page
from chalkgrad.marking.page.scanning import Scanner
from chalkgrad.marking.page.tokens import Kind, Token
from chalkgrad.marking.page.words import Lexicon
from chalkgrad.marking.page.written import Chain, Name, Number, Unread, inside

PIECES = (
    *(r"\frac{", "}{", "}", "{", "(", ")", "[", "]", r"\left(", r"\right)", r"\left.", r"\right\}", "|", r"\|"),
    *("x", "w_1", "w_{11}^{[1]}", "h1", "dL/dw", r"\partial L", r"\hat{y}", r"\sigma", r"\tanh", r"\sum_{i}", "e", "'"),
    *("0.35", "1/2", "0,5", "12\\,345", "10", "S.5", "^2", "^T", r"^{\top}", "_", "^", "+", "-", "*", "/", r"\cdot"),
    *(
        "=",
        r"\approx",
        r"\rightarrow",
        ":=",
        "<",
        ",",
        ";",
        r"\quad",
        r"\\",
        "&",
        r"\text{so}",
        r"\text{relu}",
        ":",
        ".",
    ),
    *(r"\begin{array}{l}", r"\end{array}", r"\begin{cases}", r"\end{cases}", r"\begin{pmatrix}", r"\end{pmatrix}"),
    *(
        r"\ldots",
        r"\unknown",
        "?",
        "so",
        "the",
        " ",
        "  ",
        "\n",
        "\0",
        "پس",
        "۳",
        "∂",
        "∇",
        "ᵀ",
        "²",
        "₁",
        "%",
        "$",
        "`",
    ),
)
FORMULAS = st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join) | st.text(max_size=60)
SEPARATORS = {Kind.SPACE, Kind.GAP, Kind.STOP, Kind.TEXT, Kind.COMMA, Kind.ROW, Kind.CELL, Kind.COLON}
BRACKETS = {Kind.OPEN, Kind.CLOSE, Kind.BEGIN, Kind.END}  # those around or beside whole formulas
PASSED_OVER = SEPARATORS | BRACKETS
BLANKS = re.compile(r"[\s\u200b-\u200f\u2060-\u2064\u2066-\u2069\ufeff]*")


def tokens_of(text: str, is_typed: bool) -> list[Token]:
    scanner = Scanner(text, Lexicon.of(), NumberStyle())
    scanner.scan(0, len(text), is_typed=is_typed)
    return scanner.tokens


def chains_of(tokens: list[Token], text: str) -> list[Chain] | None:
    items = nest(tokens, text)
    return None if isinstance(items, str) else read_chains(items, text, LineNumbers(text))


@settings(deadline=None)
@given(FORMULAS, st.booleans())
def test_every_sign_is_in_one_token(text: str, is_typed: bool) -> None:
    place = 0
    for token in tokens_of(text, is_typed):
        assert BLANKS.fullmatch(text[place : token.start])
        assert token.end >= token.start >= place
        place = token.end
    assert BLANKS.fullmatch(text[place:])


@settings(deadline=None)
@given(FORMULAS)
@example(r"\left. \begin{array}{l} x = 1 \\ y = 2 \end{array} \right\} \text{input}")
@example(r"a = \frac{1}{2} \left( b + c \right. \\ \left. + d \right) = 3")
@example(r"a = = b \Rightarrow")
@example(r"\boxed{h_1 = 0.593} [ 1")
def test_every_token_is_in_a_term_or_passed_over_by_name(text: str) -> None:
    tokens = tokens_of(text, False)
    chains = chains_of(tokens, text)
    if chains is None:
        return
    names_and_numbers = {(term.start, term.end) for chain in chains for part in chain.parts for term in inside(part)}
    for token in tokens:
        around = [chain for chain in chains if chain.start <= token.start and token.end <= chain.end]
        is_lone_arrow = token.kind is Kind.RELATION and token.value in {"→", "←"}
        is_label = token.is_loose and token.kind is Kind.NAME  # `\\text{input}` beside a formula
        assert around or token.kind in PASSED_OVER or is_lone_arrow or is_label, token
        if token.kind is Kind.NUMBER and around:
            assert is_told(token, around, names_and_numbers), token


def is_told(token: Token, around: list[Chain], terms: set[tuple[int, int]]) -> bool:
    """Whether a number is a number of the tree, or inside a name, a note, an exponent or something unread."""
    if (token.start, token.end) in terms:
        return True
    holders = [
        term
        for chain in around
        for part in chain.parts
        for term in inside(part)
        if term.start <= token.start and token.end <= term.end
    ]
    return any(not term.children() or hasattr(term, "note") or hasattr(term, "conditions") for term in holders)


@settings(deadline=None)
@given(st.lists(st.sampled_from((*PIECES, "$$", r"\[", r"\]", "- ", "> ", "# ", "```", "|")), max_size=40).map("".join))
def test_any_page_is_read(text: str) -> None:
    page = read_page(text)
    assert [line.number for line in page.lines] == [
        number for number, line in enumerate(page.text.split("\n"), 1) if line.strip()
    ]
    for line in page.lines:
        for chain in line.chains:
            assert chain.line == line.number
            assert 0 <= chain.start <= chain.end <= len(page.text)
            assert len(chain.parts) == len(chain.signs) > 0
            assert all(chain.signs[1:])
            for part in chain.parts:
                for term in inside(part):
                    assert 0 <= term.start <= term.end <= len(page.text)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert len(read_page(text).text) == len(text)


@settings(deadline=None)
@given(FORMULAS)
def test_terms_lie_inside_each_other_and_in_order(text: str) -> None:
    for chain in chains_of(tokens_of(text, False), text) or ():
        for part in chain.parts:
            for term in inside(part):
                for child in term.children():
                    assert term.start <= child.start <= child.end <= term.end


@pytest.mark.parametrize(
    "text",
    [
        r"$$\hat{y}_1 = \sigma(z_{h_1}) = \frac{1}{1 + e^{-0.3775}} \approx 0.593$$",
        r"\[ w_{11}^{[1]} \leftarrow w_{11}^{[1]} - 0.5 \cdot \frac{\partial L}{\partial w_{11}^{[1]}} = 0,15 \]",
        "so ŷ1 = σ(o1) and dL/dw5 = 0.138*0.593 = 0.082, w1' = ۰٫۱۵",
    ],
)
def test_what_stands_at_the_place_of_a_term_is_what_was_written(text: str) -> None:
    page = read_page(text)
    terms = [term for line in page.lines for chain in line.chains for part in chain.parts for term in inside(part)]
    numbers = [term for term in terms if isinstance(term, Number)]
    names = [term for term in terms if isinstance(term, Name)]
    assert numbers
    assert names
    assert all(page.text[number.start : number.end] == number.text for number in numbers)
    for name in names:
        written = page.text[name.start : name.end]
        assert name.base in written.replace("ŷ", "y") or name.base in {"sigma", "eta"}
        assert not any(isinstance(term, Unread) for term in terms)


def test_a_dropped_sign_would_be_seen() -> None:
    tokens = tokens_of("a + 0.5", False)
    assert is_told(tokens[2], chains_of(tokens, "a + 0.5") or [], {(4, 7)})
    assert not is_told(tokens[2], chains_of(tokens[:1], "a") or [], set())
