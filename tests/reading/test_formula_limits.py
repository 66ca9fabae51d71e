"""Nothing that anybody types breaks the reader: random texts, formulas with slips, and bombs."""

import json
import subprocess
import sys
import textwrap

from hypothesis import given, settings
from hypothesis import strategies as st

from chalkgrad.errors import FormulaError
from chalkgrad.reading.formulas import parse_formula, parse_lines

FORMULAS = [
    "1/2 (out - y)^2",
    "t = tanh(b1 + x W1)",
    "a^[1]_1 * (1 - a^[1]_1) * x1",
    "s = softmax(x W + b)",
    "max(0,35) + |w^(1)_{11}| / √2",
    "w3.T @ x − ŷ_1² [[1, 2], [3, 4]]",
    r"\tanh\left(b_1 + x^T w_1\right) w_2^T + \frac{1}{1+e^{-z}}",
    r"\hat{y}_1 \begin{pmatrix} 1 & -2 \\ 3 & x \end{pmatrix} \sqrt{x^2_1} \lvert z \rvert",
]


def faults_of(read, text, **options):
    """The faults that a text is refused with; none if it is read."""
    try:
        read(text, **options)
    except FormulaError as error:
        return error.faults
    return ()


def survives(text, **options):
    """Read a text; only a FormulaError may come out."""
    for read in (parse_formula, parse_lines):
        faults = faults_of(read, text, **options)
        assert all(fault.message and fault.place and str(fault) for fault in faults)
    if not faults_of(parse_formula, text, **options):
        tree = parse_formula(text, **options)
        assert repr(tree)
        assert hash(tree) == hash(parse_formula(text, **options))


TYPED_PIECES = (
    "x W b_1 a^[2]_1 w^(1)_{11} σ ŷ e f g sum relu log max ( ) [ ] { } | || ' .T ᵀ ² ⁻ ^ ^T ^( ^[ _ _{ + - * / @ · ⊙"
    " , ، . 0,35 1/2 2 ½ ۳ = < >= ! √ ∑ # ; \\"
)
LATEX_PIECES = (
    r"\frac \left \right \hat \text{ \begin{pmatrix} & \\ \end{pmatrix} $ \top \sqrt \sigma \lvert \mathbf{ \sum \prime"
)
PIECES = st.sampled_from([" ", "\n", *TYPED_PIECES.split(), *LATEX_PIECES.split()])


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused(text):
    survives(text)


@given(st.lists(PIECES, max_size=40))
@settings(max_examples=400, deadline=None)
def test_any_row_of_signs_is_read_or_refused(pieces):
    survives("".join(pieces), names={"out", "x^(2)", "W"})


@given(st.sampled_from(FORMULAS), st.integers(0, 40), st.integers(0, 5), PIECES)
@settings(max_examples=300, deadline=None)
def test_a_formula_with_a_slip_is_read_or_refused(text, start, length, piece):
    survives(text[:start] + piece + text[start + length :])


BOMBS = [
    "9^9^9^9",
    "((((" * 25_000,
    "(" * 19_999,
    "x^" * 1_999 + "x",
    "9^" * 1_999 + "9",
    "-" * 19_999,
    "9" * 19_999,
    "1e" + "9" * 19_000,
    "9" + "!" * 10_000,
    "|" * 19_999,
    "[" * 400 + "1" + "]" * 400,
    "'" * 19_999,
    "x_" * 9_999,
    "x\u0302" * 9_999,
    "\\frac" * 3_999,
    "\\sqrt{" * 3_000,
    "\\hat{" * 3_999,
    "x^{" * 6_000,
    "\\begin{pmatrix}" * 1_300,
    "x" + "^(1)" * 4_999,
    "$" * 20_000,
    "a/" * 9_999,
]


def test_bombs_are_refused_in_little_time_and_memory():
    # A bomb that goes off takes hours or all memory; a minute for all of them together is no measure of speed.
    script = """
        import json, resource, sys
        resource.setrlimit(resource.RLIMIT_AS, (256 * 2**20, 256 * 2**20))
        from chalkgrad.errors import FormulaError
        from chalkgrad.reading.formulas import parse_formula, parse_lines
        parse_formula("x")
        for bomb in json.load(sys.stdin):
            for read, text in ((parse_formula, bomb), (parse_lines, f"y = {bomb}")):
                try:
                    read(text)
                except FormulaError:
                    pass
                else:
                    sys.exit(f"{bomb[:20]!r} was read")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        input=json.dumps(BOMBS),
        capture_output=True,
        text=True,
        timeout=60,
        env={"PYTHONPATH": ":".join(sys.path), "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
