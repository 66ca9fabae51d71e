"""Slips of the pen: the rule is right, and a number is not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from computing import Page, entries, unit_of
from expressions import Miscopied, Quantity, Ref, references, replaced
from working import Line


@dataclass(frozen=True)
class Circumstances:
    """What a mistake may look at: the page before it, and where chance comes from."""

    page: Page
    chance: random.Random


def _scalars(line: Line, page: Page) -> list[Quantity]:
    """The quantities in a line that are single numbers, each once."""
    return [q for q in dict.fromkeys(references(line.says)) if np.ndim(page.carried(q)) == 0 and q.kind != "target"]


def minus_dropped(line: Line, at: Circumstances) -> Iterator[Line]:
    """A minus sign was dropped."""
    for quantity in _scalars(line, at.page):
        text = at.page.shown(quantity)
        if isinstance(text, str) and text.startswith("-") and line.says != Ref(quantity):
            wrong = Miscopied(quantity, abs(float(at.page.carried(quantity))), text[1:])
            yield replace(line, says=replaced(line.says, quantity, wrong))


def digits_swapped(line: Line, at: Circumstances) -> Iterator[Line]:
    """Two digits were swapped."""
    for quantity in _scalars(line, at.page):
        text = at.page.shown(quantity)
        for swapped in _swaps(text) if isinstance(text, str) else ():
            wrong = Miscopied(quantity, float(swapped), swapped)
            if line.says != Ref(quantity):
                yield replace(line, says=replaced(line.says, quantity, wrong))
    shown = at.page.shown(line.of)
    if isinstance(shown, str):
        yield from (replace(line, result=(float(swapped), swapped)) for swapped in _swaps(shown))


def _swaps(text: str) -> list[str]:
    """The number with two neighbouring digits exchanged."""
    return [
        text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        for place in range(len(text) - 1)
        if text[place].isdigit() and text[place + 1].isdigit() and text[place] != text[place + 1]
    ]


def arithmetic_slip(line: Line, at: Circumstances) -> Iterator[Line]:
    """The numbers are right and the result is not."""
    shown = at.page.shown(line.of)
    if not isinstance(shown, str) or float(shown) == 0 or line.says in [Ref(q) for q in references(line.says)]:
        return
    unit = unit_of(shown)
    places = len(entries(shown)[0].replace("-", "").replace(".", "").lstrip("0"))
    for place in range(places):
        for change in (*range(-6, -1), *range(2, 7)):
            text = f"{float(shown) + change * unit * 10**place:.{len(shown.partition('.')[2])}f}"
            if float(text) * float(shown) > 0:
                yield replace(line, result=(float(text), text))


def copied_wrong_line(line: Line, at: Circumstances) -> Iterator[Line]:
    """A number was copied from another line."""
    for quantity in _scalars(line, at.page):
        if quantity.kind in ("setting", "input") or line.says == Ref(quantity):
            continue
        for other in _alike(quantity, line, at.page):
            wrong = Miscopied(quantity, float(at.page.carried(other)), str(at.page.shown(other)))
            yield replace(line, says=replaced(line.says, quantity, wrong))


def _alike(quantity: Quantity, line: Line, page: Page) -> list[Quantity]:
    """Numbers of the same kind that stand on the page as well, from lines that do not rest on this one."""
    pool = [*page.given, *page.lines]
    before = list(page.lines).index(line.of)
    earlier = {*page.given, *list(page.lines)[:before]} - page.hidden
    return [
        other
        for other in pool
        if other in earlier
        and other != quantity
        and (other.kind, other.step) == (quantity.kind, quantity.step)
        and np.ndim(page.carried(other)) == 0
    ]
