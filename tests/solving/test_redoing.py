"""Lines as a reader redoes them: with how many digits, and from the printed page alone, with decimals of our own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

import pytest

from chalkgrad.api import solve
from chalkgrad.core.precise import precise
from chalkgrad.problems import problem_names
from chalkgrad.reading.problem import Problem
from chalkgrad.render.document import Block, BulletList, Fold, Formula, Math
from chalkgrad.render.numbers import NumberStyle
from chalkgrad.render.textmath import box_text
from chalkgrad.solving.redoing import enough_digits, printed
from chalkgrad.solving.solve import derive
from chalkgrad.solving.statements import Statement


def step_of(problem: Problem) -> Any:
    return derive(problem).shown_steps[0].exact["units"]


def line(numbers: Any, of: str, role: str) -> Statement:
    return next(s for s in numbers.view.statements if (s.of, s.role) == (of, role))


def saturated(w: Any) -> Any:
    return step_of(Problem.from_formula("h = tanh(x w)", loss="half_sse", data=[{"x": [1], "y": 0}], given={"w": w}))


PLAIN = NumberStyle()


class TestEnoughDigits:
    def digits(self, w: Any, style: NumberStyle = PLAIN) -> NumberStyle | None:
        numbers = saturated(w)
        statement = line(numbers, "z_h", "gradient")
        return enough_digits(numbers.view, statement, numbers.values, style)

    def test_where_nothing_cancels_the_digits_of_the_result_are_enough(self):
        assert self.digits(0.5) == NumberStyle(4)

    @pytest.mark.parametrize(("w", "at_least"), [(3, 5), (10, 11), (20, 20)])
    def test_1_minus_t_squared_for_t_near_1_takes_more(self, w, at_least):
        found = self.digits(w)
        assert found is not None
        assert found.places >= at_least

    def test_significant_digits_grow_as_significant_digits(self):
        found = self.digits(10, NumberStyle(3, significant=True))
        assert found is not None
        assert found.significant
        assert found.places > 3

    def test_a_result_that_no_digits_give_is_none(self):
        numbers = saturated(0.5)
        statement = line(numbers, "z_h", "gradient")
        numbers.values[statement.symbol] *= 2
        numbers.values.remembered.clear()
        assert enough_digits(numbers.view, statement, numbers.values, NumberStyle()) is None

    def test_an_exact_tenth_and_a_rounded_one_are_the_same_result(self):
        assert all(check.passed for check in solve("sigmoid-2-2-2", carry="rounded", round=2).checks)


class TestPrinted:
    def test_is_what_stands_on_the_page(self):
        assert abs(printed(precise().exact_number(1) / 3, NumberStyle(4)) - precise().context.mpf("0.3333")) < 1e-45

    def test_of_an_infinity_is_that(self):
        infinity = precise().context.inf
        assert printed(infinity, NumberStyle(4)) == infinity


# --- redone from the page alone ---------------------------------------------------------------------------------------

_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_TOKEN = re.compile(
    r"\s*(?:(?P<indicator>\x01)|(?P<number>\d+(?:\.\d+)?(?:×10[⁻⁰¹²³⁴-⁹]+)?)|(?P<raised>[⁻⁰¹²³⁴-⁹]+)|(?P<name>ReLU|tanh|ln|max|sin|cos|e|σ|√)"
    r"|(?P<sign>[-+−·⊙/(){}^,<>|]))"
)


class NotArithmetic(Exception):
    """The text has letters or matrices in it."""


class Redone:
    """The value of a line of plain arithmetic as it stands on the page."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        # a 1 with a condition below it, before a number of that digit is read
        text, at = re.sub(r"1_\{", "\x01", text), 0
        while at < len(text.rstrip()):
            found = _TOKEN.match(text, at)
            if not found:
                raise NotArithmetic(text)
            self.tokens.append((found.lastgroup or "", found[found.lastgroup or 0]))
            at = found.end()

    def value(self) -> Decimal:
        result = self.sum()
        if self.tokens:
            raise NotArithmetic(self.tokens)
        return result

    def next_is(self, *signs: str) -> bool:
        return bool(self.tokens) and self.tokens[0] in [("sign", sign) for sign in signs]

    def take(self, sign: str) -> None:
        if not self.next_is(sign):
            raise NotArithmetic(self.tokens)
        self.tokens.pop(0)

    def sum(self) -> Decimal:
        total = Decimal(0)
        sign = 1
        if self.next_is("−", "-"):
            self.tokens.pop(0)
            sign = -1
        total += sign * self.product()
        while self.next_is("+", "−"):
            sign = 1 if self.tokens.pop(0)[1] == "+" else -1
            total += sign * self.product()
        return total

    def product(self) -> Decimal:
        total = self.power()
        while self.tokens and not self.next_is("+", "−", ")", "}", ",", "<", ">", "|"):
            divided = False
            if self.next_is("·", "⊙", "/"):
                divided = self.tokens.pop(0)[1] == "/"
            factor = self.power()
            total = total / factor if divided else total * factor
        return total

    def power(self) -> Decimal:
        base = self.atom()
        while self.tokens and (self.tokens[0][0] == "raised" or self.next_is("^")):
            base = base ** self.exponent()
        return base

    def exponent(self) -> Decimal:
        kind, text = self.tokens.pop(0)
        if kind == "raised":
            return Decimal(text.translate(_RAISED))
        if self.next_is("{"):
            return self.within("{", "}")[0]
        return -self.power() if self.next_is("−") and self.tokens.pop(0) else self.power()

    def within(self, opening: str, closing: str) -> list[Decimal]:
        self.take(opening)
        values = [self.sum()]
        while self.next_is(","):
            self.tokens.pop(0)
            values.append(self.sum())
        self.take(closing)
        return values

    def atom(self) -> Decimal:
        if not self.tokens:
            raise NotArithmetic
        if self.next_is("("):
            return self.within("(", ")")[0]
        kind, text = self.tokens.pop(0)
        if kind == "number":
            mantissa, _, raised = text.partition("×10")
            return Decimal(mantissa).scaleb(int(raised.translate(_RAISED) or 0))
        if kind == "indicator":
            left = self.sum()
            self.take(">")
            right = self.sum()
            self.take("}")
            return Decimal(left > right)
        if kind != "name":
            raise NotArithmetic(text)
        if text == "e":
            return self.exponent().exp()
        values = self.within("(", ")")
        return self.function(text, values)

    @staticmethod
    def function(name: str, values: list[Decimal]) -> Decimal:
        z = values[0]
        if name == "tanh":
            return (z.exp() - (-z).exp()) / (z.exp() + (-z).exp())
        if name == "max":
            return max(values)
        made = {"ReLU": lambda: max(z, Decimal(0)), "ln": z.ln, "√": z.sqrt, "σ": lambda: 1 / (1 + (-z).exp())}
        if name not in made:
            raise NotArithmetic(name)
        return made[name]()


