"""Typed formulas: the tree of each, every message, and that nothing breaks the reader."""

from fractions import Fraction

import pytest

from chalkgrad.errors import FormulaError
from chalkgrad.reading.formulas import canonical_name, parse_formula, parse_lines
from chalkgrad.reading.syntax import Number, names_in, outline, postorder

TREES = [
    # products
    ("x W", "(· x W)"),
    ("x @ W", "(@ x W)"),
    ("2 x", "(· 2 x)"),
    ("2x", "(· 2 x)"),
    ("2x1", "(· 2 x1)"),
    ("(2x) (3)", "(· (· 2 x) 3)"),
    ("a ⊙ b", "(* a b)"),
    ("a ∘ b", "(* a b)"),
    ("a * b", "(* a b)"),
    ("a · b × c", "(· (· a b) c)"),
    ("a ⊙ W x", "(* a (· W x))"),
    ("a * x @ W", "(@ (* a x) W)"),
    ("x (W_2 - W_1) + (b_2 - b_1)", "(+ (· x (- W_2 W_1)) (- b_2 b_1))"),
    ("a^[1]_1 * (1 - a^[1]_1) * x1", "(* (* a^[1]_1 (- 1 a^[1]_1)) x1)"),
    ("ηx", "(· eta x)"),
    # quotients
    ("1/2 (out - y)^2", "(· (/ 1 2) (^ (- out y) 2))"),
    ("1/2 * (out - y)^2", "(* (/ 1 2) (^ (- out y) 2))"),
    ("a / b * c", "(* (/ a b) c)"),
    ("a / b / c", "(/ (/ a b) c)"),
    ("a b / c", "(/ (· a b) c)"),
    ("1/2^3", "(/ 1 (^ 2 3))"),
    ("x / 1/2", "(/ (/ x 1) 2)"),
    ("x^2/2", "(/ (^ x 2) 2)"),
    ("-1/2 x", "(neg (· (/ 1 2) x))"),
    ("a * 1/2 b", "(* a (· (/ 1 2) b))"),
    ("a / -b", "(/ a (neg b))"),
    ("½ x", "(· 1/2 x)"),
    ("2½ x", "(· 5/2 x)"),
    ("x ÷ 2", "(/ x 2)"),
    # signs
    ("-x^2", "(neg (^ x 2))"),
    ("−x", "(neg x)"),
    ("–x", "(neg x)"),
    ("+x", "x"),
    ("a - -b", "(- a (neg b))"),
    ("a * -b", "(* a (neg b))"),
    ("a - b - c", "(- (- a b) c)"),
    # powers
    ("x^2", "(^ x 2)"),
    ("x**2", "(^ x 2)"),
    ("x²", "(^ x 2)"),
    ("x³y", "(· (^ x 3) y)"),
    ("x⁻¹", "(^ x (neg 1))"),
    ("xⁿ", "(^ x n)"),
    ("x^y^z", "(^ x (^ y z))"),
    ("2^-x", "(^ 2 (neg x))"),
    ("x^{n+1}", "(^ x (+ n 1))"),
    ("x^2y", "(· (^ x 2) y)"),
    ("e^x + e^-x", "(+ (exp x) (exp (neg x)))"),
    ("1/(1 + e^(-z))", "(/ 1 (+ 1 (exp (neg z))))"),
    ("8 z^3 + z^2 + 5", "(+ (+ (· 8 (^ z 3)) (^ z 2)) 5)"),
    # transposes
    ("w3' x", "(· (transpose w3) x)"),
    ("w3ᵀ x", "(· (transpose w3) x)"),
    ("w3.T @ x", "(@ (transpose w3) x)"),
    ("w3^T x", "(· (transpose w3) x)"),
    ("W^{T} x", "(· (transpose W) x)"),
    ("x y′", "(· x (transpose y))"),
    ("(A B)'", "(transpose (· A B))"),
    ("(1 - t²)'", "(transpose (- 1 (^ t 2)))"),
    ("x^2'", "(transpose (^ x 2))"),
    ("W.T", "(transpose W)"),
    # functions
    ("tanh(b1 + x @ W1)", "(tanh (+ b1 (@ x W1)))"),
    ("sum(x * y)", "(sum (* x y))"),
    ("mean((y_hat - y)^2)", "(mean (^ (- y_hat y) 2))"),
    ("sqrt(x)", "(sqrt x)"),
    ("√x", "(sqrt x)"),
    ("ln(x)", "(log x)"),
    ("ReLU(x)", "(relu x)"),
    ("np.exp(x)", "(exp x)"),
    ("∑(x)", "(sum x)"),
    ("σ(z)", "(sigmoid z)"),
    ("sigma(z)", "(sigmoid z)"),
    ("σ(z) + σ", "(+ (· sigma z) sigma)"),
    ("relu a", "(relu a)"),
    ("log x^2", "(log (^ x 2))"),
    ("2 sin x", "(· 2 (sin x))"),
    ("sin x / 2", "(/ (sin x) 2)"),
    ("log relu x", "(log (relu x))"),
    ("log (x) y", "(· (log x) y)"),
    ("tanh²(z)", "(^ (tanh z) 2)"),
    ("tanh^2(z) cos^2(z)", "(· (^ (tanh z) 2) (^ (cos z) 2))"),
    ("sin^2 x", "(^ (sin x) 2)"),
    ("σ²(z)", "(^ (sigmoid z) 2)"),
    ("f(z)", "(f z)"),
    ("f1(z_1) + φ(x, y)", "(+ (f1 z_1) (phi x y))"),
    ("h_1(1-h_1)", "(· h_1 (- 1 h_1))"),
    ("x(1-x)", "(· x (- 1 x))"),
    ("max(0, z)", "(max 0 z)"),
    ("(z > 0) * g", "(* (> z 0) g)"),
    ("z ≥ 0", "(>= z 0)"),
    # absolute values
    ("|x|", "(abs x)"),
    ("abs(x)", "(abs x)"),
    ("2|x| |y|", "(· (· 2 (abs x)) (abs y))"),
    ("||x| - 1|", "(abs (- (abs x) 1))"),
    # lists and brackets
    ("[1, 2]", "(vector 1 2)"),
    ("[0,35]", "(vector 0 35)"),
    ("[5]", "(vector 5)"),
    ("[[1,2],[3,4]]", "(matrix2x2 1 2 3 4)"),
    ("[[a],[b]]", "(matrix2x1 a b)"),
    ("[[1, 2]]", "(matrix1x2 1 2)"),
    ("1/2 [(a - b)^2 + c]", "(· (/ 1 2) (+ (^ (- a b) 2) c))"),
    # numbers
    ("0,35 x", "(· 7/20 x)"),
    ("max(0,35)", "(max 0 35)"),
    ("max(0٫35، 1)", "(max 7/20 1)"),
    ("max((0,35), 1)", "(max 7/20 1)"),
    ("۲ x + ۰٫۵ w۱", "(+ (· 2 x) (· 1/2 w1))"),
    ("1e-3 x", "(· 1/1000 x)"),
    (".5 + 5.", "(+ 1/2 5)"),
    # names
    ("a^[2]_1", "a^[2]_1"),
    ("a_1^[2]", "a^[2]_1"),
    ("w^(1)_{11}", "w^(1)_11"),
    ("w⁽¹⁾₁₁", "w^(1)_11"),
    ("x^(2)", "(^ x 2)"),
    ("x^2_1", "(^ x_1 2)"),
    ("x₁ + x1", "(+ x_1 x1)"),
    ("ŷ_1 + y_hat_1", "(+ y_hat_1 y_hat_1)"),
    ("x̄", "x_bar"),
    ("θ + λ_2 + Δw", "(+ (+ theta lambda_2) Delta_w)"),
    ("a_{i,j} + z_{h_1}", "(+ a_{i,j} z_h_1)"),
    ("z_a^[2]_1", "z_a^[2]_1"),
    ("z_{a^{[2]}_1}", "z_a^[2]_1"),
    ("a^[l-1]_j", "a^[l-1]_j"),
    ("𝑥 ＋ y", "(+ x y)"),
]


