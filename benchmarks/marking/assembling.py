"""Puts a page together: lines in an order, their parts, headings and what else stands on paper."""

from __future__ import annotations

import random
from dataclasses import dataclass

from computing import Page
from expressions import Quantity, Ref
from injecting import Injected
from naming import Naming
from styles import Appearance
from working import Line, Problem
from writing import Writer, reduced

HEADINGS = {
    "english": {
        "forward": ("Forward pass", "First the forward pass:", "We go forward through the network."),
        "backward": ("Backward pass", "Now the gradients by the chain rule:", "Going back from the loss:"),
        "update": ("Update", "New values of the weights:", "The weights after this step are"),
        "step": ("Step {}", "Epoch {}", "Iteration {}"),
        "given": ("Given", "We are given"),
    },
    "persian": {
        "forward": ("مسیر رفت", "ابتدا خروجی لایه‌ها را حساب می‌کنیم:", "محاسبه‌ی رو به جلو"),
        "backward": ("مسیر برگشت", "حالا گرادیان‌ها را با قاعده‌ی زنجیره‌ای به دست می‌آوریم:", "مشتق‌ها"),
        "update": ("به‌روزرسانی وزن‌ها", "وزن‌های جدید برابرند با:", "مقادیر جدید:"),
        "step": ("گام {}", "تکرار {}", "مرحله‌ی {}"),
        "given": ("داده‌ها", "مفروضات مسئله:"),
    },
}
LEADS = {
    "english": ("So ", "Then ", "Hence ", "We get ", "Next: "),
    "persian": ("پس ", "داریم: ", "در نتیجه ", "بنابراین "),
}
# Prose on a line of its own, before some lines.
BETWEEN = {
    "english": (
        "Putting the numbers in:",
        "By the chain rule:",
        "In the same way:",
        "Now the next one.",
        "This gives:",
    ),
    "persian": (
        "با جایگذاری اعداد داریم:",
        "طبق قاعده‌ی زنجیره‌ای:",
        "به همین ترتیب:",
        "حالا مقدار بعدی را حساب می‌کنیم.",
        "پس:",
    ),
}
FURNITURE = ("Name: ____________", "Subject: Neural networks", "Date: ___ / ___", "Page ___", "- - -")


@dataclass(frozen=True)
class Statement:
    """A line as it is written: what it is of, its name, and its parts with a sign before each."""

    of: Quantity
    name: str
    parts: tuple[tuple[str, str], ...]

    def text(self, mark: str = "") -> str:
        """On one line, with a mark before the first sign."""
        rest = " ".join(f"{sign} {part}" for sign, part in self.parts)
        return f"{self.name} {mark}{rest}"


@dataclass
class Written:
    """A page as text lines; for each quantity the first and the last line that it stands on, from 1."""

    lines: list[str]
    places: dict[Quantity, tuple[int, int]]


def section(line: Line) -> str:
    """Where a line belongs."""
    if line.of.kind in ("sum", "unit", "loss", "error"):
        return "forward"
    return "update" if line.of.kind in ("parameter", "velocity", "m", "v", "m_hat", "v_hat") else "backward"


def step_of(of: Quantity) -> int:
    """The step in which a quantity is worked out."""
    return of.step - (of.kind == "parameter")


def ordered(lines: list[Line], page: Page, jumbled: float, chance: random.Random) -> list[Line]:
    """The lines in another order in which each still comes after those that it needs."""
    needs = {line.of: page.sources(line.of) for line in lines}
    rank = {line.of: (step_of(line.of), place + jumbled * chance.random()) for place, line in enumerate(lines)}
    waiting = {line.of: line for line in lines}
    result: list[Line] = []
    while waiting:
        ready = [line for line in waiting.values() if not any(of in waiting for of in needs[line.of])]
        first = min(ready, key=lambda line: rank[line.of])
        result.append(waiting.pop(first.of))
    return result


