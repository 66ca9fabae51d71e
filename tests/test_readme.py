"""The README tells the truth: the solution on its first screen is what comes out, and its Python runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from chalkgrad import api

README = Path(__file__).parents[1] / "README.md"


def _blocks(language: str, text: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.fixture(scope="module")
def readme() -> str:
    return README.read_text(encoding="utf-8")


def test_the_solution_on_the_first_screen_is_what_comes_out(readme: str) -> None:
    shown = readme[readme.index("<!-- solution:begin -->") : readme.index("<!-- solution:end -->")]
    (problem,), (solution,) = _blocks("yaml", shown), _blocks("text", shown)
    assert str(api.solve(api.read_text(problem, "neuron.yaml"))).rstrip() == solution.rstrip()


def test_every_problem_in_it_solves(readme: str) -> None:
    for problem in _blocks("yaml", readme):
        assert api.solve(api.read_text(problem, "readme.yaml")).passed


def test_the_python_in_it_runs(readme: str, tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="typst is not installed: pip install chalkgrad[pdf]")
    pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install chalkgrad[sklearn]")
    code = "\n".join(_blocks("python", readme))
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    assert "Backpropagation through a 2-2-2 sigmoid network" in ran.stdout
    assert (tmp_path / "curves.png").exists()
    assert (tmp_path / "solution.pdf").read_bytes().startswith(b"%PDF")
