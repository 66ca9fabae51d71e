"""A folder of pages: a report each, a table, a summary; nothing twice, nothing elsewhere, nothing stops it."""

import csv
import json
import os
import sys
from pathlib import Path

import pytest
from tests.marking.reports import a_page, a_right_page

from chalkgrad.api.solving import read, read_text
from chalkgrad.errors import Fault, ProblemError, UsageError
from chalkgrad.marking.folder import job, workers
from chalkgrad.marking.folder.job import Options
from chalkgrad.marking.folder.marking import mark_pages
from chalkgrad.marking.folder.rows import Row


@pytest.fixture
def marked(monkeypatch):
    """Marks by what a page begins with, in this process, and remembers which pages were marked."""
    pages = []

    def mark_text(problem, text, name):
        pages.append(name)
        if text.startswith("another"):
            raise ProblemError(Fault("another-problem", "this page is about another problem"))
        if text.startswith("fault"):
            raise ZeroDivisionError("zero")
        if text.startswith("stop"):
            raise KeyboardInterrupt
        report = a_page() if text.startswith("wrong") else a_right_page()
        object.__setattr__(report, "page", name)
        return report

    monkeypatch.setattr(job, "mark_text", mark_text)
    monkeypatch.setattr(workers, "core_count", lambda: 1)
    return pages