def redo(text: str) -> Decimal:
    with localcontext(prec=60):
        return Redone(text).value()


def arrives(text: str, relation: str, result: str) -> bool:
    """Whether a line of arithmetic gives its printed result, rounded as that is."""
    mantissa, _, raised = result.replace("−", "-").partition("×10")
    power = int(raised.translate(_RAISED) or 0)
    with localcontext(prec=60):
        value, wanted = redo(text), Decimal(mantissa).scaleb(power)
        if relation == "=":
            return abs(value - wanted) <= abs(wanted) * Decimal("1e-40")
        return value.quantize(wanted, ROUND_HALF_UP) == wanted


def lines_of(blocks: tuple[Block, ...]) -> Iterator[tuple[str, str, str]]:
    """What stands behind the last two relations of every formula and every bullet, with the last relation."""
    for block in blocks:
        if isinstance(block, Fold):
            yield from lines_of(block.blocks)
        elif isinstance(block, Formula) and len(block.parts) > 1:
            yield box_text(block.parts[-2].box), block.parts[-1].relation, box_text(block.parts[-1].box)
        elif isinstance(block, BulletList):
            for item in block.items:
                text = box_text(item[-1].box) if isinstance(item[-1], Math) else ""
                pieces = re.split(r" ([=≈]) ", text)
                if len(pieces) > 3:
                    yield pieces[-3], pieces[-2], pieces[-1]


