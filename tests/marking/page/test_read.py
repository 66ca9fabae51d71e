"""Whole pages, line by line, and what nobody should hand in."""

from pathlib import Path

import pytest

from chalkgrad.errors import ProblemError
from chalkgrad.marking.page import read
from chalkgrad.marking.page.outline import outline_of_chain
from chalkgrad.marking.page.read import read_page
from chalkgrad.marking.page.written import Page, Unread

HANDWRITTEN = r"""
PAPCO

Subject: Nets | 03
Date: 11/02/24

$$\left. \begin{array}{l} x_1 = 0.2 \\ x_2 = 0.4 \end{array} \right\} \text{input} \quad \eta = 0.1$$

$$z_{h_1} = x_1 w_1 + x_2 w_2 = 0.2 \times 0.5 + 0.4 \times 0.25$$

$$z_{h_1} = 0.1 + 0.1 = 0.2$$

پس $h_1 = \sigma(z_{h_1}) \approx 0.55$ و $h_2 = 0.5$

$$\rightarrow \frac{\partial L}{\partial w_5} = \underbrace{(o - y)}_{1 \times 1} \cdot h_1 \quad : \text{chain rule}$$

$$= 0.4 \times 0.55 = 0.22$$

* $g(u) = \tanh(u) \rightarrow g'(u) = 1 - \tanh^2(u)$, $F(x) = \text{relu}(x)$

$$w'_5 = 0.3 - 0.1 \times 0.22 = 0.278$$
"""

TEX = r"""\documentclass{article}
\newcommand{\R}{\mathbb{R}}
\begin{document}
\section{Forward} % the first half
\begin{align*}
z &= x w + b \\
  &= 0.5 \cdot 2 + 1 \\ % by hand
  &= 2
\end{align*}
so $a = \sigma(z) = 0.88$.
\begin{equation}
\begin{aligned}
L &= \tfrac12 (a - y)^2 \\
  &\quad + \lambda w^2 \\
\end{aligned}
\end{equation}
\end{document}
"""

TYPED = """Forward pass:
  z1 = 0.05*0.15 + 0.1*0.2 +
       0.35 = 0.3775
so h1 = 1/(1+e^-0.3775) = 0.593

Then dL/dw5 = 0.138*0.593 = 0.082
- w5' = 0.4 - 0.5*0.082 = 0.359
"""


def told(page: Page) -> list[tuple[int, str]]:
    return [(line.number, outline_of_chain(chain)) for line in page.lines for chain in line.chains]


def test_a_page_of_handwriting() -> None:
    page = read_page(HANDWRITTEN)
    assert told(page) == [
        (7, "x_1 = 0.2"),
        (7, "x_2 = 0.4"),
        (7, "eta = 0.1"),
        (9, "z_h1 = ((x_1 w_1) + (x_2 w_2)) = ((0.2 × 0.5) + (0.4 × 0.25))"),
        (11, "z_h1 = (0.1 + 0.1) = 0.2"),
        (13, "h_1 = sigmoid(z_h1) ≈ 0.55"),
        (13, "h_2 = 0.5"),
        (15, r"→ d(L)/d(w_5) = (note([(o - y)]; 1 \times 1) · h_1)"),
        (17, "= (0.4 × 0.55) = 0.22"),
        (19, "(g [u]) = tanh(u) → (g' [u]) = (1 - (tanh(u) ^ 2))"),
        (19, "(F [x]) = relu(x)"),
        (21, "w_5' = (0.3 - (0.1 × 0.22)) = 0.278"),
    ]
    assert [line.number for line in page.lines if line.kind == "prose"] == [2, 4, 5]


def test_a_latex_document() -> None:
    page = read_page(TEX)
    assert told(page) == [
        (6, "z = ((x w) + b)"),
        (7, "= ((0.5 · 2) + 1)"),
        (8, "= 2"),
        (10, "a = sigmoid(z) = 0.88"),
        (13, "L = (((1 / 2) ([(a - y)] ^ 2)) + (lambda w^2))"),
    ]
    assert next(line.kind for line in page.lines if line.number == 14) == "math"


def test_typed_text() -> None:
    assert told(read_page(TYPED)) == [
        (2, "z_1 = ((0.05 * 0.15) + (0.1 * 0.2) + 0.35) = 0.3775"),
        (4, "h_1 = (1 / [(1 + exp((-0.3775)))]) = 0.593"),
        (6, "d(L)/d(w_5) = (0.138 * 0.593) = 0.082"),
        (7, "w_5' = (0.4 - (0.5 * 0.082)) = 0.359"),
    ]


def test_a_fragment_of_latex_without_delimiters() -> None:
    page = read_page("z_{h_1} = x_1 w_1 + b_1 \\\\\nso \\frac{dL}{dw} = \\sigma'(z) = xW")
    assert told(page) == [(1, "z_h1 = ((x_1 w_1) + b_1)"), (2, "d(L)/d(w) = sigmoid'(z) = (x W)")]


def test_rows_on_one_line_have_its_number() -> None:
    page = read_page(r"\begin{align} a &= 1 \\ b &= 2 \end{align}")
    assert told(page) == [(1, "a = 1"), (1, "b = 2")]


