"""The command line as a process of its own: streams, pipes, exit codes and completion as a shell sees them."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chalkgrad.cli import ExitCode

SOURCE = Path(__file__).parents[1] / "src"


def process(*arguments: str, code: str = "", **options: Any) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own; `code` may prepare a stand-in for the api."""
    environment = os.environ | {"PYTHONPATH": str(SOURCE)} | options.pop("environment", {})
    program = f"import sys\nfrom chalkgrad.cli import main\n{code}\nsys.exit(main(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, encoding="utf-8", env=environment, **options
    )


STAND_IN = """
import types, chalkgrad
class Answer:
    passed = True
    def show(self): print('shown')
    def write(self, format): return 'σ' * 1_000_000
chalkgrad.api = sys.modules['chalkgrad.api'] = types.SimpleNamespace(
    read=str, solve=lambda problem, **options: Answer(), bundled_problems=lambda: {}['missing'])
"""


class TestAsAProcess:
    def test_help_waits_for_nothing_heavy(self) -> None:
        code = "import atexit; atexit.register(lambda: print(*sys.modules, file=sys.stderr))"
        loaded = set(process("--help", code=code).stderr.split())
        assert "typer" in loaded
        assert not loaded & {"chalkgrad.api", "numpy", "pydantic", "rich"}

    def test_python_dash_m(self) -> None:
        environment = os.environ | {"PYTHONPATH": str(SOURCE)}
        command = [sys.executable, "-m", "chalkgrad", "slove"]
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        assert done.returncode == ExitCode.MISUSE
        assert done.stdout == ""

    def test_the_code_reaches_the_shell(self) -> None:
        done = process("problems", code=STAND_IN)
        assert done.returncode == ExitCode.OUR_FAULT
        assert done.stdout == ""
        assert done.stderr.startswith("chalkgrad: a fault of ours, KeyError: 'missing'.")

    def test_pipes_are_utf_8_in_any_locale(self) -> None:
        done = process("solve", "x", code=STAND_IN, environment={"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"})
        assert done.stdout == "σ" * 1_000_000 + "\n"

    @pytest.mark.skipif(os.name == "nt", reason="pipes break differently there")
    @pytest.mark.parametrize("prepare", ["", "os.environ['FORCE_COLOR'] = '1'"])
    def test_a_reader_that_goes_away_is_no_fault(self, prepare: str) -> None:
        show = "Answer.show = lambda self: __import__('rich').get_console().print('σ σ σ\\n' * 20_000)"
        code = f"import os, sys\n{prepare}\nfrom chalkgrad.cli import main\n{STAND_IN}\n{show}\nsys.exit(main())"
        process = subprocess.Popen(
            [sys.executable, "-c", code, "solve", "x"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(SOURCE)},
        )
        assert process.stdout is not None
        assert process.stderr is not None
        with process.stdout, process.stderr:
            process.stdout.read(10)
            process.stdout.close()
            assert process.stderr.read() == b""
        assert process.wait() == 0

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
    def test_a_full_disk_is_told(self) -> None:
        code = f"import sys\nfrom chalkgrad.cli import main\n{STAND_IN}\nsys.exit(main())"
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [sys.executable, "-c", code, "solve", "x"],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                env=os.environ | {"PYTHONPATH": str(SOURCE)},
            )
        assert done.returncode == ExitCode.MISUSE
        assert done.stderr == "chalkgrad: cannot write to standard output: No space left on device [cannot-write]\n"


def complete(line: str) -> list[str]:
    """What bash would offer behind a line."""
    words = line.split(" ")
    environment = {
        "_CHALKGRAD_COMPLETE": "complete_bash",
        "COMP_WORDS": "\n".join(words),
        "COMP_CWORD": str(len(words) - 1),
    }
    return process(environment=environment).stdout.split()


class TestCompletion:
    def test_commands(self) -> None:
        assert complete("chalkgrad s") == ["solve", "schema"]

    def test_bundled_problems_for_solve(self) -> None:
        assert complete("chalkgrad solve sigm") == ["sigmoid-2-2-2", "sigmoid-two-samples"]

    def test_problem_files_here(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "homework.yaml").touch()
        monkeypatch.chdir(tmp_path)
        assert complete("chalkgrad solve ho") == ["homework.yaml"]

    def test_names_for_problems(self) -> None:
        assert complete("chalkgrad problems para") == ["parabola"]
