"""Which files are pages, and names of reports that lead nowhere else, whatever a page is called."""

import os
import sys
from pathlib import Path

import pytest

from chalkgrad.errors import UsageError
from chalkgrad.marking.folder.names import pages_of, report_names, shown_name

HOSTILE = (
    "=cmd()|' /C calc'!A0.md",
    "@sum.md",
    "-rf.md",
    "an\nna.md",
    "\x1b[31m.md",
    "a" * 200 + ".md",
    "مشق ۱.md",
    "\u202egnp.md",
    "<script>alert(1)</script>.md".replace("/", "\u2215"),
    "a;b\tc.md",
    '"quoted".md',
    "..md",
    "%2e%2e%2f.md",
    "$(touch x).md",
)


class TestReportNames:
    @pytest.mark.parametrize("name", HOSTILE)
    def test_a_name_stays_in_its_folder(self, name):
        (report,) = report_names([Path(name)], ".html").values()
        assert Path(report).name == report
        assert report not in (".", "..")
        assert not report.startswith((".", "-", "=", "+", "@"))
        assert len(os.fsencode(report)) < 160
        assert report.isprintable()
        assert report.endswith(".html")

    def test_a_plain_name_stays(self):
        assert list(report_names([Path("anna.md"), Path("مشق ۱.md")], ".pdf").values()) == [
            "anna.md.pdf",
            "مشق ۱.md.pdf",
        ]

    def test_no_two_pages_share_a_report(self):
        pages = [Path(name) for name in ("a.md", "A.md", "a.tex", "a?.md", "a*.md", "a_.md", *HOSTILE)]
        names = report_names(pages, ".html").values()
        assert len({name.casefold() for name in names}) == len(pages)

    @pytest.mark.skipif(sys.platform != "linux", reason="names that are no Unicode are of Linux")
    def test_a_name_that_is_no_unicode(self):
        (name,) = report_names([Path(os.fsdecode(b"\xff.md"))], ".html").values()
        name.encode()
        shown_name(Path(os.fsdecode(b"\xff.md"))).encode()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_shown_on_one_line(name):
    shown = shown_name(Path(name))
    assert "\n" not in shown
    assert "\x1b" not in shown
    assert len(shown) <= 80


class TestPages:
    def test_pages_by_their_endings(self, tmp_path):
        for name in ("b.md", "a.TEX", "c.txt", "d.markdown", "e.pdf", ".hidden.md", "noending"):
            (tmp_path / name).write_text("z")
        (tmp_path / "folder.md").mkdir()
        assert [page.name for page in pages_of(tmp_path)] == ["a.TEX", "b.md", "c.txt", "d.markdown"]

    def test_a_folder_without_pages(self, tmp_path):
        with pytest.raises(UsageError) as caught:
            pages_of(tmp_path)
        assert (caught.value.code, caught.value.faults[0].hint) == (
            "no-pages",
            "pages end in .md, .markdown, .tex, .txt",
        )

    def test_no_folder(self, tmp_path):
        with pytest.raises(UsageError, match="no-folder"):
            pages_of(tmp_path / "none")