def redone(solution: Any) -> tuple[int, int, list[tuple[str, str, str]]]:
    """How many lines were redone, how many are no plain arithmetic, and those that do not give their result."""
    done, left, wrong = 0, 0, []
    for text, relation, result in lines_of(solution.document().blocks):
        try:
            if not arrives(text, relation, result):
                wrong.append((text, relation, result))
            done += 1
        except NotArithmetic:
            left += 1
        except ArithmeticError:
            wrong.append((text, relation, result))
    return done, left, wrong


class TestTheReaderOfThisTest:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("0.05 · 0.15 + 0.1 · 0.2 + 0.35", "0.3775"),
            ("0.5 (1 − (−0.5)²)", "0.375"),
            ("−2 − 1 (−4)", "2"),
            ("−2²", "-4"),
            ("1/2 ((0.5 − 1)² + 3)", "1.625"),
            ("2.5×10⁻⁸/(1 − 0.999¹)", "0.000025"),
            ("0.5 − 0.01 (−2)/(√(4) + 0)", "0.51"),
            ("(−1.5) · 1_{1.9716 > 0}", "-1.5"),
            ("(−1.5) · 1_{−1.9716 > 0}", "0"),
            ("1/(1 + e⁻⁰)", "0.5"),
            ("max(0, −0.6)", "0"),
        ],
    )
    def test_reads_as_a_person_does(self, text, value):
        assert abs(redo(text) - Decimal(value)) < Decimal("1e-12")

    @pytest.mark.parametrize("text", ["x · 2", "[[1, 2]]", "1 +", "(1"])
    def test_leaves_letters_and_matrices_alone(self, text):
        with pytest.raises(NotArithmetic):
            redo(text)

    def test_knows_a_wrong_line(self):
        assert arrives("0.5 · 0.25", "=", "0.125")
        assert not arrives("0.5 · 0.25", "=", "0.13")
        assert arrives("0.5 · 0.25", "≈", "0.13")
        assert not arrives("0.5 · 0.25", "≈", "0.12")


# name: the fewest lines that must have been redone
BUNDLED = {
    "sigmoid-2-2-2": 40,
    "skip-tanh-relu": 70,
    "relu-adam": 160,
    "parabola": 18,
    "chain-rule": 4,
    "relu-then-sigmoid": 20,
    "equal-weights": 200,
    "softmax-logistic": 5,
}


class TestThePageAlone:
    @pytest.mark.parametrize("name", BUNDLED)
    def test_every_line_of_a_bundled_problem(self, name):
        done, _, wrong = redone(solve(name, view="units"))
        assert not wrong
        assert done >= BUNDLED[name]

    @pytest.mark.parametrize("round_to", [2, 3, 6, "4 significant"])
    @pytest.mark.parametrize("name", ["sigmoid-2-2-2", "skip-tanh-relu", "relu-adam"])
    def test_with_any_rounding(self, name, round_to):
        assert not redone(solve(name, view="units", round=round_to))[2]

    @pytest.mark.parametrize("round_to", [3, 4])
    @pytest.mark.parametrize("name", ["sigmoid-2-2-2", "skip-tanh-relu", "relu-adam"])
    def test_with_rounded_numbers_carried_on(self, name, round_to):
        assert not redone(solve(name, view="units", round=round_to, carry="rounded"))[2]

    def test_given_numbers_are_put_in_whole_where_the_rest_is_rounded(self):
        assert not redone(solve("relu-adam", view="units", round=2, carry="rounded"))[2]

    def test_with_every_term_of_a_sum_worked_out(self):
        done, _, _ = redone(solve("sigmoid-2-2-2", view="units", detail="full"))
        assert done >= 40

    def test_of_units_that_saturate(self):
        problem = Problem.from_formula("h = tanh(x w)", loss="half_sse", data=[{"x": [1], "y": 0}], given={"w": 12})
        assert not redone(solve(problem, view="units"))[2]


def test_every_problem_with_numbers_in_its_unit_view_is_redone():
    without = {"digits", "gradient-field", "shared-path", "symbolic-deltas", "sigmoid-two-samples"}
    assert set(problem_names()) - without == set(BUNDLED)
