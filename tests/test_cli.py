"""The command line apart from the solver: a small stand-in for the api is solved, so that streams, files and exit codes
are what is tested."""

import inspect
import json
import os
import sys
import types
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import chalkgrad
from chalkgrad.cli import ExitCode, main
from chalkgrad.cli.progress import counted
from chalkgrad.errors import CheckError, EvaluationError, Fault, Place, ProblemError, ShapeError, UsageError

SOURCE = Path(__file__).parents[1] / "src"


@dataclass
class Answer:
    """Stands for a solution and for a page."""

    passed: bool = True

    def show(self, console_width: int | None = None) -> None:
        sys.stdout.write("shown in colour\n")

    def write(self, format: str) -> str | bytes:
        return b"%PDF-1.7" if format == "pdf" else f"∂L/∂w as {format}"


@dataclass
class Api:
    """Stands for `chalkgrad.api`; `calls` holds what was asked of it."""

    answer: Answer = field(default_factory=Answer)
    error: BaseException | None = None
    calls: list[tuple[Any, ...]] = field(default_factory=list)

    def read(self, file: str) -> str:
        self.calls.append(("read", file))
        if self.error:
            raise self.error
        return f"problem {file}"

    def read_text(self, text: str, source: str) -> str:
        self.calls.append(("read_text", text, source))
        return "problem -"

    def solve(self, problem: str, **options: object) -> Answer:
        self.progress = options.pop("progress")
        self.calls.append(("solve", problem, {name: value for name, value in options.items() if value is not None}))
        return self.answer

    def bundled_problems(self) -> list[tuple[str, str]]:
        return [("parabola", "Down a parabola"), ("sigmoid-2-2-2", "Backpropagation, σ")]

    def catalogue(self, names: Sequence[str] = (), *, kind: str | None = None) -> Answer:
        self.calls.append(("catalogue", tuple(names), kind))
        return self.answer

    def starter(self, kind: str) -> str:
        return f"# a {kind}\n"

    def schema(self) -> dict[str, str]:
        return {"title": "Problem"}


