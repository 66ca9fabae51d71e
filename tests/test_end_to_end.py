"""Every bundled problem from its file to every format, and the formats through the programs that read them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from chalkgrad.api import Solution, solve
from chalkgrad.problems import problem_names

NAMES = problem_names()


@cache
def solution(name: str) -> Solution:
    return solve(name)


@pytest.mark.parametrize("name", NAMES)
class TestEveryProblem:
    def test_passes_its_checks(self, name):
        assert solution(name).passed
        assert solution(name).checks

    def test_text(self, name):
        text = str(solution(name))
        # What is read in a terminal must fit it.
        assert max(map(len, text.splitlines())) <= 100
        assert not re.search(r"\b(nan|None|inf)\b|<op |Node\(|object at", text)

    def test_markdown(self, name):
        text = str(solution(name).write("md"))
        assert text.startswith("# ")
        assert text.count("$$") % 2 == 0

    def test_html_is_well_formed_with_its_mathml(self, name):
        text = str(solution(name).write("html"))
        body = re.sub(r"<!doctype html>", "", text, flags=re.IGNORECASE)
        body = re.sub(r"<(meta|link|br|hr|col)\b([^>]*?)/?>", r"<\1\2/>", body)
        body = re.sub(r"&(?!amp;|lt;|gt;|quot;|#)\w+;", "", body)
        body = body.replace("<details open>", '<details open="">')
        tree = ElementTree.fromstring(body)
        maths = [node for node in tree.iter() if node.tag.endswith("math")]
        assert maths
        assert not [node for node in tree.iter() if node.tag.endswith("script")]

    def test_pdf_by_typst(self, name):
        pytest.importorskip("typst")
        assert bytes(solution(name).write("pdf")).startswith(b"%PDF")

    def test_json(self, name):
        data = json.loads(str(solution(name).write("json")))
        assert data["checks"]
        assert all(check["passed"] for check in data["checks"])
        assert data["work"] or name == "digits"

    @pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
    def test_latex(self, name, tmp_path: Path):
        (tmp_path / "solution.tex").write_text(str(solution(name).write("tex")), encoding="utf-8")
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "solution.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=False)
        log = done.stdout.decode("utf-8", "replace")
        if re.search(r"File `[^']+\.sty' not found", log):
            pytest.skip("this LaTeX lacks a package")
        assert done.returncode == 0, log[-2000:]
        assert (tmp_path / "solution.pdf").exists()


class TestOverfull:
    @pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
    @pytest.mark.parametrize("name", ["sigmoid-2-2-2", "relu-adam"])
    def test_no_formula_runs_far_over_the_margin(self, name, tmp_path: Path):
        (tmp_path / "solution.tex").write_text(str(solution(name).write("tex")), encoding="utf-8")
        command = ["pdflatex", "-interaction=nonstopmode", "solution.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=False)
        log = done.stdout.decode("utf-8", "replace")
        if "not found" in log:
            pytest.skip("this LaTeX lacks a package")
        wide = [float(points) for points in re.findall(r"Overfull \\hbox \(([0-9.]+)pt too wide\)", log)]
        # Two millimetres are not seen.
        assert not [points for points in wide if points > 5]


@pytest.mark.parametrize(
    "formula",
    [
        "f = (((x^999)^999)^999)^999",
        "f = exp(exp(exp(exp(x))))",
        "f = x^(x^(x^(x^x)))",
        "f = sin(exp(exp(x^2)))",
        "f = 1/(x - 2)",
        "f = log(-x)",
    ],
)
def test_a_formula_without_a_finite_value_ends_and_says_so(formula: str) -> None:
    solution = solve({"formula": formula, "given": {"x": 2}}, detail="short")
    assert "is not a finite number" in str(solution)