class TestSlashDecimals:
    def test_a_page_full_of_them(self) -> None:
        page = read_page(r"$$w = \begin{pmatrix} 0/35 & -4/47 \end{pmatrix}, b = 1/2$$")
        assert page.slash_decimals
        assert told(page) == [(1, "w = {0/35?, (-4/47?)}"), (1, "b = 1/2?")]

    def test_fractions_elsewhere(self) -> None:
        page = read_page("L = 1/2 (y - t)^2 = 0.35, h = 1/1.686 = 0.593")
        assert not page.slash_decimals
        assert told(page) == [(1, "L = (1/2 ([(y - t)] ^ 2)) = 0.35"), (1, "h = (1 / 1.686) = 0.593")]


class TestTheTextOfAPage:
    def test_line_ends_keep_their_places(self) -> None:
        page = read_page("a = 1\r\nb = 2\rc = 3")
        assert page.text == "a = 1 \nb = 2\nc = 3"
        assert [line.number for line in page.lines] == [1, 2, 3]

    def test_a_page_without_a_word_has_no_lines(self) -> None:
        assert read_page(" \n\t\n").lines == ()

    def test_the_name_is_kept(self) -> None:
        assert read_page("a = 1", name="ali.md").name == "ali.md"


class TestBadInput:
    @pytest.mark.parametrize("text", ["x" * 1_000_000, "a=1 " * 250_000, "$a$ " * 250_000, "$" * 10_000_000])
    def test_a_line_without_end_is_unread(self, text: str) -> None:
        (line,) = read_page(text).lines
        (chain,) = line.chains
        assert isinstance(chain.parts[0], Unread)
        assert chain.parts[0].why == "longer than 20,000 characters"

    @pytest.mark.parametrize("opening", ["(", "{", "[", "\\left(", "\\{", "|", "\\frac{"])
    def test_brackets_without_end_are_unread(self, opening: str) -> None:
        (line,) = read_page("$$" + opening * 2_500 + "$$").lines
        (chain,) = line.chains
        assert isinstance(chain.parts[0], Unread)
        assert chain.parts[0].why == "nested too deeply"

    @pytest.mark.parametrize("brackets", ["()", "{}", "[]"])
    def test_ten_thousand_nested_brackets_are_unread(self, brackets: str) -> None:
        text = "$$" + brackets[0] * 10_000 + "x" + brackets[1] * 10_000 + "$$"
        (chain,) = read_page(text).lines[0].chains
        assert isinstance(chain.parts[0], Unread)

    def test_endless_definitions_are_unread_one_by_one(self) -> None:
        page = read_page("\\def\\a{\\a\\a}\n" * 500)
        assert [len(line.chains) for line in page.lines] == [1] * 500
        assert all(isinstance(line.chains[0].parts[0], Unread) for line in page.lines)

    @pytest.mark.parametrize(
        "text",
        [
            "\\" * 100_000,
            "\\" * 15_000,
            "\0" * 15_000,
            "$" * 15_000,
            "$$\n" * 3_000,
            "$\n" * 3_000,
            "\\begin{align}\n" * 1_000,
            "```\n" * 5_000,
            "> - " * 4_000,
            "$$" + "O." * 9_000 + "$$",
            "$$" + "1," * 9_000 + "$$",
            "$$" + "1 000 " * 3_000 + "$$",
            "$$" + "\\hat" * 4_000 + "$$",
            "$$" + "x^" * 9_000 + "$$",
            "$$(x)" + "^{(x)}" * 2_000 + "$$",
            "$$" + "\\left." * 2_000 + "\\right)" * 1_000 + "$$",
            "<" * 15_000,
            "y = " + "(" * 9_000 + "x" + ")" * 9_000,
            "y = (so " * 2_000 + ")" * 2_000,
            "y = [\n" * 5_000,
            "*a" * 8_000,
            "a:" * 8_000,
            "don't " * 3_000,
            "y\u0302" * 9_000,
        ],
    )
    def test_what_nobody_writes_is_read_or_unread(self, text: str) -> None:
        assert len(read_page(text).text) == len(text)

    def test_scripts_are_only_text(self) -> None:
        page = read_page("<script>alert(1)</script>\n<img src=x onerror=alert(1)>")
        assert [line.kind for line in page.lines] == ["prose", "prose"]

    def test_a_page_without_end_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(read, "MOST_TOKENS", 10)
        assert told(read_page("a = 1\nb = 2")) == [(1, "a = 1"), (2, "b = 2")]
        with pytest.raises(ProblemError) as caught:
            read_page("a = 1\n" * 20, name="ali.md")
        assert caught.value.code == "page-too-long"
        assert caught.value.faults[0].message == "`ali.md` holds more than 10 words, numbers and signs"

    def test_lines_without_end_are_refused(self) -> None:
        assert len(read_page("\n" * (read.MOST_LINES - 1)).text) == read.MOST_LINES - 1
        with pytest.raises(ProblemError, match="`page` holds more than 20,000 lines"):
            read_page("$\n" * read.MOST_LINES)


def test_every_module_of_the_reader_is_tested() -> None:
    # Tables of types need no tests of their own, and each reader of terms is tested through the one that uses it.
    untested = {"__init__", "written", "tokens", "items", "cursor"}
    source = Path(read.__file__).parent
    tested = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    assert {path.stem for path in source.glob("*.py")} - untested <= tested
