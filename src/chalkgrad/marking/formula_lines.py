"""Lines in letters alone: whether their formulas are the quantity."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy

from chalkgrad.core.node import Node
from chalkgrad.marking import wording
from chalkgrad.marking.causes import causes_of, telling
from chalkgrad.marking.damaged_letters import formula_mending
from chalkgrad.marking.evaluating import ways
from chalkgrad.marking.evidence import Cause, Evidence, Formula
from chalkgrad.marking.explaining import readings_of
from chalkgrad.marking.formulas import Holds
from chalkgrad.marking.name_parts import bare
from chalkgrad.marking.notebook import Notebook
from chalkgrad.marking.page import written
from chalkgrad.marking.page.written import Name, Term
from chalkgrad.marking.products import same_value
from chalkgrad.marking.quantities import Quantity
from chalkgrad.marking.report import Verdict
from chalkgrad.marking.right_lines import right_line
from chalkgrad.marking.sayings import Saying, has_letters, has_unread

__all__ = ["define_if_new", "judge_formula"]


def judge_formula(notes: Notebook, saying: Saying, quantities: Sequence[Quantity]) -> None:
    """A line without a result in numbers: are its formulas the quantity?"""
    letters = [part for part in saying.parts if not has_unread(part)]
    known = [part for part in letters if has_letters(part)]
    if not known:
        notes.add(saying, Verdict.UNDECIDED if letters else Verdict.UNREAD, wording.no_value(), quantities[0])
        return
    best: tuple[Holds, Quantity] | None = None
    rank = [Holds.ALWAYS, Holds.HERE, Holds.UNKNOWN, Holds.NO]
    # One of several samples, or all of them at once.
    for quantity in [*quantities[:1], *sorted(quantities[1:], key=lambda q: q.is_single)][:4]:
        held = [notes.formulas.compare(part, quantity) for part in known]
        worst = max(held, key=rank.index)
        if best is None or rank.index(worst) < rank.index(best[0]):
            best = worst, quantity
    assert best is not None
    holds, quantity = best
    if holds in (Holds.ALWAYS, Holds.HERE):
        notes.learn_names(saying, quantity)
        notes.add(saying, Verdict.RIGHT, wording.formula_holds(quantity), quantity, formula_holds=True)
    elif holds is Holds.UNKNOWN and _is_of_other_names(notes, known):
        notes.add(saying, Verdict.NOT_ABOUT_THIS, wording.not_about_this())
    elif holds is Holds.UNKNOWN:
        notes.add(saying, Verdict.UNDECIDED, wording.formula_unknown(), quantity)
    else:
        _judge_wrong_formula(notes, saying, [quantity, *(q for q in quantities[:4] if q is not quantity)], known)


def _is_of_other_names(notes: Notebook, parts: Sequence[Term]) -> bool:
    """Whether most names in some formulas stand for nothing of the problem: a rule in general letters."""
    names = {term.text: term for part in parts for term in written.inside(part) if isinstance(term, Name)}
    unknown = sum(not notes.binder.meanings(name) for name in names.values())
    return unknown > 1 and 2 * unknown > len(names)


def _judge_wrong_formula(
    notes: Notebook, saying: Saying, quantities: Sequence[Quantity], letters: Sequence[Term]
) -> None:
    quantity = quantities[0]
    if notes.is_unreliable or any(has_unread(part) for part in saying.parts):
        notes.add(saying, Verdict.UNDECIDED, wording.formula_unknown(), quantity)
        return
    for meant in quantities:
        if (read := _read_otherwise(notes, letters, meant)) is not None:
            notes.add(saying, Verdict.UNREAD, wording.unread(*read), meant, suggestion=read[0])
            return
    wrong = next(part for part in letters if notes.formulas.compare(part, quantity) is Holds.NO)
    if not _has_its_size(notes, quantity, wrong):
        # A whole layer may be meant where the working has one unit.
        notes.add(saying, Verdict.UNDECIDED, wording.formula_unknown(), quantity)
        return
    cause = _formula_cause(notes, quantity, wrong)
    words = wording.wrong_formula(quantity, cause, _counterexample(notes, quantity, wrong))
    notes.add(
        saying,
        Verdict.WRONG,
        words,
        quantity,
        cause,
        cause=cause.code if cause else "",
        correct=right_line(notes.course, quantity),
    )


def _read_otherwise(notes: Notebook, parts: Sequence[Term], quantity: Quantity) -> tuple[str, str] | None:
    """What one glyph of some formulas would have to be for them to be a quantity, and what was confused, or `None`."""

    def holds(readings: Mapping[int, Any]) -> bool:
        return all(notes.formulas.compare(part, quantity, readings) in (Holds.ALWAYS, Holds.HERE) for part in parts)

    return formula_mending(notes, parts, holds)


def _has_its_size(notes: Notebook, quantity: Quantity, term: Term) -> bool:
    """Whether a formula has as many numbers as a quantity, in some way of reading it."""
    scope = notes.formulas.scope(notes.formulas.samples(quantity.stage)[0])
    return any(numpy.size(value) == len(quantity.flat) for _, value in ways(term, scope, 12))


def _formula_cause(notes: Notebook, quantity: Quantity, wrong: Term) -> Cause | None:
    own = {(quantity.stage, symbol) for symbol in quantity.flat}

    # Letters mostly name what the step itself takes; only if that shows nothing, the slip lies before it.
    def is_said(stage: int, symbol: Node) -> bool:
        return (stage, symbol) not in own

    readings = tuple(readings_of(notes.formulas, wrong, quantity))
    for is_stated, beyond in ((is_said, False), (_is_nothing_said, False), (is_said, True)):
        for formula in readings:
            found = _causes_in_letters(notes, quantity, formula, is_stated, beyond)
            if found:
                return telling(found)
    return None


def _causes_in_letters(
    notes: Notebook, quantity: Quantity, formula: Formula, is_stated: Callable[[int, Node], bool], beyond: bool
) -> tuple[Cause, ...]:
    """The mistakes that give a wrong formula, in a sampled world in which it differs from the right one."""
    for world in notes.formulas.samples(quantity.stage):
        target, right = formula(world), [world.value(quantity.stage, symbol) for symbol in quantity.flat]
        # Behind a ReLU that is 0 every gradient is 0.
        if target is not None and not same_value(target, right):
            fits = partial(same_value, target)
            evidence = Evidence(notes.course, quantity.stage, quantity.flat, world, fits, is_stated, (formula,))
            return causes_of(evidence, beyond=beyond)
    return ()


def _counterexample(notes: Notebook, quantity: Quantity, wrong: Term) -> str:
    """With which numbers a formula goes wrong, as words."""
    world = notes.formulas.true if notes.has_numbers else notes.formulas.samples(quantity.stage)[0]
    for _, value in ways(wrong, notes.formulas.scope(world), 1):
        expected = quantity.value(world.array)
        return wording.counterexample(value, expected, notes.has_numbers)
    return ""


def define_if_new(notes: Notebook, saying: Saying) -> None:
    """A name that the problem does not have stands for its formula from here on."""
    subject = saying.subject
    if isinstance(subject, Name) and notes.binder.is_own(subject):
        return
    parts = [part for part in saying.parts if has_letters(part) and not has_unread(part)]
    if not parts or subject is None:
        return
    if isinstance(subject, Name):
        notes.binder.define(subject, parts[0])
        other = bare(parts[0])
        for quantity in notes.binder.called(other)[:1] if isinstance(other, Name) else ():
            notes.binder.prefer(subject, quantity)
    elif isinstance(subject, written.Product) and len(subject.factors) == 2:
        name, group = subject.factors
        inner = group.inner if isinstance(group, written.Group) else None
        if isinstance(name, Name) and isinstance(inner, Name) and name.primes == 0 and not notes.binder.called(name):
            notes.binder.define(name, parts[0], inner.text)


def _is_nothing_said(stage: int, symbol: Node) -> bool:
    return False
