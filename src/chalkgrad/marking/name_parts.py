"""Parts of names: what a subscript names, the columns of a matrix, how many samples a mean is taken over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from chalkgrad.marking.course import Stage
from chalkgrad.marking.naming import Key, layers_of
from chalkgrad.marking.page import written
from chalkgrad.marking.page.written import Name, Term
from chalkgrad.marking.quantities import Quantity

__all__ = ["bare", "columns_of", "counts_of", "last_word", "named_below", "sample_above"]


def bare(term: Term) -> Term:
    """A term without transposition, brackets and notes."""
    while isinstance(term, written.Transpose | written.Group | written.Annotated):
        (term,) = term.children()
    return term


def last_word(script: str) -> str:
    """The last word of a script: `new` of `1,new`."""
    return re.split(r"[,_ ]", script)[-1] if script else ""


def named_below(script: str) -> Key:
    """A subscript read as a name of its own: `w5`, `h1`, `o`."""
    found = re.fullmatch(r"([^\W\d_]+)(\d*)", script)
    return Key(found[1], found[2]) if found else Key(script)


def sample_above(name: Name) -> int | None:
    """Which sample, counted from 0, the superscript of a name in brackets may number: 1 for `x^{(2)}`."""
    found = re.fullmatch(r"\((\d{1,3})\)", name.superscript)
    return int(found[1]) - 1 if found else None


def columns_of(whole: Iterable[Quantity], name: Name) -> Iterator[Quantity]:
    """The columns that the subscript of a name counts in matrices: the second of `W` for `W_2`."""
    place = int(name.subscript[:4])
    for quantity in whole:
        if not quantity.is_single and 1 <= place <= quantity.symbols.shape[1]:
            column = quantity.symbols[:, place - 1]
            yield Quantity(name.text, name.text, quantity.kind, quantity.stage, column, name.text)


def counts_of(stage: Stage) -> tuple[int, ...]:
    """What `n` may count: all predictions, the samples, the outputs for one sample."""
    layers, samples = layers_of(stage), max(1, stage.units.samples)
    predictions = len(layers[-1].after) if layers else samples
    return tuple(dict.fromkeys((predictions, samples, predictions // samples)))
