"""What is said of each line of a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy

from chalkgrad.core.node import Node
from chalkgrad.marking import wording
from chalkgrad.marking.arithmetic import Arithmetic, NumberPart
from chalkgrad.marking.binding import Binder
from chalkgrad.marking.causes import causes_of
from chalkgrad.marking.choosing import Unresolved
from chalkgrad.marking.course import Course
from chalkgrad.marking.damage import Mending, explained, mending_of
from chalkgrad.marking.digits import agrees, plain_numbers, printed
from chalkgrad.marking.evaluating import follow, ways
from chalkgrad.marking.evidence import Cause, Evidence
from chalkgrad.marking.fitting import Fit, How, fit_of, sources_of
from chalkgrad.marking.formulas import Formulas, Holds, numbers_of
from chalkgrad.marking.ledger import Ledger, Said
from chalkgrad.marking.page import written
from chalkgrad.marking.page.written import Name, Page, Term
from chalkgrad.marking.products import same_value
from chalkgrad.marking.quantities import Quantity
from chalkgrad.marking.report import Claim, Verdict
from chalkgrad.marking.right_lines import right_line
from chalkgrad.marking.sayings import Saying, has_letters, has_unread
from chalkgrad.marking.worlds import World

__all__ = ["Judge", "Judged", "MeantAsPrinted", "Unreliable"]


class Unreliable(Exception):
    """So much of a page was misread that it has to be read with that in mind."""


class MeantAsPrinted(Exception):
    """A number that was taken for a misread one is carried on as it stands, so it was meant so.

    Args:
        start: where the line with that number begins.
    """

    def __init__(self, start: int) -> None:
        super().__init__(start)
        self.start = start


# A page is unreliable when more than this share of at least so many numbers would have to be misread.
_MISREAD, _FEWEST_TO_TELL = 0.5, 8


@dataclass
class Judged:
    """A claim, and what it rests on."""

    claim: Claim
    saying: Saying
    quantity: Quantity | None = None
    cause: Cause | None = None
    is_guess: bool = False
    """Whether it was taken for unreadable because the whole page is."""


@dataclass
class Judge:
    """Goes down a page and says of each line whether it holds.

    Args:
        course: the working as it should be.
        page: the page.
        meant: where lines begin whose numbers are meant as they are printed, though a glyph may have been confused.
        is_unreliable: whether so much of the page was misread that nothing is called wrong without a known cause.
    """

    course: Course
    page: Page
    meant: frozenset[int] = frozenset()
    is_unreliable: bool = False
    judged: list[Judged] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.binder = Binder(self.course)
        self.formulas = Formulas(self.course, self.binder)
        self.arithmetic = Arithmetic(self.course)
        self.ledger = Ledger(self.course)
        self.has_numbers = bool(self.course.stages[0].true)
        self._pending: Term | None = None
        # For each line that was taken for misread, what it says as it stands.
        self._as_printed: dict[int, dict[tuple[int, Node], Said]] = {}

    def judge(self, saying: Saying) -> None:
        """Say what is to be said of a line, and remember what it says.

        Raises:
            MeantAsPrinted: if an earlier line was meant as it stands.
            Unreliable: if most numbers so far would have to be misread.
        """
        self._judge(saying)
        odd = [one.claim for one in self.judged if one.claim.claimed is not None]
        unread = sum(c.verdict is Verdict.UNREAD or (c.verdict is Verdict.WRONG and not c.cause) for c in odd)
        if not self.is_unreliable and len(odd) >= _FEWEST_TO_TELL and unread > _MISREAD * len(odd):
            raise Unreliable

    def _judge(self, saying: Saying) -> None:
        if not saying.parts:
            self._pending = saying.subject
            return
        saying = self._with_pending(saying)
        numbers = self.arithmetic.parts(saying)
        if saying.subject is None:
            self._judge_numbers(saying, numbers)
            return
        quantities = self._candidates(saying) or self._identified(saying)
        if quantities and not numbers and self._is_renamed(saying, quantities):
            quantities = self._identified(saying)
        if quantities and numbers and self.has_numbers and numbers[-1].place == len(saying.parts) - 1:
            self._judge_value(saying, quantities, numbers)
        elif quantities:
            self._judge_formula(saying, quantities)
        else:
            self._judge_expression(saying, numbers)

    # --- what a line speaks of ---

    def _with_pending(self, saying: Saying) -> Saying:
        """`e ≈ 0.686` below a line `e^{-0.378}` speaks of that line."""
        pending, self._pending = self._pending, None
        is_constant = isinstance(saying.subject, Name) and saying.subject.text == "e"
        if is_constant and pending is not None and not has_letters(pending):
            return replace(saying, subject=None, parts=(pending, *saying.parts), signs=("=", *saying.signs))
        return saying

    def _candidates(self, saying: Saying) -> list[Quantity]:
        assert saying.subject is not None
        found = self.binder.subjects(saying.subject)
        if isinstance(saying.subject, Name):
            fresh = [new for old in found if old.kind == "given" for new in self.binder.new_values(old)]
            is_worked = len(saying.parts) > 1 or printed(saying.parts[0]) is None
            found = [*fresh, *found] if saying.assigns or is_worked else [*found, *fresh]
        last = self._last_stage()
        near = sorted((q for q in found if q.stage <= last), key=lambda q: q.stage != self.binder.stage)
        return list(dict.fromkeys([*self._at_named_stage(saying.subject), *near]))

    def _at_named_stage(self, subject: Term) -> list[Quantity]:
        """What a name says that gives the number of its step, however far the page seems to have come."""
        is_numbered = isinstance(subject, Name) and subject.superscript.isdigit() and len(self.course.stages) > 2
        return self.binder.stages_named(subject) if is_numbered and isinstance(subject, Name) else []

    def _last_stage(self) -> int:
        """The last stage that the page can have come to: the next one, once a new value was said."""
        here = self.course.stage(self.binder.stage)
        moved = any(self.ledger.said(here.number, new) for new in here.units.updated.values())
        return min(here.number + 1 if moved else here.number, len(self.course.stages))

    def _identified(self, saying: Saying) -> list[Quantity]:
        """For a name that nobody knows, what its formula is, or what its number can only be."""
        subject = saying.subject
        if not isinstance(subject, Name) or self.binder.is_defined(subject):
            return []
        here = [
            q for q in self.binder.quantities if q.stage == self.binder.stage and q.kind not in ("given", "setting")
        ]
        for part in saying.parts:
            if has_letters(part) and not isinstance(part, Name) and not has_unread(part):
                found = self.formulas.identify(part, here)
                if found:
                    self.binder.prefer(subject, found[0])
                    return found
        return []

    def _is_renamed(self, saying: Saying, quantities: Sequence[Quantity]) -> bool:
        """Whether a formula shows that a name which the problem does not have is not what it usually is."""
        subject = saying.subject
        if not isinstance(subject, Name) or subject.primes or self.binder.is_own(subject):
            return False
        parts = [part for part in saying.parts if has_letters(part) and not has_unread(part)]
        good = (Holds.ALWAYS, Holds.HERE)
        return bool(parts) and not any(self.formulas.compare(parts[0], q) in good for q in quantities[:4])

    # --- numbers ---

    def _judge_numbers(self, saying: Saying, numbers: Sequence[NumberPart]) -> None:
        """A line of numbers alone: only its arithmetic can be told."""
        if len(numbers) < 2:
            return
        if not self.arithmetic.breaks(numbers):
            self._add(saying, Verdict.RIGHT, wording.sums_up(), formula_holds=True)
            return
        mending = self._mending(numbers, lambda parts: len(parts) > 1 and not self.arithmetic.breaks(parts))
        if mending is not None:
            self._add(saying, Verdict.UNREAD, wording.unread(mending), suggestion=mending.suggestion)
        else:
            self._add(saying, Verdict.UNDECIDED, wording.does_not_add_up(numbers))

    def _judge_value(self, saying: Saying, quantities: Sequence[Quantity], numbers: Sequence[NumberPart]) -> None:
        fit = self._best_fit(saying, quantities, numbers)
        if fit.how is How.OTHER_SIZE:
            self._add(saying, Verdict.UNDECIDED, wording.other_size(fit.quantity), fit.quantity)
            return
        self._settle(saying, fit)
        breaks = self.arithmetic.breaks(numbers)
        if fit.how is How.NOT:
            alike = [q for q in quantities if (q.stage, q.of) == (fit.quantity.stage, fit.quantity.of)]
            self._judge_misfit(saying, fit, numbers, alike)
            return
        unsure = _unsure(saying, self.page)
        if breaks or unsure:
            mending = (
                self._mending(numbers, lambda parts: self._is_right(saying, [fit.quantity], parts)) if breaks else None
            )
            if mending is not None or unsure:
                words = wording.unread(mending) if mending is not None else wording.taken_for(unsure)
                self._claim_fit(
                    saying, fit, Verdict.UNREAD, words, suggestion=mending.suggestion if mending else unsure
                )
                return
        sources = sources_of(fit.quantity, self.ledger)
        is_wrong = any(said.is_wrong for said in sources)
        verdict = Verdict.RIGHT if fit.how is How.TRUE else Verdict.CARRIED if is_wrong else Verdict.ROUNDED
        words = wording.fits(verdict, fit, breaks=bool(breaks))
        self._claim_fit(saying, fit, verdict, words)

    def _best_fit(self, saying: Saying, quantities: Sequence[Quantity], numbers: Sequence[NumberPart]) -> Fit:
        last = numbers[-1]
        width = max((part.width for part in numbers if not part.is_printed), key=numpy.max, default=0.0)
        usable = width if numpy.ndim(width) == 0 or numpy.shape(width) == numpy.shape(last.value) else 0.0
        if self.arithmetic.breaks(numbers) or numpy.ndim(usable) != 0:
            usable = 0.0
        fits = [fit_of(q, last.value, last.shown_unit, self.formulas.true, self.ledger, usable) for q in quantities]
        order = {How.TRUE: 0, How.FOLLOWS: 0, How.LOOSELY: 1, How.NOT: 2, How.OTHER_SIZE: 3}
        return min(fits, key=lambda fit: order[fit.how])

    def _settle(self, saying: Saying, fit: Fit) -> None:
        """The page is now at the stage of a quantity, and its name stands for it."""
        quantity = fit.quantity
        if fit.how <= How.LOOSELY:
            if quantity.stage > self.binder.stage and quantity.kind != "given":
                self.binder.stage = quantity.stage
            if isinstance(saying.subject, Name) and quantity.kind in ("forward", "loss"):
                self.binder.prefer(saying.subject, quantity)

    def _is_right(self, saying: Saying, quantities: Sequence[Quantity], parts: Sequence[NumberPart]) -> bool:
        """Whether a line would be right with other readings of its numbers."""
        if not parts or parts[-1].place != len(saying.parts) - 1:
            return False
        last = parts[-1]
        fits = (fit_of(q, last.value, last.shown_unit, self.formulas.true, self.ledger).how for q in quantities)
        return any(how <= How.LOOSELY for how in fits) and not self.arithmetic.breaks(parts)

    def _mending(
        self, numbers: Sequence[NumberPart], is_right: Callable[[Sequence[NumberPart]], bool]
    ) -> Mending | None:
        return mending_of(numbers, self.arithmetic, is_right, self.page.slash_decimals)

    # --- numbers that do not fit ---

    def _judge_misfit(
        self, saying: Saying, fit: Fit, numbers: Sequence[NumberPart], quantities: Sequence[Quantity]
    ) -> None:
        breaks = bool(self.arithmetic.breaks(numbers))
        if not self.is_unreliable:
            self._look_back(fit)
        is_worked = len(numbers) > 1 and self.arithmetic.is_exact(numbers)
        mending = None
        if self.is_unreliable and self._is_damaged(saying, fit):
            self._judge_damaged(saying, fit)
            return
        if not is_worked and saying.start not in self.meant:
            mending = self._mending(numbers, lambda parts: self._is_right(saying, quantities, parts))
        if mending is not None:
            self._as_printed[saying.start] = self._numbers_said(saying, fit, is_wrong=True)
            self._claim_fit(
                saying,
                self._mended(saying, fit, mending, quantities),
                Verdict.UNREAD,
                wording.unread(mending),
                suggestion=mending.suggestion,
            )
            return
        if has_unread(saying.parts[-1]) or self._is_damaged(saying, fit):
            self._judge_damaged(saying, fit)
            return
        cause = self._cause(saying, fit, numbers, breaks)
        if cause is None and self.is_unreliable:
            self._claim_fit(
                saying, replace(fit, value=fit.follows), Verdict.UNREAD, wording.damaged(fit), is_guess=True
            )
            return
        if cause is None and breaks and self._worked_right(saying, fit, numbers):
            code = "digits-swapped" if _is_swapped(numbers) else "arithmetic-slip"
            self._claim_fit(saying, fit, Verdict.WRONG, wording.slipped(fit, code), cause=code, formula_holds=True)
            return
        again = cause is not None and self._is_repeated(cause)
        verdict = Verdict.CARRIED if again else Verdict.WRONG
        words = wording.wrong(fit, cause, again)
        kept = fit if cause is None or not self.is_unreliable else replace(fit, value=_shaped(cause.values, fit))
        self._claim_fit(saying, kept, verdict, words, cause=cause.code if cause else "", known=cause, is_wrong=True)

    def _judge_damaged(self, saying: Saying, fit: Fit) -> None:
        """A number that is plainly what follows from an earlier wrong one is carried, even if its digits are damaged."""
        texts = _texts(saying.parts[-1])
        costs = [explained(text, value) for text, value in zip(texts, numbers_of(fit.follows), strict=False)]
        is_plain = len(texts) == numpy.size(fit.follows) and all(cost is not None and cost <= 1 for cost in costs)
        is_wrong = any(said.is_wrong for said in sources_of(fit.quantity, self.ledger))
        differs = not same_value(fit.follows, fit.expected, 1e-3)
        follows = replace(fit, value=fit.follows)
        if is_plain and is_wrong and differs:
            self._claim_fit(
                saying, follows, Verdict.CARRIED, wording.carried_damaged(fit), suggestion=wording.shown(fit.follows)
            )
        else:
            self._claim_fit(saying, follows, Verdict.UNREAD, wording.damaged(fit), is_guess=True)

    def _look_back(self, fit: Fit) -> None:
        """Whether a number follows from an earlier one as it was printed, though that was taken for misread.

        Raises:
            MeantAsPrinted: if it does.
        """
        for start, said in reversed(self._as_printed.items()):
            ledger = self.ledger.saying(said)
            if fit_of(fit.quantity, fit.value, fit.unit, self.formulas.true, ledger).how is How.FOLLOWS:
                raise MeantAsPrinted(start)

    def _mended(self, saying: Saying, fit: Fit, mending: Mending, quantities: Sequence[Quantity]) -> Fit:
        """How the last number fits if it was read otherwise."""
        last = self.arithmetic.part(len(saying.parts) - 1, saying.parts[-1], mending.readings)
        if last is None:
            return replace(fit, value=fit.follows)
        fits = [fit_of(q, last.value, last.shown_unit, self.formulas.true, self.ledger) for q in quantities]
        return min(fits, key=lambda found: found.how)

    def _is_damaged(self, saying: Saying, fit: Fit) -> bool:
        """Whether every number of the result is the right one with a few glyphs confused."""
        if not self.is_unreliable:
            return False
        texts = _texts(saying.parts[-1])
        for target in (fit.expected, fit.follows):
            if len(texts) == numpy.size(target) and all(
                explained(text, value) is not None for text, value in zip(texts, numbers_of(target), strict=True)
            ):
                return True
        return False

    def _worked_right(self, saying: Saying, fit: Fit, numbers: Sequence[NumberPart]) -> bool:
        """Whether what was put in comes to the right number, so that only the working out is wrong."""
        for part in numbers[:-1]:
            found = fit_of(fit.quantity, part.value, part.width + part.unit, self.formulas.true, self.ledger)
            if found.how <= How.LOOSELY:
                return True
        return False

    def _cause(self, saying: Saying, fit: Fit, numbers: Sequence[NumberPart], breaks: bool) -> Cause | None:
        if breaks and self._worked_right(saying, fit, numbers):
            return None
        found = causes_of(self._evidence(saying, fit, numbers))
        # Where digits were confused, several numbers that one slip alone gives are no chance.
        is_only = self.is_unreliable and len(found) == 1 and len(fit.quantity.flat) >= 3
        return found[0] if found and (found[0].sure or is_only) else None

    def _evidence(self, saying: Saying, fit: Fit, numbers: Sequence[NumberPart]) -> Evidence:
        quantity = fit.quantity
        texts = _texts(saying.parts[-1]) if self.is_unreliable else []

        def fits(values: Sequence[float]) -> bool:
            target = numpy.reshape(numpy.asarray(values, dtype=numpy.float64), numpy.shape(fit.value))
            if agrees(fit.value, fit.unit, target):
                return True
            return bool(texts) and _mostly_explained(texts, values)

        letters = [part for part in saying.parts if has_letters(part) and not has_unread(part)]

        def formula(world: World) -> Sequence[float] | None:
            for part in letters[-1:]:
                for _, value in ways(part, self.formulas.scope(world), 1):
                    return numbers_of(value)
            return None

        own = {(quantity.stage, symbol) for symbol in quantity.flat}
        operands = [abs(float(n.value)) for part in numbers[:-1] for n in plain_numbers(part.term)]
        return Evidence(
            self.course,
            quantity.stage,
            quantity.flat,
            self.ledger,
            fits,
            lambda stage, symbol: (stage, symbol) not in own and self.ledger.said(stage, symbol) is not None,
            formula if letters else None,
            tuple(operands),
        )

    def _is_repeated(self, cause: Cause) -> bool:
        """Whether the page made this very slip before, at the same step of the working."""
        via = self._through(cause)
        return any(
            other.cause is not None and other.cause.code == cause.code and self._through(other.cause) & via
            for other in self.judged
        )

    def _through(self, cause: Cause) -> set[Any]:
        stage = self.course.stage(cause.stage)
        made = stage.statements.get(cause.symbol)
        return {cause.symbol} | ({made.line.formula} if made is not None else set())

    # --- letters ---

    def _judge_formula(self, saying: Saying, quantities: Sequence[Quantity]) -> None:
        """A line without a result in numbers: are its formulas the quantity?"""
        letters = [part for part in saying.parts if not has_unread(part)]
        known = [part for part in letters if has_letters(part)]
        if not known:
            self._add(saying, Verdict.UNDECIDED if letters else Verdict.UNREAD, wording.no_value(), quantities[0])
            return
        best: tuple[Holds, Quantity] | None = None
        rank = [Holds.ALWAYS, Holds.HERE, Holds.UNKNOWN, Holds.NO]
        for quantity in quantities[:4]:
            held = [self.formulas.compare(part, quantity) for part in known]
            worst = max(held, key=rank.index)
            if best is None or rank.index(worst) < rank.index(best[0]):
                best = worst, quantity
        assert best is not None
        holds, quantity = best
        if holds in (Holds.ALWAYS, Holds.HERE):
            self._add(saying, Verdict.RIGHT, wording.formula_holds(quantity), quantity, formula_holds=True)
        elif holds is Holds.UNKNOWN:
            self._add(saying, Verdict.UNDECIDED, wording.formula_unknown(), quantity)
        else:
            self._judge_wrong_formula(saying, quantity, known)

    def _judge_wrong_formula(self, saying: Saying, quantity: Quantity, letters: Sequence[Term]) -> None:
        if self.is_unreliable or any(has_unread(part) for part in saying.parts):
            self._add(saying, Verdict.UNDECIDED, wording.formula_unknown(), quantity)
            return
        wrong = next(part for part in letters if self.formulas.compare(part, quantity) is Holds.NO)
        cause = self._formula_cause(quantity, wrong)
        words = wording.wrong_formula(quantity, cause, self._counterexample(quantity, wrong))
        self._add(
            saying,
            Verdict.WRONG,
            words,
            quantity,
            cause,
            cause=cause.code if cause else "",
            correct=right_line(self.course, quantity),
        )

    def _formula_cause(self, quantity: Quantity, wrong: Term) -> Cause | None:
        world = self.formulas.samples(quantity.stage)[0]

        def formula(other: World) -> Sequence[float] | None:
            for _, value in ways(wrong, self.formulas.scope(other), 1):
                return numbers_of(value)
            return None

        target = formula(world)
        if target is None or len(target) != len(quantity.flat):
            return None

        def fits(values: Sequence[float]) -> bool:
            return same_value(values, target)

        evidence = Evidence(
            self.course, quantity.stage, quantity.flat, world, fits, lambda stage, symbol: False, formula
        )
        found = causes_of(evidence)
        return found[0] if found and found[0].sure else None

    def _counterexample(self, quantity: Quantity, wrong: Term) -> str:
        """With which numbers a formula goes wrong, as words."""
        world = self.formulas.true if self.has_numbers else self.formulas.samples(quantity.stage)[0]
        for _, value in ways(wrong, self.formulas.scope(world), 1):
            expected = world.array(quantity.stage, quantity.symbols)
            return wording.counterexample(value, expected, self.has_numbers)
        return ""

    def _define_if_new(self, saying: Saying) -> None:
        """A name that the problem does not have stands for its formula from here on."""
        subject = saying.subject
        if isinstance(subject, Name) and self.binder.is_own(subject):
            return
        parts = [part for part in saying.parts if has_letters(part) and not has_unread(part)]
        if not parts or subject is None:
            return
        if isinstance(subject, Name):
            self.binder.define(subject, parts[0])
        elif isinstance(subject, written.Product) and len(subject.factors) == 2:
            name, group = subject.factors
            inner = group.inner if isinstance(group, written.Group) else None
            if isinstance(name, Name) and isinstance(inner, Name) and name.primes == 0 and not self.binder.called(name):
                self.binder.define(name, parts[0], inner.text)

    # --- everything else that has a value ---

    def _judge_expression(self, saying: Saying, numbers: Sequence[NumberPart]) -> None:
        """A line about something that is no quantity of its own: a slope, a difference, a name of the page's own."""
        subject = saying.subject
        assert subject is not None
        letters = [part for part in saying.parts if has_letters(part) and not has_unread(part)]
        held = [self.formulas.same(subject, part, self.binder.stage) for part in letters]
        self._define_if_new(saying)
        if numbers and self.has_numbers and self._judge_number_of(saying, subject, numbers):
            return
        if held and all(found in (Holds.ALWAYS, Holds.HERE) for found in held):
            self._add(saying, Verdict.RIGHT, wording.same_thing(), formula_holds=True)
        elif Holds.NO in held and not self.is_unreliable and _is_slope(subject):
            self._add(saying, Verdict.WRONG, wording.not_the_same())
        elif numbers and self.arithmetic.breaks(numbers):
            self._judge_numbers(saying, numbers)
        elif held and Holds.NO in held:
            self._add(saying, Verdict.UNDECIDED, wording.formula_unknown())
        else:
            self._add(saying, Verdict.NOT_ABOUT_THIS, wording.not_about_this())

    def _judge_number_of(self, saying: Saying, subject: Term, numbers: Sequence[NumberPart]) -> bool:
        """A number said to be the value of something in letters; whether anything could be said of it."""
        last = numbers[-1]
        targets, fits = self._number_fits(subject, last)
        if not fits:
            return False
        breaks = self.arithmetic.breaks(numbers)
        if any(fits) and not breaks:
            self._add(
                saying,
                Verdict.RIGHT,
                wording.value_holds(),
                claimed=last.value,
                expected=targets[0],
                formula_holds=True,
            )
            return True
        loose = last.unit + max((part.width for part in numbers if numpy.ndim(part.width) == 0), default=0.0)
        if not breaks and any(
            agrees(last.value, loose, target) for target in targets if numpy.shape(target) == numpy.shape(last.value)
        ):
            self._add(saying, Verdict.ROUNDED, wording.value_holds(), claimed=last.value, expected=targets[0])
            return True

        def is_right(parts: Sequence[NumberPart]) -> bool:
            if not parts or parts[-1].place != last.place or self.arithmetic.breaks(parts):
                return False
            found = parts[-1]
            return any(
                agrees(found.value, found.unit, target, found.width)
                for target in targets
                if numpy.shape(target) == numpy.shape(found.value)
            )

        mending = self._mending(numbers, is_right)
        if mending is not None:
            self._add(saying, Verdict.UNREAD, wording.unread(mending), suggestion=mending.suggestion)
            return True
        if any(fits):
            self._add(saying, Verdict.RIGHT, wording.value_holds(), claimed=last.value, expected=targets[0])
            return True
        if self.is_unreliable or not last.is_printed:
            return False
        cause = "arithmetic-slip" if breaks else ""
        self._add(
            saying,
            Verdict.WRONG,
            wording.value_is_not(targets[0]),
            claimed=last.value,
            expected=targets[0],
            cause=cause,
        )
        return True

    def _number_fits(self, subject: Term, last: NumberPart) -> tuple[list[Any], list[bool]]:
        """What a term may be, and which of it a number is; at the next stage, if the page may have come to it."""
        here, later = self.binder.stage, self._last_stage()
        found: tuple[list[Any], list[bool]] = ([], [])
        for stage in dict.fromkeys((here, later)):
            self.binder.stage = stage
            targets = [t for t in self._values_of(subject) if numpy.shape(t) == numpy.shape(last.value)]
            fits = [agrees(last.value, last.shown_unit, target) for target in targets]
            if any(fits):
                return targets, fits
            found = found if found[0] else (targets, fits)
        self.binder.stage = here
        return found

    def _values_of(self, subject: Term) -> list[Any]:
        """What a term may be, with the problem's numbers and with the writer's."""
        worlds = (self.formulas.true, self.ledger)
        return [value for world in worlds for _, value in ways(subject, self.formulas.scope(world), 8)]

    # --- claims ---

    def _claim_fit(
        self,
        saying: Saying,
        fit: Fit,
        verdict: Verdict,
        words: str,
        *,
        cause: str = "",
        known: Cause | None = None,
        suggestion: str = "",
        said: bool = True,
        is_wrong: bool | None = None,
        formula_holds: bool = False,
        is_guess: bool = False,
    ) -> None:
        quantity = fit.quantity
        sources = sources_of(quantity, self.ledger)
        wrong = verdict in (Verdict.WRONG, Verdict.CARRIED) if is_wrong is None else is_wrong
        trivial = verdict is Verdict.CARRIED and _is_trivial(fit)
        if said:
            self._say(saying, fit, wrong)
        follows = None if same_value(fit.follows, fit.expected, 1e-9) else _plain(fit.follows)
        self._add(
            saying,
            verdict,
            words,
            quantity,
            known,
            cause=cause,
            suggestion=suggestion,
            claimed=fit.value,
            expected=fit.expected,
            follows=follows,
            sources=tuple(sorted({source.line for source in sources if source.line != saying.line})),
            trivial=trivial,
            formula_holds=formula_holds or verdict in (Verdict.RIGHT, Verdict.ROUNDED, Verdict.CARRIED),
            correct=right_line(self.course, quantity),
        )
        self.judged[-1].is_guess = is_guess

    def _say(self, saying: Saying, fit: Fit, is_wrong: bool) -> None:
        for (stage, symbol), said in self._numbers_said(saying, fit, is_wrong).items():
            self.ledger.say(stage, symbol, said)

    def _numbers_said(self, saying: Saying, fit: Fit, is_wrong: bool) -> dict[tuple[int, Node], Said]:
        values, units = numbers_of(fit.value), numbers_of(numpy.broadcast_to(fit.unit, numpy.shape(fit.value)))
        found = {}
        for symbol, value, unit, right in zip(fit.quantity.flat, values, units, numbers_of(fit.expected), strict=True):
            is_off = is_wrong and not agrees(value, unit, right)
            # Digits that are all of the number are no rounding of it.
            unit = 0.0 if abs(value - right) <= 1e-12 * max(1.0, abs(right)) else unit
            found[fit.quantity.stage, symbol] = Said(value, unit, saying.line, is_off)
        return found

    def _add(
        self,
        saying: Saying,
        verdict: Verdict,
        words: str,
        quantity: Quantity | None = None,
        known: Cause | None = None,
        **more: Any,
    ) -> None:
        for key in ("claimed", "expected"):
            if key in more:
                more[key] = _plain(more[key])
        subject = saying.subject
        named = self.page.text[subject.start : subject.end] if subject is not None else ""
        claim = Claim(
            saying.line,
            saying.start,
            saying.end,
            self.page.text[saying.start : saying.end],
            verdict,
            words,
            quantity=quantity.name if quantity else "",
            title=quantity.title if quantity else "",
            step=quantity.stage if quantity else None,
            named=named,
            found_by="name" if quantity else "",
            **more,
        )
        self.judged.append(Judged(claim, saying, quantity, known))


