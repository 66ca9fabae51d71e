"""Tables over all steps, and the summary of data that are too many to write out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy

from chalkgrad.core.node import Node
from chalkgrad.render.document import Block, Heading, Inline, Paragraph, Table, words
from chalkgrad.render.names import name_box
from chalkgrad.solving.derivation import Derivation, WorkedStep
from chalkgrad.solving.labels import LOSS_LETTER, value_box

__all__ = ["course_tables", "data_summary"]

# So many numbers of a line fit a terminal and a page without being cut.
_MOST_COLUMNS = 6
_MOST_ROWS = 40


def course_tables(derivation: Derivation) -> Iterator[Block]:
    """Parameters and losses, step by step."""
    if len(derivation.steps) < 2 or not derivation.problem.updates:
        return
    columns = _columns(derivation)
    yield Heading(words("All steps"), 2)
    letter = name_box(derivation.steps[0].floats.view.loss.name) if _plain_loss(derivation) else LOSS_LETTER  # type: ignore[union-attr]
    for start in range(0, max(1, len(columns)), _MOST_COLUMNS):
        chosen = columns[start : start + _MOST_COLUMNS]
        first = start == 0
        header: list[Inline] = [words("epoch"), words("step")]
        header += [words(letter, " before")] if first else []
        header += [words(name_box(name)) for name, _, _ in chosen]
        rows = [_row(derivation, step, chosen, first) for step in _shown(derivation.steps)]
        left_out = len(derivation.steps) - len(rows)
        caption = words(f"Parameters after each step; {left_out} steps in the middle are left out.") if left_out else ()
        yield Table(tuple(header), tuple(rows), "rr" + "r" * (len(header) - 2), caption)


def _plain_loss(derivation: Derivation) -> bool:
    loss = derivation.steps[0].floats.view.loss
    return loss is not None and loss.name != "loss"


def _shown(steps: tuple[WorkedStep, ...]) -> tuple[WorkedStep, ...]:
    if len(steps) <= _MOST_ROWS:
        return steps
    return (*steps[: _MOST_ROWS // 2], *steps[-_MOST_ROWS // 2 :])


def _columns(derivation: Derivation) -> list[tuple[str, Any, tuple[int, ...]]]:
    """Every number that is learned: its name, its parameter, and where in it."""
    graph = derivation.problem.graph(1)
    columns: list[tuple[str, Any, tuple[int, ...]]] = []
    for node in graph.parameters:
        if node.name not in derivation.problem.learned:
            continue
        sizes = tuple(axis.size or 1 for axis in node.shape)
        indices = list(numpy.ndindex(sizes)) if sizes else [()]
        columns += [(name, node, index) for name, index in zip(graph.unit_names[node], indices, strict=True)]
    if derivation.asking.units:
        shown = {(node.name, index) for node, index in _shown_entries(derivation)}
        columns = [column for column in columns if (column[1].name, column[2]) in shown]
    return columns[: 8 * _MOST_COLUMNS]


def _shown_entries(derivation: Derivation) -> list[tuple[Node, tuple[int, ...]]]:
    """Which entries of parameters are shown, where only some units are."""
    view = derivation.shown_steps[0].exact["units"].view
    return [view.taken[node] for node in view.updated]


def _row(
    derivation: Derivation, step: WorkedStep, columns: list[tuple[str, Any, tuple[int, ...]]], with_loss: bool
) -> tuple[Inline, ...]:
    numbers = step.floats if derivation.asking.units else next(iter(step.exact.values()), step.floats)
    cells: list[Inline] = [words(str(step.batch.epoch)), words(str(step.batch.step))]
    if with_loss and numbers.view.loss is not None:
        cells.append(words(value_box(numbers.values[numbers.view.loss], derivation.asking.style)[0]))
    for _, node, index in columns:
        after = numbers.after(node)
        value = after[index] if index else after
        cells.append(words(value_box(value, derivation.asking.style)[0]))
    return tuple(cells)


def _maker(formula: Node) -> str:
    return formula.op.facts.title if formula.op.role == "activation" else "weighted sum"


def data_summary(derivation: Derivation) -> Iterator[Block]:
    """What is known of data in files or sets, without writing the numbers out."""
    spec = derivation.problem.keys.data
    if spec is None or isinstance(spec, tuple):
        return
    yield Heading(words("Data"), 2)
    yield Paragraph(words(derivation.problem.dataset.summary))
    rows = []
    for line in derivation.problem.graph(1).forward_lines:
        sizes = " × ".join(str(axis.size) for axis in line.symbol.shape)
        rows.append((words(name_box(line.symbol.name)), words(sizes), words(_maker(line.formula))))
    for node in derivation.problem.graph(1).parameters:
        sizes = " × ".join(str(axis.size) for axis in node.shape) or "1"
        rows.append((words(name_box(node.name)), words(sizes), words("parameter")))
    yield Table((words("quantity"), words("size for one sample"), words("made by")), tuple(rows), "lrl")
    yield Paragraph(
        words("The formulas below hold for every sample; so many numbers are for training, not for longhand.")
    )
