"""What the program writes itself is marked entirely right, and with one number changed it is not."""

import re

import pytest

import chalkgrad
from chalkgrad.marking.report import Report, Verdict

GOOD = {Verdict.RIGHT, Verdict.ROUNDED, Verdict.NOT_ABOUT_THIS}


def marked(name: str, form: str, change: tuple[str, str] = ("", ""), **how: object) -> Report:
    problem = chalkgrad.read(name)
    text = chalkgrad.solve(problem, **how).write(form)  # type: ignore[arg-type]
    assert isinstance(text, str)
    return chalkgrad.mark(problem, re.sub(*change, text, count=1) if change[0] else text)


def not_right(report: Report) -> list[str]:
    return [f"{claim.line}: {claim.verdict} {claim.text}" for claim in report.claims if claim.verdict not in GOOD]


@pytest.mark.parametrize("form", ["md", "tex", "text"])
@pytest.mark.parametrize(
    "name",
    ["chain-rule", "gradient-field", "parabola", "relu-then-sigmoid", "shared-path", "softmax-logistic"],
)
def test_a_solution_of_ours_is_entirely_right(name: str, form: str) -> None:
    report = marked(name, form)
    assert not_right(report) == []
    assert report.first_mistake is None


@pytest.mark.parametrize(("digits", "carry"), [(3, "rounded"), ("4 significant", "exact")])
def test_however_it_is_rounded(digits: int | str, carry: str) -> None:
    assert not_right(marked("sigmoid-2-2-2", "md", round=digits, carry=carry)) == []


def test_several_samples_and_the_memory_of_an_optimizer() -> None:
    assert not_right(marked("relu-adam", "md")) == []


@pytest.mark.parametrize("form", ["md", "text"])
@pytest.mark.parametrize("name", ["shared-path", "symbolic-deltas"])
def test_matrix_by_matrix(name: str, form: str) -> None:
    assert not_right(marked(name, form, view="matrix", detail="short")) == []


def test_matrices_typed_over_several_lines() -> None:
    report = marked("sigmoid-two-samples", "text", view="matrix")
    assert not_right(report) == []
    assert any("⎡" in claim.text for claim in report.claims)


def test_steps_may_be_left_out_before_the_last_number() -> None:
    how = {"view": "matrix", "detail": "short"}
    assert not_right(marked("skip-tanh-relu", "md", **how)) == []
    report = marked("skip-tanh-relu", "md", (r"(parameters:\s+\$\$L \\approx )0\.4281", r"\g<1>0.4821"), **how)
    assert [claim.quantity for claim in report.claims if claim.verdict is Verdict.WRONG] == ["loss"]


def test_a_changed_number_is_found() -> None:
    report = marked("sigmoid-2-2-2", "md", (r"(z _\{h _\{1\}\} = [^$]*= )0\.3775", r"\g<1>0.4775"))
    assert report.first_mistake is not None
    assert report.first_mistake.quantity == "z_h1"
