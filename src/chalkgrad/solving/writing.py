"""A derivation as a document: what a good teacher would write on the board."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from chalkgrad.core.graph import Graph
from chalkgrad.core.node import Node, toposort
from chalkgrad.ops.structure import stack
from chalkgrad.render.boxes import Box, Sign, row
from chalkgrad.render.document import (
    Block,
    BulletList,
    Document,
    Fold,
    Formula,
    Heading,
    Math,
    Paragraph,
    Part,
    Remark,
    prose,
    words,
)
from chalkgrad.render.names import name_box
from chalkgrad.render.notation import write_node
from chalkgrad.solving.comparing import comparison_blocks
from chalkgrad.solving.derivation import Check, Derivation, WorkedStep
from chalkgrad.solving.families import family_tables, written_out
from chalkgrad.solving.labels import Lettering, letters_of, partial_box, value_box
from chalkgrad.solving.lines import StatementWriter
from chalkgrad.solving.long_sums import long_sum
from chalkgrad.solving.remarks import course_remarks, forward_remarks, gradient_remarks
from chalkgrad.solving.setting import setting_blocks
from chalkgrad.solving.statements import Statement, View
from chalkgrad.solving.steps import StepValues
from chalkgrad.solving.tables import course_tables, data_summary
from chalkgrad.solving.units_words import taken_entry_words, taken_numbers, units_words

__all__ = ["write_solution"]


def write_solution(derivation: Derivation) -> Document:
    """The whole solution."""
    blocks: list[Block] = [*setting_blocks(derivation)]
    blocks += [Remark(prose(note)) for note in derivation.notes]
    blocks += units_words(derivation)
    if derivation.steps:
        for step in derivation.shown_steps:
            blocks += _step(derivation, step)
        blocks += _course(derivation)
    else:
        blocks += data_summary(derivation)
        blocks += _symbolic(derivation)
    blocks += comparison_blocks(derivation)
    blocks += _answers(derivation)
    blocks += _checks(derivation)
    return Document(derivation.problem.title, tuple(blocks))


def _letters(derivation: Derivation, view: View) -> Lettering:
    """The letters of a view whose samples need no numbers."""
    return letters_of(derivation.problem.graph(view.samples), view, tuple(range(view.samples)))


def _loss_law(derivation: Derivation) -> str:
    """What a loss with a name says of its slope; of one fused with an activation, why the two together are simple."""
    graph = derivation.problem.graph(1)
    if graph.plain_loss_lines:
        fused = [node for line in graph.loss_lines for node in toposort([line.formula]) if node.op.role == "loss"]
        return fused[0].op.facts.law if fused else ""
    known = derivation.problem.keys.named_loss
    return known.facts.law if known is not None else ""


# --- one step ---------------------------------------------------------------------------------------------------------


def _step(derivation: Derivation, step: WorkedStep) -> Iterator[Block]:
    stepwise = derivation.problem.updates or len(derivation.steps) > 1
    yield Heading(words(_step_title(derivation, step) if stepwise else "Solution"), 2)
    for name in derivation.asking.views:
        numbers = step.exact[name]
        sections = list(_view_blocks(derivation, numbers, len(derivation.asking.views) > 1))
        if name == "matrix" and len(derivation.asking.views) > 1:
            yield Fold(words("The same in matrix form"), tuple(sections), open=True)
        else:
            yield from sections


def _step_title(derivation: Derivation, step: WorkedStep) -> str:
    batch, total = step.batch, len(derivation.problem.samples or ())
    title = f"Step {batch.step}"
    if derivation.problem.keys.epochs > 1:
        title += f" (epoch {batch.epoch})"
    if total > 1 or derivation.problem.rows:
        numbers = ", ".join(str(k + 1) for k in batch.samples)
        title += f": sample{'s' * (len(batch.samples) > 1)} {numbers}"
    return title


def _view_blocks(derivation: Derivation, numbers: StepValues, both: bool) -> Iterator[Block]:
    view = numbers.view
    level = 4 if both and view.name == "matrix" else 3
    lettering = letters_of(derivation.problem.graph(view.samples), view, numbers.batch.samples)
    writer = StatementWriter(lettering, derivation.asking, numbers, _loss_law(derivation))
    yield from _section("Forward pass", level, _forward(writer, numbers, derivation.problem.graph(view.samples)))
    statements = written_out(numbers, derivation.asking)
    title = "Loss" if derivation.problem.keys.loss else "Value"
    yield from _section(title, level, [writer.formula(s, noted=False) for s in view.statements if s.kind == "loss"])
    singly = both and view.name == "matrix" and all(not node.shape for node in view.updated)
    backward = _backward(derivation, writer, statements, numbers, singly)
    tables = list(family_tables(numbers, derivation.asking))
    learns = bool(view.updated)
    yield from _section(
        "Gradients, backwards by the chain rule", level, [*backward, *([] if learns or view.loss is None else tables)]
    )
    if not singly:
        yield from _section("Update", level, [*_updates(writer, statements), *(tables if learns else [])])


def _section(title: str, level: int, blocks: Iterable[Block]) -> list[Block]:
    found = list(blocks)
    return [Heading(words(title), level), *found] if found else []


def _forward(writer: StatementWriter, numbers: StepValues, graph: Graph) -> Iterator[Block]:
    view = numbers.view
    if numbers.batch.step == 1 and view.name == "units":
        yield from taken_entry_words(writer.lettering) if view.taken else _entry_words(writer, view, graph.parameters)
    if view.taken:
        yield from taken_numbers(graph, writer.lettering, numbers, writer.asking)
    yield from _by_sample(writer, numbers, [s for s in view.statements if s.kind == "forward"])
    yield from forward_remarks(numbers)


def _entry_words(writer: StatementWriter, view: View, parameters: Iterable[Node]) -> Iterator[Block]:
    """How the entries of matrices and vectors are called: one example of each kind."""
    pieces: list[Any] = []
    told: set[bool] = set()
    for owner in parameters:
        symbols = view.entries[owner]
        if isinstance(symbols, Node) or symbols.size < 2 or (min(symbols.shape) > 1) in told:
            continue
        told.add(min(symbols.shape) > 1)
        where = " is the entry in row 1, column 2 of " if min(symbols.shape) > 1 else " is the second entry of "
        pieces += ["; "] if pieces else []
        pieces += [writer.lettering.of(symbols.flat[1]), where, name_box(owner.name)]
    if pieces:
        yield Paragraph(words(*pieces, "; and so on."))


def _by_sample(writer: StatementWriter, numbers: StepValues, statements: list[Statement]) -> Iterator[Block]:
    """Statements with a heading for each sample, where there are several."""
    current: int | None = None
    for statement, formula in zip(statements, _once_explained(writer, statements), strict=True):
        yield from _sample_heading(numbers, statement, current)
        current = statement.sample
        yield formula


def _sample_heading(numbers: StepValues, statement: Statement, current: int | None) -> Iterator[Block]:
    """A heading where another sample begins, or where the samples come together."""
    if numbers.view.samples == 1 or statement.sample == current:
        return
    if statement.sample is None:
        yield Heading(words("Parameters: the samples together"), 4)
    else:
        yield Heading(words(f"Sample {numbers.batch.samples[statement.sample] + 1}"), 4)


def _backward(
    derivation: Derivation, writer: StatementWriter, statements: list[Statement], numbers: StepValues, singly: bool
) -> Iterator[Block]:
    """The gradients; with `singly` without those of single entries, which the unit view has already."""
    view = numbers.view
    if view.loss is None:
        return
    if derivation.asking.detail != "short":
        yield from _delta_words(writer)
        yield from _paths(writer, view, derivation.asking.detail == "full")
    gradients = [s for s in statements if s.role in ("gradient", "way") and not (singly and _is_entry(s))]
    yield from _gathered(writer, numbers, gradients)
    if singly:
        return
    yield from gradient_remarks(numbers, {s.of for s in statements})
    for title, roles in (("With the regularizer", ("total",)), ("Clipped", ("norm", "clipped"))):
        lines = [s for s in statements if s.kind == "regularize" and s.role in roles]
        seen = [{other.role for other in lines[:k]} for k in range(len(lines))]
        noted = [line.role not in before for line, before in zip(lines, seen, strict=True)]
        yield from _section(title, 4, [writer.formula(s, noted=n) for s, n in zip(lines, noted, strict=True)])


def _is_entry(statement: Statement) -> bool:
    """Whether a gradient is only picked out of that of a matrix."""
    return any(node.op is stack for step in statement.steps for node in step.through[:1])


def _delta_words(writer: StatementWriter) -> Iterator[Block]:
    deltas = [
        s for s in writer.lettering.view.statements if s.role == "gradient" and s.of in writer.lettering.preactivations
    ]
    if deltas:
        first = deltas[0]
        partial = partial_box(writer.lettering.loss, writer.lettering.of(first.steps[0].of)) if first.steps else None
        if partial is not None:
            yield Paragraph(words(Math(writer.lettering.boxes[first.symbol]), " is short for ", Math(partial), "."))


def _gathered(writer: StatementWriter, numbers: StepValues, statements: list[Statement]) -> Iterator[Block]:
    """Gradients; where one comes along several ways, the ways as a list before their sum."""
    ways: list[Statement] = []
    current: int | None = None
    sums = _once_explained(writer, [statement for statement in statements if statement.role != "way"])
    for statement in statements:
        if statement.role == "way":
            ways.append(statement)
            continue
        yield from _sample_heading(numbers, statement, current)
        current = statement.sample
        if ways:
            yield from _ways(writer, numbers, ways)
            ways = []
        yield next(sums)


def _ways(writer: StatementWriter, numbers: StepValues, ways: list[Statement]) -> Iterator[Block]:
    """The ways of one gradient as a list; of very many those along which something comes."""
    long = long_sum([numbers.values[way.symbol] for way in ways]) if writer.asking.detail != "full" else None
    kept = ways if long is None else [ways[position] for position in long.kept]
    many = "two ways" if len(ways) == 2 else f"{len(ways):,} ways"
    told = "" if long is None else f" {long.words('ways')}"
    stop = ":" if long is None else "."
    yield Paragraph(
        words(Math(writer.lettering.of(ways[0].steps[0].of)), f" reaches the loss along {many}{stop}{told}")
    )
    yield BulletList(tuple(_way(writer, way) for way in kept))


def _way(writer: StatementWriter, way: Statement) -> tuple[Any, ...]:
    formula = writer.formula(way, noted=False)
    boxes: list[Box] = []
    for part in formula.parts:
        boxes += [Sign(part.relation, "relation")] if boxes else []
        boxes.append(part.box)
    step = way.steps[0]
    return words("through ", Math(writer.lettering.of(step.via)), ": ", Math(row(*boxes)))


def _paths(writer: StatementWriter, view: View, full: bool) -> Iterator[Block]:
    """By which quantities the first parameter reaches the loss."""
    if view.name == "matrix" or view.taken or not full:
        return
    items = [words(Math(_arrows(writer, path))) for path in _ways_to_loss(view)]
    if items:
        yield Paragraph(words("The ways that lead to ", Math(writer.lettering.loss), ":"))
        yield BulletList(tuple(items))


def _ways_to_loss(view: View) -> Iterator[list[Any]]:
    following: dict[Any, list[Any]] = {}
    for statement in view.statements:
        for step in statement.steps if statement.role == "gradient" else ():
            following.setdefault(step.of, []).append(step.via)
    produced = {s.symbol for s in view.statements}
    waiting = [[node] for node in view.gradients if node not in produced]
    listed = 0
    while waiting and listed < 60:
        path = waiting.pop(0)
        onward = following.get(path[-1], [])
        if not onward:
            listed += 1
            yield path
        waiting[:0] = [[*path, node] for node in onward]


def _arrows(writer: StatementWriter, path: list[Any]) -> Box:
    boxes: list[Box] = []
    for node in path:
        boxes += [Sign("→", "relation")] if boxes else []
        boxes.append(writer.lettering.of(node))
    return row(*boxes)


def _updates(writer: StatementWriter, written: list[Statement]) -> Iterator[Block]:
    statements = [s for s in written if s.kind == "update"]
    for position, statement in enumerate(statements):
        several = len({s.role for s in statements}) > 1
        first = position == 0 or statements[position - 1].of != statement.of
        if several and first:
            yield Heading(words(Math(name_box(statement.of))), 4)
        noted = statement.of == statements[0].of
        yield writer.formula(statement, noted=noted and several)


# --- the whole --------------------------------------------------------------------------------------------------------


def _course(derivation: Derivation) -> Iterator[Block]:
    shown, total = len(derivation.shown_steps), len(derivation.steps)
    if shown < total:
        left = f"Steps {shown + 1} to {total} are" if shown + 1 < total else f"Step {total} is"
        more = " (`--detail full` writes out more)" if derivation.asking.detail != "full" else ""
        yield Remark(prose(f"{left} worked out the same way, and not written out{more}."))
    yield from course_tables(derivation)
    yield from course_remarks(derivation)
    if derivation.loss_after is not None and not derivation.asking.units:
        letter = _letters(derivation, derivation.steps[0].floats.view).loss
        box, exact = value_box(derivation.loss_after, derivation.asking.style)
        several = len(derivation.problem.samples or ()) > 1
        yield Paragraph(words("The loss with the new parameters" + (", over all samples:" if several else ":")))
        yield Formula(letter, (Part("=" if exact else "≈", box),))


def _symbolic(derivation: Derivation) -> Iterator[Block]:
    """The lines of working in letters alone."""
    for name in derivation.asking.views:
        view = derivation.views.get((name, 1))
        if view is None or (name == "matrix" and len(derivation.asking.views) > 1):
            continue
        writer = StatementWriter(_letters(derivation, view), derivation.asking, None, _loss_law(derivation))
        forward = [s for s in view.statements if s.kind in ("forward", "loss")]
        yield from _section("Forward pass", 2, _once_explained(writer, forward))
        yield from _section("Gradients, backwards by the chain rule", 2, _symbolic_gradients(writer, view))


def _symbolic_gradients(writer: StatementWriter, view: View) -> Iterator[Block]:
    yield from _delta_words(writer)
    yield from _paths(writer, view, full=True)
    yield from _once_explained(writer, [s for s in view.statements if s.role == "gradient"])


def _once_explained(writer: StatementWriter, statements: Iterable[Statement]) -> Iterator[Formula]:
    """Formulas; a reason is given once, for the lines after it are of the same kind."""
    explained: set[Any] = set()
    for statement in statements:
        formula = writer.formula(statement)
        yield formula if formula.note not in explained else Formula(formula.left, formula.parts)
        explained.add(formula.note)


def _answers(derivation: Derivation) -> Iterator[Block]:
    """What was asked for, once more."""
    if derivation.problem.updates or not derivation.symbolic:
        return
    yield Heading(words("Answer"), 2)
    for name, (view, formula) in derivation.symbolic.items():
        lettering = _letters(derivation, view)
        left = partial_box(lettering.loss, lettering.of(next(node for node in view.gradients if node.name == name)))
        yield Formula(left, (Part("=", write_node(formula, lettering.labels())), *_answer_value(derivation, name)))


def _answer_value(derivation: Derivation, name: str) -> tuple[Part, ...]:
    for step in derivation.shown_steps:
        for numbers in step.exact.values():
            for node, gradient in numbers.view.gradients.items():
                if node.name == name:
                    box, exact = value_box(numbers.values[gradient], derivation.asking.style)
                    return (Part("=" if exact else "≈", box),)
    return ()


def _checks(derivation: Derivation) -> Iterator[Block]:
    checks = derivation.checks
    if not checks:
        return
    yield Heading(words("How the numbers were checked"), 2)
    if derivation.asking.detail == "short" and derivation.passed:
        yield Remark(words("; ".join(_measured(check, check.name) for check in checks) + "."), "passed")
        return
    for check in checks:
        text = _measured(check, f"{check.name}: {check.words}")
        verdict = "" if check.passed else ". THIS CHECK FAILED: do not trust the numbers above"
        yield Remark(words(f"{text[0].upper()}{text[1:]}{verdict}."), "passed" if check.passed else "failed")


def _measured(check: Check, what: str) -> str:
    return (
        f"{what} (largest deviation {check.measured:.0e}, allowed {check.tolerance:.0e})" if check.tolerance else what
    )
