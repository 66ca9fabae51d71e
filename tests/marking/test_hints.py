"""How much is given away: below `full`, no number and no line that is right, in no format and no fold."""

import json
from dataclasses import fields

import pytest
from tests.marking.reports import SECRETS, a_page, a_right_page

from chalkgrad.errors import UsageError
from chalkgrad.marking.contract import report_data
from chalkgrad.marking.hints import HINTS, limited, without_numbers
from chalkgrad.marking.report import Claim, Verdict
from chalkgrad.marking.writing import write_report
from chalkgrad.render import write

TEXT_FORMATS = ("text", "md", "tex", "html", "typ")


def written(format: str, hints: str) -> str:
    if format == "json":
        return json.dumps(report_data(a_page(), hints), ensure_ascii=False)
    return str(write(write_report(a_page(), hints), format))


@pytest.mark.parametrize("format", ["json", *TEXT_FORMATS])
@pytest.mark.parametrize("hints", ["place", "kind", "rule"])
def test_nothing_that_is_right_leaks(format, hints):
    found = [secret for secret in (*SECRETS, "7.25") if secret in written(format, hints)]
    assert found == []


@pytest.mark.parametrize("format", ["json", "html", "md", "text"])
def test_the_search_for_leaks_can_fail(format):
    found = [secret for secret in SECRETS if secret in written(format, "full").replace("\\_", "_")]
    assert len(found) >= 4


class TestPlace:
    report = limited(a_page(), "place")

    def test_only_the_line_of_the_first_mistake(self):
        first = self.report.first_mistake
        assert (first.line, first.quantity, first.cause, first.rule, first.correct) == (4, "", "", "", "")
        assert first.words == "The working first goes wrong on this line."

    def test_of_that_line_only_that_it_is_wrong(self):
        (claim,) = self.report.lines[3].claims
        said = {field.name: getattr(claim, field.name) for field in fields(Claim)}
        assert said.pop("verdict") is Verdict.WRONG
        assert said.pop("text") == self.report.lines[3].text
        assert {name for name, value in said.items() if value not in ("", None, (), False)} == {"line", "words", "end"}

    def test_nothing_of_the_lines_below(self):
        assert all(line.claims == () for line in self.report.lines[4:])
        assert [line.text for line in self.report.lines] == [line.text for line in a_page().lines]

    def test_the_lines_above_keep_their_marks(self):
        assert [claim.verdict for line in self.report.lines[:3] for claim in line.claims] == ["right", "rounded"]

    def test_the_sum_of_the_marks_stays_and_the_quantities_go(self):
        assert self.report.marks.earned == a_page().marks.earned
        assert self.report.marks.items == self.report.marks.to_look_at == ()
        assert self.report.naming == {}

    def test_a_page_without_a_mistake_keeps_its_marks(self):
        report = limited(a_right_page(), "place")
        assert report.first_mistake is None
        assert [claim.verdict for claim in report.claims] == ["right"]


class TestKindAndRule:
    def test_kind_says_the_cause_and_not_the_rule(self):
        first = limited(a_page(), "kind").first_mistake
        assert first.words == "The gradient went through sigmoid without its slope."
        assert (first.cause, first.rule, first.correct) == ("missing-slope", "", "")

    def test_rule_says_both(self):
        first = limited(a_page(), "rule").first_mistake
        assert first.words == "The gradient went through sigmoid without its slope."
        assert first.rule == "Every function that the gradient passes multiplies it with its slope."

    def test_a_mistake_without_a_cause_is_told_in_general(self):
        assert limited(a_page(), "kind").lines[7].claims[1].words == "This does not hold."

    def test_every_verdict_stays(self):
        assert [c.verdict for c in limited(a_page(), "kind").claims] == [c.verdict for c in a_page().claims]


def test_full_is_the_report_itself():
    report = a_page()
    assert limited(report) is report


def test_other_hints_are_refused():
    with pytest.raises(UsageError) as caught:
        limited(a_page(), "kinds")
    assert (caught.value.code, caught.value.faults[0].hint) == ("unknown-hints", 'did you mean "kind"?')
    assert HINTS == ("place", "kind", "rule", "full")


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("The slope was left out. It should be 0.37.", "The slope was left out."),
        ("It should be -3.", ""),
        ("With ۰٫۳۵ it goes.", ""),
        ("At w1, z_h1, W^(1), w^[2]_11 and w_1' it goes.", "At w1, z_h1, W^(1), w^[2]_11 and w_1' it goes."),
        ("It is [1, 2].", ""),
        ("1e-3 was meant. A path was left out!", "A path was left out!"),
        ("It should be [0.138499, 0.2].", ""),
        ("It should be .5.", ""),
    ],
)
def test_sentences_with_numbers_are_left_out(words, left):
    assert without_numbers(words) == left