class Assembler:
    """Writes one page."""

    def __init__(
        self, problem: Problem, looks: Appearance, page: Page, chance: random.Random, mistakes: list[Injected]
    ) -> None:
        self.problem, self.looks, self.page, self.chance = problem, looks, page, chance
        self.alone = {mistake.at for mistake in mistakes}
        self.turned = {mistake.at for mistake in mistakes if mistake.turned}
        self.naming = Naming(problem, looks.habits)
        self.writer = Writer(self.naming, looks.signs, page)
        self.out = Written([], {})

    def write(self, lines: list[Line]) -> Written:
        """The whole page."""
        self._furniture()
        if self.looks.given:
            self._given()
        shown = [line for line in lines if line.of not in self.page.hidden]
        block: list[Statement] = []
        before = (0, "")
        for line in ordered(shown, self.page, self.looks.jumbled, self.chance):
            now = (step_of(line.of), section(line))
            if now != before:
                self._flush(block)
                self._heading(before, now)
                block, before = [], now
            self.naming.step = now[0]
            block.append(self._statement(line))
        self._flush(block)
        self._furniture()
        if self.looks.long_minus:
            self.out.lines = [
                text.replace("-", "−").replace("<−", "<-") if any(c.isdigit() for c in text) else text
                for text in self.out.lines
            ]
        return self.out

    def _furniture(self) -> None:
        if self.looks.furniture:
            self.out.lines += [self.chance.choice(FURNITURE), ""]

    def _heading(self, before: tuple[int, str], now: tuple[int, str]) -> None:
        words = HEADINGS[self.looks.language or "english"]
        if now[0] != before[0] and (now[0] > 1 or (self.problem.steps > 1 and self.looks.language)):
            self._prose(self._same("step", words).format(now[0]), "## ")
        # Where lines are jumbled, sections are not announced each time.
        if self.looks.language and not self.looks.jumbled:
            self._prose(self.chance.choice(words[now[1]]), "### ")

    def _same(self, kind: str, words: dict[str, tuple[str, ...]]) -> str:
        return words[kind][len(self.looks.habits.new) % len(words[kind])]

    def _prose(self, text: str, mark: str) -> None:
        self.out.lines += [(mark if self.writer.latex and not text.endswith(":") else "") + text, ""]

    def _given(self) -> None:
        if self.looks.language:
            self._prose(self._same("given", HEADINGS[self.looks.language]), "## ")
        groups: dict[str, list[str]] = {}
        for of in self.page.given:
            if of.step != 1 or (of.kind == "parameter" and self.looks.style == "terse"):
                continue
            group = "data" if of.kind in ("input", "target") else of.kind
            sign = "="
            groups.setdefault(group, []).append(
                f"{self.writer.name(of)} {sign} {self.writer.value(self.page.shown(of))}"
            )
        for texts in groups.values():
            joined = (r", \quad " if self.writer.latex else ", ").join(texts)
            self.out.lines += [self._framed(joined), ""]

    def _framed(self, text: str) -> str:
        match self.looks.layout:
            case "text" | "text rows":
                return text
            case "inline":
                return f"${text}$"
            case "brackets":
                return rf"\[ {text} \]"
        return f"$${text}$$"

    def _statement(self, line: Line) -> Statement:
        parts: list[str] = []
        looks, writer = self.looks, self.writer
        name = writer.name(line.of)
        if self.chance.random() < looks.symbols:
            parts.append(writer.symbols(line.formula))
        shows = self.chance.random() < looks.numbers or line.of in self.turned
        if shows and looks.numbers and not isinstance(line.says, Ref):
            parts.append(writer.numbers(line.says))
        nearer = reduced(line.says, self.page)
        if nearer is not None and parts and self.chance.random() < looks.between:
            parts.append(writer.numbers(nearer))
        value = writer.value(self.page.shown(line.of))
        kept = [part for place, part in enumerate(parts) if part not in (name, value) and part not in parts[:place]]
        first = self._first_sign(line.of)
        last = self._last_sign(line, "=" if kept else first)
        signs = [*[first, *["="] * len(kept)][: len(kept)], last]
        return Statement(line.of, name, tuple(zip(signs, [*kept, value], strict=True)))

    def _first_sign(self, of: Quantity) -> str:
        if of.kind != "parameter":
            return "="
        arrow = r"\leftarrow" if self.writer.latex else "<-"
        return {"arrow": arrow, "assign": ":="}.get(self.looks.habits.new, "=")

    def _last_sign(self, line: Line, otherwise: str) -> str:
        about = r"\approx" if self.writer.latex else "≈"
        if otherwise != "=" or self.looks.result == "=":
            return otherwise
        if self.looks.result == "mixed":
            raw, shown = self.page.raw(line.of), self.page.shown(line.of)
            is_exact = isinstance(shown, str) and abs(float(raw) - float(shown)) < 1e-12
            return "=" if is_exact else about
        return about

    def _flush(self, block: list[Statement]) -> None:
        waiting = list(block)
        if waiting and self.looks.layout in ("align", "rows"):
            self._align(waiting)
            return
        while waiting:
            statement = waiting.pop(0)
            self._one(statement, waiting)
            if self.writer.latex or not waiting:
                self.out.lines.append("")

    def _one(self, statement: Statement, waiting: list[Statement]) -> None:
        """A statement; with the next one on its line, or on several lines."""
        lead, chance, looks = self._lead(), self.chance, self.looks
        may_join = waiting and not self.alone & {statement.of, waiting[0].of}
        if may_join and chance.random() < looks.joined:
            other = waiting.pop(0)
            between = r", \quad " if self.writer.latex else ",  "
            self._put(statement.of, lead + self._framed(statement.text() + between + other.text()))
            self.out.places[other.of] = self.out.places[statement.of]
        elif len(statement.parts) > 1 and looks.layout == "text rows":
            rows = [f"{sign} {part}" for sign, part in statement.parts]
            self._put(statement.of, f"{statement.name} {rows[0]}", *(f"    {row}" for row in rows[1:]))
        elif len(statement.parts) > 1 and chance.random() < looks.split:
            self._put(statement.of, *self._twice(statement, lead))
        else:
            self._put(statement.of, lead + self._framed(statement.text()))

    def _twice(self, statement: Statement, lead: str) -> list[str]:
        """The formula on one line and the numbers on another, each with the name."""
        formula = Statement(statement.of, statement.name, statement.parts[:1])
        sign = statement.parts[0][0]
        numbers = Statement(statement.of, statement.name, ((sign, statement.parts[1][1]), *statement.parts[2:]))
        return [lead + self._framed(formula.text()), *[""] * self.writer.latex, self._framed(numbers.text())]

    def _lead(self) -> str:
        """Words before a formula in its line; others on a line of their own are put down at once."""
        language = self.looks.language
        if not language or self.looks.style == "terse":
            return ""
        if self.looks.layout == "inline":
            return self.chance.choice(LEADS[language]) if self.chance.random() < 0.6 else ""
        if self.chance.random() < self.looks.talk:
            self.out.lines.append(self.chance.choice(BETWEEN[language]))
        return ""

    def _put(self, of: Quantity, *texts: str) -> None:
        first = len(self.out.lines) + 1
        self.out.lines += texts
        self.out.places[of] = (first, first + len(texts) - 1)

    def _align(self, block: list[Statement]) -> None:
        self.out.lines += ["$$", r"\begin{align*}"]
        for statement in block:
            end = r" \\" if statement is not block[-1] else ""
            if self.looks.layout == "align" or len(statement.parts) == 1:
                self._put(statement.of, statement.text("&") + end)
                continue
            rows = [f"&{sign} {part}" for sign, part in statement.parts]
            rows[0] = f"{statement.name} {rows[0]}"
            self._put(statement.of, *(row + r" \\" for row in rows[:-1]), rows[-1] + end)
        self.out.lines += [r"\end{align*}", "$$", ""]