@pytest.mark.parametrize(("text", "tree"), TREES, ids=[text for text, _ in TREES])
def test_reads_a_typed_formula(text, tree):
    assert outline(parse_formula(text)) == tree


@pytest.mark.parametrize(
    ("text", "names", "tree"),
    [
        ("x^(2)", {"x^(2)"}, "x^(2)"),
        ("a_1^(2)", {"a^(2)_1"}, "a^(2)_1"),
        ("z_a^[2]", {"z_a^[2]"}, "z_a^[2]"),
        ("f(z)", {"f"}, "(· f z)"),
        ("σ(z)", {"sigma"}, "(· sigma z)"),
        ("e^x", {"e"}, "(^ e x)"),
        ("loss(2)", {"loss"}, "(· loss 2)"),
        ("sum + 1", {"sum"}, "(+ sum 1)"),
    ],
)
def test_a_defined_name_decides(text, names, tree):
    assert outline(parse_formula(text, names=names)) == tree


def test_functions_are_those_that_are_given():
    assert (
        outline(parse_formula("leaky_relu(z) + f1(x)", functions={"leaky_relu", "f1"})) == "(+ (leaky_relu z) (f1 x))"
    )


@pytest.mark.parametrize(
    "text", ["2^1000", "x^(1/3)", "x^-2", "(1/300)^2", "+".join("x" * 1900), "(" * 499 + "x" + ")" * 499]
)
def test_large_formulas_within_the_limits_are_read(text):
    tree = parse_formula(text)
    assert tree == parse_formula(text)
    assert hash(tree) == hash(parse_formula(text))
    assert repr(tree).startswith("<")