# What the commands call, each with one call as they make it.
CALLS: dict[str, tuple[tuple[object, ...], dict[str, object]]] = {
    "read": (("a.yaml",), {}),
    "read_text": (("title: a", "<standard input>"), {}),
    "solve": (
        (None,),
        dict.fromkeys(("sample", "units", "weights", "view", "detail", "round", "carry", "progress")),
    ),
    "bundled_problems": ((), {}),
    "catalogue": (((),), {"kind": None}),
    "starter": (("network",), {}),
    "schema": ((), {}),
}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Api:
    """A stand-in for the api, in an empty working folder."""
    stand_in = Api()
    module = types.ModuleType("chalkgrad.api")
    for name in CALLS:
        setattr(module, name, getattr(stand_in, name))
    monkeypatch.setitem(sys.modules, "chalkgrad.api", module)
    monkeypatch.setattr(chalkgrad, "api", module, raising=False)
    monkeypatch.chdir(tmp_path)
    return stand_in


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard output is a terminal."""
    # On the class: pytest puts another stream in place between the fixtures and the test.
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda stream: True)


Capture = pytest.CaptureFixture[str]
FAULT = Fault("some-code", "it is wrong", Place("a.yaml", 3, 2, " : x"), "mend it")


class TestSolve:
    def test_text_goes_to_standard_output_and_nothing_else_is_said(self, api: Api, capsys: Capture) -> None:
        assert main(["solve", "sigmoid-2-2-2"]) == ExitCode.DONE
        assert capsys.readouterr() == ("∂L/∂w as text\n", "")
        assert api.calls == [("read", "sigmoid-2-2-2"), ("solve", "problem sigmoid-2-2-2", {})]

    @pytest.mark.usefixtures("terminal", "api")
    def test_a_terminal_gets_colour(self, capsys: Capture) -> None:
        main(["solve", "x"])
        assert capsys.readouterr().out == "shown in colour\n"

    @pytest.mark.usefixtures("api")
    def test_a_pipe_gets_colour_when_it_is_asked_for(self, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        main(["solve", "x"])
        assert capsys.readouterr().out == "shown in colour\n"

    def test_the_options_are_handed_on(self, api: Api) -> None:
        main(["solve", "x", "--view", "units", "--detail", "full", "--round", "4 significant", "--carry", "rounded"])
        wanted = {"view": "units", "detail": "full", "round": "4 significant", "carry": "rounded"}
        assert api.calls[-1] == ("solve", "problem x", wanted)

    @pytest.mark.parametrize("rows", [["--sample", "0,5"], ["--sample", "0", "--sample", "5"], ["--sample", " 0, 5 "]])
    def test_samples_units_and_weights(self, api: Api, rows: list[str]) -> None:
        main(["solve", "x", *rows, "--units", "h1_3,y_hat", "--units", "w^(1)_{3,17}", "--weights", "runs/a", "-q"])
        wanted = {"sample": [0, 5], "units": ["h1_3,y_hat", "w^(1)_{3,17}"], "weights": "runs/a"}
        assert api.calls[-1] == ("solve", "problem x", wanted)

    @pytest.mark.parametrize("rows", ["-1", "a", "1.5", "", "1,,2", "²", "9" * 40])
    @pytest.mark.usefixtures("api")
    def test_what_is_no_row_of_a_sample(self, rows: str, capsys: Capture) -> None:
        assert main(["solve", "x", f"--sample={rows}"]) == ExitCode.MISUSE
        assert f'"{rows.split(",")[1] if rows == "1,,2" else rows}" is no row of a sample' in capsys.readouterr().err

    @pytest.mark.parametrize(("options", "progress"), [([], counted), (["--quiet"], None)])
    def test_a_bar_unless_it_is_to_be_quiet(self, api: Api, options: list[str], progress: object) -> None:
        main(["solve", "x", *options])
        assert api.progress is progress

    def test_decimals_are_a_number(self, api: Api) -> None:
        main(["solve", "x", "--round", "4"])
        assert api.calls[-1][2] == {"round": 4}

    @pytest.mark.usefixtures("api")
    @pytest.mark.parametrize("format", ["md", "tex", "html", "typ", "json"])
    def test_each_format(self, format: str, capsys: Capture) -> None:
        assert main(["solve", "x", "--to", format]) == 0
        assert capsys.readouterr() == (f"∂L/∂w as {format}\n", "")

    @pytest.mark.usefixtures("api")
    def test_a_pipe_gets_the_bytes_of_a_pdf(self, capsys: Capture) -> None:
        main(["solve", "x", "--to", "pdf"])
        assert capsys.readouterr().out == "%PDF-1.7"

    @pytest.mark.usefixtures("api")
    def test_json_is_short_for_to_json(self, capsys: Capture) -> None:
        main(["solve", "x", "--json"])
        assert capsys.readouterr().out == "∂L/∂w as json\n"

    def test_a_dash_is_standard_input(self, api: Api, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "in").write_bytes(b"\xef\xbb\xbftitle: \xcf\x83")
        with (tmp_path / "in").open(encoding="ascii") as stream:
            monkeypatch.setattr(sys, "stdin", stream)
            assert main(["solve", "-"]) == 0
        assert api.calls[0] == ("read_text", "title: σ", "<standard input>")

    @pytest.mark.usefixtures("api")
    def test_standard_input_that_is_no_text(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
    ) -> None:
        (tmp_path / "in").write_bytes(b"\xff")
        with (tmp_path / "in").open(encoding="ascii") as stream:
            monkeypatch.setattr(sys, "stdin", stream)
            assert main(["solve", "-"]) == ExitCode.UNREADABLE
        expected = "chalkgrad: standard input is not UTF-8 text: invalid start byte [not-utf-8]\n"
        assert capsys.readouterr() == ("", expected)

    def test_a_failed_check_prints_the_solution_first(self, api: Api, capsys: Capture) -> None:
        api.answer.passed = False
        assert main(["solve", "x"]) == ExitCode.OUR_FAULT
        out, err = capsys.readouterr()
        assert out == "∂L/∂w as text\n"
        assert err == (
            "chalkgrad: a check of this solution failed, do not trust its numbers. "
            "The fault is ours: please report it.\n"
        )


class TestFiles:
    @pytest.mark.usefixtures("api")
    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.md", "∂L/∂w as md\n"),
            ("a.TEX", "∂L/∂w as tex\n"),
            ("a.htm", "∂L/∂w as html\n"),
            ("a", "∂L/∂w as text\n"),
            ("a.pdf", "%PDF-1.7"),
        ],
    )
    def test_the_name_says_the_format(self, name: str, content: str, capsys: Capture) -> None:
        assert main(["solve", "x", "--out", name]) == 0
        assert Path(name).read_text(encoding="utf-8") == content
        assert capsys.readouterr() == ("", f"wrote {name}\n")
        assert os.listdir() == [name]

    @pytest.mark.usefixtures("api")
    def test_to_beats_the_name(self) -> None:
        main(["solve", "x", "--out", "a.txt", "--to", "md"])
        assert Path("a.txt").read_text(encoding="utf-8") == "∂L/∂w as md\n"

    @pytest.mark.usefixtures("api")
    def test_a_dash_is_standard_output(self, capsys: Capture) -> None:
        main(["solve", "x", "--to", "html", "--out", "-"])
        assert capsys.readouterr() == ("∂L/∂w as html\n", "")

    @pytest.mark.usefixtures("terminal", "api")
    @pytest.mark.parametrize("format", ["html", "pdf"])
    @pytest.mark.parametrize(("file", "stem"), [("some/homework.yaml", "homework"), ("parabola", "parabola")])
    def test_what_a_terminal_cannot_show_becomes_a_file(
        self, format: str, file: str, stem: str, capsys: Capture
    ) -> None:
        assert main(["solve", file, "--to", format]) == 0
        assert capsys.readouterr() == ("", f"wrote {stem}.{format}\n")
        assert Path(f"{stem}.{format}").stat().st_size > 0

    @pytest.mark.usefixtures("api")
    def test_quiet_says_nothing(self, capsys: Capture) -> None:
        main(["solve", "x", "--out", "a.md", "--quiet"])
        assert capsys.readouterr() == ("", "")

    def test_a_file_that_exists_is_left_as_it_is(self, api: Api, capsys: Capture) -> None:
        Path("a.tex").write_text("my own work", encoding="utf-8")
        assert main(["solve", "x", "--out", "a.tex"]) == ExitCode.MISUSE
        assert Path("a.tex").read_text(encoding="utf-8") == "my own work"
        assert api.calls == []  # told before any work is done
        assert capsys.readouterr().err == (
            'chalkgrad: "a.tex" exists and is left as it is [file-exists]\n'
            "    hint: --force replaces it, or name another file\n"
        )

    @pytest.mark.usefixtures("api")
    def test_force_replaces_it(self) -> None:
        Path("a.tex").write_text("an earlier solution", encoding="utf-8")
        assert main(["solve", "x", "--out", "a.tex", "--force"]) == 0
        assert Path("a.tex").read_text(encoding="utf-8") == "∂L/∂w as tex\n"

    @pytest.mark.usefixtures("api")
    def test_an_empty_file_holds_no_work(self) -> None:
        Path("a.tex").touch()
        assert main(["solve", "x", "--out", "a.tex"]) == 0

    @pytest.mark.usefixtures("api")
    def test_force_never_replaces_the_problem(self, capsys: Capture) -> None:
        Path("a.yaml").write_text("title: mine", encoding="utf-8")
        os.link("a.yaml", "b.md")
        assert main(["solve", "a.yaml", "--out", "b.md", "--force"]) == ExitCode.MISUSE
        assert Path("a.yaml").read_text(encoding="utf-8") == "title: mine"
        assert capsys.readouterr().err == (
            'chalkgrad: "b.md" is the problem itself [file-exists]\n    hint: name another file with --out\n'
        )

    @pytest.mark.usefixtures("api")
    def test_a_link_stays_a_link(self) -> None:
        Path("real.md").write_text("old", encoding="utf-8")
        Path("link.md").symlink_to("real.md")
        main(["solve", "x", "--out", "link.md", "--force"])
        assert Path("link.md").is_symlink()
        assert Path("real.md").read_text(encoding="utf-8") == "∂L/∂w as md\n"

    @pytest.mark.usefixtures("api")
    @pytest.mark.skipif(not Path("/dev/null").exists(), reason="this system has no /dev/null")
    def test_a_device_is_written_to(self) -> None:
        assert main(["solve", "x", "--out", "/dev/null"]) == 0
        assert not Path("/dev/null").is_file()

    @pytest.mark.usefixtures("api")
    def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
        self, monkeypatch: pytest.MonkeyPatch, capsys: Capture
    ) -> None:
        def full(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        Path("a.md").write_text("old", encoding="utf-8")
        monkeypatch.setattr(os, "fsync", full)
        assert main(["solve", "x", "--out", "a.md", "--force"]) == ExitCode.MISUSE
        assert os.listdir() == ["a.md"]
        assert Path("a.md").read_text(encoding="utf-8") == "old"
        assert capsys.readouterr().err == (
            'chalkgrad: cannot write "a.md": No space left on device [cannot-write]\n'
            "    hint: make room on this disk, or write to another one\n"
        )

    @pytest.mark.usefixtures("api")
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--out", "a.docx"], 'the name "a.docx" does not say a format: known are .txt, .md, .tex, .html, .htm, '),
            (["--out", "no/a.md"], 'there is no folder "no" to write "a.md" in [cannot-write]\n'),
            (["--out", "."], '"." is a folder [cannot-write]\n    hint: name a file in it\n'),
            (["--json", "--to", "md"], "--json and --to md ask for two formats [two-formats]\n"),
        ],
    )
    def test_misuse_is_named(self, arguments: list[str], message: str, capsys: Capture) -> None:
        assert main(["solve", "x", *arguments]) == ExitCode.MISUSE
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith(f"chalkgrad: {message}")


class TestExitCodes:
    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (UsageError(FAULT), 2),
            (ProblemError(FAULT), 3),
            (ShapeError(FAULT), 3),
            (EvaluationError(FAULT), 3),
            (CheckError(FAULT), 4),
            (KeyboardInterrupt(), 130),
        ],
    )
    def test_each_error_has_its_code(self, error: BaseException, code: int, api: Api, capsys: Capture) -> None:
        api.error = error
        assert main(["solve", "x", "--json"]) == code
        assert capsys.readouterr().out == ""

    def test_all_faults_are_told_with_their_places(self, api: Api, capsys: Capture) -> None:
        api.error = ProblemError([FAULT, Fault("other", "that too")])
        main(["solve", "x"])
        assert capsys.readouterr().err == (
            "a.yaml:3:2: it is wrong [some-code]\n     : x\n     ^\n    hint: mend it\nchalkgrad: that too [other]\n"
        )

    def test_a_fault_of_ours_is_one_line(self, api: Api, capsys: Capture) -> None:
        api.error = ZeroDivisionError("by\nnought")
        assert main(["solve", "x"]) == ExitCode.OUR_FAULT
        assert capsys.readouterr() == (
            "",
            "chalkgrad: a fault of ours, ZeroDivisionError: by nought. "
            "Please report it; CHALKGRAD_TRACEBACK=1 shows where it happened.\n",
        )

    def test_the_stack_is_shown_when_asked_for(
        self, api: Api, capsys: Capture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        api.error = ZeroDivisionError("by nought")
        monkeypatch.setenv("CHALKGRAD_TRACEBACK", "1")
        assert main(["solve", "x"]) == ExitCode.OUR_FAULT
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("Traceback (most recent call last):")
        assert err.endswith("ZeroDivisionError: by nought\n")

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["slove", "x"], "chalkgrad: No such command 'slove'. Did you mean 'solve'?"),
            (["solve"], "chalkgrad: Missing argument 'FILE'."),
            (["solve", "x", "--rond", "4"], "chalkgrad: No such option: --rond (Possible options: "),
            (["solve", "x", "--view", "all"], "chalkgrad: Invalid value for '--view': "),
            (
                ["solve", "x", "--round", "four"],
                'chalkgrad: Invalid value: "four" is neither decimals ("4") nor digits',
            ),
            (["ops", "--kind", "layer"], "chalkgrad: Invalid value for '--kind': "),
        ],
    )
    def test_misuse_is_told_without_a_stack(
        self, arguments: list[str], message: str, api: Api, capsys: Capture
    ) -> None:
        assert main(arguments) == ExitCode.MISUSE
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith(message)
        assert err.splitlines()[-1].startswith("    hint: chalkgrad")
        assert api.calls == []


class TestOtherCommands:
    @pytest.mark.usefixtures("api")
    def test_problems_are_listed_with_their_titles(self, capsys: Capture) -> None:
        assert main(["problems"]) == 0
        expected = "parabola       Down a parabola\nsigmoid-2-2-2  Backpropagation, σ\n"
        assert capsys.readouterr() == (expected, "")

    @pytest.mark.usefixtures("api")
    def test_problems_as_data(self, capsys: Capture) -> None:
        main(["problems", "--json"])
        assert json.loads(capsys.readouterr().out)[0] == {"name": "parabola", "title": "Down a parabola"}

    def test_a_bundled_problem_is_printed_as_it_stands(self, capsys: Capture) -> None:
        assert main(["problems", "sigmoid-2-2-2"]) == 0
        file = SOURCE / "chalkgrad" / "problems" / "sigmoid-2-2-2.yaml"
        assert capsys.readouterr().out == file.read_text(encoding="utf-8")

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            (
                ["sigmoid-2-2-3"],
                'no problem named "sigmoid-2-2-3" comes with the package [unknown-problem]\n'
                '    hint: did you mean "sigmoid-2-2-2"?\n',
            ),
            (
                ["../pyproject"],
                'no problem named "../pyproject" comes with the package [unknown-problem]\n'
                "    hint: `chalkgrad problems` lists them\n",
            ),
            (
                ["parabola", "--json"],
                "a problem file is YAML; --json is for the list [two-formats]\n    hint: leave --json or NAME out\n",
            ),
        ],
    )
    def test_problems_misused(self, arguments: list[str], expected: str, capsys: Capture) -> None:
        assert main(["problems", *arguments]) == ExitCode.MISUSE
        assert capsys.readouterr() == ("", f"chalkgrad: {expected}")

    def test_ops_are_asked_for_by_name_and_kind(self, api: Api, capsys: Capture) -> None:
        assert main(["ops", "tanh", "relu", "--kind", "activation", "--to", "md"]) == 0
        assert api.calls == [("catalogue", ("tanh", "relu"), "activation")]
        assert capsys.readouterr().out == "∂L/∂w as md\n"

    @pytest.mark.usefixtures("api")
    def test_new_writes_a_file_to_begin_with(self, capsys: Capture) -> None:
        assert main(["new", "homework.yaml", "--kind", "formula"]) == 0
        assert Path("homework.yaml").read_text(encoding="utf-8") == "# a formula\n"
        assert capsys.readouterr() == ("", "wrote homework.yaml\nnext: chalkgrad solve homework.yaml\n")

    @pytest.mark.usefixtures("api")
    def test_new_refuses_to_replace(self, capsys: Capture) -> None:
        Path("problem.yaml").write_text("mine", encoding="utf-8")
        assert main(["new"]) == ExitCode.MISUSE
        assert Path("problem.yaml").read_text(encoding="utf-8") == "mine"
        assert main(["new", "--force", "--quiet"]) == 0
        assert Path("problem.yaml").read_text(encoding="utf-8") == "# a network\n"

    @pytest.mark.usefixtures("api")
    def test_new_to_standard_output(self, capsys: Capture) -> None:
        main(["new", "-"])
        assert capsys.readouterr() == ("# a network\n", "")

    @pytest.mark.usefixtures("api")
    def test_schema(self, capsys: Capture) -> None:
        main(["schema"])
        assert json.loads(capsys.readouterr().out) == {"title": "Problem"}
        main(["schema", "--out", "a.json"])
        assert json.loads(Path("a.json").read_text(encoding="utf-8")) == {"title": "Problem"}


class TestHelp:
    @pytest.mark.parametrize("command", ["solve", "problems", "ops", "new", "schema"])
    def test_every_command_has_examples(self, command: str, capsys: Capture) -> None:
        assert main([command, "--help"]) == 0
        out, err = capsys.readouterr()
        assert f"Examples:\n    chalkgrad {command}" in out
        assert err == ""

    def test_the_help_of_all_names_every_command_and_exit_code(self, capsys: Capture) -> None:
        assert main(["-h"]) == 0
        out = capsys.readouterr().out
        assert all(f"\n  {command}" in out for command in ("solve", "problems", "ops", "new", "schema"))
        assert all(f"{code} " in out for code in (int(code) for code in ExitCode))

    def test_no_command_is_misuse_and_shows_the_help(self, capsys: Capture) -> None:
        assert main([]) == ExitCode.MISUSE
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("Usage: chalkgrad")

    def test_version(self, capsys: Capture) -> None:
        assert main(["--version"]) == 0
        assert capsys.readouterr().out.startswith("chalkgrad")


@pytest.mark.parametrize("name", CALLS)
def test_the_api_can_be_called_as_the_commands_call_it(name: str) -> None:
    real = pytest.importorskip("chalkgrad.api", reason="the api is not there yet", exc_type=ImportError)
    positional, named = CALLS[name]
    for verb in (getattr(real, name), getattr(Api(), name)):
        inspect.signature(verb).bind(*positional, **named)