def _is_slope(term: Term) -> bool:
    return isinstance(term, written.Derivative)


def _plain(value: Any) -> Any:
    """A value as plain numbers and lists."""
    if value is None:
        return None
    array = numpy.asarray(value, dtype=numpy.float64)
    return float(array) if array.ndim == 0 else array.tolist()


def _texts(term: Term) -> list[str]:
    """The digits of each printed number of a term, with its sign."""
    found = []
    for number in plain_numbers(term):
        found.append(number.text)
    signs = {
        inner.start: "-"
        for outer in written.inside(term)
        if isinstance(outer, written.Negative)
        for inner in plain_numbers(outer.operand)
    }
    return [signs.get(number.start, "") + text for number, text in zip(plain_numbers(term), found, strict=True)]


def _mostly_explained(texts: Sequence[str], values: Sequence[float]) -> bool:
    """Whether most of several damaged numbers are plainly some values, and the others may be."""
    if len(texts) != len(values) or len({f"{value:.3g}" for value in values}) < 3:
        return False
    plainly = roughly = 0
    for left, (text, value) in enumerate(zip(texts, values, strict=True), start=1 - len(texts)):
        cost = explained(text, value)
        plainly += cost is not None and cost <= 1
        roughly += cost is not None
        if (roughly - left) * 3 < len(texts) * 2:
            return False
    return plainly >= 2


