"""A statement as a displayed formula: letters, the same with numbers, the result, and the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.gradient import Step
from chalkgrad.core.node import VARIABLE, Node, toposort
from chalkgrad.core.notation import Precedence
from chalkgrad.core.precise import precise
from chalkgrad.ops.functions import indicator
from chalkgrad.render.boxes import Box, Fenced, Row, Sign, row
from chalkgrad.render.document import Formula, Inline, Part, words
from chalkgrad.render.notation import Labels, Written, write_node, write_terms
from chalkgrad.render.numbers import NumberStyle
from chalkgrad.solving import words as wording
from chalkgrad.solving.derivation import Asking
from chalkgrad.solving.labels import Lettering, Numbering, binding, partial_box, value_box
from chalkgrad.solving.long_sums import LongSum, ends_of, long_sum, terms_of, with_gaps
from chalkgrad.solving.redoing import enough_digits
from chalkgrad.solving.statements import Statement
from chalkgrad.solving.steps import StepValues
from chalkgrad.solving.values import work_out_as_shown

__all__ = ["StatementWriter"]

_MOST_TERMS_INSIDE = 8


class StatementWriter:
    """Writes the statements of one view.

    Args:
        lettering: the letters of the view.
        asking: how the solution is to be written.
        numbers: the numbers of a step, or `None` for formulas alone.
        loss_law: what the loss says of its own slope.
    """

    def __init__(self, lettering: Lettering, asking: Asking, numbers: StepValues | None, loss_law: str = "") -> None:
        self.loss_law = loss_law
        self.lettering, self.asking, self.numbers = lettering, asking, numbers
        matrix = lettering.view.name == "matrix"
        self.letters = lettering.labels()
        self.shaped = lettering.labels(shapes=matrix)
        self._numberings: dict[NumberStyle, Labels] = {}
        self._long_sums: dict[Node, LongSum | None] = {}

    def formula(self, statement: Statement, noted: bool = True) -> Formula:
        """The statement as a chain of equalities."""
        left = self._left(statement)
        parts = [Part("=", box) for box in self._symbolic(statement)]
        if self.numbers is not None:
            parts += self._numeric(statement)
        if statement.kind == "update" and parts:
            parts[0] = Part("←", parts[0].box)
        return Formula(left, tuple(_distinct(left, parts)), self._note(statement, noted))

    def _note(self, statement: Statement, noted: bool) -> Inline:
        said = wording.reason(statement, self.loss_law) if noted and self.asking.detail != "short" else ""
        long = self.long_sum(statement)
        sentences = [said, *([long.words("terms")] if long is not None else [])]
        found = " ".join(filter(None, sentences))
        return words(found) if found else ()

    def long_sum(self, statement: Statement) -> LongSum | None:
        """What is written of a statement that is a long sum, or `None` where all of it is."""
        if self.asking.detail == "full" or self.numbers is None:
            return None
        if statement.symbol not in self._long_sums:
            terms = [term for _, term in terms_of(statement.formula)]
            leaves = {node: self.numbers.values[node] for node in _leaves(statement)} if len(terms) > 1 else {}
            worked = evaluate(terms, leaves, precise()) if leaves and not statement.symbol.shape else []
            self._long_sums[statement.symbol] = long_sum(worked)
        return self._long_sums[statement.symbol]

    def _ends(self, statement: Statement) -> Box:
        """The first and the last terms of a long sum, in letters."""
        terms: list[tuple[str, Node | None]] = [*terms_of(statement.formula)]
        return write_terms(with_gaps(terms, ends_of(len(terms)), ("+", None)), self.letters)

    def _kept(self, statement: Statement, long: LongSum, numbering: Labels) -> Box:
        """The terms of a long sum that are written with their numbers."""
        terms = terms_of(statement.formula)
        kept: list[tuple[str, Node | None]] = [terms[position] for position in long.kept] or [terms[0]]
        if long.skips:
            kept.insert(long.first, ("+", None))
        return write_terms(kept, numbering)

    def _left(self, statement: Statement) -> Box:
        own = self.lettering.boxes[statement.symbol]
        if statement.role == "gradient" and statement.of in self.lettering.preactivations:
            return row(own, Sign("=", "relation"), self._partial(statement))
        return own

    def _partial(self, statement: Statement) -> Box:
        of = statement.steps[0].of if statement.steps else statement.symbol
        return partial_box(self.lettering.loss, self.lettering.of(of))

    # --- letters ---

    def _symbolic(self, statement: Statement) -> Iterable[Box]:
        chain = self._chain_rule(statement)
        if chain is not None:
            yield chain
        labels = self.shaped if statement.role in ("gradient", "way") else self.letters
        if self.long_sum(statement) is not None:
            yield self._ends(statement)
        else:
            shortened = self._shortened(labels, statement)
            yield write_node(statement.formula, shortened, expand=bool(statement.formula.arguments))
        definition = self._definition(statement)
        if definition is not None:
            yield write_node(definition, self._shortened(self.letters, statement))

    def _shortened(self, labels: Labels, statement: Statement) -> Labels:
        """The labels, with which the sum below a softmax of many units is not written out."""
        shortens = self.asking.detail != "full" and statement.kind == "forward"
        return replace(labels, most_terms=_MOST_TERMS_INSIDE) if shortens else labels

    def _chain_rule(self, statement: Statement) -> Box | None:
        """∂L/∂q = Σ ∂L/∂r · ∂r/∂q, for single numbers."""
        steps = [step for step in statement.steps if step.local is not None]
        if not steps or len(steps) != len(statement.steps) or statement.role == "way":
            return None
        if any(step.via is self.lettering.view.loss for step in steps):
            return None
        products = [self._product_of_slopes(step) for step in steps]
        if self.long_sum(statement) is not None:
            products = with_gaps(products, ends_of(len(products)), Sign("⋯", "prefix"))
        boxes: list[Box] = []
        for product in products:
            boxes += [Sign("+", "binary")] if boxes else []
            boxes.append(product)
        return row(*boxes)

    def _product_of_slopes(self, step: Step) -> Box:
        slope = partial_box(self.lettering.of(step.via), self.lettering.of(step.of))
        return row(partial_box(self.lettering.loss, self.lettering.of(step.via)), Sign("·", "binary"), slope)

    def _definition(self, statement: Statement) -> Node | None:
        """The longhand of an activation that has no key on a pocket calculator."""
        formula = statement.formula
        if statement.kind != "forward" or self.lettering.view.name == "matrix":
            return None
        if formula.op.role != "activation" or formula.op.name in ("tanh", "linear"):
            return None
        return formula.op.define(formula)

    # --- numbers ---

    def _numeric(self, statement: Statement) -> list[Part]:
        assert self.numbers is not None
        value, exact = value_box(self.numbers.values[statement.symbol], self.asking.style)
        if self.asking.carry == "rounded":
            exact = self._was_exact(statement)
        definition = self._definition(statement)
        shown = statement.formula if definition is None else definition
        style = self._style_within(statement)
        numbering = self._with_indicators(statement, self._numbering(style))
        long = self.long_sum(statement)
        if long is not None:
            put_in = self._kept(statement, long, numbering)
        else:
            numbering = self._shortened(numbering, statement)
            put_in = write_node(shown, numbering, expand=definition is None and bool(shown.arguments))
        whole = self._all_digits(statement, style)
        parts = [Part("=" if whole else "≈", put_in)]
        if self.asking.detail == "full":
            parts += self._products(statement, whole)
        # What follows from numbers that were cut only comes near an exact result.
        return [*parts, Part("=" if exact and (whole or _is_same(put_in, value)) else "≈", value)]

    def _with_indicators(self, statement: Statement, numbering: Labels) -> Labels:
        """A matrix of conditions is put in as its zeros and ones."""
        assert self.numbers is not None
        found = [node for node in toposort([statement.formula]) if node.op is indicator and node.shape]
        if not found:
            return numbering
        values = evaluate(found, {node: self.numbers.values[node] for node in _leaves(statement)}, precise())
        boxes = {
            node: Written(value_box(value, self.asking.style)[0]) for node, value in zip(found, values, strict=True)
        }
        boxes |= {node: numbering.boxes[node] for node in _leaves(statement) if node in numbering.boxes}
        return Labels(boxes)

    def _was_exact(self, statement: Statement) -> bool:
        """Whether a number that is carried on rounded lost nothing in the rounding."""
        assert self.numbers is not None
        unrounded = work_out_as_shown(self.numbers.view, statement, self.numbers.values, precise())
        return value_box(unrounded, self.asking.style)[1]

    def _style_within(self, statement: Statement) -> NumberStyle:
        """With how many digits numbers are put in: enough to arrive at the printed result."""
        assert self.numbers is not None
        found = enough_digits(self.numbers.view, statement, self.numbers.values, self.asking.style)
        return found or self.asking.style

    def _numbering(self, style: NumberStyle) -> Labels:
        assert self.numbers is not None
        if style not in self._numberings:
            self._numberings[style] = Numbering(self.numbers.values, style, self.numbers.view).labels()
        return self._numberings[style]

    def _all_digits(self, statement: Statement, style: NumberStyle) -> bool:
        """Whether the numbers that are put in stand there with all their digits."""
        assert self.numbers is not None
        return all(value_box(self.numbers.values[node], style)[1] for node in _leaves(statement))

    def _products(self, statement: Statement, whole: bool) -> list[Part]:
        """A sum with each of its terms worked out, where there are several and they are not plain numbers already."""
        terms = terms_of(statement.formula)
        if len(terms) < 2 or all(not term.arguments for _, term in terms) or self.numbers is None:
            return []
        leaves = {node: self.numbers.values[node] for node in _leaves(statement)}
        worked = evaluate([term for _, term in terms], leaves, precise())
        boxes: list[Box] = []
        for (sign, _), value in zip(terms, worked, strict=True):
            box, exact = value_box(value, self.asking.style)
            whole = whole and exact
            boxes += [Sign(sign, "binary")] if boxes else []
            boxes.append(box if binding(value, box) > Precedence.NEGATION or not boxes else Fenced(box))
        return [Part("=" if whole else "≈", row(*boxes))]


def _is_same(put_in: Box, value: Box) -> bool:
    return _plain(put_in) == _plain(value)


def _leaves(statement: Statement) -> list[Node]:
    return [node for node in toposort([statement.formula]) if node.op is VARIABLE]


def _distinct(left: Box, parts: list[Part]) -> list[Part]:
    """Parts without those that only repeat what stands before them."""
    kept: list[Part] = []
    for part in parts:
        before = kept[-1].box if kept else left
        if _plain(part.box) == _plain(before):
            continue
        kept.append(part)
    return kept or parts[-1:]


def _plain(box: Box) -> object:
    return box.parts if isinstance(box, Row) else box
