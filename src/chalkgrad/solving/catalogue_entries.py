"""What the catalogue tells of one record: its formula and derivative as boxes, worked out from the record itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy

from chalkgrad.core.evaluate import Evaluator
from chalkgrad.core.gradient import gradient
from chalkgrad.core.node import Facts, Node, Op, toposort, variable
from chalkgrad.core.precise import precise
from chalkgrad.core.shape import Axis, Shape
from chalkgrad.core.units import entries, unit_array
from chalkgrad.errors import ShapeError
from chalkgrad.ops import Entry, Loss, Optimizer, Regularizer
from chalkgrad.ops.activations import sigmoid
from chalkgrad.ops.functions import indicator
from chalkgrad.ops.optimizers import Update
from chalkgrad.ops.softmax import softmax, softmax_unit
from chalkgrad.ops.structure import part
from chalkgrad.render.boxes import Box, Identifier, row
from chalkgrad.render.document import Formula, Part, words
from chalkgrad.render.names import name_box
from chalkgrad.render.notation import Labels, Written, write_node
from chalkgrad.solving.labels import LOSS_LETTER, Lettering, partial_box, setting_box
from chalkgrad.solving.statements import Statement, View
from chalkgrad.solving.words import reason

__all__ = ["KINDS", "Curve", "Described", "describe", "kind_of"]

KINDS = ("activation", "loss", "optimizer", "regularizer", "function")

_ONE_SAMPLE, _SAMPLES, _TWO = Axis("samples", 1), Axis("samples", None), Axis("outputs", 2)


@dataclass(frozen=True, slots=True)
class Curve:
    """A function of one number and its slope, as nodes of a variable."""

    argument: Node
    value: Node
    slope: Node

    def at(self, place: int) -> tuple[Any, Any] | None:
        """The value and the slope at a place to 50 digits, or `None` outside the domain."""
        xp = precise()
        value, slope = Evaluator([self.value, self.slope], [self.argument], xp)(xp.array(place))
        return None if value != value or slope != slope else (value, slope)


@dataclass(frozen=True)
class Described:
    """A record as the catalogue shows it.

    Args:
        name: its name in a problem file.
        kind: one of `KINDS`.
        facts: what its record says in words.
        formulas: its formula, in as many lines as it takes.
        derivatives: its derivative.
        brief: formula and derivative for the overview, the derivative `None` where an update has none.
        settings: for an optimizer or a regularizer, the letter of each of its numbers, and its default if it has one.
        curve: for a function of one number, what its values are worked out from.
    """

    name: str
    kind: str
    facts: Facts
    formulas: tuple[Formula, ...]
    derivatives: tuple[Formula, ...]
    brief: tuple[Box, Box | None]
    settings: Mapping[str, tuple[Box, Fraction | None]]
    curve: Curve | None = None


def kind_of(entry: Entry) -> str:
    """One of `KINDS`, or an empty string for the parts that those are made of."""
    if isinstance(entry, Loss):
        return "loss"
    if isinstance(entry, Optimizer):
        return "optimizer"
    if isinstance(entry, Regularizer):
        return "regularizer"
    return entry.role if entry.role in ("activation", "function") else ""


def describe(entry: Entry) -> Described:
    """What the catalogue tells of a record that has a kind."""
    match entry:
        case Loss():
            return _loss(entry)
        case Optimizer():
            return _optimizer(entry)
        case Regularizer():
            return _regularizer(entry)
        case Op(elementwise=True) if _count_of_arguments(entry) == 1:
            return _of_one_number(entry)
        case _:
            return _of_several(entry)


# --- formulas ---------------------------------------------------------------------------------------------------------


def _equation(left: Box, *boxes: Box, note: str = "") -> Formula:
    """`left = a = b`, each said once."""
    parts: list[Box] = []
    for box in boxes:
        if box not in (left, *parts):
            parts.append(box)
    return Formula(left, tuple(Part("=", box) for box in parts), words(note) if note else ())


def _labelled(boxes: Mapping[Node, Box]) -> Labels:
    return Labels({node: Written(box) for node, box in boxes.items()})


def _units(letter: str) -> list[Node]:
    """A letter with the numbers 1 and 2."""
    return [variable(f"{letter}_1"), variable(f"{letter}_2")]


def _row_of(letter: str) -> tuple[Node, Any]:
    """One sample with two units, and its entries."""
    return variable(letter, (_ONE_SAMPLE, _TWO)), unit_array([_units(letter)])


# --- activations and functions ----------------------------------------------------------------------------------------


def _letters(op: Op) -> tuple[str, str]:
    """What goes in and what comes out: z and a for an activation, x and y for any other function."""
    return ("z", "a") if op.role == "activation" else ("x", "y")


def _count_of_arguments(op: Op) -> int:
    """How many quantities an op takes: what its forward asks for behind the namespace."""
    asked = inspect.signature(op.forward).parameters.values()
    return sum(parameter.default is parameter.empty for parameter in asked) - 1


def _of_one_number(op: Op) -> Described:
    before, after = _letters(op)
    z = variable(before)
    node = op(z)
    (slope,) = gradient(node, [z])
    longhand = op.define(node)
    written = write_node(node)
    formula = _equation(Identifier(after), written, *(() if longhand is None else (write_node(longhand),)))
    short = write_node(slope, _labelled({node: Identifier(after)}))
    has_indicator = any(inner.op is indicator for inner in toposort([slope]))
    note = "the sign 1 with a condition is 1 where that holds, else 0" if has_indicator else ""
    derivative = _equation(partial_box(Identifier(after), Identifier(before)), short, write_node(slope), note=note)
    brief = formula.parts[-1].box, short
    return Described(op.name, op.role, op.facts, (formula,), (derivative,), brief, {}, Curve(z, node, slope))


def _of_several(op: Op) -> Described:
    """A function of several numbers, on two of them."""
    before, after = _letters(op)
    if op.elementwise:
        zs = _units(before)
        values = [op(*zs)]
        slopes = [gradient(values[0], zs)]
    else:
        zs, values, slopes = _of_a_layer(op, before)
    names = [name_box(f"{after}_{k}" if len(values) > 1 else after) for k in range(1, len(values) + 1)]
    named = dict(zip(values, names, strict=True))
    pieces = {
        node: box
        for node, box in _shares([*values, *(slope for line in slopes for slope in line)]).items()
        if node not in named
    }
    formulas = [_equation(named[value], write_node(value, _labelled(pieces), expand=True)) for value in values]
    formulas += [_equation(box, write_node(node)) for node, box in pieces.items()]
    labels = _labelled({**pieces, **named})
    derivatives = [
        _equation(partial_box(name, write_node(z)), write_node(slope, labels))
        for name, line in zip(names, slopes, strict=True)
        for z, slope in zip(zs, line, strict=True)
    ]
    brief = formulas[0].parts[-1].box, derivatives[0].parts[-1].box
    return Described(op.name, op.role, op.facts, tuple(formulas), tuple(derivatives), brief, {})


def _of_a_layer(op: Op, letter: str) -> tuple[list[Node], list[Node], list[list[Node]]]:
    """The two inputs of an op over a layer, its outputs, and the slope of each output for each input."""
    z, zs = _row_of(letter)
    whole = op(z)
    outputs = [part(whole, row=0, column=k) for k in range(2)] if whole.shape else [whole]
    gradients = [gradient(output, [z])[0] for output in outputs]
    values, *slopes = entries([whole, *gradients], {z: zs})
    return list(zs.flat), _flat(values), [_flat(line) for line in slopes]


def _flat(values: Any) -> list[Node]:
    return [values] if isinstance(values, Node) else list(numpy.asarray(values, dtype=object).flat)


def _shares(nodes: list[Node]) -> dict[Node, Box]:
    """The outputs of a softmax in nodes, called p₁ and p₂, in this order."""
    found = {node.attributes["index"]: node for node in toposort(nodes) if node.op is softmax_unit}
    return {found[index]: name_box(f"p_{index + 1}") for index in sorted(found)}


# --- losses -----------------------------------------------------------------------------------------------------------


def _loss(loss: Loss) -> Described:
    prediction = "z" if _takes_preactivations(loss) else "ŷ"
    value, slopes, predictions = _of_one_sample(loss, prediction)
    letter = Identifier("ℓ")
    shares = _shares([value, *slopes])
    terms = _terms(value)
    formulas = [_equation(letter, write_node(value, _labelled({**shares, **terms})), note="of one sample, two outputs")]
    formulas += [_equation(box, write_node(node), _longhand(node)) for node, box in terms.items()]
    formulas += [_equation(box, write_node(node)) for node, box in shares.items()]
    formulas.append(_of_the_batch(loss))
    derivatives = [_equation(partial_box(letter, write_node(predictions[0])), write_node(slopes[0], _labelled(shares)))]
    derivatives += _behind_activations(loss, letter)
    derivatives.append(_slope_of_the_batch(loss))
    brief = _brief_loss(loss, prediction)
    return Described(loss.name, "loss", loss.facts, tuple(formulas), tuple(derivatives), brief, {})


def _terms(value: Node) -> dict[Node, Box]:
    """What each output contributes, called c₁ and c₂, where the loss has an op of its own for that."""
    found = [node for node in toposort([value]) if node.op.role == "loss" and node is not value]
    return {node: name_box(f"c_{k}") for k, node in enumerate(found, start=1)}


def _longhand(node: Node) -> Box:
    """The definition of a node, or the node itself if it has none."""
    definition = node.op.define(node)
    return write_node(node if definition is None else definition)


def _fused(node: Node) -> bool:
    """Whether a formula holds a loss and an activation in one op."""
    return any(n.op.role == "loss" and n.op.notation.style == "defined" for n in toposort([node]))


def _takes_preactivations(loss: Loss) -> bool:
    prediction, target = _row_of("z")[0], _row_of("y")[0]
    return _fused(loss.rows(prediction, target, 1))


def _of_one_sample(loss: Loss, letter: str, activation: Op | None = None) -> tuple[Node, list[Node], list[Node]]:
    """The loss of one sample with two outputs, its slopes, and what these are for."""
    prediction, predictions = _row_of(letter)
    target, targets = _row_of("y")
    rows = loss.rows(prediction if activation is None else activation(prediction), target, 1)
    (slope,) = gradient(rows, [prediction])
    value, slopes = entries([rows, slope], {prediction: predictions, target: targets})
    return _flat(value)[0], _flat(slopes), list(predictions.flat)


def _behind_activations(loss: Loss, letter: Box) -> Iterator[Formula]:
    """The slope for the pre-activation, where the loss takes sigmoid or softmax in."""
    if _takes_preactivations(loss):
        return
    for activation in (sigmoid, softmax):
        prediction, target = _row_of("z")[0], _row_of("y")[0]
        if not _fused(loss.rows(activation(prediction), target, 1)):
            continue
        _, slopes, (z, _) = _of_one_sample(loss, "z", activation)
        outputs = [node for node in toposort(slopes) if node.op in (sigmoid, softmax_unit)]
        names = {node: name_box("ŷ_1") for node in outputs if _belongs_to_first(node, z)}
        yield _equation(
            partial_box(letter, write_node(z)), write_node(slopes[0], _labelled(names)),
            note=f"behind a {activation.name}",
        )  # fmt: skip


def _belongs_to_first(node: Node, z: Node) -> bool:
    return node.attributes["index"] == 0 if node.op is softmax_unit else node.arguments[0] is z


def _batch_of_losses(loss: Loss) -> tuple[Node, Node]:
    each = variable("ℓ_n", (_SAMPLES, Axis("outputs", 1)))
    return each, loss.total(each)


def _of_the_batch(loss: Loss) -> Formula:
    _, total = _batch_of_losses(loss)
    return _equation(LOSS_LETTER, write_node(total), note="of a batch of N samples")


def _slope_of_the_batch(loss: Loss) -> Formula:
    each, total = _batch_of_losses(loss)
    (slope,) = gradient(total, [each])
    return _equation(partial_box(LOSS_LETTER, write_node(each)), write_node(slope, _labelled({total: LOSS_LETTER})))


def _brief_loss(loss: Loss, letter: str) -> tuple[Box, Box]:
    """On one output, or for losses that need several, on a whole row."""
    shape: Shape = () if _on_one_output(loss) else (_ONE_SAMPLE, _TWO)
    prediction, target = variable(letter, shape), variable("y", shape)
    rows = loss.rows(prediction, target, 1)
    (slope,) = gradient(rows, [prediction])
    return _longhand(rows) if rows.op.role == "loss" else write_node(rows), write_node(slope)


def _on_one_output(loss: Loss) -> bool:
    try:
        loss.rows(variable("ŷ"), variable("y"), 1)
    except ShapeError:
        return False
    return True


# --- regularizers and optimizers --------------------------------------------------------------------------------------


def _regularizer(regularizer: Regularizer) -> Described:
    weights = variable("W", (Axis("inputs", 2), Axis("units", 2)))
    strength = variable(regularizer.name)
    letter = setting_box(regularizer.name)
    labels = _labelled({strength: letter})
    penalty = regularizer.penalty(weights, strength)
    (slope,) = gradient(penalty, [weights])
    formula = _equation(Identifier("R"), write_node(penalty, labels))
    derivative = _equation(partial_box(Identifier("R"), write_node(weights)), write_node(slope, labels))
    brief = formula.parts[-1].box, derivative.parts[-1].box
    settings: dict[str, tuple[Box, Fraction | None]] = {regularizer.name: (letter, None)}
    return Described(
        regularizer.name, "regularizer", regularizer.facts, (formula,), (derivative,), brief, settings
    )  # fmt: skip


def _optimizer(optimizer: Optimizer) -> Described:
    view = _update_view(optimizer)
    lettering = Lettering(view, (1,), frozenset())
    labels = lettering.labels()
    total, *lines = view.statements
    formulas = [_equation(lettering.of(total.symbol), partial_box(LOSS_LETTER, name_box("w")))]
    kept = {new for _, new in view.states.values()} | set(view.updated.values())
    for statement in lines:
        # What is remembered replaces what was remembered; everything else only has a name.
        relation = "←" if statement.symbol in kept else "="
        right = Part(relation, write_node(statement.formula, labels, expand=True))
        formulas.append(Formula(lettering.of(statement.symbol), (right,), words(reason(statement))))
    settings = {name: (setting_box(name), default) for name, default in optimizer.settings.items()}
    brief = row(formulas[-1].parts[0].box)
    return Described(optimizer.name, "optimizer", optimizer.facts, tuple(formulas), (), (brief, None), settings)


def _update_view(optimizer: Optimizer) -> View:
    """One update of a weight w, as the solutions write it."""
    weight, total = variable("w"), variable("dL/dw:total")
    settings = {name: variable(name) for name in (*optimizer.settings, "t")}
    before = {name: variable(f"{name}:w") for name in optimizer.state}
    update = Update(weight, total, before, settings)
    optimizer.write(update)
    statements = [Statement(total, total, "regularize", "w", "total")]
    statements += [Statement(line.symbol, line.formula, "update", "w", name) for name, line in update.lines.items()]
    states = {(weight, name): (before[name], update.lines[name].symbol) for name in optimizer.state}
    updated = {weight: update.lines["parameter"].symbol}
    return View("matrix", 1, tuple(statements), {}, {}, updated, states, settings, {}, None)
