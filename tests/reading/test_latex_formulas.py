"""LaTeX formulas: the same trees as typed ones, and a clear word about what is not read."""

import pytest

from chalkgrad.errors import FormulaError
from chalkgrad.reading.formulas import is_latex, parse_formula, parse_lines
from chalkgrad.reading.syntax import outline

NAMES = {"out", "w^[1]_11"}
TREES = [
    (r"\frac{1}{2}(y-\hat{y})^2", "(· (/ 1 2) (^ (- y y_hat) 2))"),
    (r"\frac12 x", "(· (/ 1 2) x)"),
    (r"\frac a b", "(/ a b)"),
    (r"\tfrac{1}{2} \left( out - y \right)^2", "(· (/ 1 2) (^ (- out y) 2))"),
    (r"\dfrac{1}{1+e^{-z}}", "(/ 1 (+ 1 (exp (neg z))))"),
    (r"\frac{1}{2}[(y_1 - \hat{y}_1)^2 + c]", "(· (/ 1 2) (+ (^ (- y_1 y_hat_1) 2) c))"),
    (r"\frac{1}{N}\sum (y)", "(· (/ 1 N) (sum y))"),
    (r"w_3^T x\,", "(· (transpose w_3) x)"),
    (r"w_3^\top x", "(· (transpose w_3) x)"),
    (r"w_3^{\top} x", "(· (transpose w_3) x)"),
    (r"w_3^{\mathsf{T}} x\;", "(· (transpose w_3) x)"),
    (r"\mathbf{W}^{T}_1", "(transpose W_1)"),
    (r"w'_1 \, x", "(· (transpose w_1) x)"),
    (r"\left(a \, b\right)^\top", "(transpose (· a b))"),
    (r"\sigma(z)(1-\sigma(z))", "(· (sigmoid z) (- 1 (sigmoid z)))"),
    (r"\sigma z", "(· sigma z)"),
    (
        r"\tanh\left(b_1 + x^T w_1\right) w_2^T + b_2",
        "(+ (· (tanh (+ b_1 (· (transpose x) w_1))) (transpose w_2)) b_2)",
    ),
    (r"\tanh^2(u)", "(^ (tanh u) 2)"),
    (r"\sin^{2} x", "(^ (sin x) 2)"),
    (r"\text{relu}(z)", "(relu z)"),
    (r"\operatorname{softmax}(z)", "(softmax z)"),
    (r"\mathrm{relu}\left(\mathbf{W}\mathbf{x}\right)", "(relu (· W x))"),
    (r"relu(\alpha)", "(relu alpha)"),
    (r"\max(0,35)", "(max 0 35)"),
    (r"\exp(-x) + \log x + \ln{x}", "(+ (+ (exp (neg x)) (log x)) (log x))"),
    (r"\sqrt{x^2+1} + \sqrt x", "(+ (sqrt (+ (^ x 2) 1)) (sqrt x))"),
    (r"\hat{y}_1 (1 - \hat y_1)", "(· y_hat_1 (- 1 y_hat_1))"),
    (r"\hat{y_1} + \hat{\mathbf{y}}", "(+ y_hat_1 y_hat)"),
    (r"\bar{x} + \vec{w} + \tilde{z}", "(+ (+ x_bar w) z_tilde)"),
    (r"|x| + \lvert y \rvert + \left|z\right|", "(+ (+ (abs x) (abs y)) (abs z))"),
    (r"\begin{pmatrix} 1 & -2 \\ 3 & x \end{pmatrix} x", "(· (matrix2x2 1 (neg 2) 3 x) x)"),
    (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \\ \end{bmatrix}", "(matrix2x2 1 2 3 4)"),
    (r"\left[\begin{array}{cc} 1 & 2 \end{array}\right]", "(matrix1x2 1 2)"),
    (r"a \odot b \cdot c \times -1", "(· (· (* a b) c) (neg 1))"),
    (r"w^{(1)}_{11} + w_{11}^{(1)}\,", "(+ w^(1)_11 w^(1)_11)"),
    (r"a^{[2]}_1 + a_1^{[2]}\,", "(+ a^[2]_1 a^[2]_1)"),
    (r"x_1^2 + x^2_1\,", "(+ (^ x_1 2) (^ x_1 2))"),
    (r"0{,}35 \cdot 0,35", "(· 7/20 7/20)"),
    (r"x\,out\,xW", "(· (· (· x out) x) W)"),
    (r"$xW + b$", "(+ (· x W) b)"),
    (r"\[ x^2 y \]", "(· (^ x 2) y)"),
    (r"z_{h_1}\,z_{a^{[2]}_1}", "(· z_h_1 z_a^[2]_1)"),
    (r"\theta_{\text{out}} \varepsilon", "(· theta_out epsilon)"),
    (r"W_{2}x\!", "(· W_2 x)"),
    (r"x^\alpha y", "(· (^ x alpha) y)"),
    (r"x^ab\,", "(· (^ x a) b)"),
    (r"e^2x\,", "(· (exp 2) x)"),
    (r"f(x)\,g^{[1]}(y)", "(· (f x) (g^[1] y))"),
    (r"z \geq 0", "(>= z 0)"),
    (r"\mathbf{Wx}", "(· W x)"),
    (r"\left.\frac{1}{2}\right.", "(/ 1 2)"),
]


@pytest.mark.parametrize(("text", "tree"), TREES, ids=[text for text, _ in TREES])
def test_reads_a_latex_formula(text, tree):
    assert is_latex(text) or tree == "(relu alpha)"
    assert outline(parse_formula(text, names=NAMES)) == tree


@pytest.mark.parametrize("text", ["1/2 (out - y)^2", "a_{i,j}", "x^{2}", "W'", "$5", ""])
def test_typed_formulas_are_not_latex(text):
    assert not is_latex(text)


REFUSALS = [
    (r"\foo{x}", "unknown-macro", r"the command `\foo` is not read in a formula", ""),
    (r"\newcommand{\x}{y}", "unknown-macro", "commands cannot be defined in a formula", ""),
    (r"\def\x{y}", "unknown-macro", "commands cannot be defined in a formula", ""),
    (r"x \pm y", "unknown-macro", r"`\pm` has two values, and a formula has one", ""),
    (r"\prod x", "unknown-macro", "sums, products and limits over an index are not read", ""),
    (r"\sum_{i=1}^n x_i", "indexed-sum", "sums over an index are not read", None),
    (r"\frac{\partial L}{2}", "derivative", "derivatives are not read in a formula", None),
    (r"\sqrt[3]{x}", "nth-root", "only square roots are read", "Write x^{1/3} for a cube root."),
    (r"\frac{a}", "missing-argument", r"`\frac` needs two arguments", r"Write \frac{a}{b}."),
    (
        r"x^\frac12",
        "braces-needed",
        r"an argument was expected, but `\frac` was read",
        "Put the argument in braces, as in x^{...}.",
    ),
    (r"\tan x", "unknown-function", "the function `tan` is not known", 'did you mean "tanh"?'),
    (r"\text{sigmiod}(x)", "unknown-function", "the function `sigmiod` is not known", 'did you mean "sigmoid"?'),
    (
        r"\text{where x}",
        "words-in-formula",
        "`where x` is not a name",
        "Formulas hold names and signs; words go outside.",
    ),
    (r"\hat{x+y}", "bad-accent", "an accent over `x+y` is not read", None),
    (r"\left\| x \right\|", "norm", "norms are not read in a formula", None),
    (r"x \rvert", "unopened-bar", "this bar closes an absolute value that was never opened", ""),
    (r"\lvert x", "unclosed-bar", r"`\lvert` is never closed by `|`", ""),
    (
        r"\begin{cases} 0 \end{cases}",
        "unknown-environment",
        "the environment `cases` is not read in a formula",
        "Matrices are written with pmatrix, bmatrix or matrix.",
    ),
    (r"\end{pmatrix}", "mismatched-bracket", r"this `\end` closes a matrix that is not open here", ""),
    (r"\begin{pmatrix} 1", "unclosed-bracket", r"`\begin{pmatrix}` is never closed by `\end`", ""),
    (r"\begin{pmatrix} 1 & \\ 2 & 3 \end{pmatrix}", "expected-operand", None, None),
    (r"\begin{pmatrix} 1 \\ 2 & 3 \end{pmatrix}", "ragged-matrix", None, None),
    (r"\begin{pmatrix} (1 \end{pmatrix}", "unclosed-bracket", r"`\begin{pmatrix}` is never closed by `\end`", None),
    (r"(\begin{pmatrix} 1 )", "unclosed-bracket", "`(` is never closed by `)`", None),
    (r"a \\ b", "two-rows", r"a formula is one row, but `\\` was read", None),
    (r"x^23\,", "missing-operation", None, None),
    (r"\infty", "infinity", None, None),
    (r"5\%", "percent", None, None),
    ("\\", None, None, None),
    (r"\sqrt{" * 600, "too-deep", "brackets are nested more than 500 deep", None),
]


@pytest.mark.parametrize(("text", "code", "message", "hint"), REFUSALS, ids=[text[:20] for text, *_ in REFUSALS])
def test_refuses_with_a_clear_message(text, code, message, hint):
    with pytest.raises(FormulaError) as caught:
        parse_formula(text)
    fault = caught.value.faults[0]
    assert code in (None, fault.code)
    assert message in (None, fault.message)
    assert hint in (None, fault.hint)


def test_a_fault_has_its_place():
    with pytest.raises(FormulaError) as caught:
        parse_formula(r"x + \foo y", source="page.md", first_line=7)
    assert str(caught.value) == (
        "page.md:7:5: the command `\\foo` is not read in a formula [unknown-macro]\n    x + \\foo y\n        ^^^^"
    )


def test_reads_lines_of_an_environment():
    text = "\\begin{aligned}\n z &= xW + b \\\\\n out &= \\sigma(z) \\\\\n L &= 2 out\n\\end{aligned}"
    assert [(line.name, outline(line.expression)) for line in parse_lines(text)] == [
        ("z", "(+ (· x W) b)"),
        ("out", "(sigmoid z)"),
        ("L", "(· 2 out)"),
    ]


def test_typed_and_latex_lines_may_stand_together():
    text = "z = x W\n\\hat{y} = \\sigma(z)\nout = y_hat"
    assert [(line.name, outline(line.expression)) for line in parse_lines(text)] == [
        ("z", "(· x W)"),
        ("y_hat", "(sigmoid z)"),
        ("out", "y_hat"),
    ]
