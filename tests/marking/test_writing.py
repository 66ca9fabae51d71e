"""The marked page: every line as it stands, with a mark as colour, sign and word; what is said of the whole."""

import pytest
from tests.marking.reports import HOSTILE, a_page, a_right_page, report_of

from chalkgrad.marking.report import Verdict
from chalkgrad.marking.writing import write_report
from chalkgrad.render import FORMATS, write
from chalkgrad.render.document import Fold, Heading, Marked, Table
from chalkgrad.render.marks import MARKS


def marked(report, hints="full"):
    return [block for block in write_report(report, hints).blocks if isinstance(block, Marked)]


def html(report, hints="full"):
    return str(write(write_report(report, hints), "html"))


class TestLines:
    def test_every_line_in_order_as_it_stands(self):
        report = a_page()
        assert [(line.label, line.text) for line in marked(report)] == [(str(x.number), x.text) for x in report.lines]

    def test_the_gravest_claim_is_the_mark_of_the_line(self):
        kinds = [line.mark and line.mark.kind for line in marked(a_page())]
        assert kinds == [None, "right", "rounded", "wrong", "carried", "unread", "not_about_this", "wrong"]

    def test_colour_sign_and_word(self):
        page = html(a_page())
        for kind in ("right", "rounded", "wrong", "carried", "unread", "not_about_this"):
            assert (
                f'<b class="mark {kind}"><span aria-hidden="true">{MARKS[kind].sign}</span> {MARKS[kind].word}</b>'
                in page
            )
            assert f'<div class="line {kind}">' in page

    def test_every_verdict_has_a_mark_of_its_own(self):
        assert set(MARKS) == {verdict.value for verdict in Verdict}
        assert (
            len({look.sign for look in MARKS.values()}) == len({look.word for look in MARKS.values()}) == len(Verdict)
        )

    def test_right_needs_no_words(self):
        assert marked(a_page())[1].blocks == ()

    def test_what_it_should_have_been_is_folded(self):
        (fold,) = [block for block in marked(a_page())[3].blocks if isinstance(block, Fold)]
        assert not fold.open
        assert "<details><summary>What the line should have been</summary>" in html(a_page())

    def test_a_suggestion_is_said_once(self):
        said = str(write(write_report(a_page()), "text"))
        assert "0.4S9 as 0.439 would make it right." in " ".join(said.split())
        same = report_of([("1", [{"verdict": Verdict.UNREAD, "words": "Maybe 7.", "suggestion": "7"}])])
        assert "would make it right" not in str(write(write_report(same), "text"))

    def test_a_long_line_is_cut_and_says_so(self):
        (line,) = marked(report_of([("a" * 1_000_000, [])]))
        assert len(line.text) < 2_100
        assert line.text.endswith("a … (998,000 more characters)")


class TestTheWhole:
    def headings(self, report, hints="full"):
        return [b.text[0] for b in write_report(report, hints).blocks if isinstance(b, Heading)]

    def test_its_sections(self):
        assert self.headings(a_page()) == [
            "The page, line by line",
            "The first mistake",
            "For a person to look at",
            "Marks",
            "Summary",
            "Names on this page",
        ]

    def test_a_right_page_has_no_mistake(self):
        text = str(write(write_report(a_right_page()), "text"))
        assert "No mistake was found. 1 of 1 marks." in text
        assert self.headings(a_right_page()) == ["The page, line by line", "Marks", "Summary"]

    def test_nothing_to_mark(self):
        text = str(write(write_report(report_of([("Dear teacher", [])])), "text"))
        assert "Nothing on this page could be marked." in text

    def test_the_first_mistake_at_the_end(self):
        text = " ".join(str(write(write_report(a_page()), "text")).split())
        assert "The working first goes wrong in line 4. 3 of 5 marks." in text
        assert "✗ Wrong Line 4, dloss/dz_o1: The gradient went through sigmoid without its slope." in text
        assert "The rule: Every function that the gradient passes multiplies it with its slope." in text

    def test_marks_by_quantity_with_follow_through(self):
        (table,) = [b for b in write_report(a_page()).blocks if isinstance(b, Table) and b.header[-1] == ("Why",)]
        rows = [(row[0][0], row[2][0]) for row in table.rows]
        assert ("the gradient of w5", "1 of 1") in rows
        assert ("the gradient of z_o1", "0 of 1") in rows
        assert len(rows) == 5

    def test_names_that_differ_from_those_of_the_file(self):
        (table,) = [
            b for b in write_report(a_page()).blocks if isinstance(b, Table) and b.header[0] == ("The page writes",)
        ]
        assert [(row[0][0].text, row[1][0].text) for row in table.rows] == [("delta_o1", "dloss/dz_o1")]

    def test_hints_are_told(self):
        assert "Hints: only where the working first goes wrong." in html(a_page(), "place")
        assert self.headings(a_page(), "place") == ["The page, line by line", "The first mistake", "Marks", "Summary"]


class TestEveryFormat:
    @pytest.mark.parametrize("format", sorted(FORMATS))
    def test_it_is_written_twice_to_the_same_bytes(self, format):
        assert write(write_report(a_page()), format) == write(write_report(a_page()), format)

    def test_nothing_in_a_line_is_run(self):
        page = html(a_page())
        assert "<script" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; =cmd()" in page
        assert "\u202e" not in page
        assert HOSTILE.startswith("<script>")

    def test_a_line_from_right_to_left(self):
        page = html(a_page())
        assert 'dir="auto">پس مشتق نسبت به <bdi dir="ltr">$w_5$</bdi> می‌شود <bdi dir="ltr">$0.439$</bdi></span>' in page
        typst = str(write(write_report(a_page()), "typ"))
        assert '#marked(rgb("#8a5a00"), rtl, "5"' in typst
        assert '#marked(rgb("#1f6b3a"), ltr, "2"' in typst

    def test_markdown_shows_lines_as_code(self):
        text = str(write(write_report(a_page()), "md"))
        assert "**3** `$$h_1 = 0.593$$` 🟢 ≈ **Right within rounding**" in text

    def test_a_pdf(self):
        pytest.importorskip("typst")
        assert bytes(write(write_report(a_page()), "pdf")).startswith(b"%PDF")
