"""The ways of writing: which habits each has, and what is left to chance from page to page."""

from __future__ import annotations

import random
from dataclasses import dataclass

from computing import Digits
from naming import Habits
from working import Problem, Route
from writing import Signs

STYLES = ("latex", "typed", "align", "matrix", "persian", "terse")


@dataclass(frozen=True)
class Appearance:
    """How one page looks.

    Args:
        style: the way of writing.
        habits: names.
        signs: operations.
        digits: how numbers are printed.
        rounded: whether printed numbers are carried.
        layout: `display`, `brackets`, `inline`, `align` (a line for each), `rows` (a line for each part), `text` or
            `text rows`.
        symbols: how often a line has its formula.
        numbers: how often a line has its formula with numbers put in.
        between: how often a line has a step between the numbers and the result.
        result: the sign before a result: `=`, `≈` or `mixed`, which says ≈ where digits were cut.
        language: of headings: `english`, `persian` or nothing.
        talk: how often there are words before a line.
        joined: how often two statements share a line.
        split: how often a formula and its numbers stand on two lines, each with the name.
        left_out: how often a line between is left out.
        merged: how often what is left out is put into the line that uses it.
        jumbled: by how many places lines may change their order.
        given: whether the page begins with the numbers of the problem.
        furniture: whether there are lines that belong to the paper.
        long_minus: whether a minus is typed as such.
        route: which of several right ways is taken.
        steps: how many steps are written down.
    """

    style: str
    habits: Habits
    signs: Signs
    digits: Digits
    rounded: bool
    layout: str
    symbols: float
    numbers: float
    between: float
    result: str
    language: str
    talk: float
    joined: float
    split: float
    left_out: float
    merged: float
    jumbled: float
    given: bool
    furniture: bool
    long_minus: bool
    route: Route
    steps: int


def styles_of(problem: Problem) -> tuple[str, ...]:
    """The ways that suit a problem: matrices where there are matrices."""
    return tuple(style for style in STYLES if style != ("matrix" if problem.layers else "latex"))


def appearance(problem: Problem, style: str, chance: random.Random) -> Appearance:
    """A page of a style, with everything else drawn."""
    latex = style in ("latex", "align", "matrix", "persian") or (style == "terse" and chance.random() < 0.5)
    symbols, numbers = (
        (0.0, 0.0) if style == "terse" else chance.choice([(0.9, 1.0), (1.0, 0.8), (0.5, 0.9), (0.1, 1.0)])
    )
    return Appearance(
        style=style,
        habits=_habits(problem, style, latex, chance),
        signs=_signs(style, latex, chance),
        digits=_digits(chance),
        rounded=chance.random() < 0.5,
        layout=_layout(style, latex, chance),
        symbols=symbols,
        numbers=numbers,
        between=0.0 if style == "terse" else chance.choice([0.0, 0.3, 0.7]),
        result=chance.choice(["=", "=", "≈", "mixed"]),
        language={"persian": "persian", "terse": ""}.get(style, chance.choice(["english", "english", ""])),
        talk=chance.choice([0.0, 0.1, 0.3]),
        joined=chance.choice([0.0, 0.0, 0.3] if style == "terse" else [0.0, 0.0, 0.0, 0.1]),
        split=chance.choice([0.0, 0.0, 0.0, 0.3]),
        left_out=chance.choice([0.0, 0.0, 0.1, 0.25, 0.4]),
        merged=chance.choice([0.0, 0.5, 1.0]),
        jumbled=chance.choice([0.0, 0.0, 3.0, 8.0]),
        given=chance.random() < 0.5,
        furniture=chance.random() < 0.25,
        long_minus=not latex and chance.random() < 0.2,
        route=Route(slopes=chance.random() < 0.4, jacobian=chance.random() < 0.5),
        steps=chance.randint(1, problem.steps),
    )


def _digits(chance: random.Random) -> Digits:
    significant = chance.random() < 0.25
    count = chance.choice([3, 3, 4, 4, 5]) if significant else chance.choice([2, 3, 3, 4, 4, 4, 5, 6])
    return Digits(count, significant, cut=chance.random() < 0.15, zeros=chance.random() < 0.5)


def _layout(style: str, latex: bool, chance: random.Random) -> str:
    if not latex:
        return chance.choice(["text", "text", "text", "text rows"])
    if style == "align":
        return chance.choice(["align", "align", "rows"])
    return chance.choice(["display", "display", "display", "brackets", "inline"])


def _habits(problem: Problem, style: str, latex: bool, chance: random.Random) -> Habits:
    schemes = {
        "align": ["net", "layers", "hat"],
        "latex": ["file", "file", "hat"],
        "persian": ["file", "file", "hat", "layers"],
        "terse": ["file", "file", "net"],
        "matrix": ["file", "layers"],
        "typed": ["file", "file", "net", "hat"],
    }
    scheme = chance.choice(schemes[style])
    gradients = {
        "align": ["delta", "delta", "partial", "nabla"],
        "typed": ["partial", "partial", "d", "delta", "nabla"],
    }
    gradient = chance.choice(gradients.get(style, ["partial", "partial", "partial", "delta", "d"]))
    errors = {"regression": ["e", "e", "difference", "r"], "logistic": ["difference", "d"]}
    return Habits(
        latex=latex,
        scheme=scheme,
        loss=chance.choice(["E", "E", "J"] if scheme == "net" else ["L", "L", "L", "J", "C"]),
        gradient=gradient,
        new=chance.choice(["prime", "plus", "new", "new", "arrow", "assign"]),
        rate=chance.choice(["eta", "eta", "alpha"]),
        slope=chance.random() < 0.3,
        error=chance.choice(errors.get(problem.name, ["difference"])),
        old=chance.choice(["old", "number"]),
    )


def _signs(style: str, latex: bool, chance: random.Random) -> Signs:
    scripts = {"persian": ["persian", "persian", "persian slash", "slash"], "latex": ["latin"] * 9 + ["comma"]}
    if latex:
        return Signs(
            times=chance.choice([r"\times", r"\cdot"]),
            beside=chance.choice([r"\cdot", "", r"\times"]),
            matrix=chance.choice(["bmatrix", "pmatrix"]),
            sigma=chance.random() < 0.5,
            relu=chance.choice([r"\text{relu}", r"\mathrm{ReLU}", "max"]),
            script=chance.choice(scripts.get(style, ["latin"])),
        )
    times = chance.choice(["*", "*", " * ", " × ", "·"])
    return Signs(times=times, beside=times, elementwise=times, sigma=chance.random() < 0.5)
