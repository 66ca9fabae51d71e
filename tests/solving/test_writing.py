"""The order of a solution: what is given, each step forwards and backwards, the course, the checks."""

from __future__ import annotations

from typing import Any

import pytest

from chalkgrad.api import solve
from chalkgrad.problems import problem_names
from chalkgrad.reading.problem import Problem
from chalkgrad.render.document import Block, BulletList, Fold, Heading, Math, Remark
from chalkgrad.render.textmath import box_text


def walk(blocks: tuple[Block, ...]) -> list[Block]:
    return [
        inner for block in blocks for inner in ([block, *walk(block.blocks)] if isinstance(block, Fold) else [block])
    ]


def plain(text: Any) -> str:
    return "".join(
        box_text(piece.box) if isinstance(piece, Math) else str(getattr(piece, "text", piece)) for piece in text
    )


def headings(problem: Any, levels: tuple[int, ...] = (2, 3), **asking: Any) -> list[str]:
    found = walk(solve(problem, **asking).document().blocks)
    return [plain(block.text) for block in found if isinstance(block, Heading) and block.level in levels]


BACKWARD = "Gradients, backwards by the chain rule"


class TestOrder:
    def test_of_one_step(self):
        assert headings("sigmoid-2-2-2", view="units") == [
            "Given",
            "Step 1",
            "Forward pass",
            "Loss",
            BACKWARD,
            "Update",
            "How the numbers were checked",
        ]

    def test_of_several_steps(self):
        assert headings("parabola", (2,)) == [
            "Given",
            *(f"Step {k} (epoch {k})" for k in range(1, 7)),
            "All steps",
            "How the numbers were checked",
        ]

    def test_of_steps_on_some_of_the_samples(self):
        found = headings("sigmoid-two-samples", (2,))
        assert found[1:3] == ["Step 1: sample 1", "Step 2: sample 2"]

    def test_of_derivatives_alone(self):
        assert headings("gradient-field", (2,)) == [
            "Given",
            "Forward pass",
            BACKWARD,
            "Answer",
            "How the numbers were checked",
        ]

    def test_of_a_comparison(self):
        assert "Are they equal?" in headings("softmax-logistic")

    @pytest.mark.parametrize("name", problem_names())
    def test_every_solution_begins_with_what_is_given_and_ends_with_its_checks(self, name):
        found = headings(name, (2,))
        assert found[0] == "Given"
        assert found[-1] == "How the numbers were checked"


class TestBothViews:
    def test_the_matrix_view_is_folded_behind_the_units(self):
        folds = [b for b in solve("sigmoid-2-2-2").document().blocks if isinstance(b, Fold)]
        assert plain(folds[-1].title) == "The same in matrix form"

    def test_one_view_alone_is_not(self):
        blocks = solve("sigmoid-2-2-2", view="matrix", detail="short").document().blocks
        assert not [block for block in blocks if isinstance(block, Fold)]


class TestWays:
    def test_a_quantity_with_several_ways_lists_them(self):
        blocks = walk(solve("sigmoid-2-2-2", view="units").document().blocks)
        first = next(block for block in blocks if isinstance(block, BulletList))
        assert [plain(item) for item in first.items] == [
            "through z_o1: δ_o1 · w₅ ≈ 0.1385 · 0.4 ≈ 0.0554",
            "through z_o2: δ_o2 · w₇ ≈ 0.1321 · 0.5 ≈ 0.0661",
        ]

    def test_without_numbers_the_ways_to_the_loss_are_drawn(self):
        blocks = walk(solve("shared-path").document().blocks)
        items = [plain(item) for block in blocks if isinstance(block, BulletList) for item in block.items]
        assert items == ["w₁₁ → z_p1 → p₁ → z_q1 → q₁ → L", "w₁₁ → z_p1 → p₁ → z_q2 → q₂ → L"]


class TestChecks:
    def test_a_failed_check_cannot_be_missed(self):
        solution = solve("parabola")
        check = solution.derivation.checks[0]
        object.__setattr__(check, "passed", False)
        (remark,) = [b for b in solution.document().blocks if isinstance(b, Remark) and b.kind == "failed"]
        assert plain(remark.text).endswith("THIS CHECK FAILED: do not trust the numbers above.")
        assert not solution.passed


def test_a_reason_is_given_once_in_a_section():
    text = str(solve("sigmoid-2-2-2", view="units"))
    assert text.count("Logistic sigmoid, values in (0, 1).") == 1


def test_the_loss_after_the_last_step():
    text = " ".join(
        str(
            solve(Problem.from_formula("J = w^2", given={"w": 1}, optimizer={"name": "sgd", "learning_rate": 0.25}))
        ).split()
    )
    assert "The loss with the new parameters: J = 0.25" in text


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("short", "Steps 2 to 6 are worked out the same way, and not written out (--detail full writes out more)."),
        ("normal", None),
    ],
)
def test_steps_that_are_not_written_out_are_named(detail: str, said: str | None) -> None:
    blocks = solve("parabola", detail=detail).document().blocks
    found = [plain(b.text) for b in blocks if isinstance(b, Remark) and "written out" in plain(b.text)]
    assert found == ([said] if said else [])