@pytest.fixture
def pages(tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    for name, text in {"a.md": "right", "b.tex": "wrong", "c.txt": "", "d.md": "another", "e.md": "fault"}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def mark(pages, out="marked", format="html", hints="full", problem=None, **more):
    options = Options(problem or read("parabola"), format, hints)
    return mark_pages(pages, pages.parent / out, options, **more)


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.usefixtures("marked")
class TestWhatIsWritten:
    def test_a_report_each_a_table_and_a_summary(self, pages):
        found = mark(pages)
        assert sorted(contents(found.folder)) == ["a.md.html", "b.tex.html", "marks.csv", "record.json", "summary.html"]
        assert [row.status for row in found.rows] == ["no mistake", "mistake", "not read", "not read", "fault of ours"]
        assert found.is_done

    def test_a_page_that_cannot_be_marked_has_a_row(self, pages):
        table = (mark(pages).folder / "marks.csv").read_text(encoding="utf-8")
        rows = list(csv.DictReader(table.splitlines()))
        assert [row["page"] for row in rows] == ["a.md", "b.tex", "c.txt", "d.md", "e.md"]
        assert rows[2]["words"] == "c.txt is empty: there is nothing to mark"
        assert rows[4]["words"] == "ZeroDivisionError: zero"

    @pytest.mark.parametrize(
        ("format", "ending"), [("json", ".json"), ("md", ".md"), ("text", ".txt"), ("tex", ".tex")]
    )
    def test_other_formats(self, pages, format, ending):
        assert (mark(pages, format=format).folder / f"a.md{ending}").is_file()

    def test_the_same_pages_give_the_same_bytes(self, pages):
        assert contents(mark(pages, "one").folder) == contents(mark(pages, "two").folder)

    def test_the_pages_are_left_alone(self, pages):
        before = contents(pages)
        mark(pages)
        assert contents(pages) == before
        assert sorted(path.name for path in pages.parent.iterdir()) == ["marked", "pages"]

    def test_the_folder_for_the_reports_may_lie_among_the_pages(self, pages):
        mark_pages(pages, pages / "marked", Options(read("parabola"), "md", "full"))
        again = mark_pages(pages, pages / "marked", Options(read("parabola"), "md", "full"))
        assert len(again.rows) == 5

    def test_hints_reach_the_reports(self, pages):
        report = (mark(pages, hints="place").folder / "b.tex.html").read_text(encoding="utf-8")
        assert "0.138499" not in report

    def test_hostile_names(self, pages):
        for name in ("=cmd().md", "a\nb.md", "x" * 200 + ".md", "<b>.md", "مشق.md", "-x.md"):
            (pages / name).write_text("wrong", encoding="utf-8")
        found = mark(pages)
        assert len(contents(found.folder)) == 3 + 2 + 6
        table = (found.folder / "marks.csv").read_text(encoding="utf-8")
        assert '"\'=cmd().md"' in table
        assert len(table.splitlines()) == 1 + 11
        assert "<b>.md" not in (found.folder / "summary.html").read_text(encoding="utf-8")

    @pytest.mark.skipif(sys.platform != "linux", reason="names that are no Unicode are of Linux")
    def test_a_name_that_is_no_unicode(self, pages):
        Path(os.fsdecode(os.fsencode(pages) + b"/\xff.md")).write_text("wrong", encoding="utf-8")
        assert len(mark(pages).rows) == 6

    def test_a_link_does_not_lead_out(self, pages, tmp_path):
        outside = tmp_path / "outside.html"
        outside.write_text("mine")
        out = mark(pages).folder
        for name in ("a.md.html", "summary.html", "marks.csv", "record.json"):
            (out / name).unlink()
            (out / name).symlink_to(outside)
        mark(pages, force=True)
        assert outside.read_text() == "mine"


class TestWhatHasNotChanged:
    def test_is_not_marked_again(self, pages, marked):
        first = mark(pages)
        before = contents(first.folder)
        marked.clear()
        again = mark(pages)
        # A fault of ours may be mended; a page that cannot be read stays so.
        assert marked == ["e.md"]
        assert again.unchanged == 4
        assert again.rows == first.rows
        assert contents(first.folder) == before

    def test_a_page_that_changed_is(self, pages, marked):
        mark(pages)
        marked.clear()
        (pages / "a.md").write_text("wrong now")
        assert mark(pages).rows[0].status == "mistake"
        assert "a.md" in marked
        assert "b.tex" not in marked

    @pytest.mark.parametrize(
        "change",
        [
            {"hints": "kind"},
            {"format": "md"},
            {"force": True},
            {"problem": read_text("formula: f = x^2\ngiven: {x: 3}")},
        ],
    )
    def test_other_options_or_another_problem(self, pages, marked, change):
        mark(pages)
        marked.clear()
        mark(pages, **change)
        assert {"a.md", "b.tex"} <= set(marked)

    def test_a_report_that_was_changed_or_lost(self, pages, marked):
        out = mark(pages).folder
        marked.clear()
        (out / "a.md.html").write_text("edited")
        (out / "b.tex.html").unlink()
        mark(pages)
        assert {"a.md", "b.tex"} <= set(marked)
        assert "edited" not in (out / "a.md.html").read_text(encoding="utf-8")

    @pytest.mark.parametrize("record", ["", "[]", "{", '{"pages": {"a.md.html": 3}}', '{"pages": 3}', "[" * 100_000])
    def test_a_damaged_record_is_none(self, pages, marked, record):
        out = mark(pages).folder
        marked.clear()
        (out / "record.json").write_text(record)
        assert mark(pages).unchanged == 0
        assert len(json.loads((out / "record.json").read_text())["pages"]) == 4

    def test_a_page_that_went_leaves_the_table(self, pages, marked):
        mark(pages)
        (pages / "a.md").unlink()
        assert [row.page for row in mark(pages).rows] == ["b.tex", "c.txt", "d.md", "e.md"]
        assert marked

    def test_a_problem_of_nodes_is_marked_every_time(self, pages, marked):
        from chalkgrad.core.node import variable
        from chalkgrad.reading.problem import Problem

        x = variable("x")
        problem = Problem.from_nodes({"f": x * x}, given={"x": 2})
        mark(pages, problem=problem)
        marked.clear()
        mark(pages, problem=problem)
        assert "a.md" in marked


class TestInterruption:
    def test_what_is_finished_stays(self, pages, marked):
        (pages / "c.txt").write_text("stop")
        found = mark(pages)
        assert not found.is_done
        assert [row.page for row in found.rows] == ["a.md", "b.tex"]
        assert len((found.folder / "marks.csv").read_text(encoding="utf-8").splitlines()) == 3
        (pages / "c.txt").write_text("right")
        marked.clear()
        again = mark(pages)
        assert again.is_done
        assert marked == ["c.txt", "d.md", "e.md"]


@pytest.mark.usefixtures("marked")
class TestMisuse:
    def refused(self, *args, **keys):
        with pytest.raises(UsageError) as caught:
            mark(*args, **keys)
        return caught.value.code

    def test_a_folder_with_other_files_is_left_as_it_is(self, pages):
        out = pages.parent / "marked"
        out.mkdir()
        (out / "thesis.md").write_text("mine")
        assert self.refused(pages) == "folder-not-empty"
        assert len(mark(pages, force=True).rows) == 5
        assert (out / "thesis.md").read_text() == "mine"

    def test_the_pages_themselves(self, pages):
        assert self.refused(pages, "pages") == "same-folder"

    def test_a_file_in_the_place_of_the_folder(self, pages):
        (pages.parent / "marked").write_text("mine")
        assert self.refused(pages) == "cannot-write"

    def test_an_unknown_format(self, pages):
        assert self.refused(pages, format="docx") == "unknown-format"
        assert not (pages.parent / "marked").exists()


@pytest.mark.usefixtures("marked")
def test_progress(pages):
    told = []
    mark(pages, progress=lambda done, total, row: told.append((done, total, row and row.page)))
    assert told[0] == (0, 5, None)
    assert told[-1] == (5, 5, "e.md")


def test_rows_have_what_the_table_needs():
    assert Row("a", "mistake").data()["page"] == "a"