def test_letters_run_together_are_refused_when_each_is_defined():
    with pytest.raises(FormulaError) as caught:
        parse_formula("2xy^2", names={"x", "y"})
    fault = caught.value.faults[0]
    assert (fault.code, fault.message) == ("run-together", "`xy` is one name, and it is not defined")
    assert fault.hint == "Write x y for a product."
    assert outline(parse_formula("2xy^2", names={"x", "y", "xy"})) == "(· 2 (^ xy 2))"
    assert outline(parse_formula("W [1, 2]")) == "(· W (vector 1 2))"


def test_a_fault_shows_the_line_and_a_caret():
    with pytest.raises(FormulaError) as caught:
        parse_formula("out = 3 +\n sigmiod(x) + a b / c", source="sheet.yaml", first_line=4, first_column=7)
    assert str(caught.value).split("\n")[-4:] == [
        "sheet.yaml:5:8: the function `sigmiod` is not known [unknown-function]",
        "           sigmiod(x) + a b / c",
        "           ^^^^^^^",
        '    hint: did you mean "sigmoid"?',
    ]


def test_all_faults_of_a_formula_are_told_at_once():
    with pytest.raises(FormulaError) as caught:
        parse_formula("foo(x) + 2 3 + y! + (a")
    assert [fault.code for fault in caught.value.faults] == [
        "unknown-function",
        "missing-operation",
        "factorial",
        "unclosed-bracket",
    ]


def test_places_cover_what_was_written():
    tree = parse_formula("a + tanh(x W) / (b c)")
    covered = [
        place.text[place.column - 1 : place.column - 1 + place.width] for place in (n.place for n in postorder(tree))
    ]
    assert covered == [
        "a",
        "x",
        "W",
        "x W",
        "tanh(x W)",
        "b",
        "c",
        "(b c)",
        "tanh(x W) / (b c)",
        "a + tanh(x W) / (b c)",
    ]


def test_a_number_knows_whether_it_is_decimal():
    numbers = [node for node in postorder(parse_formula("1/2 + 0,50 + 1e3")) if isinstance(node, Number)]
    assert [(number.value, number.text, number.is_decimal) for number in numbers] == [
        (Fraction(1), "1", False),
        (Fraction(2), "2", False),
        (Fraction(1, 2), "0,50", True),
        (Fraction(1000), "1e3", True),
    ]


def test_equal_trees_say_the_same_wherever_they_stand():
    assert parse_formula("x  W") == parse_formula("(x W)")
    assert parse_formula("x W") != parse_formula("x @ W")
    assert parse_formula("x") != parse_formula("x + y")
    assert parse_formula("x") != "x"
    assert names_in(parse_formula("x W + tanh(b)")) == {"x", "W", "b"}


