"""What is given: the formulas, the numbers, the data, and every choice that was made for the reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy

from chalkgrad.core.node import Node
from chalkgrad.errors import counted
from chalkgrad.reading.problem import Problem, Samples
from chalkgrad.render.boxes import Box, Fenced, MatrixBox, NumberBox, Sign, row
from chalkgrad.render.document import Block, Code, Fold, Formula, Heading, Math, Paragraph, Part, Table, words
from chalkgrad.render.names import name_box, with_superscript
from chalkgrad.render.notation import Labels, Written, write_node
from chalkgrad.render.numbers import NumberStyle, show_number
from chalkgrad.solving.derivation import Derivation
from chalkgrad.solving.labels import LOSS_LETTER, setting_box

__all__ = ["setting_blocks"]

# Given numbers are printed as they are; only drawn ones are long enough to be cut.
_GIVEN_STYLE = NumberStyle(6, significant=True)
_MOST_SAMPLES = 20
_MOST_COLUMNS = 14
_MOST_ENTRIES = 200


def setting_blocks(derivation: Derivation) -> Iterator[Block]:
    """The section on what is given."""
    problem = derivation.problem
    yield Heading(words("Given"), 2)
    yield from _formulas(problem, "matrix" in derivation.asking.views)
    yield from _data(problem)
    if not derivation.asking.units:
        yield from _parameters(problem)
    if problem.updates:
        yield Paragraph(words(*_optimizer(problem)))
    if derivation.asking.carry == "rounded":
        yield Paragraph(words("Every printed number is rounded, and the next line goes on with the printed number."))
    yield from _choices(derivation)


def _formulas(problem: Problem, matrices: bool) -> Iterator[Block]:
    """The forward pass in letters; that of a network only where it is looked at matrix by matrix."""
    graph = problem.graph(1)
    if problem.keys.network is not None:
        yield Paragraph(words(_layers(problem)))
    for line in graph.forward_lines if matrices or problem.keys.network is None else ():
        yield Formula(name_box(line.symbol.name), (Part("=", write_node(line.formula)),))
    letters = {line.formula: line.symbol for line in graph.forward_lines}
    for line in graph.loss_lines:
        yield Formula(LOSS_LETTER, (Part("=", _with_output(line.formula, letters)),))


def _with_output(formula: Node, letters: dict[Node, Node]) -> Box:
    """A formula in which the output stands by its name, not by what it is made of."""
    known = {node: Written(name_box(symbol.name)) for node, symbol in letters.items() if node.arguments}
    return write_node(formula, Labels(known))


def _layers(problem: Problem) -> str:
    network, names = problem.keys.network, problem.file.names
    assert network is not None
    assert names is not None
    parts = [counted(len(names.inputs), "input")]
    for layer, units in zip(network.layers, names.units, strict=True):
        parts.append(counted(len(units), f"{layer.activation} unit"))
    count = sum(_count(node) for node in problem.graph(1).parameters)
    return f"A network of {', then '.join(parts)}; {counted(count, 'parameter')}."


def _data(problem: Problem) -> Iterator[Block]:
    samples = problem.samples
    if samples is None:
        return
    graph = problem.graph(1)
    named = {node.name: graph.unit_names[node] for node in graph.inputs}
    inputs = named.get("x") or tuple(f"x_{k + 1}" for k in range(len(samples.inputs[0])))
    targets = named.get("y", ())
    is_wide = len(inputs) + len(targets) >= _MOST_COLUMNS
    if problem.keys.scale != "none":
        how = {"standard": "to mean 0 and standard deviation 1", "0..1": "to lie from 0 to 1"}[problem.keys.scale]
        over = "the samples that train" if problem.rows else "the samples"
        stop = "." if problem.rows and is_wide else ":"
        yield Paragraph(words(f"The inputs are scaled over {over} {how}{stop}"))
    header = (words("sample"), *(words(name_box(name)) for name in (*inputs, *targets)))
    if is_wide:
        yield from _wide_data(samples, len(inputs), len(targets), bool(problem.rows))
        return
    rows = [
        (words(str(k + 1)), *(words(_number(value)) for value in (*x, *(y if targets else ()))))
        for k, x, y in zip(samples.numbers, samples.inputs, samples.targets, strict=True)
    ]
    more = words(f"and {len(rows) - _MOST_SAMPLES} more samples") if len(rows) > _MOST_SAMPLES else ()
    yield Table(header, tuple(rows[:_MOST_SAMPLES]), "c" + "r" * (len(header) - 1), more)


def _wide_data(samples: Samples, inputs: int, targets: int, picked: bool) -> Iterator[Block]:
    """Samples too wide for a table: how many there are, and those that were picked as rows."""
    yield Paragraph(words(f"{counted(len(samples), 'sample')} with {inputs} inputs and {targets} targets each."))
    for number, x, y in zip(samples.numbers, samples.inputs, samples.targets, strict=True) if picked else ():
        for letter, row_ in (("x", x), ("y", y)):
            left = (
                name_box(letter)
                if len(samples) == 1
                else with_superscript(name_box(letter), Fenced(NumberBox(str(number + 1))))
            )
            yield Formula(left, (Part("=", MatrixBox((tuple(_number(value) for value in row_),))),))


def _is_overruled(key: str, derivation: Derivation) -> bool:
    """Whether a choice of the problem file does not hold here, because the solution was asked for otherwise."""
    asking, show = derivation.asking, derivation.problem.keys.show
    style = NumberStyle(show.round.digits, show.round.kind == "significant")
    same = {
        "show.round": style == asking.style,
        "show.carry": show.carry == asking.carry,
        "show.view": (show.view == "both") == (len(asking.views) > 1),
        "show.detail": show.detail == asking.detail,
    }
    return not same.get(key, True)


def _number(value: Any) -> Box:
    return show_number(value, _GIVEN_STYLE).box


def _parameters(problem: Problem) -> Iterator[Block]:
    """The value of each parameter before the first step."""
    nodes = [node for node in problem.graph(1).parameters if node.name in problem.values]
    scalars = [node for node in nodes if not node.shape]
    if scalars:
        pieces: list[Any] = []
        for node in scalars:
            pieces += [", "] if pieces else []
            pieces.append(Math(row(name_box(node.name), Sign("=", "relation"), _number(problem.values[node.name]))))
        yield Paragraph(words(*pieces, "."))
    for node in nodes:
        if node.shape and _count(node) <= _MOST_ENTRIES:
            yield Formula(name_box(node.name), (Part("=", _matrix(problem.values[node.name], node)),))


def _count(node: Node) -> int:
    return int(numpy.prod([axis.size or 1 for axis in node.shape], dtype=int))


def _matrix(value: Any, node: Node) -> Box:
    sizes = [axis.size or 1 for axis in node.shape]
    array = numpy.asarray(value, dtype=object)
    full = numpy.full(sizes, value, dtype=object) if not array.shape else array.reshape(sizes)
    return MatrixBox(tuple(tuple(_number(entry) for entry in line) for line in full))


def _optimizer(problem: Problem) -> list[Any]:
    """The optimizer with its numbers, and how the samples are taken."""
    title = problem.optimizer.facts.title
    pieces: list[Any] = [f"{title[0].upper()}{title[1:]}"]
    for name, value in problem.settings.items():
        pieces.append(" with " if len(pieces) == 1 else ", ")
        pieces.append(Math(row(setting_box(name), Sign("=", "relation"), _number(value))))
    for name, strength in problem.strengths.items():
        text = f"; {name[0].upper()}{name[1:]} regularization with "
        pieces += [text, Math(row(setting_box(name), Sign("=", "relation"), _number(strength)))]
    return [*pieces, f". {_course(problem)}"]


def _course(problem: Problem) -> str:
    total, epochs = len(problem.samples or ()), problem.keys.epochs
    if problem.samples is None and problem.keys.data is not None:
        size_words = "all samples" if problem.keys.batch == "full" else counted(int(problem.keys.batch), "sample")
        return f"Steps on {size_words} at a time, {counted(epochs, 'epoch')}."
    if total < 2:
        return f"{counted(epochs, 'step')}."
    size = total if problem.keys.batch == "full" else min(int(problem.keys.batch), total)
    per_epoch = -(-total // size)
    kind = "Batch" if size == total else "Stochastic" if size == 1 else "Mini-batch"
    how = f"all {total} samples" if size == total and total > 1 else counted(size, "sample")
    updates = per_epoch * epochs
    words_ = f"{kind} gradient descent: {how} a step, {counted(per_epoch, 'step')} an epoch"
    return f"{words_}, {counted(epochs, 'epoch')}: {counted(updates, 'update')} in all."


def _choices(derivation: Derivation) -> Iterator[Block]:
    """Everything that was not written in the problem file and was taken as usual."""
    taken = [c for c in derivation.problem.file.defaults_taken() if not _is_overruled(c.key, derivation)]
    if not taken or derivation.asking.detail == "short":
        return
    rows = tuple((words(Code(choice.key)), words(str(choice.shown)), words(choice.why)) for choice in taken)
    table = Table((words("key"), words("taken as"), words("because")), rows)
    yield Fold(words("What the problem leaves open, and how it was taken"), (table,))
