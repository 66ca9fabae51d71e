"""Every message about a formula that cannot be read."""

import pytest

from chalkgrad.errors import FormulaError
from chalkgrad.reading.formulas import parse_formula

REFUSALS = [
    ("", "empty-formula", "the formula is empty, where a number, a name or an opening bracket was expected", ""),
    ("a +", "unfinished", "the formula ends after `+`, where a number, a name or an opening bracket was expected", ""),
    ("a + * b", "expected-operand", "`*` was read where a number, a name or an opening bracket was expected", None),
    ("[]", "expected-operand", "`]` was read where a number, a name or an opening bracket was expected", ""),
    ("2^sin x", "expected-operand", None, "Put brackets around the function and its argument."),
    (
        "a , b",
        "unexpected-sign",
        "`,` was read where an operation sign or the end was expected",
        "A decimal comma stands directly between two digits; lists are written [1, 2].",
    ),
    ("a < b < c", "unexpected-sign", None, "A comparison has two sides; put brackets around it to go on."),
    (
        "x = 3",
        "unexpected-equals",
        "`=` was read inside an expression",
        "One formula is one expression; lines `name = expression` stand under `formula`.",
    ),
    ("(a + b", "unclosed-bracket", "`(` is never closed by `)`", ""),
    ("a) b", "unopened-bracket", "`)` closes a bracket that was never opened", ""),
    ("a (b]", "mismatched-bracket", "`(` is closed by `]` where `)` was expected", ""),
    ("|x", "unclosed-bar", "`|` is never closed by `|`", ""),
    ("(|x)", "unclosed-bar", "`)` was found before the closing `|`", "Absolute values are written |x|."),
    ("||x||", "norm", "norms are not read in a formula", None),
    ("‖x‖", "norm", "norms are not read in a formula", None),
    ("sigmiod(x)", "unknown-function", "the function `sigmiod` is not known", 'did you mean "sigmoid"?'),
    ("sigmiod (x)", "unknown-function", "the function `sigmiod` is not known", 'did you mean "sigmoid"?'),
    (
        "foo(x)",
        "unknown-function",
        "the function `foo` is not known",
        "Functions are abs, cos, elu, erf, exp, gelu, leaky_relu, linear, log, log_softmax, max, maximum, mean, relu, "
        "selu, sigmoid, sign, silu, sin, softmax, softplus, sqrt, step, sum, tanh. "
        "For a product, write foo · (...).",
    ),
    ("relu", "missing-argument", "the function `relu` has no argument", "Write the argument in brackets: relu(...)."),
    ("relu -x", "missing-argument", "the function `relu` has no argument", None),
    (
        "log x y",
        "ambiguous-argument",
        "it is not clear where the argument of a function without brackets ends",
        "Put brackets around the argument: log(x) y or log(x y).",
    ),
    ("sin x cos x", "ambiguous-argument", None, None),
    (
        "a / b c",
        "ambiguous-quotient",
        "what stands below this fraction is not clear: a / b c could be a/(b c) or (a/b) c",
        "Put brackets: a / (b c) or (a / b) c.",
    ),
    ("1/N sum(x)", "ambiguous-quotient", None, None),
    ("1/2^2 x", "ambiguous-quotient", None, None),
    (
        "x 2",
        "missing-operation",
        "the number `2` follows `x` without a sign between",
        "Write * for a product, ^ for a power or _ for a subscript.",
    ),
    ("2 3", "missing-operation", "the number `3` follows `2` without a sign between", None),
    (
        "x^1/2",
        "ambiguous-power",
        "`^1/...` can be read in two ways",
        "Write ^(1/2) or put brackets around the base.",
    ),
    ("e^2x", "ambiguous-power", "this power of `e` can be read in two ways", "Write e^(2 x) or e^2 * x."),
    ("sin^-1(x)", "ambiguous-power", "this power of the function `sin` is not read", None),
    ("f^2(x)", "ambiguous-power", "this power of the function `f` is not read", "Write f(...)^2 for a square."),
    (
        "W[1, 2]",
        "index",
        "square brackets behind `W` are not read as an index",
        "Write W_1 for the first unit, or a space before the bracket for a product.",
    ),
    ("x⁺", "bad-power", "`⁺` cannot be read as a power", "Write it as ^(...)."),
    (
        "σ'(z)",
        "derivative-sign",
        "`sigmoid'` is the derivative of a function, which is not read in a formula",
        "Write the derivative out, such as 1 - tanh(z)^2.",
    ),
    ("∂x", "derivative", "derivatives are not read in a formula", "Say what to derive under `differentiate`."),
    ("x!", "factorial", "factorials are not read in a formula", ""),
    ("5%", "percent", "percentages are not read in a formula", "Write 0.05 for 5%."),
    ("∞", "infinity", "infinity is not a number that can be computed with", ""),
    ("x ? y", "unknown-sign", "the sign `?` is not read in a formula", ""),
    ("x \x00", "unknown-sign", "the sign U+0000 is not read in a formula", ""),
    ("x . y", "unknown-sign", "a lone `.` is not read in a formula", "A point stands in 0.5 and in W.T only."),
    ("x_", "bad-subscript", "a subscript is missing behind `_`", None),
    ("x_{a=b}", "bad-subscript", "`a=b` cannot be a subscript", None),
    ("_2", "bad-subscript", "a subscript must follow a name", "Write W_2 without a space before `_`."),
    ("1,000,000", "two-separators", "`1,000,000` has more than one decimal separator", None),
    ("1.2.3", "two-separators", "`1.2.3` has more than one decimal separator", None),
    ("1e500", "exponent-too-large", "the exponent of a number must lie between -400 and 400", None),
    ("9" * 61, "too-many-digits", "a number may have at most 60 digits", None),
    (
        "[[1,2],[3]]",
        "ragged-matrix",
        "the rows of a matrix must have the same length, but these have 1 and 2 entries",
        "Give every row as many entries.",
    ),
    ("[[1, 2], 3]", "ragged-matrix", None, None),
    ("[[[1]]]", "too-many-dimensions", "lists are nested more than two deep", None),
    ("a" * 101, "name-too-long", "a name may have at most 100 letters", ""),
    (
        "9^9^9^9",
        "power-too-large",
        "this power is too large: exponents may be 1,000 at most, values have 10,000 digits",
        "Write a smaller power.",
    ),
    ("x^(10^5)", "power-too-large", None, None),
    ("x^-1001", "power-too-large", None, None),
    ("(9^999)^999", "power-too-large", None, None),
    ("x^(1/(1 - 1))^999999", "power-too-large", None, None),
    ("(" * 501 + "x", "too-deep", "brackets are nested more than 500 deep", "Name a part of it on a line of its own."),
    ("-" * 600 + "x", "too-deep", "the formula is nested more than 500 deep", None),
    ("^".join("x" * 600), "too-deep", "the formula is nested more than 500 deep", None),
    ("x+" * 2001 + "x", "too-long", "a formula may have at most 4000 numbers, names and signs", None),
    ("x" * 20_001, "too-long", "a formula may have at most 20,000 characters, this one has 20,001", None),
]


@pytest.mark.parametrize(("text", "code", "message", "hint"), REFUSALS, ids=[text[:20] for text, *_ in REFUSALS])
def test_refuses_with_a_clear_message(text, code, message, hint):
    with pytest.raises(FormulaError) as caught:
        parse_formula(text)
    fault = caught.value.faults[0]
    assert fault.code == code
    assert message in (None, fault.message)
    assert hint in (None, fault.hint)
    assert fault.place is not None
