"""Sections of a script put together as a formatter would leave them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from chalkgrad.training.export.expressions import WIDTH

__all__ = ["called", "indented", "laid_out", "listed", "uses", "without_gaps"]


def laid_out(
    head: Sequence[str], imports: Sequence[str], functions: Sequence[Sequence[str]], body: Sequence[str]
) -> str:
    """A script: the text at the top, imports, functions with two empty lines around each, and what is done.

    Args:
        head: the lines of the text at the top.
        imports: in groups, with an empty line between them.
        functions: the lines of each.
        body: what is done; empty lines in it stay.
    """
    text = "\n".join([*head, "", *imports])
    for function in functions:
        text += "\n\n\n" + "\n".join(function)
    gap = "\n\n\n" if functions else "\n\n"
    return text + gap + "\n".join(body).strip("\n") + "\n"


def indented(lines: Iterable[str], spaces: int = 4) -> list[str]:
    """Lines further to the right; empty ones stay empty."""
    return [f"{' ' * spaces}{line}" if line else "" for line in lines]


def without_gaps(lines: Iterable[str]) -> list[str]:
    """Lines with no two empty ones behind each other."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return kept


def uses(text: str, name: str) -> bool:
    """Whether a script speaks of a module by its name."""
    return re.search(rf"(?<![\w.]){name}\.", text) is not None


def called(line: str, indent: int = 0) -> list[str]:
    """A line that ends with a call, with a line for each argument where it would be too long at its place.

    >>> called("f(" + "a" * 50 + ", b=(" + "c" * 40 + ", d))")[2]
    '    b=(cccccccccccccccccccccccccccccccccccccccc, d),'
    """
    if len(line) + indent <= WIDTH:
        return [line]
    head, _, inside = line.removesuffix(")").partition("(")
    arguments, depth, start = [], 0, 0
    for place, letter in enumerate(inside):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            arguments.append(inside[start:place].strip())
            start = place + 1
    return [f"{head}(", *(f"    {argument}," for argument in [*arguments, inside[start:].strip()]), ")"]


def listed(name: str, entries: Sequence[str], comment: str = "") -> list[str]:
    """`name = [...]` on one line, or on a line for each entry where that would be too long."""
    head = [comment] if comment else []
    line = f"{name} = [{', '.join(entries)}]"
    if len(line) <= WIDTH:
        return [*head, line]
    return [*head, f"{name} = [", *(f"    {entry}," for entry in entries), "]"]
