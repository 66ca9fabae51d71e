"""A term on one line with every bracket written, for tests and messages."""

from __future__ import annotations

from collections.abc import Sequence

from chalkgrad.marking.page.written import (
    Annotated,
    Call,
    Cases,
    Chain,
    Derivative,
    Entry,
    Group,
    Matrix,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Term,
    Transpose,
    Unread,
)

__all__ = ["outline", "outline_of_chain"]


def outline(term: Term) -> str:
    """A term on one line, fully bracketed; without recursion.

    >>> outline(Negative(0, 2, Name(1, 2, "x")))
    '(-x)'
    """
    written: list[str] = []
    stack: list[tuple[Term, bool]] = [(term, False)]
    while stack:
        found, is_done = stack.pop()
        children = found.children()
        if not is_done:
            stack.append((found, True))
            stack.extend((child, False) for child in reversed(children))
            continue
        cut = len(written) - len(children)
        below = written[cut:]
        del written[cut:]
        written.append(_outline_of(found, below))
    return written[0]


def outline_of_chain(chain: Chain) -> str:
    """A chain on one line: `h_1 = [sigma(z)] ≈ 0.593`."""
    pieces = [f"{sign} {outline(part)}".strip() for sign, part in zip(chain.signs, chain.parts, strict=True)]
    return " ".join(pieces)


def _outline_of(term: Term, below: Sequence[str]) -> str:
    if isinstance(term, Number):
        return term.text + ("?" if term.readings[0].how else "")
    if isinstance(term, Name):
        return term.text
    if isinstance(term, Unread):
        return f"<{term.text}: {term.why}>"
    if isinstance(term, Call):
        return f"{term.function}{chr(39) * term.primes}({', '.join(below)})"
    if isinstance(term, Group):
        return f"[{below[0]}]"
    if isinstance(term, Negative):
        return f"(-{below[0]})"
    if isinstance(term, Transpose):
        return f"{below[0]}^T"
    return _outline_of_more(term, below)


def _outline_of_more(term: Term, below: Sequence[str]) -> str:
    if isinstance(term, Sum):
        signed = zip(term.signs, below, strict=True)
        return "(" + " ".join(f"{sign} {piece}" for sign, piece in signed).removeprefix("+ ") + ")"
    if isinstance(term, Product):
        pairs = zip((f" {sign} " if sign else " " for sign in term.signs), below, strict=True)
        return "(" + "".join(sign + piece for sign, piece in pairs).strip() + ")"
    if isinstance(term, Quotient):
        return f"({below[0]} / {below[1]})"
    if isinstance(term, Power):
        return f"({below[0]} ^ {below[1]})"
    if isinstance(term, Annotated):
        return f"note({below[0]}; {term.note})"
    if isinstance(term, Entry):
        return f"{below[0]}_({term.places})"
    if isinstance(term, Derivative):
        of = below[0] if term.of is not None else "?"
        by = below[-1] if term.by is not None else "?"
        return f"d({of})/d({by})"
    if isinstance(term, Cases):
        cases = zip(below, term.conditions, strict=True)
        return "cases(" + "; ".join(f"{value} if {condition}" for value, condition in cases) + ")"
    return _outline_of_matrix(term, below)


def _outline_of_matrix(term: Term, below: Sequence[str]) -> str:
    rows, place = [], 0
    for row in term.rows if isinstance(term, Matrix) else ():
        rows.append(", ".join(below[place : place + len(row)]))
        place += len(row)
    return "{" + "; ".join(rows) + "}"
