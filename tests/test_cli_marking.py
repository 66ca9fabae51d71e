"""`chalkgrad mark`: where results go, exit codes, and what is said; a stand-in does the marking."""

import io
import json
import sys
from pathlib import Path

import pytest
from tests.marking.reports import SECRETS, a_page, a_right_page

from chalkgrad.cli import ExitCode, main
from chalkgrad.errors import Fault, ProblemError
from chalkgrad.marking import mark_text as marking

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder with a page that is right and one that is wrong; what a page says decides how it is marked."""

    def mark_text(problem, text, name="page"):
        if text.startswith("stop"):
            raise KeyboardInterrupt
        if text.startswith("another"):
            message = "this page seems to be about another problem: 3 of 41 quantities fit"
            raise ProblemError(Fault("another-problem", message, hint="Is it the page of this problem file?"))
        report = a_page() if text.startswith("wrong") else a_right_page()
        object.__setattr__(report, "page", name)
        return report

    monkeypatch.setattr(marking, "mark_text", mark_text)
    monkeypatch.setattr("chalkgrad.marking.folder.job.mark_text", mark_text)
    monkeypatch.setattr("chalkgrad.marking.folder.workers.core_count", lambda: 1)
    monkeypatch.chdir(tmp_path)
    for name, text in {"right.md": "right", "wrong.md": "wrong", "empty.md": " ", "another.md": "another"}.items():
        Path(name).write_text(text, encoding="utf-8")
    return tmp_path


def standard_input(monkeypatch, raw):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))


class TestOnePage:
    @pytest.mark.parametrize(
        ("page", "code"),
        [
            ("right.md", ExitCode.DONE),
            ("wrong.md", ExitCode.FINDINGS),
            ("empty.md", ExitCode.UNREADABLE),
            ("another.md", ExitCode.UNREADABLE),
            ("none.md", ExitCode.UNREADABLE),
        ],
    )
    def test_exit_codes(self, page, code):
        assert main(["mark", "parabola", page]) == code

    def test_text_on_standard_output_without_colours(self, capsys: Capture):
        main(["mark", "parabola", "wrong.md"])
        out, err = capsys.readouterr()
        assert out.startswith("wrong.md: Backpropagation\n")
        assert "   4  $\\delta_{o1} = 0.741$  ✗ Wrong\n" in out
        assert "\x1b" not in out
        assert err == ""

    def test_a_terminal_gets_colours(self, capsys: Capture, monkeypatch):
        monkeypatch.setenv("FORCE_COLOR", "1")
        main(["mark", "parabola", "wrong.md"])
        assert "\x1b[" in capsys.readouterr().out

    def test_json(self, capsys: Capture):
        assert main(["mark", "parabola", "wrong.md", "--json"]) == ExitCode.FINDINGS
        out, err = capsys.readouterr()
        assert json.loads(out)["first_mistake"]["cause"] == "missing-slope"
        assert err == ""

    @pytest.mark.parametrize("format", ["html", "md", "pdf", "json"])
    def test_the_page_to_hand_back(self, format, capsys: Capture):
        if format == "pdf":
            pytest.importorskip("typst")
        assert main(["mark", "parabola", "wrong.md", "--out", f"marked.{format}"]) == ExitCode.FINDINGS
        assert Path(f"marked.{format}").stat().st_size > 500
        assert capsys.readouterr() == ("", f"wrote marked.{format}\n")

    def test_standard_input(self, monkeypatch, capsys: Capture):
        standard_input(monkeypatch, b"wrong")
        assert main(["mark", "parabola", "-", "--json"]) == ExitCode.FINDINGS
        assert json.loads(capsys.readouterr().out)["page"] == "<standard input>"

    def test_endless_standard_input(self, monkeypatch, capsys: Capture):
        standard_input(monkeypatch, b"z" * 3_000_000)
        assert main(["mark", "parabola", "-"]) == ExitCode.UNREADABLE
        assert "<standard input> is too large" in capsys.readouterr().err

    def test_both_on_standard_input(self, capsys: Capture):
        assert main(["mark", "-", "-"]) == ExitCode.MISUSE
        assert "cannot both be standard input" in capsys.readouterr().err

    @pytest.mark.parametrize("hints", ["place", "kind", "rule"])
    def test_hints(self, hints, capsys: Capture):
        for format in ("text", "html", "md", "json", "tex"):
            main(["mark", "parabola", "wrong.md", "--hints", hints, "--to", format])
            out = capsys.readouterr().out
            assert not [secret for secret in SECRETS if secret in out]

    def test_hints_that_are_none(self, capsys: Capture):
        assert main(["mark", "parabola", "wrong.md", "--hints", "all"]) == ExitCode.MISUSE
        assert "'all' is not one of" in capsys.readouterr().err

    def test_what_is_said_of_another_problem(self, capsys: Capture):
        main(["mark", "parabola", "another.md"])
        assert capsys.readouterr() == (
            "",
            "chalkgrad: this page seems to be about another problem: 3 of 41 quantities fit [another-problem]\n"
            "    hint: Is it the page of this problem file?\n",
        )

    def test_a_file_that_exists_is_left(self):
        Path("marked.html").write_text("mine")
        assert main(["mark", "parabola", "wrong.md", "--out", "marked.html"]) == ExitCode.MISUSE
        assert Path("marked.html").read_text() == "mine"
        assert main(["mark", "parabola", "wrong.md", "--out", "marked.html", "--force"]) == ExitCode.FINDINGS

    def test_not_even_force_writes_over_the_page(self, capsys: Capture):
        assert main(["mark", "parabola", "wrong.md", "--out", "wrong.md", "--force"]) == ExitCode.MISUSE
        assert Path("wrong.md").read_text() == "wrong"
        assert '"wrong.md" is what is to be marked' in capsys.readouterr().err

    def test_help_has_examples(self, capsys: Capture):
        assert main(["mark", "--help"]) == ExitCode.DONE
        assert "chalkgrad mark skip-tanh-relu page.md" in capsys.readouterr().out


class TestAFolder:
    def test_reports_table_and_summary(self, capsys: Capture):
        assert main(["mark", "parabola", ".", "--out", "marked"]) == ExitCode.FINDINGS
        names = sorted(path.name for path in Path("marked").iterdir())
        assert names == ["marks.csv", "record.json", "right.md.html", "summary.html", "wrong.md.html"]
        out, err = capsys.readouterr()
        assert out == ""
        assert "marked 4 pages into marked/: see marked/summary.html and marked/marks.csv" in err
        assert "empty.md: not read: empty.md is empty: there is nothing to mark" in err

    def test_what_has_not_changed_is_said(self, capsys: Capture):
        main(["mark", "parabola", ".", "--out", "marked"])
        capsys.readouterr()
        main(["mark", "parabola", ".", "--out", "marked"])
        assert "marked 4 pages (4 unchanged since they were marked before)" in capsys.readouterr().err

    def test_json_is_the_summary(self, capsys: Capture):
        main(["mark", "parabola", ".", "--out", "marked", "--json", "--quiet"])
        data = json.loads(capsys.readouterr().out)
        assert [row["page"] for row in data["pages"]] == ["another.md", "empty.md", "right.md", "wrong.md"]
        assert data["mistakes"][0]["pages"] == ["wrong.md"]

    def test_another_format(self):
        main(["mark", "parabola", ".", "--out", "marked", "--to", "md", "-q"])
        assert Path("marked/wrong.md.md").is_file()

    def test_it_needs_a_folder_for_the_reports(self, capsys: Capture):
        assert main(["mark", "parabola", "."]) == ExitCode.MISUSE
        assert "name it with --out, as in --out marked/" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("left", "code"),
        [
            (["right.md"], ExitCode.DONE),
            (["right.md", "empty.md"], ExitCode.UNREADABLE),
            (["wrong.md"], ExitCode.FINDINGS),
        ],
    )
    def test_exit_codes(self, left, code):
        for path in Path().glob("*.md"):
            if path.name not in left:
                path.unlink()
        assert main(["mark", "parabola", ".", "--out", "marked", "-q"]) == code

    def test_a_folder_of_somebody(self, capsys: Capture):
        Path("marked").mkdir()
        Path("marked/thesis.txt").write_text("mine")
        assert main(["mark", "parabola", ".", "--out", "marked"]) == ExitCode.MISUSE
        assert "holds files that are not of this command" in capsys.readouterr().err

    def test_an_interruption_keeps_what_is_done(self, capsys: Capture):
        Path("stop.md").write_text("stop")
        assert main(["mark", "parabola", ".", "--out", "marked"]) == ExitCode.INTERRUPTED
        assert "interrupted; what is done is kept, and the same command goes on" in capsys.readouterr().err
        assert len(Path("marked/marks.csv").read_text(encoding="utf-8").splitlines()) == 1 + 3
        Path("stop.md").write_text("right")
        assert main(["mark", "parabola", ".", "--out", "marked"]) == ExitCode.FINDINGS
        assert "marked 5 pages (3 unchanged" in capsys.readouterr().err
