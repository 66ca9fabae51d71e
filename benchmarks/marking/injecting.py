"""Puts a mistake into a working, where it can be seen and cannot be taken for a damaged glyph."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from computing import Page, entries, number_of, unit_of
from expressions import Quantity, Ref, Value, references, replaced
from mistakes import CODES
from noise import undone
from slips import Circumstances
from working import Line

SEEN_UNITS = 3
LARGEST = 1e4
# How often a formula stays right while the numbers put in are those of the mistake.
RIGHT_FORMULA = 0.25
FORMULA_MISTAKES = frozenset(
    "bias-forgotten path-left-out learning-rate-left-out missing-slope input-for-activation weight-swapped "
    "l2-left-out factor-half-lost no-bias-correction momentum-left-out".split()
)


@dataclass(frozen=True)
class Plan:
    """What a page is made of before mistakes.

    Args:
        lines: the working.
        given: the numbers of the problem.
        hidden: what is not on the page.
        merged: what of that is put into the line that uses it.
        unnamed: what has no name but the formula itself, which then cannot be a wrong one.
        silent: whether only results are written.
    """

    lines: tuple[Line, ...]
    given: Mapping[Quantity, Value]
    hidden: frozenset[Quantity]
    merged: frozenset[Quantity]
    unnamed: frozenset[Quantity] = frozenset()
    silent: bool = False

    def page(self, lines: tuple[Line, ...], digits, rounded: bool) -> Page:
        """These lines worked out as they stand on the page."""
        return Page(merge(lines, self.merged), self.given, digits, rounded, self.hidden)


def merge(lines: tuple[Line, ...], merged: frozenset[Quantity]) -> list[Line]:
    """The lines with some put into those that use them."""
    put = {line.of: line.says for line in lines if line.of in merged}
    result: list[Line] = []
    for line in lines:
        for _ in put:
            for quantity in [q for q in references(line.says) if q in put]:
                written = line.written and replaced(line.written, quantity, put[quantity])
                line = replace(line, says=replaced(line.says, quantity, put[quantity]), written=written)
        result.append(line)
    return result


@dataclass(frozen=True)
class Injected:
    """A mistake that was made.

    Args:
        code: which.
        of: the quantity whose line it is in.
        at: the quantity of the line on the page where it shows.
        also: other mistakes that give the same number there.
        turned: whether only the sign is wrong, so that the line must show its working to be told from a lost minus.
    """

    code: str
    of: Quantity
    at: Quantity
    also: tuple[str, ...] = ()
    turned: bool = False


class Injector:
    """Chooses mistakes so that all kinds come up about equally often."""

    def __init__(self) -> None:
        self.used: Counter[str] = Counter()

    def inject(
        self, plan: Plan, lines: tuple[Line, ...], digits, rounded: bool, chance: random.Random, avoid: set[Quantity]
    ) -> tuple[tuple[Line, ...], Injected] | None:
        """The lines with one more mistake, or nothing where none can be made.

        Args:
            plan: what the page is made of.
            lines: the lines so far, earlier mistakes among them.
            digits: how numbers are printed.
            rounded: whether printed numbers are carried.
            chance: where choices come from.
            avoid: quantities that may not be touched.
        """
        trial = _Trial(plan, lines, digits, rounded)
        codes = sorted(CODES, key=lambda code: (self.used[code] + 3 * chance.random(), code))
        for code in codes:
            candidates = [
                edited
                for line in lines
                if line.of not in avoid
                for edited in trial.edits(code, line, chance)
                if trial.place(line.of) is not None and trial.place(line.of) not in avoid
            ]
            chance.shuffle(candidates)
            for edited in candidates[:12]:
                if trial.shows(edited):
                    return self._made(trial, code, edited, chance)
        return None

    def _made(self, trial: _Trial, code: str, edited: Line, chance: random.Random) -> tuple[tuple[Line, ...], Injected]:
        self.used[code] += 1
        original = trial.line(edited.of)
        if code in FORMULA_MISTAKES and chance.random() < RIGHT_FORMULA and edited.result is None:
            edited = replace(edited, written=original.says)
        at = trial.place(edited.of)
        assert at is not None
        mistake = Injected(code, edited.of, at, trial.alike(code, edited), trial.is_turned(edited))
        return trial.with_edit(edited), mistake


class _Trial:
    """Mistakes tried on a working."""

    def __init__(self, plan: Plan, lines: tuple[Line, ...], digits, rounded: bool) -> None:
        self.plan, self.lines, self.digits, self.rounded = plan, lines, digits, rounded
        self.page = plan.page(lines, digits, rounded)
        self.unmerged = Page(lines, plan.given, digits, rounded, plan.hidden)
        self.truth = Page(plan.lines, plan.given)

    def line(self, of: Quantity) -> Line:
        return next(line for line in self.lines if line.of == of)

    def place(self, of: Quantity) -> Quantity | None:
        """The line of the page on which a line stands: itself, or the one that it was put into."""
        while of in self.plan.merged:
            of = next(line.of for line in self.lines if of in set(references(line.says)))
        return None if of in self.plan.hidden else of

    def edits(self, code: str, line: Line, chance: random.Random) -> list[Line]:
        """The ways to make a mistake in a line."""
        made = list(CODES[code](line, Circumstances(self.unmerged, chance)))
        if line.of in self.plan.merged:
            made = [edited for edited in made if edited.result is None]
        if line.of in self.plan.unnamed:
            made = [edited for edited in made if edited.result is not None]
        made = [edited for edited in made if self._is_known(edited)]
        return chance.sample(made, 4) if len(made) > 4 else made

    def _is_known(self, edited: Line) -> bool:
        """Whether everything that it newly rests on stands on the page."""
        new = set(references(edited.says)) - set(references(self.line(edited.of).says))
        return not new & self.plan.hidden

    def with_edit(self, edited: Line) -> tuple[Line, ...]:
        return tuple(edited if line.of == edited.of else line for line in self.lines)

    def _after(self, edited: Line) -> Page:
        return self.plan.page(self.with_edit(edited), self.digits, self.rounded)

    def shows(self, edited: Line) -> bool:
        """Whether the mistake can be seen, leaves the later working alive, and is no damaged glyph."""
        at = self.place(edited.of)
        assert at is not None
        try:
            after = self._after(edited)
            alive = all(self._is_alive(after, of) for of in after.lines)
        except (KeyError, RecursionError, ValueError, OverflowError):
            return False
        return alive and self._is_seen(after, at, edited)

    def _is_alive(self, after: Page, of: Quantity) -> bool:
        new, old = np.asarray(after.carried(of)), np.asarray(self.page.carried(of))
        if new.shape != old.shape or not np.all(np.isfinite(new)) or np.max(np.abs(new)) > LARGEST:
            return False
        return not np.any((new == 0) & (old != 0))

    def _is_seen(self, after: Page, at: Quantity, edited: Line) -> bool:
        shown = after.shown(at)
        wrong = np.atleast_1d(np.asarray(number_of(shown))).reshape(-1)
        doubt = np.atleast_1d(self.page.doubt(at)).reshape(-1)
        units = np.array([unit_of(entry) for entry in entries(shown)])
        rights = [np.atleast_1d(np.asarray(page.raw(at))).reshape(-1) for page in (self.page, self.truth)]
        # A 0 is exact and has no last place that counts.
        units = np.maximum(units, [0.0 if entry == "0" else unit_of(entry) for entry in entries(self.page.shown(at))])
        far = [np.abs(wrong - right) > np.maximum(SEEN_UNITS * units, 2 * doubt + units) for right in rights]
        seen = far[0] & far[1]
        if not seen.any() or (far[0] != far[1]).any():
            return False
        if seen.sum() > 1:
            return True
        index = int(np.argmax(seen))
        near = float(1.5 * units[index] + doubt[index])
        before = undone(entries(shown)[index])
        if self.plan.silent or edited.result is not None or isinstance(edited.says, Ref):
            before.append(-float(wrong[index]))
        return not any(abs(one - right[index]) <= near for one in before for right in rights)

    def is_turned(self, edited: Line) -> bool:
        """Whether what is printed has the right digits and the wrong sign."""
        at = self.place(edited.of)
        assert at is not None
        wrong, right = self._after(edited).shown(at), self.page.shown(at)
        return isinstance(wrong, str) and abs(float(wrong) + float(number_of(right))) <= 2 * unit_of(wrong)

    def alike(self, code: str, edited: Line) -> tuple[str, ...]:
        """Other mistakes that give the same printed number in the same place."""
        at = self.place(edited.of)
        assert at is not None
        shown = self._after(edited).shown(at)
        chance = random.Random(0)
        found: list[str] = []
        for other in CODES:
            if other != code and any(self._gives(one, at, shown) for one in self._all_edits(other, edited.of, chance)):
                found.append(other)
        return tuple(found)

    def _all_edits(self, code: str, of: Quantity, chance: random.Random) -> list[Line]:
        if code in ("arithmetic-slip", "digits-swapped"):
            return []
        return list(CODES[code](self.line(of), Circumstances(self.unmerged, chance)))

    def _gives(self, edited: Line, at: Quantity, shown) -> bool:
        try:
            return self._after(edited).shown(at) == shown
        except (KeyError, RecursionError, ValueError, OverflowError):
            return False


def touched(plan: Plan, lines: tuple[Line, ...], digits, rounded: bool, mistakes: list[Injected]) -> list[Quantity]:
    """The quantities that carry an earlier mistake: off by more than digits explain, and by no fault of their own."""
    after, clean = plan.page(lines, digits, rounded), plan.page(plan.lines, digits, rounded)
    truth = Page(plan.lines, plan.given)
    own = {mistake.at for mistake in mistakes}
    found: list[Quantity] = []
    for of in after.lines:
        if of in plan.hidden or of in own:
            continue
        shown = after.shown(of)
        wrong, right = np.asarray(number_of(shown)), np.asarray(truth.raw(of))
        units = np.array([unit_of(entry) for entry in entries(shown)]).reshape(wrong.shape)
        drift = np.abs(np.asarray(clean.raw(of)) - right)
        if np.any(np.abs(wrong - right) > drift + np.maximum(SEEN_UNITS * units, 2 * clean.doubt(of) + units)):
            found.append(of)
    return found
