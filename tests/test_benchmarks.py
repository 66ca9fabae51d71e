"""The benchmarks run, and compare what is the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks"
SCRIPTS = ("starting.py", "pdf.py", "gradient_graph.py")


def run(*arguments: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(FOLDER.parent / "src")}
    command = [sys.executable, str(FOLDER / arguments[0]), *arguments[1:]]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=120).stdout


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_says_what_it_measures(script: str) -> None:
    said = run(script, "--help")
    assert "Measures" in said
    assert "--quick" in said


def test_the_readme_tells_of_every_script() -> None:
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert {path.name for path in FOLDER.glob("*.py")} == {*SCRIPTS, "measuring.py"}
    assert all(f"`{script}`" in told for script in (*SCRIPTS, "measuring.py"))


def test_the_graph_and_the_step_by_hand_give_the_same() -> None:
    # The script stops with another exit code where the two differ, or one of them leaves float32.
    assert "evaluate, built for 128 samples" in run("gradient_graph.py", "--quick")