def _shaped(values: Sequence[float], fit: Fit) -> Any:
    return numpy.reshape(numpy.asarray(values, dtype=numpy.float64), numpy.shape(fit.value))


def _unsure(saying: Saying, page: Page) -> str:
    """What a number of the line was taken for, where it does not look like it; empty if all are plain."""
    for part in saying.parts:
        for number in plain_numbers(part):
            how = number.readings[0].how
            if how and not ("/" in number.text and page.slash_decimals):
                return f"{float(number.value):g} for {number.text}"
    return ""


def _is_swapped(numbers: Sequence[NumberPart]) -> bool:
    """Whether the result is the one before it with two neighbouring digits swapped."""
    last = numbers[-1]
    if numpy.ndim(last.value) or numpy.ndim(numbers[-2].value) or not last.unit:
        return False
    decimals = max(0, round(-numpy.log10(last.unit)))
    shown, right = f"{abs(float(last.value)):.{decimals}f}", f"{abs(float(numbers[-2].value)):.{decimals}f}"
    return any(
        shown == right[:k] + right[k + 1] + right[k] + right[k + 2 :] and right[k] != right[k + 1]
        for k in range(len(right) - 1)
    )


def _is_trivial(fit: Fit) -> bool:
    """Whether nothing is left to work out: all zeros where there should be numbers."""
    return not numpy.any(fit.follows) and bool(numpy.any(fit.expected))


def others(judged: Iterable[Judged]) -> list[Claim]:
    """The claims, in order."""
    return [found.claim for found in judged]


def value_at(term: Term, scope: Any) -> Any:
    """The value of a term by the likeliest way, or `None`."""
    try:
        return follow(term, scope, ())
    except Unresolved:
        return None
