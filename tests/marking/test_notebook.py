import numpy
import pytest

from chalkgrad.core.node import Node
from chalkgrad.marking.course import Course
from chalkgrad.marking.fitting import Fit, How, fit_of
from chalkgrad.marking.notebook import Notebook
from chalkgrad.marking.page.read import read_page
from chalkgrad.marking.quantities import Quantity
from chalkgrad.marking.report import Claim, Verdict
from chalkgrad.marking.sayings import Saying, sayings_of


def opened(course: Course, text: str) -> tuple[Notebook, list[Saying]]:
    page = read_page(text, "page", sorted(course.problem.known_names))
    return Notebook(course, page), list(sayings_of(page))


def quantity(notes: Notebook, name: str, stage: int = 1) -> Quantity:
    return next(q for q in notes.binder.quantities if q.name == name and q.stage == stage)


def fitted(notes: Notebook, name: str, value: float, unit: float = 1e-4) -> Fit:
    return fit_of(quantity(notes, name), numpy.float64(value), numpy.float64(unit), notes.formulas.true, notes.ledger)


def symbol(course: Course, name: str) -> Node:
    return next(node for node in course.stage(1).true if node.name == name)


class TestWritingDown:
    def test_a_claim_has_what_it_says_and_what_is_right(self, one_neuron: Course) -> None:
        notes, (saying,) = opened(one_neuron, "\n\nz_o = 0.8\n")
        notes.claim_fit(saying, fitted(notes, "z_o", 0.8), Verdict.RIGHT, "Right.")
        claim = notes.judged[0].claim
        assert (claim.line, claim.text, claim.named, claim.quantity) == (3, "z_o = 0.8", "z_o", "z_o")
        assert (claim.claimed, claim.expected) == (0.8, pytest.approx(0.8))
        assert claim.follows is None
        assert claim.correct == "z_o = x * w + b = 0.8"

    def test_what_follows_uses_the_numbers_of_the_page(self, one_neuron: Course) -> None:
        notes, (first, second) = opened(one_neuron, "o = 0.5\n\ndloss/do = -0.5\n")
        notes.claim_fit(first, fitted(notes, "o", 0.5), Verdict.WRONG, "It should be 0.69.")
        fit = fitted(notes, "dloss/do", -0.5)
        assert fit.how is How.FOLLOWS
        notes.claim_fit(second, fit, Verdict.CARRIED, "This follows.")
        claim = notes.judged[1].claim
        assert claim.sources == (1,)
        assert claim.follows == pytest.approx(-0.5)
        assert claim.expected == pytest.approx(-0.310026, abs=1e-6)
        assert not claim.trivial

    def test_a_number_that_is_all_of_it_leaves_no_slack(self, one_neuron: Course) -> None:
        notes, (saying,) = opened(one_neuron, "z_o = 0.8\n")
        (said,) = notes.numbers_said(saying, fitted(notes, "z_o", 0.8, 0.1), is_wrong=False).values()
        assert (said.value, said.unit, said.is_wrong) == (0.8, 0.0, False)

    def test_zeros_behind_a_slip_are_trivial(self, one_neuron: Course) -> None:
        notes, (first, second) = opened(one_neuron, "dloss/do = 0\n\ndloss/dz_o = 0\n")
        notes.claim_fit(first, fitted(notes, "dloss/do", 0.0), Verdict.WRONG, "It should be -0.31.")
        notes.claim_fit(second, fitted(notes, "dloss/dz_o", 0.0), Verdict.CARRIED, "This follows.")
        assert [one.claim.trivial for one in notes.judged] == [False, True]

    def test_what_is_unread_is_wrong_only_behind_something_wrong(self, one_neuron: Course) -> None:
        notes, (first, second) = opened(one_neuron, "z_o = 0.9\n\no = 0.S11\n")
        notes.claim_fit(first, fitted(notes, "z_o", 0.9), Verdict.WRONG, "It should be 0.8.")
        notes.claim_fit(second, fitted(notes, "o", 0.7109), Verdict.UNREAD, "Not sure.")
        said = notes.ledger.said(1, symbol(one_neuron, "o"))
        assert said is not None
        assert said.is_wrong

    def test_what_is_not_said_changes_nothing(self, one_neuron: Course) -> None:
        notes, (saying,) = opened(one_neuron, "o = 0.5\n")
        notes.claim_fit(saying, fitted(notes, "o", 0.5), Verdict.UNREAD, "Not sure.", said=False)
        assert notes.ledger.said(1, symbol(one_neuron, "o")) is None

    def test_a_remark_has_no_quantity(self, one_neuron: Course) -> None:
        notes, (saying,) = opened(one_neuron, "$\\beta = 7$\n")
        notes.add(saying, Verdict.NOT_ABOUT_THIS, "This says nothing.")
        claim: Claim = notes.judged[0].claim
        assert (claim.quantity, claim.step, claim.found_by, claim.claimed) == ("", None, "", None)


class TestWhereThePageIs:
    def test_a_new_value_opens_the_next_step(self, one_neuron: Course) -> None:
        notes, (saying,) = opened(one_neuron, "w' = 0.5133\n")
        assert notes.last_stage() == 1
        notes.claim_fit(saying, fitted(notes, "w'", 0.5133), Verdict.RIGHT, "Right.")
        assert notes.last_stage() == 2

    def test_a_number_of_the_next_step_moves_the_page_on(self, one_neuron: Course) -> None:
        notes, (saying,) = opened(one_neuron, "z_o = 0.8331\n")
        later = quantity(notes, "z_o", 2)
        value = notes.formulas.true.value(2, later.flat[0])
        fit = fit_of(later, numpy.float64(value), numpy.float64(1e-4), notes.formulas.true, notes.ledger)
        notes.settle(saying, fit)
        assert notes.binder.stage == 2

    def test_a_name_stands_for_what_it_was_used_for(self, one_neuron: Course) -> None:
        notes, (saying,) = opened(one_neuron, "q = 0.8\n")
        notes.settle(saying, fitted(notes, "z_o", 0.8))
        assert saying.subject is not None
        assert notes.binder.subjects(saying.subject)[0].name == "z_o"
