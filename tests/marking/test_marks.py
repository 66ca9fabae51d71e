"""The marks of a page: one for each quantity, follow-through, schemes, and what is in no sum."""

from typing import Any

import pytest
from tests.marking.reports import claim

from chalkgrad.marking.marks import Asked, marks_of, points
from chalkgrad.marking.report import Claim, Marks, Verdict
from chalkgrad.reading.schema_marks import MarksKeys

Z, A, G = Asked("z", "z", 1), Asked("a", "a", 1), Asked("dloss/dw", "the gradient of w", 1)


def said(asked: Asked, verdict: str, number: float | None = 1.0, line: int = 1, **more: Any) -> Claim:
    holds = verdict in ("right", "rounded", "carried")
    about = {"quantity": asked.quantity, "title": asked.title, "step": asked.step, "claimed": number}
    return claim(line, "", Verdict(verdict), **{**about, "formula_holds": holds, **more})


def scheme(**keys: Any) -> MarksKeys:
    from chalkgrad.reading.python_keys import as_problem_file

    return as_problem_file({"formula": "z = w", "given": {"w": 1}, "marks": keys}).keys.marks


def sums(marks: Marks) -> tuple[float, float]:
    return marks.earned, marks.possible


class TestByDefault:
    @pytest.mark.parametrize(
        ("verdict", "earned"), [("right", 1), ("rounded", 1), ("carried", 1), ("wrong", 0), ("not_about_this", 0)]
    )
    def test_one_mark_a_quantity(self, verdict, earned):
        assert sums(marks_of([said(Z, verdict)], [Z])) == (earned, 1)

    @pytest.mark.parametrize("verdict", ["unread", "undecided"])
    def test_unread_costs_nothing_and_is_listed(self, verdict):
        marks = marks_of([said(Z, verdict), said(A, "right")], [Z, A])
        assert sums(marks) == (1, 1)
        (item,) = marks.to_look_at
        assert (item.quantity, item.possible, item.verdict) == ("z", 1, verdict)
        assert item.words.endswith("a person should look.")

    def test_some_claim_that_is_right_is_enough(self):
        assert sums(marks_of([said(Z, "wrong"), said(Z, "right", line=4)], [Z])) == (1, 1)

    def test_a_mark_lost_is_lost_although_another_line_is_unread(self):
        assert sums(marks_of([said(Z, "unread"), said(Z, "wrong")], [Z])) == (0, 1)

    def test_the_number_decides_and_not_the_formula(self):
        claims = [said(Z, "right", None), said(Z, "wrong")]
        assert sums(marks_of(claims, [Z])) == (0, 1)
        assert sums(marks_of(claims[:1], [Z])) == (1, 1)

    def test_what_the_page_does_not_say(self):
        (item,) = marks_of([], [Z]).items
        assert (item.earned, item.possible, item.line, item.words) == (0, 1, None, "The page does not say it.")

    def test_what_is_merged_into_a_right_line_is_earned(self):
        (item,) = marks_of([], [Z], covered={Z: 7}).items
        assert (item.earned, item.line, item.verdict) == (1, 7, None)
        assert item.words == "Not written down, but line 7 shows that it was right."

    def test_a_claim_goes_before_what_is_covered(self):
        assert sums(marks_of([said(Z, "wrong")], [Z], covered={Z: 7})) == (0, 1)

    def test_steps_and_samples_are_apart(self):
        second, sample = Asked("z", "z", 2), Asked("z", "z for sample 2", 1)
        assert sums(marks_of([said(Z, "right")], [Z, second, sample])) == (1, 3)

    def test_a_matrix_speaks_of_its_entries(self):
        entries = [Asked(f"dloss/dw{k}", f"the gradient of w{k}", 1, ("dloss/dW",)) for k in (1, 2)]
        whole = Asked("dloss/dW", "the gradient of W", 1)
        assert sums(marks_of([said(whole, "right", [[1.0, 2.0]])], entries)) == (2, 2)


class TestFollowThrough:
    def test_it_is_given_and_said(self):
        (item,) = marks_of([said(G, "carried", sources=(4, 9))], [G]).items
        assert item.earned == 1
        assert item.words == "Earned with follow-through: it follows from an earlier mistake (line 4, 9)."

    def test_it_is_not_given_where_nothing_was_left_to_work_out(self):
        (item,) = marks_of([said(G, "carried", trivial=True)], [G]).items
        assert item.earned == 0
        assert "no follow-through" in item.words

    def test_what_was_worked_elsewhere_still_counts(self):
        claims = [said(G, "carried", trivial=True), said(G, "carried", line=3)]
        assert sums(marks_of(claims, [G])) == (1, 1)


class TestSchemes:
    def test_weights_and_a_default(self):
        marks = marks_of(
            [said(Z, "right"), said(G, "right")], [Z, A, G], scheme(default=0, quantities={"z": 2, "dL/dw": 3})
        )
        assert sums(marks) == (5, 5)
        assert [item.quantity for item in marks.items] == ["z", "dloss/dw"]

    def test_fractions_add_up_exactly(self):
        assert sums(marks_of([said(Z, "right"), said(A, "right")], [Z, A], scheme(default=0.1))) == (0.2, 0.2)

    @pytest.mark.parametrize(
        ("claims", "earned", "possible"),
        [
            ([said(Z, "right")], 3, 3),
            ([said(Z, "carried")], 3, 3),
            ([said(Z, "wrong")], 0, 3),
            ([said(Z, "wrong", formula_holds=True)], 1, 3),
            ([said(Z, "right", None), said(Z, "wrong")], 1, 3),
            ([said(Z, "right", None)], 1, 3),
            ([said(Z, "right", None), said(Z, "unread")], 1, 1),
            ([said(Z, "carried", trivial=True)], 0, 3),
        ],
    )
    def test_method_and_accuracy(self, claims, earned, possible):
        worth = scheme(quantities={"z": {"method": 1, "accuracy": 2}})
        assert sums(marks_of(claims, [Z], worth)) == (earned, possible)

    def test_the_parts_are_said(self):
        worth = scheme(quantities={"z": {"method": 1, "accuracy": 2}})
        (item,) = marks_of([said(Z, "wrong", formula_holds=True)], [Z], worth).items
        assert item.words == "Wrong. Method 1 of 1, accuracy 0 of 2."

    def test_unread_with_no_method_shown_costs_nothing(self):
        marks = marks_of([said(Z, "unread")], [Z], scheme(quantities={"z": {"method": 1, "accuracy": 2}}))
        assert sums(marks) == (0, 0)
        assert [item.possible for item in marks.to_look_at] == [3]

    def test_a_matrix_shares_its_worth_among_its_entries(self):
        entries = [Asked(f"w{k}'", f"the new value of w{k}", 1, ("w'",)) for k in (1, 2, 3)]
        marks = marks_of([said(entries[0], "right")], entries, scheme(default=0, quantities={"w'": 2}))
        assert sums(marks) == (pytest.approx(2 / 3), 2)

    def test_what_only_the_scheme_names_is_asked_for(self):
        marks = marks_of([said(Asked("w", "w", 1), "right")], [Z], scheme(quantities={"z": 1, "w": 4}))
        assert [(item.quantity, item.possible) for item in marks.items] == [("z", 1), ("w", 4)]


def test_points():
    assert [points(value) for value in (0.0, 31.0, 2.5, 1 / 3)] == ["0", "31", "2.5", "0.33"]