def lines_of(text, **options):
    return [(line.name, line.parameters, outline(line.expression)) for line in parse_lines(text, **options)]


def test_reads_lines_in_order():
    text = "t = tanh(b1 + x W1)\n\na = t w2' + b2   # the unit\nout = b3\n  + relu(a)\n"
    assert lines_of(text) == [
        ("t", (), "(tanh (+ b1 (· x W1)))"),
        ("a", (), "(+ (· t (transpose w2)) b2)"),
        ("out", (), "(+ b3 (relu a))"),
    ]


def test_a_line_defines_a_name_for_the_others():
    assert lines_of("f(x, y) = x^2 + y^3\ng = f(x, y) + f") == [
        ("f", ("x", "y"), "(+ (^ x 2) (^ y 3))"),
        ("g", (), "(+ f f)"),
    ]
    assert lines_of("a^(1) = 2\nout = a^(1) + c^(2)\nL = out(1 - out)") == [
        ("a^(1)", (), "2"),
        ("out", (), "(+ a^(1) (^ c 2))"),
        ("L", (), "(· out (- 1 out))"),
    ]


def test_every_line_tells_its_faults():
    text = "z = x W +\n1\nout z\n = 3\na = sigmiod(x)\na = (2\n2 x = 5\nb = c = d"
    with pytest.raises(FormulaError) as caught:
        parse_lines(text, first_line=10, first_column=3)
    assert [(f.place.line, f.place.column, f.code, f.message) for f in caught.value.faults] == [
        (12, 3, "missing-name", "this line has no `=`"),
        (13, 3, "bad-line-name", "no name stands left of `=`"),
        (14, 7, "unknown-function", "the function `sigmiod` is not known"),
        (15, 3, "repeated-name", "two lines have the name `a`"),
        (15, 7, "unclosed-bracket", "`(` is never closed by `)`"),
        (16, 3, "bad-line-name", "`2 x` is not a name that a line can have"),
        (17, 9, "unexpected-equals", "`=` was read inside an expression"),
    ]
    assert {f.hint for f in caught.value.faults} >= {
        "Give the line a name: name = expression.",
        "Left of `=` stands one name, as in z = x W + b.",
        "Give each line a name of its own.",
    }


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("", "empty-formula", "the formula has no line `name = expression`"),
        ("# nothing\n", "empty-formula", "the formula has no line `name = expression`"),
        ("a=1\n" * 501, "too-long", "the formula has more than 500 lines"),
        ("f(x) = x^2\ng = f(2)", "call-of-line", "`f` is the line `f(x) = ...`, which has no value at other arguments"),
        ("x == 3", "unexpected-equals", "`=` was read inside an expression"),
    ],
)
def test_refuses_lines(text, code, message):
    with pytest.raises(FormulaError) as caught:
        parse_lines(text)
    assert (caught.value.code, caught.value.faults[0].message) == (code, message)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("w^(1)_{11}", "w^(1)_11"),
        ("w ^ (1) _ 11", "w^(1)_11"),
        ("a_1^[2]", "a^[2]_1"),
        ("ŷ", "y_hat"),
        (r"\hat{y}_1", "y_hat_1"),
        ("σ", "sigma"),
        ("x1", "x1"),
        ("x_1", "x_1"),
        ("y_hat_1_2", "y_hat_1_2"),
        (r"\theta_{\text{out}}", "theta_out"),
    ],
)
def test_canonical_name(text, name):
    assert canonical_name(text) == name
    assert canonical_name(name) == name


@pytest.mark.parametrize("text", ["", "2", "x + y", "x'", "f(x)", "x^2", "x^2_1", "x" * 201, "_", "\\foo"])
def test_what_is_no_name(text):
    with pytest.raises(FormulaError) as caught:
        canonical_name(text)
    assert caught.value.code == "not-a-name"
    assert caught.value.faults[0].hint == "Names look like w1, b_2, y_hat, a^[1]_2 or w^(1)_11."
