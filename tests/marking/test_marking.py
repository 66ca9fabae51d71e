"""Whole pages, written for these tests, marked as a user would have them marked."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import chalkgrad
from chalkgrad.errors import ProblemError
from chalkgrad.marking.report import Verdict

SIGMOID = "sigmoid-2-2-2"

RIGHT = r"""
$$z_{h_1} = w_1 x_1 + w_2 x_2 + b_1 = 0.15 \times 0.05 + 0.2 \times 0.1 + 0.35 = 0.3775$$
$$h_1 = \sigma(z_{h_1}) = \frac{1}{1 + e^{-0.3775}} \approx 0.5933$$
$$z_{h_2} = 0.25 \cdot 0.05 + 0.3 \cdot 0.1 + 0.35 = 0.3925$$
$$h_2 = \sigma(0.3925) \approx 0.5969$$
$$z_{o_1} = w_5 h_1 + w_6 h_2 + b_2 = 0.4 \times 0.5933 + 0.45 \times 0.5969 + 0.6 \approx 1.1059$$
$$o_1 = \sigma(z_{o_1}) \approx 0.7514$$
$$z_{o_2} = 0.5 \times 0.5933 + 0.55 \times 0.5969 + 0.6 \approx 1.2249$$
$$o_2 \approx 0.7729$$
$$L = \frac{1}{2}\left[(0.7514 - 0.01)^2 + (0.7729 - 0.02)^2\right] \approx 0.5583$$
$$\frac{\partial L}{\partial o_1} = o_1 - y_1 = 0.7514 - 0.01 = 0.7414$$
$$\frac{\partial L}{\partial z_{o_1}} = 0.7414 \times 0.7514 \times (1 - 0.7514) \approx 0.1385$$
$$\frac{\partial L}{\partial w_5} = \frac{\partial L}{\partial z_{o_1}} h_1 = 0.1385 \times 0.5933 \approx 0.0822$$
$$w_5' = 0.4 - 0.5 \times 0.0822 = 0.3589$$
"""


def marked(text: str, problem: str = SIGMOID) -> chalkgrad.Marking:
    return chalkgrad.mark(problem, text)


def verdicts(marking: chalkgrad.Marking) -> list[str]:
    return [claim.verdict.value for claim in marking.claims]


def changed(*pairs: tuple[str, str]) -> str:
    text = RIGHT
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


def line_of(text: str, part: str) -> int:
    return 1 + next(number for number, line in enumerate(text.split("\n")) if part in line)


class TestARightPage:
    def test_is_right_from_top_to_bottom(self) -> None:
        found = marked(RIGHT)
        assert set(verdicts(found)) <= {"right", "rounded"}
        assert found.first_mistake is None
        assert len(found.claims) == 13

    @pytest.mark.parametrize(
        "text",
        [
            "net_h1 = 0.3775\nout_h1 = 0.5933\nE = 0.5583\ndelta_o1 = 0.1385\n",
            r"\begin{align*} z^{[1]}_1 &= 0.3775 \\ a^{[1]}_1 &= 0.5933 \\ \hat{y}_1 &= 0.7514 \end{align*}",
            "$z_{h_1} = ۰٫۳۷۷۵$ و $h_1 = ۰٫۵۹۳۳$ پس $o_1 \\approx ۰٫۷۵۱۴$",
            "$z_{h_1} = 0/3775$\n\n$h_1 = 0/5933$\n\n$h_2 = 0/5969$\n\n$o_1 = 0/7514$\n\n$L = 0/5583$",
            "w5' = 0.3589\n",
            "$w_5^{new} = 0.3589$",
            "$w_5^{(2)} = 0.3589$",
            r"$w_5 \leftarrow 0.4 - 0.5 \cdot 0.0822 = 0.3589$",
            "w5 := 0.4 - 0.5*0.0822 = 0.3589",
        ],
    )
    def test_may_be_written_in_other_words(self, text: str) -> None:
        found = marked(text)
        assert set(verdicts(found)) == {"right"}, [(claim.text, claim.verdict, claim.words) for claim in found.claims]

    def test_may_leave_lines_out_and_put_them_together(self) -> None:
        found = marked("o1 = 0.7514\n\ndL/dw5 = (0.7514 - 0.01)*0.7514*(1 - 0.7514)*0.5933 = 0.0822\n\nw5' = 0.3589\n")
        assert set(verdicts(found)) <= {"right", "rounded"}

    def test_may_use_a_name_for_something_else_if_its_formula_shows_it(self) -> None:
        found = marked("$o_1 = h_1 w_5 + h_2 w_6 + b_2 = 1.1059$\n\n$\\hat{y}_1 = \\sigma(o_1) = 0.7514$\n")
        assert verdicts(found) == ["right", "right"]
        assert [claim.quantity for claim in found.claims] == ["z_o1", "o1"]

    def test_earns_what_it_says(self) -> None:
        found = marked(RIGHT)
        assert found.marks.earned == 13

    def test_is_rounded_where_it_goes_on_with_what_it_printed(self) -> None:
        found = marked("dL/dw5 = 0.0822\nw5' = 0.4 - 0.5*0.0822 = 0.35890\n")
        assert found.claims[-1].verdict is Verdict.ROUNDED
        assert "0.358916" in found.claims[-1].words


class TestAMistake:
    @pytest.mark.parametrize(
        ("old", "new", "cause"),
        [
            ("0.05 + 0.2 \\times 0.1 + 0.35 = 0.3775", "0.05 + 0.2 \\times 0.1 = 0.0275", "bias-forgotten"),
            ("o_1 - y_1 = 0.7514 - 0.01 = 0.7414", "y_1 - o_1 = 0.01 - 0.7514 = -0.7414", "sign-of-error"),
            ("0.7414 \\times 0.7514 \\times (1 - 0.7514) \\approx 0.1385", "0.7414", "missing-slope"),
            ("0.7414 \\times 0.7514 \\times (1 - 0.7514) \\approx 0.1385", "0.7414 \\times 0.7514 \\approx 0.5571",
             "value-for-slope"),
            ("h_1 = 0.1385 \\times 0.5933 \\approx 0.0822", "h_2 = 0.1385 \\times 0.5969 \\approx 0.0827",
             "input-swapped"),
            ("0.4 - 0.5 \\times 0.0822 = 0.3589", "0.4 + 0.5 \\times 0.0822 = 0.4411", "ascent"),
            ("0.4 - 0.5 \\times 0.0822 = 0.3589", "0.4 - 0.0822 = 0.3178", "learning-rate-left-out"),
            ("\\frac{1}{2}\\left[(0.7514 - 0.01)^2 + (0.7729 - 0.02)^2\\right] \\approx 0.5583",
             "(0.7514 - 0.01)^2 + (0.7729 - 0.02)^2 \\approx 1.1165", "factor-half-lost"),
            ("0.5 \\times 0.5933 + 0.55 \\times 0.5969 + 0.6 \\approx 1.2249",
             "0.5 \\times 0.5933 + 0.55 \\times 0.5969 + 0.6 \\approx 1.3249", "arithmetic-slip"),
            ("0.25 \\cdot 0.05 + 0.3 \\cdot 0.1 + 0.35 = 0.3925", "0.25 \\cdot 0.05 + 0.3 \\cdot 0.1 + 0.35 = 0.3952",
             "digits-swapped"),
        ],
    )  # fmt: skip
    def test_is_found_where_it_is_with_its_cause(self, old: str, new: str, cause: str) -> None:
        text = changed((old, new))
        first = marked(text).first_mistake
        assert first is not None
        assert (first.line, first.cause) == (line_of(RIGHT, old), cause)

    def test_is_carried_by_what_follows_from_it(self) -> None:
        found = marked(
            "h1 = 0.5933\nh2 = 0.5969\nz_o1 = 0.4*0.5933 + 0.45*0.5969 = 0.5059\no1 = 0.6238\ndL/do1 = 0.6138\n"
        )
        assert verdicts(found)[2:] == ["wrong", "carried", "carried"]
        assert found.first_mistake is not None
        assert found.first_mistake.cause == "bias-forgotten"
        assert found.claims[3].follows == pytest.approx(0.62384, abs=1e-4)
        assert found.claims[3].expected == pytest.approx(0.75137, abs=1e-4)
        assert 3 in found.claims[3].sources

    def test_carried_numbers_earn_their_marks(self) -> None:
        found = marked("z_o1 = 0.4*0.5933 + 0.45*0.5969 = 0.5059\no1 = 0.6238\n")
        assert found.marks.earned >= 1

    def test_a_wrong_formula_has_numbers_that_show_it(self) -> None:
        found = marked(r"$\frac{\partial L}{\partial z_{o_1}} = (o_1 - y_1)\, o_1 (1 + o_1)$")
        (claim,) = found.claims
        assert claim.verdict is Verdict.WRONG
        assert "it gives" in claim.words
        assert "0.138499" in claim.words

    def test_says_what_the_line_should_have_been(self) -> None:
        found = marked("z_h1 = 0.9125\n")
        assert found.claims[0].correct == "z_h1 = x1 * w1 + x2 * w2 + b1 = 0.3775"


class TestDamagedDigits:
    @pytest.mark.parametrize(
        ("text", "suggestion"),
        [
            ("z_h1 = 0.05*0.75 + 0.2*0.1 + 0.35 = 0.3775", "0.15 for 0.75"),
            ("dL/dw5 = 0.738*0.5933 = 0.0822", "0.138 for 0.738"),
            ("z_h1 = 3775", "0.3775 for 3775"),
            ("dL/do1 = 0.01 - 0.7514 = 0.7414", ""),
        ],
    )
    def test_are_unread_with_a_suggestion_and_never_wrong(self, text: str, suggestion: str) -> None:
        (claim,) = marked(text).claims
        assert claim.verdict is not Verdict.WRONG
        if suggestion:
            assert (claim.verdict, claim.suggestion) == (Verdict.UNREAD, suggestion)

    def test_a_letter_in_a_number_is_not_silently_mended(self) -> None:
        (claim,) = marked("$h_1 = 0.S933$").claims
        assert claim.verdict is Verdict.UNREAD

    def test_a_number_that_is_carried_on_as_it_stands_was_meant_so(self) -> None:
        text = "dL/do1 = 0.1414\ndL/dz_o1 = 0.1414*0.7514*(1 - 0.7514) = 0.0264\ndL/dw5 = 0.0264*0.5933 = 0.0157\n"
        found = marked(text)
        assert found.first_mistake is not None
        assert found.first_mistake.line == 1
        assert verdicts(found) == ["wrong", "carried", "carried"]


class TestPagesThatCannotBeMarked:
    @pytest.mark.parametrize("text", ["", " \n\t\n"])
    def test_an_empty_page(self, text: str) -> None:
        with pytest.raises(ProblemError) as raised:
            marked(text)
        assert raised.value.code == "empty-page"

    def test_a_page_without_a_formula(self) -> None:
        with pytest.raises(ProblemError) as raised:
            marked("I did not find the time to do this, sorry.\n")
        assert raised.value.code == "nothing-to-mark"

    def test_a_page_without_an_end(self) -> None:
        with pytest.raises(ProblemError, match="this page has 3,500 formulas, and at most 3,000") as raised:
            marked("h1 = 0.5933\n" * 3500)
        assert raised.value.code == "page-too-long"

    def test_a_page_of_another_problem_says_how_much_of_it_fits(self) -> None:
        names = ["z_h1", "h1", "z_h2", "h2", "z_o1", "o1", "z_o2", "o2", "L"]
        text = "\n".join(f"{name} = {17.31 + 3.7 * place:.2f}" for place, name in enumerate(names))
        with pytest.raises(ProblemError, match=r"0 of 9 quantities fit") as raised:
            marked(text)
        assert raised.value.code == "another-problem"


class TestFollowThrough:
    def test_is_not_given_where_the_mistake_left_nothing_to_work_out(self) -> None:
        text = "a = -1.972\n\nout = 0.1 + 2.4 = 2.5\n\ndloss/dout = -3.5\n\ndloss/da = 0\n\ndloss/db2 = 0\n"
        found = marked(text, "skip-tanh-relu")
        zeros = [claim for claim in found.claims if claim.claimed == 0.0]
        assert zeros
        assert all(claim.verdict is Verdict.CARRIED and claim.trivial for claim in zeros)


class TestRemarks:
    RULE = "o_1 · h_1 = o_1 + h_1"

    def test_of_no_quantity_behind_words_are_passed_over(self) -> None:
        found = marked(RIGHT + f"\nSigmoid and loss together: {self.RULE}\n")
        assert verdicts(found)[-1] == "not_about_this"

    def test_without_words_are_left_undecided(self) -> None:
        assert verdicts(marked(RIGHT + f"\n{self.RULE}\n"))[-1] == "undecided"


class TestTheSamePage:
    def test_gives_the_same_report_byte_for_byte_in_any_process(self) -> None:
        text = changed(("0.7514 - 0.01 = 0.7414", "0.01 - 0.7514 = -0.7414"))
        code = (
            "import chalkgrad, json, sys; m = chalkgrad.mark('sigmoid-2-2-2', sys.stdin.read());"
            "print(json.dumps(m.data(), ensure_ascii=True)); print(m.write('html'))"
        )
        outputs = set()
        for seed in ("1", "2"):
            source = str(Path(chalkgrad.__file__).parents[1])
            environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": source, "PYTHONIOENCODING": "utf-8"}
            done = subprocess.run(
                [sys.executable, "-c", code], input=text, capture_output=True, text=True, check=True,
                env=environment, encoding="utf-8",
            )  # fmt: skip
            outputs.add(done.stdout)
        assert len(outputs) == 1

    def test_data_keep_to_the_contract(self) -> None:
        data = marked(RIGHT).data()
        assert set(data) >= {"lines", "first_mistake", "marks"}
        claim = data["lines"][0]["claims"][0]
        assert set(claim) >= {"quantity", "claimed", "expected", "verdict", "from", "cause", "words"}
        json.dumps(data, allow_nan=False)
