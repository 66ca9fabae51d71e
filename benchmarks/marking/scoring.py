"""Compares what is said of a page with what is true of it, and adds up."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PAGES = Path(__file__).parent / "pages"

# What a mistake may be called besides the generator's own code.
SYNONYMS: dict[str, frozenset[str]] = {
    "slope-at-activation": frozenset({"slope-at-preactivation"}),
    # A gradient of one weight multiplied by the input of another: the marker says which input was swapped.
    "weight-swapped": frozenset({"input-swapped"}),
    "factor-two-lost": frozenset({"factor-half-left"}),
    "relu-slope-negative": frozenset({"missing-slope"}),
}
# Mistakes whose cause nobody can know more of than that the numbers do not give the result.
NAMELESS = frozenset({"arithmetic-slip"})


@dataclass(frozen=True)
class Claimed:
    """A claim of a report, as plain data."""

    line: int
    verdict: str
    cause: str = ""
    quantity: str = ""
    text: str = ""
    words: str = ""


@dataclass(frozen=True)
class Said:
    """What a marker says of a page.

    Args:
        first: line, quantity and cause of the first mistake, or nothing.
        claims: all claims.
        seconds: how long it took.
        failure: why there is no report, or empty.
    """

    first: tuple[int, str, str] | None
    claims: tuple[Claimed, ...] = ()
    seconds: float = 0.0
    failure: str = ""

    def on(self, first: int, last: int) -> list[Claimed]:
        """The claims on some lines."""
        return [claim for claim in self.claims if first <= claim.line <= last]


@dataclass(frozen=True)
class Miss:
    """Something that was not as it should be."""

    page: str
    style: str
    what: str
    expected: str
    got: str
    text: str


@dataclass
class Places:
    """How often the first mistake was found where it is."""

    found: int = 0
    missed: int = 0
    accused: int = 0

    @property
    def f1(self) -> float:
        """The harmonic mean of how many were found and of how many that were named are mistakes."""
        whole = 2 * self.found + self.missed + self.accused
        return 2 * self.found / whole if whole else 1.0


@dataclass
class Share:
    """So many of so many."""

    part: int = 0
    whole: int = 0

    def add(self, good: bool) -> None:
        """Count one."""
        self.part += good
        self.whole += 1

    @property
    def value(self) -> float:
        """The share; 0 of nothing is 0."""
        return self.part / self.whole if self.whole else 0.0


@dataclass
class Score:
    """What pages add up to."""

    pages: int = 0
    seconds: float = 0.0
    clean: Places = field(default_factory=Places)
    noisy: Places = field(default_factory=Places)
    accused: Share = field(default_factory=Share)
    damaged_wrong: int = 0
    carried: Share = field(default_factory=Share)
    cause_right: Share = field(default_factory=Share)
    cause_wrong: Share = field(default_factory=Share)
    second: Share = field(default_factory=Share)
    failures: int = 0
    misses: list[Miss] = field(default_factory=list)

    def add(self, page: Mapping[str, Any], said: Said) -> None:
        """Count one page."""
        self.pages += 1
        self.seconds += said.seconds
        lines = page["text"].split("\n")
        judge = _Page(page, said, lines, self)
        if said.failure:
            self.failures += 1
            judge.miss("no report", 0, "a report", said.failure)
        judge.place()
        judge.innocence()
        judge.damage()
        judge.follow_through()
        judge.causes()


@dataclass
class _Page:
    """One page against what is said of it."""

    page: Mapping[str, Any]
    said: Said
    lines: list[str]
    score: Score

    def miss(self, what: str, line: int, expected: str, got: str) -> None:
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        self.score.misses.append(Miss(self.page["id"], self.page["style"], what, expected, got, text))

    def place(self) -> None:
        """Whether the first mistake is where it is."""
        places = self.score.noisy if self.page["noisy"] else self.score.clean
        first, mistakes = self.said.first, self.page["mistakes"]
        if not mistakes:
            places.accused += first is not None
            return
        true = mistakes[0]
        if first is not None and any(one <= first[0] <= last for one, last in places_of(true)):
            places.found += 1
            return
        places.missed += 1
        places.accused += first is not None
        expected = f"line {true['line']}: {true['quantity']}, {true['code']}"
        got = f"line {first[0]}: {first[1]}, {first[2] or 'no cause'}" if first else "no mistake"
        self.miss("place", true["line"], expected, got + self._told(true["line"], true["last"]))
        if first is not None:
            self.miss("named instead", first[0], expected, got)

    def _told(self, first: int, last: int) -> str:
        told = [f"{claim.quantity or '?'} {claim.verdict}" for claim in self.said.on(first, last)]
        return f" (there: {', '.join(told) or 'nothing read'})"

    def innocence(self) -> None:
        """Whether a right page is left in peace."""
        if self.page["mistakes"]:
            return
        wrong = [claim for claim in self.said.claims if claim.verdict == "wrong"]
        self.score.accused.add(bool(wrong) or self.said.first is not None)
        for claim in wrong:
            self.miss("accused", claim.line, "no mistake", f"line {claim.line}: {claim.quantity} wrong, {claim.words}")

    def damage(self) -> None:
        """Whether a damaged line is called wrong."""
        for line in self.page["damaged"]:
            for claim in self.said.on(line, line):
                if claim.verdict == "wrong":
                    self.score.damaged_wrong += 1
                    self.miss("damaged called wrong", line, "not wrong", f"{claim.quantity} wrong, {claim.words}")
                    break

    def follow_through(self) -> None:
        """Whether lines that follow from a wrong number are seen to do so."""
        for first, last in self.page["carried"]:
            verdicts = [claim.verdict for claim in self.said.on(first, last)]
            good = "carried" in verdicts and "wrong" not in verdicts
            self.score.carried.add(good)
            if not good:
                self.miss("carried", first, f"line {first}: carried", self._told(first, last).strip(" ()"))

    def causes(self) -> None:
        """Whether the cause of what was found is named, or another one is."""
        for place, mistake in enumerate(self.page["mistakes"]):
            named = self._named(mistake)
            if place:
                self.score.second.add(named is not None)
            if named is None:
                continue
            accepted = {mistake["code"], *mistake["also"]}
            accepted |= {name for code in sorted(accepted) for name in SYNONYMS.get(code, ())}
            nameless = mistake["code"] in NAMELESS and named == {""}
            right = bool(named & accepted) or nameless
            wrong = not right and named != {""}
            self.score.cause_right.add(right)
            self.score.cause_wrong.add(wrong)
            if not right:
                got = ", ".join(sorted(named)) or "no cause"
                self.miss("other cause" if wrong else "no cause", mistake["line"], mistake["code"], got)

    def _named(self, mistake: Mapping[str, Any]) -> set[str] | None:
        """The causes named where a mistake is; nothing where it was not found."""
        places, told = places_of(mistake), self.said.first
        if told is not None and any(first <= told[0] <= last for first, last in places):
            return {told[2]}
        wrong = [claim for place in places for claim in self.said.on(*place) if claim.verdict == "wrong"]
        named = {claim.cause for claim in wrong if claim.cause}
        return (named or {""}) if wrong else None


def places_of(mistake: Mapping[str, Any]) -> list[tuple[int, int]]:
    """The first and last lines on which a mistake may be named."""
    return [(mistake["line"], mistake["last"]), *((first, last) for first, last in mistake["or"])]


def pages(only: Iterable[str] = (), limit: int | None = None) -> list[dict[str, Any]]:
    """The generated pages.

    Args:
        only: names of problems, of styles, or `problem/style`; any of them will do. Empty for all.
        limit: at most so many, drawn from all of them, the same ones each time.
    """
    wanted = frozenset(only)
    found = [
        page
        for path in sorted(PAGES.glob("*.jsonl"))
        for page in map(json.loads, path.read_text(encoding="utf-8").splitlines())
        if not wanted or wanted & {page["problem"], page["style"], f"{page['problem']}/{page['style']}"}
    ]
    if limit is None or limit >= len(found):
        return found
    return [found[place] for place in sorted(random.Random(limit).sample(range(len(found)), limit))]
