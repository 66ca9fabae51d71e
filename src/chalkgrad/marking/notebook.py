"""What is known of a page while it is marked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy

from chalkgrad.core.node import Node
from chalkgrad.marking.arithmetic import Arithmetic
from chalkgrad.marking.binding import Binder
from chalkgrad.marking.course import Course
from chalkgrad.marking.digits import DigitStyle, Misreading, agrees, plain_numbers
from chalkgrad.marking.evaluating import ways
from chalkgrad.marking.evidence import Cause
from chalkgrad.marking.fitting import Fit, How, sources_of
from chalkgrad.marking.formulas import Formulas, numbers_of
from chalkgrad.marking.ledger import Ledger, Said
from chalkgrad.marking.name_parts import sample_above
from chalkgrad.marking.page.written import Call, Name, Page, Term
from chalkgrad.marking.products import same_value
from chalkgrad.marking.quantities import Quantity
from chalkgrad.marking.report import Claim, Verdict
from chalkgrad.marking.right_lines import right_line
from chalkgrad.marking.sayings import Saying

__all__ = ["Judged", "Notebook"]


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
class Notebook:
    """What is known of a page so far: what was said of its lines, and the numbers and names that they brought.

    Args:
        course: the working as it should be.
        page: the page.
        meant: where lines begin whose numbers are meant as they are printed, though a glyph may have been confused.
        spared: where lines begin that are not, as more numbers below show than seemed to carry them on.
        is_unreliable: whether so much of the page was misread that nothing is called wrong without a known cause.
        descends: whether the page calls minus the gradients δ, so that a step adds them.
        arithmetic: works out its lines of numbers; the same for all readings of the page.
        judged: the claims so far.
        readings: for numbers that were taken for misread, by their places, what they were taken for.
        as_printed: for each line that was taken for misread, by its place, what it says as it stands.
        moved_by: for each line whose point was taken for moved, by its place, how many times larger it was meant to be.
        found_by: how the quantity of the line at hand was found: by its name, or by its formula.
    """

    course: Course
    page: Page
    meant: frozenset[int] = frozenset()
    is_unreliable: bool = False
    descends: bool = False
    spared: frozenset[int] = field(default=frozenset(), kw_only=True)
    arithmetic: Arithmetic = field(kw_only=True)
    judged: list[Judged] = field(default_factory=list)
    readings: dict[int, Misreading] = field(default_factory=dict)
    as_printed: dict[int, dict[tuple[int, Node], Said]] = field(default_factory=dict)
    moved_by: dict[int, float] = field(default_factory=dict)
    found_by: str = "name"

    def __post_init__(self) -> None:
        self.binder = Binder(self.course, descends=self.descends)
        self.formulas = Formulas(self.course, self.binder)
        self.ledger = Ledger(self.course)
        self.has_numbers = bool(self.course.stages[0].true)
        self.digit_style = _digit_style(self.page, self.arithmetic)

    def claim_fit(
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
        """Write down what is said of a number, and the number itself for what follows from it."""
        quantity = fit.quantity
        sources = sources_of(quantity, self.ledger)
        wrong = verdict in (Verdict.WRONG, Verdict.CARRIED) if is_wrong is None else is_wrong
        if verdict is Verdict.UNREAD and fit.how is not How.TRUE:
            # What a damaged number was meant to be may follow from an earlier wrong one.
            wrong = any(source.is_wrong for source in sources)
        trivial = verdict is Verdict.CARRIED and _is_trivial(fit)
        if said:
            self._say(saying, fit, wrong)
        follows = None if same_value(fit.follows, fit.expected, 1e-9) else _plain(fit.follows)
        self.add(
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
        for (stage, symbol), said in self.numbers_said(saying, fit, is_wrong).items():
            self.ledger.say(stage, symbol, said)

    def numbers_said(self, saying: Saying, fit: Fit, is_wrong: bool) -> dict[tuple[int, Node], Said]:
        """What a line says of each symbol of its quantity."""
        values, units = numbers_of(fit.value), numbers_of(numpy.broadcast_to(fit.unit, numpy.shape(fit.value)))
        found = {}
        for symbol, value, unit, right in zip(fit.quantity.flat, values, units, numbers_of(fit.expected), strict=True):
            is_off = is_wrong and not agrees(value, unit, right)
            # Digits that are all of the number are no rounding of it.
            unit = 0.0 if abs(value - right) <= 1e-12 * max(1.0, abs(right)) else unit
            found[fit.quantity.stage, symbol] = Said(fit.quantity.sign * value, unit, saying.line, is_off)
        return found

    def add(
        self,
        saying: Saying,
        verdict: Verdict,
        words: str,
        quantity: Quantity | None = None,
        known: Cause | None = None,
        **more: Any,
    ) -> None:
        """Write down what is said of a line."""
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
            found_by=self.found_by if quantity else "",
            **more,
        )
        self.judged.append(Judged(claim, saying, quantity, known))

    def settle(self, saying: Saying, fit: Fit) -> None:
        """The page is now at the stage of a quantity, and its name stands for it."""
        quantity = fit.quantity
        if fit.how <= How.LOOSELY:
            parameters = self.course.stage(quantity.stage).units.updated
            if quantity.stage > self.binder.stage and not any(symbol in parameters for symbol in quantity.flat):
                self.binder.stage = quantity.stage
            if isinstance(saying.subject, Name) and quantity.kind in ("forward", "loss", "error"):
                self.binder.prefer(saying.subject, quantity)
            self.learn_names(saying, quantity)
            if isinstance(saying.subject, Name) and quantity.kind == "given" and quantity.sample is not None:
                self.binder.are_samples_above |= sample_above(saying.subject) == quantity.sample

    def learn_names(self, saying: Saying, quantity: Quantity) -> None:
        """Where a line says that a unit is its activation of a name, that name is what stands before it."""
        for part in saying.parts:
            inner = part.arguments[0] if isinstance(part, Call) and len(part.arguments) == 1 else None
            if isinstance(inner, Name) and not self.binder.is_preferred(inner):
                for before in self.binder.before_unit(quantity):
                    self.binder.prefer(inner, before)

    def is_done(self, quantity: Quantity) -> bool:
        """Whether the page has said all numbers of a quantity, or gone on to the forward pass behind its step."""
        if quantity.kind in ("forward", "loss", "error", "slope") and quantity.stage < self.last_stage():
            return True
        return all(self.ledger.said(quantity.stage, symbol) is not None for symbol in quantity.flat)

    def last_stage(self) -> int:
        """The last stage that the page can have come to: the next one, once a new value was said."""
        here = self.course.stage(self.binder.stage)
        moved = any(self.ledger.said(here.number, new) for new in here.units.updated.values())
        return min(here.number + 1 if moved else here.number, len(self.course.stages))

    def values_of(self, subject: Term) -> list[Any]:
        """What a term may be, with the problem's numbers and with the writer's."""
        worlds = (self.formulas.true, self.ledger)
        return [value for world in worlds for _, value in ways(subject, self.formulas.scope(world), 8)]


def _plain(value: Any) -> Any:
    """A value as plain numbers and lists."""
    if value is None:
        return None
    array = numpy.asarray(value, dtype=numpy.float64)
    return float(array) if array.ndim == 0 else array.tolist()


def _is_trivial(fit: Fit) -> bool:
    """Whether nothing is left to work out: all zeros where there should be numbers."""
    return not numpy.any(fit.follows) and bool(numpy.any(fit.expected))


def _digit_style(page: Page, arithmetic: Arithmetic) -> DigitStyle:
    """How numbers are written that the page has worked out: given ones have digits of their own."""
    parts = (part for line in page.lines for chain in line.chains for part in chain.parts)
    texts = (number.text for part in parts for number in plain_numbers(part) if arithmetic.unit(number))
    return DigitStyle.of(texts, page.slash_decimals)
