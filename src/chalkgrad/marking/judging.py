"""What is said of each line of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy

from chalkgrad.marking.arithmetic import NumberPart
from chalkgrad.marking.digits import Printed, agrees, printed
from chalkgrad.marking.expression_lines import judge_expression
from chalkgrad.marking.fitting import How, fit_of
from chalkgrad.marking.formula_lines import judge_formula
from chalkgrad.marking.formulas import Holds
from chalkgrad.marking.name_parts import sample_above
from chalkgrad.marking.naming import key_of
from chalkgrad.marking.notebook import Notebook
from chalkgrad.marking.number_lines import judge_numbers, judge_value
from chalkgrad.marking.page.written import Derivative, Name, Page, PageLine, Term
from chalkgrad.marking.quantities import Quantity
from chalkgrad.marking.report import Verdict
from chalkgrad.marking.sayings import Saying, has_letters, has_unread

__all__ = ["Judge", "Unreliable"]


class Unreliable(Exception):
    """So much of a page was misread that it has to be read with that in mind."""


# A page is unreliable when more than this share of at least so many numbers would have to be misread.
_MISREAD, _FEWEST_TO_TELL = 0.5, 8
# Three digits and more.
_TELLING = 100


class Judge:
    """Goes down a page and says of each line whether it holds.

    Args:
        notes: what is known of the page; it grows as the page does.
    """

    def __init__(self, notes: Notebook) -> None:
        self.notes = notes
        self._pending: Term | None = None
        self._repeated = _repeated_lines(notes.page)
        # How many claims were counted, how many of them say a number, and how many of those cannot be right as read.
        self._seen = self._numbers = self._odd = 0

    def judge(self, saying: Saying) -> None:
        """Say what is to be said of a line, and remember what it says.

        Raises:
            MeantAsPrinted: if an earlier line was meant as it stands.
            Unreliable: if most numbers so far would have to be misread.
        """
        before = self._repeated.get(saying.line)
        if before is None:
            self._judge(saying)
        else:
            self._again(saying, before)
        for one in self.notes.judged[self._seen :]:
            self._numbers += one.claim.claimed is not None
            is_wrong = one.claim.verdict is Verdict.WRONG and not one.claim.cause
            self._odd += one.claim.claimed is not None and (one.claim.verdict is Verdict.UNREAD or is_wrong)
        self._seen = len(self.notes.judged)
        is_odd = self._numbers >= _FEWEST_TO_TELL and self._odd > _MISREAD * self._numbers
        if is_odd and not self.notes.is_unreliable:
            raise Unreliable

    def _again(self, saying: Saying, line: int) -> None:
        """What a reader gave twice says what it said the first time."""
        text = self.notes.page.text
        said = text[saying.start : saying.end]
        for one in [one for one in self.notes.judged if one.claim.line == line and one.claim.text == said]:
            claim = replace(one.claim, line=saying.line, start=saying.start, end=saying.end)
            if claim.verdict is Verdict.WRONG:
                claim = replace(claim, verdict=Verdict.CARRIED)
            self.notes.judged.append(replace(one, claim=claim, saying=saying))

    def _judge(self, saying: Saying) -> None:
        if not saying.parts:
            self._pending = saying.subject
            return
        saying = self._with_pending(saying)
        numbers = self._as_read_before(self.notes.arithmetic.parts(saying))
        self.notes.binder.before_of = None
        if saying.subject is None:
            judge_numbers(self.notes, saying, numbers)
            return
        quantities = self._candidates(saying)
        self.notes.found_by = "name" if quantities else "formula"
        quantities = quantities or self._identified(saying)
        if quantities and quantities[0].kind == "memory" and isinstance(saying.subject, Name):
            # Inside the formula of its new value, memory of the optimizer is the one before.
            self.notes.binder.before_of = key_of(replace(saying.subject, primes=0))
        quantities = self._turned(saying, quantities)
        if quantities and not numbers and self._is_renamed(saying, quantities):
            self.notes.found_by = "formula"
            quantities = self._identified(saying)
        if quantities and numbers and self.notes.has_numbers and numbers[-1].place == len(saying.parts) - 1:
            judge_value(self.notes, saying, [*quantities, *self._further_on(saying, quantities[0], numbers)], numbers)
        elif quantities:
            judge_formula(self.notes, saying, quantities)
        else:
            judge_expression(self.notes, saying, numbers)

    def _as_read_before(self, numbers: tuple[NumberPart, ...]) -> tuple[NumberPart, ...]:
        """The numbers of a line as they were taken before, where that alone makes its arithmetic hold."""
        if not self.notes.readings or not self.notes.arithmetic.breaks(numbers):
            return numbers
        again = self.notes.arithmetic.again(numbers, self.notes.readings)
        return again if len(again) == len(numbers) and self.notes.arithmetic.holds(again) else numbers

    def _with_pending(self, saying: Saying) -> Saying:
        """`e ≈ 0.686` below a line `e^{-0.378}` speaks of that line."""
        pending, self._pending = self._pending, None
        is_constant = isinstance(saying.subject, Name) and saying.subject.text == "e"
        if is_constant and pending is not None and not has_letters(pending):
            return replace(saying, subject=None, parts=(pending, *saying.parts), signs=("=", *saying.signs))
        return saying

    def _candidates(self, saying: Saying) -> list[Quantity]:
        assert saying.subject is not None
        found = self.notes.binder.subjects(saying.subject)
        if isinstance(saying.subject, Name):
            fresh = [new for old in found if old.kind == "given" for new in self.notes.binder.relations.new_values(old)]
            is_worked = len(saying.parts) > 1 or printed(saying.parts[0]) is None
            if fresh and ((is_worked and saying.assigns) or found[0].kind == "update"):
                # What a parameter is set to by working, or is called new, is no value that was given.
                found = [q for q in found if q.kind != "given"]
            found = [*fresh, *found] if saying.assigns or is_worked else [*found, *fresh]
            if self.notes.binder.is_defined(saying.subject):
                found = [q for q in found if q.kind != "error"]
            if self.notes.binder.are_samples_above and (sample := sample_above(saying.subject)) is not None:
                found = [q for q in found if q.sample in (None, sample)]
        last = self.notes.last_stage()
        near = sorted(
            (q for q in found if q.stage <= last or q.kind == "loss"), key=lambda q: q.stage != self.notes.binder.stage
        )
        return list(dict.fromkeys([*self._at_named_stage(saying.subject), *near]))

    def _further_on(self, saying: Saying, known: Quantity, numbers: Sequence[NumberPart]) -> list[Quantity]:
        """The same quantity at later stages: a page may leave out steps, or call parameters by names of its own."""
        number, last = printed(saying.parts[-1]), self.notes.last_stage()
        is_forward = known.kind in ("forward", "loss")
        is_alone = len(saying.parts) == 1
        is_exact = bool(numpy.any(numbers[-1].unit)) and self.notes.arithmetic.holds(numbers)
        is_next = not is_alone and is_forward and is_exact
        is_later = is_alone and is_forward and last > 1 and number is not None and _is_telling(number)
        # The data of the next sample may stand there before anything else is said of it.
        if number is None or not (is_next or is_later or (is_alone and known.kind == "given")):
            return []
        furthest = last + 1 if is_next else len(self.notes.course.stages)
        later = [q for q in self.notes.binder.quantities if last < q.stage <= furthest and q.name == known.name]
        alike = [q for q in later if (q.kind, q.title) == (known.kind, known.title)]
        return [q for q in alike if agrees(number.value, number.unit, q.value(self.notes.formulas.true.array))]

    def _turned(self, saying: Saying, quantities: list[Quantity]) -> list[Quantity]:
        """For a derivative by a unit that the page calls by the name of its activation: that by its pre-activation.

        Only if a formula of the line shows it.
        """
        subject = saying.subject
        if not isinstance(subject, Derivative) or not quantities:
            return quantities
        letters = [part for part in saying.parts if has_letters(part) and not has_unread(part)]
        others = self.notes.binder.before_activation(subject)
        for part in letters[-1:]:
            if others and self.notes.formulas.compare(part, quantities[0]) is Holds.NO:
                return [q for q in others if self.notes.formulas.compare(part, q) is Holds.ALWAYS] or quantities
        return quantities

    def _at_named_stage(self, subject: Term) -> list[Quantity]:
        """What a name says that gives the number of its step, however far the page seems to have come."""
        is_numbered = isinstance(subject, Name) and subject.superscript.isdigit() and len(self.notes.course.stages) > 2
        return self.notes.binder.stages_named(subject) if is_numbered and isinstance(subject, Name) else []

    def _identified(self, saying: Saying) -> list[Quantity]:
        """For a name that nobody knows, what its formula is, or what its number can only be."""
        subject = saying.subject
        if not isinstance(subject, Name) or self.notes.binder.is_defined(subject):
            return []
        here = [
            q
            for q in self.notes.binder.quantities
            if q.stage == self.notes.binder.stage and q.kind not in ("given", "setting")
        ]
        number = printed(saying.parts[-1])
        if number is not None and numpy.size(number.value) > 1:
            return self._given_as(subject, number)
        for part in saying.parts:
            if has_letters(part) and not isinstance(part, Name) and not has_unread(part):
                found = self.notes.formulas.identify(part, here)
                if found:
                    self.notes.binder.prefer(subject, found[0])
                    return found
        return []

    def _given_as(self, subject: Name, number: Printed) -> list[Quantity]:
        """For a name that nobody knows, the one vector or matrix of the problem that has its numbers."""
        notes = self.notes
        given = [q for q in notes.binder.quantities if q.kind == "given" and not q.is_single and q.stage == 1]
        fits = (fit_of(q, number.value, number.unit, notes.formulas.true, notes.ledger) for q in given)
        found = [fit.quantity for fit in fits if fit.how is How.TRUE] if notes.has_numbers else []
        if len({q.flat for q in found}) != 1:
            return []
        notes.binder.prefer(subject, found[0])
        return found[:1]

    def _is_renamed(self, saying: Saying, quantities: Sequence[Quantity]) -> bool:
        """Whether a formula shows that a name which the problem does not have is not what it usually is."""
        subject = saying.subject
        if not isinstance(subject, Name) or subject.primes or self.notes.binder.is_own(subject):
            return False
        if any(q.kind not in ("given", "forward", "loss", "error") for q in quantities):
            return False
        parts = [part for part in saying.parts if has_letters(part) and not has_unread(part)]
        good = (Holds.ALWAYS, Holds.HERE)
        return bool(parts) and not any(self.notes.formulas.compare(parts[0], q) in good for q in quantities[:4])


def _repeated_lines(page: Page) -> dict[int, int]:
    """For each line that says just what the line before says, the first of them."""
    found: dict[int, int] = {}
    before: PageLine | None = None
    for line in page.lines:
        if before is not None and line.chains and line.text.strip() == before.text.strip():
            found[line.number] = found.get(before.number, before.number)
        before = line
    return found


def _is_telling(number: Printed) -> bool:
    """Whether a number has so many digits that it is another one by no chance."""
    return numpy.ndim(number.value) == 0 and 0 < number.unit * _TELLING <= abs(number.value)
