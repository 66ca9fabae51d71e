"""The quantities of a problem: everything that a line of working can speak of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy

from chalkgrad.core.node import Node
from chalkgrad.marking.course import Course, Stage, each_of
from chalkgrad.marking.products import as_value
from chalkgrad.solving.statements import Statement, View

__all__ = ["Kind", "Quantity", "entries_of", "quantities_by_symbols", "quantities_of"]

Kind = Literal[
    "given",
    "forward",
    "loss",
    "share",
    "error",
    "slope",
    "gradient",
    "way",
    "regularize",
    "memory",
    "update",
    "change",
    "setting",
]


@dataclass(frozen=True, eq=False)
class Quantity:
    """Something that a line can speak of.

    Args:
        name: in the file's words: `z_h1`, `dloss/dw5`, `w5'` for a new value, `m(w5)` for memory of the optimizer.
        title: the same in words: "the gradient of w5".
        kind: what sort of quantity it is.
        stage: the number of its stage.
        symbols: its symbol in the unit view, or an array of symbols with two axes.
        of: what a gradient, a new value or a memory belongs to, in the file's words; otherwise its own name.
        role: of memory, which.
        sample: the sample it belongs to, counted from 0, where several stand side by side.
        is_beside: whether it stands beside the working, which does not need it.
        sign: -1 where a page works with the negative of what its symbols stand for, as with δ = (t - o) o (1 - o).
    """

    name: str
    title: str
    kind: Kind
    stage: int
    symbols: Any
    of: str
    role: str = ""
    sample: int | None = None
    is_beside: bool = False
    sign: int = 1

    @property
    def is_single(self) -> bool:
        """Whether it is one number."""
        return isinstance(self.symbols, Node) or self.symbols.size == 1

    def is_later(self, other: Quantity) -> bool:
        """Whether it is the same as another one, in a later stage."""
        alike = (self.name, self.kind, self.sample, self.is_single) == (
            other.name,
            other.kind,
            other.sample,
            other.is_single,
        )
        return alike and self.stage > other.stage

    @property
    def flat(self) -> tuple[Node, ...]:
        """Its symbols, row by row."""
        return entries_of(self.symbols)

    @cached_property
    def negative(self) -> Quantity:
        """The same with the other sign; always the same object."""
        return replace(self, sign=-self.sign)

    def value(self, array: Callable[[int, Any], Any]) -> Any:
        """Its numbers.

        Args:
            array: gives the numbers of symbols of a stage, in their shape.
        """
        found = as_value(array(self.stage, self.symbols))
        return found if self.sign == 1 else -found


def entries_of(symbols: Any) -> tuple[Node, ...]:
    """The symbols of a quantity, row by row."""
    return (symbols,) if isinstance(symbols, Node) else tuple(symbols.flat)


def quantities_of(course: Course) -> tuple[Quantity, ...]:
    """Every quantity of every stage, in the order of the working: single numbers, then whole matrices."""
    return course.once("quantities", lambda: tuple(q for stage in course.stages for q in _of_stage(stage)))


def quantities_by_symbols(course: Course) -> dict[tuple[int, tuple[Node | None, ...], str], Quantity]:
    """Every quantity by its stage, its symbols and its kind."""
    return course.once("quantities by symbols", lambda: {(q.stage, q.flat, q.kind): q for q in quantities_of(course)})


def _of_stage(stage: Stage) -> Iterator[Quantity]:
    made = {*stage.statements, *stage.side}
    names = _leaf_names(stage)
    used = [node for node in stage.true or names if node not in made]
    settings = {symbol: name for name, symbol in stage.units.settings.items()}
    for (of, role), (old, _) in stage.units.states.items():
        if not old.shape:
            name = of.name.partition("#")[0]
            yield Quantity(
                f"{role}({name}) before", f"{role} of {name} before", "given", stage.number, old, name, "before"
            )
    for node in used:
        if node in settings:
            yield Quantity(settings[node], settings[node].replace("_", " "), "setting", stage.number, node, node.name)
        elif node in names:
            _, _, sample = node.name.partition("#")
            place = int(sample) - 1 if sample else None
            yield Quantity(names[node], names[node], "given", stage.number, node, names[node], sample=place)
    several = stage.units.samples > 1
    for statement in (*stage.statements.values(), *stage.side.values()):
        yield _of_statement(statement, stage, several)
    whole = list(_matrices(stage))
    yield from whole
    if several:
        yield from _of_each_sample(stage, whole)


def _leaf_names(stage: Stage) -> dict[Node, str]:
    """The name of each single input, target and parameter."""
    names: dict[Node, str] = {}
    for symbols in stage.units.entries.values():
        for node in entries_of(symbols):
            names[node] = node.name.partition("#")[0]
    return names


def _of_statement(made: Statement, stage: Stage, several: bool) -> Quantity:
    sample = made.sample if several else None
    name, title, kind = _named(made)
    behind = f" for sample {sample + 1}" if sample is not None else ""
    is_beside = made.symbol in stage.side
    return Quantity(name, title + behind, kind, stage.number, made.symbol, made.of, made.role, sample, is_beside)


def _named(made: Statement) -> tuple[str, str, Kind]:
    """Name, title and kind of what a statement works out."""
    of, symbol = made.of, re.sub(r"#\d+", "", made.symbol.name)
    if made.role == "error":
        return symbol, f"the difference {symbol}", "error"
    if made.role == "share":
        return symbol, f"the loss of {of}", "share"
    if made.role in ("change", "step"):
        return f"Δ{of}", f"the {made.role} of {of}", "change"
    if made.role == "slope":
        return symbol, f"the slope of the activation of {of}", "slope"
    if made.kind in ("forward", "loss"):
        title = (
            f"the pre-activation of {of[2:]}" if of.startswith("z_") else ("the loss" if made.kind == "loss" else of)
        )
        return of, title, "loss" if made.kind == "loss" else "forward"
    if made.role == "gradient":
        return symbol, f"the gradient of {of}", "gradient"
    if made.role == "way":
        return symbol, f"one way's part of the gradient of {of}", "way"
    if made.kind == "regularize":
        return symbol, f"the gradient of {of} with {'regularizer' if made.role == 'total' else made.role}", "regularize"
    if made.role == "parameter":
        return f"{of}'", f"the new value of {of}", "update"
    return f"{made.role}({of})", f"{made.role} of {of}", "memory"


def _matrices(stage: Stage) -> Iterator[Quantity]:
    """Whole vectors and matrices of the forward pass, their gradients and new values."""
    entries = stage.matrix_entries
    for symbol, symbols in stage.units.entries.items():
        if not isinstance(symbols, numpy.ndarray) or (symbols.size == 1 and symbols.flat[0].name == symbol.name):
            continue
        made = any(node in stage.statements for node in entries_of(symbols))
        name = symbol.name
        yield Quantity(name, name, "forward" if made else "given", stage.number, symbols, name)
    yield from _side_matrices(stage)
    if stage.is_after:
        return
    view, worked = stage.matrix, {*stage.statements, *stage.side}
    for of, symbol in view.gradients.items():
        # The derivative of an output by itself is nothing that is worked out.
        if isinstance(entries.get(symbol), numpy.ndarray) and worked.issuperset(entries_of(entries[symbol])):
            title = f"the gradient of {of.name}"
            yield Quantity(symbol.name, title, "gradient", stage.number, entries[symbol], of.name, "gradient")
    for of, symbol in view.totals.items():
        if isinstance(entries.get(symbol), numpy.ndarray) and symbol not in view.gradients.values():
            title = f"the gradient of {of.name} with regularizer"
            yield Quantity(symbol.name, title, "regularize", stage.number, entries[symbol], of.name, "total")
    yield from _updated(view, stage)


def _updated(view: View, stage: Stage) -> Iterator[Quantity]:
    entries = stage.matrix_entries
    singles = {symbols for symbols in stage.units.entries.values() if isinstance(symbols, Node)}
    for symbol, symbols in stage.units.entries.items():
        if isinstance(symbols, Node) or (symbols.size == 1 and symbols.flat[0] in singles):
            continue
        own, number = symbol.name, stage.number
        if (found := each_of(symbols, stage.units.updated)) is not None:
            yield Quantity(f"{own}'", f"the new value of {own}", "update", number, found, own, "parameter")
        for role in ("change", "step"):
            if (found := each_of(symbols, stage.side_by(role))) is not None:
                yield Quantity(f"Δ{own}", f"the {role} of {own}", "change", number, found, own, role)
    for (of, name), (_, symbol) in view.states.items():
        if isinstance(entries.get(symbol), numpy.ndarray):
            yield Quantity(
                f"{name}({of.name})", f"{name} of {of.name}", "memory", stage.number, entries[symbol], of.name, name
            )


def _of_each_sample(stage: Stage, whole: Iterable[Quantity]) -> Iterator[Quantity]:
    """The part of one sample of what several samples have side by side: `h^{(1)}`, a vector."""
    axes = {
        symbol.name: axis for symbol, symbols in stage.units.entries.items() if (axis := _axis(symbols)) is not None
    }
    for quantity in whole:
        axis = axes.get(quantity.of)
        if axis is None or quantity.kind not in ("given", "forward", "gradient", "error", "slope"):
            continue
        for sample in range(quantity.symbols.shape[axis]):
            symbols = quantity.symbols.take([sample], axis)
            title = f"{quantity.title} for sample {sample + 1}"
            if symbols.size > 1:
                yield replace(quantity, title=title, symbols=symbols, sample=sample)


def _axis(symbols: Any) -> int | None:
    """Along which axis samples lie: every symbol of a sample ends in its number."""
    if isinstance(symbols, Node) or symbols.ndim != 2 or "#" not in symbols.flat[0].name:
        return None
    return 0 if len({node.name.partition("#")[2] for node in symbols[0]}) == 1 else 1


def _side_matrices(stage: Stage) -> Iterator[Quantity]:
    """The slopes of a whole layer, and all differences of predictions and targets."""
    errors, slopes = stage.side_by("error"), stage.side_by("slope")
    around = {of: symbol for of, symbol in stage.gradients.items() if symbol in stage.side}
    loss = "" if stage.units.loss is None else stage.units.loss.name
    for symbol, symbols in stage.units.entries.items():
        if not isinstance(symbols, numpy.ndarray):
            continue
        name = symbol.name
        if errors and (found := each_of(symbols, errors)) is not None:
            yield Quantity(f"{name} - y", f"the difference {name} - y", "error", stage.number, found, name, "error")
        if around and symbol not in stage.matrix.gradients and (found := each_of(symbols, around)) is not None:
            title = f"the gradient of {name}"
            yield Quantity(f"d{loss}/d{name}", title, "gradient", stage.number, found, name, "gradient")
        if slopes and (found := each_of(symbols, slopes)) is not None:
            title = f"the slope of the activation of {name}"
            yield Quantity(f"d{name}/dz_{name}", title, "slope", stage.number, found, name, "slope")
