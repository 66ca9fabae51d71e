"""What is said around the lines of some units: which they are, and the numbers that come from all the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from chalkgrad.core.graph import Graph
from chalkgrad.core.node import VARIABLE, Node, toposort
from chalkgrad.render.boxes import Box
from chalkgrad.render.document import Block, Code, Fold, Inline, Paragraph, Table, words
from chalkgrad.render.names import name_box
from chalkgrad.solving.derivation import Asking, Derivation
from chalkgrad.solving.labels import Lettering, value_box
from chalkgrad.solving.steps import StepValues

__all__ = ["taken_entry_words", "taken_numbers", "units_words"]

_COLUMNS = 3
_MOST = 40


def units_words(derivation: Derivation) -> Iterator[Block]:
    """That only some units are shown, and where the other numbers come from."""
    units = derivation.asking.units
    if not units:
        return
    pieces: list[Any] = []
    for name in units:
        pieces += [", "] if pieces else []
        pieces.append(Code(name))
    text = " written out here; the numbers of everything else come from the forward pass and the backward pass of the "
    yield Paragraph(words("Only ", *pieces, " is" if len(units) == 1 else " are", text, "whole network."))


def taken_entry_words(lettering: Lettering) -> Iterator[Block]:
    """How the entries of matrices and vectors are called: one example of each kind."""
    pieces: list[Any] = []
    told: set[bool] = set()
    owners = _owners(lettering)
    for node, (symbol, index) in lettering.view.taken.items():
        is_parameter = len(index) == 2 and symbol.name in owners
        is_matrix = is_parameter and all((axis.size or 1) > 1 for axis in symbol.shape)
        if not is_parameter or is_matrix in told:
            continue
        told.add(is_matrix)
        row, column = index[0] + 1, index[1] + 1
        where = f" is the entry in row {row}, column {column} of " if is_matrix else f" is entry {max(row, column)} of "
        pieces += ["; "] if pieces else []
        pieces += [lettering.of(node), where, name_box(symbol.name)]
    if pieces:
        yield Paragraph(words(*pieces, "; and so on."))


def _owners(lettering: Lettering) -> set[str]:
    """The names of the parameters of which entries are shown."""
    taken = lettering.view.taken
    return {taken[node][0].name for node in lettering.view.updated or lettering.view.gradients if node in taken}


def taken_numbers(graph: Graph, lettering: Lettering, numbers: StepValues, asking: Asking) -> Iterator[Block]:
    """The numbers of units that are not shown, of the forward pass and of the backward pass.

    Those of the data and of parameters stand in the lines themselves.
    """
    view = numbers.view
    produced = {statement.symbol for statement in view.statements}
    used = toposort([statement.formula for statement in view.statements])
    leaves = [node for node in used if node.op is VARIABLE and node in view.taken and node not in produced]
    arriving = set(view.gradients.values())
    made = {line.symbol for line in graph.lines}
    forward = [node for node in leaves if node not in arriving and view.taken[node][0] in made]
    if view.loss is not None and view.loss not in {*produced, *forward}:
        forward.insert(0, view.loss)
    backward = [node for node in leaves if node in arriving]
    blocks = [
        *_listed(forward, "From the forward pass", lettering, numbers, asking),
        *_listed(backward, "From the backward pass", lettering, numbers, asking),
    ]
    if blocks:
        yield Fold(words("Numbers of other units"), tuple(blocks))


def _listed(
    nodes: Sequence[Node], title: str, lettering: Lettering, numbers: StepValues, asking: Asking
) -> Iterator[Block]:
    if not nodes:
        return
    telling = [node for node in nodes if numbers.values[node] != 0] if asking.detail != "full" else list(nodes)
    shown = telling if asking.detail == "full" else telling[:_MOST]
    cells: list[Inline] = []
    for node in shown:
        letter = lettering.loss if node is numbers.view.loss else lettering.of(node)
        cells += [words(letter), words(_value(numbers.values[node], asking))]
    width = 2 * min(_COLUMNS, max(1, len(shown)))
    cells += [()] * (-len(cells) % width)
    zeros, more = len(nodes) - len(telling), len(telling) - len(shown)
    told = [f"{more:,} more are not listed" if more else "", f"{zeros:,} more are 0" if zeros else ""]
    aside = ", ".join(filter(None, told))
    rows = tuple(tuple(cells[k : k + width]) for k in range(0, len(cells), width))
    yield Paragraph(words(f"{title}{f' ({aside})' if aside else ''}:"))
    if rows:
        yield Table((words("quantity"), words("value")) * (width // 2), rows, "lr" * (width // 2))


def _value(value: Any, asking: Asking) -> Box:
    return value_box(value, asking.style)[0]
