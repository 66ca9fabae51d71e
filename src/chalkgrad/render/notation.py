"""Nodes as boxes: how a formula is written, from the notation that each op carries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from chalkgrad.core.node import Node, constant, toposort
from chalkgrad.core.notation import Precedence
from chalkgrad.core.shape import Shape
from chalkgrad.render.boxes import (
    Box,
    Cases,
    Fenced,
    FractionBox,
    Identifier,
    MatrixBox,
    NumberBox,
    Root,
    Row,
    Script,
    Sign,
    TextBox,
    Under,
    row,
)
from chalkgrad.render.names import name_box, with_superscript

__all__ = ["Labels", "Written", "shape_box", "write_node", "write_terms"]

_SUMS = ("add", "subtract")
_LETTER_OF_AXIS = {"samples": "n"}


class Written(NamedTuple):
    """A box, how tightly it binds, and whether a factor behind it would be read as part of it, as behind ∑ a."""

    box: Box
    precedence: Precedence = Precedence.ATOM
    is_open: bool = False


@dataclass(frozen=True)
class Labels:
    """What nodes are called, or which numbers stand for them.

    Args:
        boxes: a label for a node, taken instead of writing out what it is made of.
        shapes: whether each factor of a product of matrices has its shape under it.
        most_terms: of a sum inside a formula with more terms than this, the first two and the last are written.
    """

    boxes: Mapping[Node, Written] = field(default_factory=dict)
    shapes: bool = False
    most_terms: int | None = None


def write_node(node: Node, labels: Labels = Labels(), *, expand: bool = False) -> Box:
    """The box of a node.

    Args:
        node: what to write.
        labels: names or numbers for some nodes.
        expand: write the node itself out, even if it has a label.
    """
    return _Writing(labels).whole(node, expand)


def write_terms(terms: Sequence[tuple[str, Node | None]], labels: Labels = Labels()) -> Box:
    """The box of a sum of which not all terms are written.

    Args:
        terms: each with the sign before it, `+` or `−`; dots for `None`.
        labels: names or numbers for some nodes.
    """
    writing = _Writing(labels)
    for _, term in terms:
        if term is not None:
            writing.make_inside(term)
    return writing.terms(terms)


def shape_box(shape: Shape) -> Box:
    """A shape as it stands under a factor, `1×3`."""
    one, two = ("N" if axis.size is None else str(axis.size) for axis in shape)
    return row(_size(one), Sign("×", "binary"), _size(two))


def _size(text: str) -> Box:
    return Identifier(text) if text == "N" else NumberBox(text)


class _Writing:
    """One formula being written."""

    def __init__(self, labels: Labels) -> None:
        self.labels = labels
        self.made: dict[Node, Written] = {}
        self.whole_node: Node | None = None

    def whole(self, node: Node, expand: bool) -> Box:
        """The box of a node."""
        self.whole_node = node
        self.make_inside(node)
        return self.written(node, expand=expand).box

    def make_inside(self, node: Node) -> None:
        """Write what a node is made of, from the inside out, so that deep formulas need no deep recursion."""
        # There may be many more labels than parts.
        labelled = [part for part in toposort([node]) if part is not node and part in self.labels.boxes]
        order = toposort([node], stops=labelled)
        sums = {part.arguments[0] for part in order if part.op.name in _SUMS}
        for part in order[:-1]:
            # The sum inside a longer sum is only written with it.
            if part.op.name not in _SUMS or part not in sums:
                self.made[part] = self.written(part)

    def written(self, node: Node, expand: bool = False) -> Written:
        if not expand and node in self.labels.boxes:
            return self.labels.boxes[node]
        if node in self.made:
            return self.made[node]
        return _STYLES[node.op.notation.style](self, node)

    def at_least(self, node: Node, precedence: Precedence) -> Box:
        """The node, in brackets if it binds less tightly than this."""
        box, binding, _ = self.written(node)
        return box if binding >= precedence else Fenced(box)

    # --- leaves ---

    def number(self, node: Node) -> Written:
        value, typed = node.attributes["number"], node.attributes["typed"]
        looser = Precedence.NEGATION if value < 0 else Precedence.ATOM
        if typed or value.denominator == 1:
            return Written(NumberBox(typed or str(value)), looser)
        fraction = FractionBox(NumberBox(str(abs(value.numerator))), NumberBox(str(value.denominator)))
        return Written(row(Sign("−", "prefix"), fraction) if value < 0 else fraction, min(looser, Precedence.POWER))

    def symbol(self, node: Node) -> Written:
        return Written(name_box(node.name) if node.name else Identifier(node.op.notation.sign))

    # --- functions ---

    def function(self, node: Node) -> Written:
        parts: list[Box] = []
        for argument in node.arguments:
            parts += [Sign(",", "punctuation")] if parts else []
            parts.append(self.written(argument).box)
        return Written(row(Identifier(node.op.notation.sign), Fenced(row(*parts))))

    def unnamed(self, node: Node) -> Written:
        name, order = node.attributes["name"], node.attributes.get("order", 0)
        head = name_box(name)
        if order:
            head = with_superscript(head, row(*[Sign("′", "postfix")] * order))
        return Written(row(head, Fenced(self.written(node.arguments[0]).box)))

    def exponential(self, node: Node) -> Written:
        return Written(Script(Identifier("e"), sup=self.written(node.arguments[0]).box), Precedence.POWER)

    def root(self, node: Node) -> Written:
        return Written(Root(self.written(node.arguments[0]).box))

    def bars(self, node: Node) -> Written:
        return Written(Fenced(self.written(node.arguments[0]).box, "|", "|"))

    def quiet(self, node: Node) -> Written:
        return self.written(node.arguments[0])

    def defined(self, node: Node) -> Written:
        definition = node.op.define(node)
        assert definition is not None, f"{node.op} is written as its definition but has none"
        return self.written(definition)

    def indicator(self, node: Node) -> Written:
        test = row(self.at_least(node.arguments[0], Precedence.SUM), Sign(">", "relation"), NumberBox("0"))
        return Written(Script(NumberBox("1"), sub=test))

    def cases(self, node: Node) -> Written:
        rows: list[tuple[Box, Box]] = []
        while node.op.notation.style == "cases" and (node not in self.labels.boxes or not rows):
            test, chosen, other = node.arguments
            rows.append((self.written(chosen).box, row(TextBox("if "), self.written(test).box)))
            node = other
        rows.append((self.written(node).box, TextBox("otherwise")))
        return Written(Cases(tuple(rows)), Precedence.RELATION)

    # --- algebra ---

    def infix(self, node: Node) -> Written:
        sign, precedence = node.op.notation.sign, node.op.notation.precedence
        if not sign:
            return self.matrix_product(node)
        if precedence is Precedence.RELATION:
            left, right = (self.at_least(argument, Precedence.SUM) for argument in node.arguments)
            return Written(row(left, Sign(sign, "relation"), right), precedence)
        return self.sum_of_terms(node)

    def sum_of_terms(self, node: Node) -> Written:
        """A long sum is written term by term, without going down into each bracket."""
        terms: list[tuple[str, Node | None]] = []
        waiting: list[tuple[str, Node]] = [("", node)]
        while waiting:
            sign, term = waiting.pop()
            is_sum = term.op.name in ("add", "subtract") and (term is node or term not in self.labels.boxes)
            if is_sum and sign != "−":
                left, right = term.arguments
                waiting += [(term.op.notation.sign, right), (sign, left)]
            else:
                terms.append((sign, term))
        most = self.labels.most_terms
        if most is not None and len(terms) > most and node is not self.whole_node:
            terms[2:-1] = [("+", None)]
        return Written(self.terms(terms), Precedence.SUM)

    def terms(self, terms: Sequence[tuple[str, Node | None]]) -> Box:
        """Terms with the signs before them; dots for `None`."""
        parts: list[Box] = []
        for sign, term in terms:
            if sign and (parts or sign == "−"):
                parts.append(Sign(sign, "binary" if parts else "prefix"))
            # A product may stand behind a sign as it is; a negative number or another sum may not.
            loosest = Precedence.PRODUCT if parts else Precedence.SUM
            parts.append(Sign("⋯", "prefix") if term is None else self.at_least(term, loosest))
        return row(*parts)

    def negation(self, node: Node) -> Written:
        (inner,) = node.arguments
        box = row(Sign("−", "prefix"), self.at_least(inner, Precedence.PRODUCT))
        return Written(box, Precedence.NEGATION, self.written(inner).is_open)

    def product(self, node: Node) -> Written:
        first, second = node.arguments
        if (first.number or 0) < 0 and first not in self.labels.boxes and not second.number:
            # −2x instead of (−2)x
            positive = self.written(constant(-first.attributes["number"], first.attributes["typed"].lstrip("-−")))
            box = row(Sign("−", "prefix"), self.scaled(positive.box, self.factor(second, False, is_last=True), True))
            return Written(box, Precedence.NEGATION, self.written(second).is_open)
        both_matrices = bool(first.shape and second.shape)
        left, right = self.factor(first, both_matrices), self.factor(second, both_matrices, is_last=True)
        is_open = right is self.written(second).box and self.written(second).is_open
        if both_matrices:
            return Written(row(left, Sign("⊙", "binary"), right), Precedence.PRODUCT, is_open)
        plain = first.number is not None and first not in self.labels.boxes
        return Written(self.scaled(left, right, plain), Precedence.PRODUCT, is_open)

    def scaled(self, left: Box, right: Box, plain: bool) -> Box:
        """A product; a plain number in front needs no sign, as in 2x, but one put in for a letter keeps it: 2 · 3."""
        if plain and not _starts_with_number(right):
            return row(left, right)
        return row(left, Sign("·", "binary"), right)

    def matrix_product(self, node: Node) -> Written:
        first, second = node.arguments
        left, right = self.factor(first, True, is_tight=True), self.factor(second, True, is_last=True, is_tight=True)
        is_open = right is self.written(second).box and self.written(second).is_open
        tight = not (_ends_with_number(left) or _starts_with_number(right)) or isinstance(right, Under)
        box = row(left, right) if tight else row(left, Sign("·", "binary"), right)
        return Written(box, Precedence.PRODUCT, is_open)

    def factor(self, node: Node, shaped: bool, is_last: bool = False, is_tight: bool = False) -> Box:
        """A factor of a product, with its shape under it if it is asked for and the factor is not a product itself.

        Args:
            node: the factor.
            shaped: whether a shape may stand under it.
            is_last: whether nothing follows it in the product.
            is_tight: whether it stands beside another without a sign, so that a ⊙ b needs brackets.
        """
        box = self.at_least(node, Precedence.PRODUCT)
        is_named = node in self.labels.boxes
        loose = is_tight and node.op.name == "multiply" and not is_named and all(a.shape for a in node.arguments)
        if loose or (not is_last and self.written(node).is_open and not isinstance(box, Fenced)):
            return Fenced(box)
        product = node.op.name in ("multiply", "matmul") and not is_named
        if not (shaped and self.labels.shapes and node.shape) or product:
            return box
        return Under(box, shape_box(node.shape))

    def fraction(self, node: Node) -> Written:
        above, below = (self.written(argument).box for argument in node.arguments)
        return Written(FractionBox(above, below), Precedence.POWER)

    def power(self, node: Node) -> Written:
        base, exponent = node.arguments
        head, tail = self.at_least(base, Precedence.ATOM), self.written(exponent).box
        is_call = base.op.notation.style in ("function", "unnamed") and base not in self.labels.boxes
        # A superscript of a name, as in a^[2], would run together with the exponent.
        if is_call or (isinstance(head, Script) and head.sup is not None):
            head = Fenced(head)
        return Written(with_superscript(head, tail), Precedence.POWER)

    def transpose(self, node: Node) -> Written:
        base = self.at_least(node.arguments[0], Precedence.ATOM)
        return Written(with_superscript(base, Sign("ᵀ", "postfix")), Precedence.POWER)

    def sum(self, node: Node) -> Written:
        (inner,) = node.arguments
        if inner.shape and all(axis.size == 1 for axis in inner.shape):
            return self.written(inner)
        axes = node.attributes.get("axes")
        letter = _LETTER_OF_AXIS.get(inner.shape[axes[0]].name, "k") if axes and len(axes) == 1 else ""
        sign: Box = Sign("∑", "prefix")
        return Written(
            row(Script(sign, sub=Identifier(letter)) if letter else sign, self.at_least(inner, Precedence.PRODUCT)),
            Precedence.PRODUCT,
            is_open=True,
        )

    def matrix(self, node: Node) -> Written:
        columns = node.shape[1].size or 1
        boxes = [self.written(argument).box for argument in node.arguments]
        rows = [tuple(boxes[k : k + columns]) for k in range(0, len(boxes), columns)]
        return Written(MatrixBox(tuple(rows)))

    def part(self, node: Node) -> Written:
        picked = [
            node.attributes.get(name)
            for name, axis in zip(("row", "column"), node.arguments[0].shape, strict=True)
            if axis.size != 1
        ]
        digits = [str(index + 1) for index in picked if index is not None]
        base = self.at_least(node.arguments[0], Precedence.ATOM)
        separator = "" if all(len(digit) == 1 for digit in digits) else ","
        index = NumberBox(separator.join(digits))
        if isinstance(base, Script) and base.sub is not None:
            return Written(replace(base, sub=row(base.sub, Sign(",", "punctuation"), index)))
        return Written(replace(base, sub=index) if isinstance(base, Script) else Script(base, sub=index))


def _starts_with_number(box: Box) -> bool:
    """Whether a number stands in front, or a fraction of numbers: 2 ½ side by side would be two and a half."""
    while isinstance(box, Row | Script | Under | FractionBox):
        match box:
            case Row():
                box = box.parts[0]
            case Script():
                box = box.base
            case Under():
                box = box.body
            case FractionBox():
                box = box.above
    return isinstance(box, NumberBox)


def _ends_with_number(box: Box) -> bool:
    while isinstance(box, Row):
        box = box.parts[-1]
    return isinstance(box, NumberBox)


_STYLES: dict[str, Callable[[_Writing, Node], Written]] = {
    name: getattr(_Writing, name)
    for name in (
        "bars", "cases", "defined", "exponential", "fraction", "function", "indicator", "infix", "matrix", "negation",
        "number", "part", "power", "product", "quiet", "root", "sum", "symbol", "transpose", "unnamed",
    )
}  # fmt: skip
