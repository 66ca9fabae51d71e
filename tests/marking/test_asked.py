"""What a page is expected to say, and what its right lines show of those that it leaves out."""

import pytest
from tests.marking.reports import claim

from chalkgrad.api.solving import read
from chalkgrad.marking.asked import asked_of, covered_by, page_marks
from chalkgrad.marking.course import course_of
from chalkgrad.marking.quantities import quantities_of
from chalkgrad.marking.report import Verdict


def said(course, name, verdict="right", step=1, line=1, number=1.0, **more):
    """A claim of the quantity of a name."""
    of = next(q for q in quantities_of(course) if q.name == name and q.stage == step)
    return claim(line, "", Verdict(verdict), quantity=name, title=of.title, step=step, claimed=number, **more)


def covered(course, *claims):
    quantities = quantities_of(course)
    found = covered_by(course, asked_of(quantities), quantities, claims)
    return {asked.quantity: line for asked, line in found.items()}


class TestAsked:
    def test_every_number_of_the_working_once(self, two_layers):
        asked = asked_of(quantities_of(two_layers))
        names = [each.quantity for each in asked]
        assert len(names) == len(set(names))
        assert {"z_h1", "h1", "loss", "dloss/dw5", "w5'", "dloss/dz_o1"} <= set(names)
        assert "w5" not in names
        assert {each.step for each in asked} == {1}

    def test_entries_know_their_matrices(self, skip):
        asked = {(each.quantity, each.step): each for each in asked_of(quantities_of(skip))}
        (entry,) = [each for (name, step), each in asked.items() if step == 1 and name.endswith("dw^(1)_12")]
        assert entry.wholes == ("dloss/dW1",)

    def test_nothing_beside_the_working(self):
        names = {each.quantity for each in asked_of(quantities_of(course_of(read("symbolic-deltas"))))}
        assert "df/dw^[1]_11" in names
        assert not names & {"df/dw^[1]_12", "df/dz_a^[1]_2", "df/df"}

    def test_samples_are_apart(self, adam):
        titles = [each.title for each in asked_of(quantities_of(adam)) if (each.quantity, each.step) == ("z_h1", 1)]
        assert len(titles) == len(set(titles)) > 1


class TestCovered:
    def test_a_right_end_shows_all_that_leads_to_it(self, two_layers):
        found = covered(two_layers, said(two_layers, "loss", line=9))
        assert {"z_h1", "h1", "z_h2", "z_o1", "o1", "o2"} <= set(found)
        assert set(found.values()) == {9}
        assert "dloss/dw5" not in found

    def test_a_wrong_number_shows_nothing(self, two_layers):
        assert covered(two_layers, said(two_layers, "loss", "wrong")) == {}
        assert covered(two_layers, said(two_layers, "loss", "unread", number=None)) == {}

    def test_one_wrong_use_is_enough(self, two_layers):
        found = covered(two_layers, said(two_layers, "z_o1"), said(two_layers, "z_o2", "wrong", line=2))
        assert "h1" not in found

    def test_what_is_said_is_not_covered(self, two_layers):
        found = covered(two_layers, said(two_layers, "h1", "wrong"), said(two_layers, "loss", line=2))
        assert "h1" not in found
        assert "z_h1" not in found
        assert "h2" in found

    def test_a_formula_shows_no_number(self, two_layers):
        assert covered(two_layers, said(two_layers, "loss", number=None)) == {}

    def test_what_is_trivial_shows_nothing(self, two_layers):
        assert covered(two_layers, said(two_layers, "loss", "carried", trivial=True)) == {}

    def test_a_new_value_is_shown_by_the_next_step(self, skip):
        found = covered(skip, said(skip, "out", step=2, line=30))
        assert any(name.endswith("'") for name in found)


class TestMarks:
    def test_a_page_that_says_only_the_end(self, two_layers):
        marks = page_marks(two_layers, quantities_of(two_layers), [said(two_layers, "loss")])
        assert marks.earned == 9
        assert marks.possible == len(asked_of(quantities_of(two_layers)))

    def test_an_empty_page(self, two_layers):
        assert page_marks(two_layers, quantities_of(two_layers), []).earned == 0

    def test_a_matrix_earns_for_its_entries(self, skip):
        marks = page_marks(skip, quantities_of(skip), [said(skip, "dloss/dW1", number=[[1.0]])])
        assert [item.earned for item in marks.items if "dloss/dw^(1)" in item.quantity and item.step == 1] == [1] * 6


@pytest.mark.parametrize("name", ["z_h1", "dloss/dw1"])
def test_the_scheme_of_the_problem_is_taken(name):
    from chalkgrad.api.solving import read
    from chalkgrad.marking.course import course_of
    from chalkgrad.reading.changing import changed

    course = course_of(changed(read("sigmoid-2-2-2"), {"marks": {"default": 0, "quantities": {name: 7}}}))
    marks = page_marks(course, quantities_of(course), [said(course, name)])
    assert (marks.earned, marks.possible) == (7, 7)
