"""Mathematics as MathML Core, which browsers draw themselves; built as XML elements, so escaped by construction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from chalkgrad.render.boxes import (
    Accent,
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
)
from chalkgrad.render.characters import clean
from chalkgrad.render.layout import Line
from chalkgrad.render.measure import height_in_lines
from chalkgrad.render.spacing import Gap, is_tall, merged, spaced, without_labels

__all__ = ["aligned_mathml", "mathml"]

_ACCENTS = {"hat": "^", "bar": "‾", "tilde": "~"}
_LINE_HEIGHT = 1.45  # ems of one row of a matrix
_NAMESPACE = "http://www.w3.org/1998/Math/MathML"
_LETTERS = frozenset("∂∇∞⋯⋮⋱…")  # signs that stand for a quantity, not for an operation
_LARGE_OPERATORS = {"Σ": "∑", "∑": "∑", "Π": "∏", "∏": "∏"}
_SPACES = {"relation": "0.278em", "binary": "0.222em"}


def mathml(box: Box, display: bool = False) -> str:
    """A box as a `math` element.

    Args:
        box: what to write.
        display: set it as a line of its own rather than within a line of text.

    >>> mathml(NumberBox("-2"))
    '<math xmlns="http://www.w3.org/1998/Math/MathML"><mn>−2</mn></math>'
    """
    return _math([element_of(box)], display)


def aligned_mathml(lines: Sequence[Line]) -> str:
    """The lines of a formula as one `math` element, aligned at their relations where there are several."""
    if len(lines) == 1 and lines[0].left is None and not lines[0].relation:
        return _math([element_of(lines[0].box)], display=True)
    table = Element("mtable", {"class": "aligned", "displaystyle": "true"})
    for line in lines:
        cells = SubElement(table, "mtr")
        left = SubElement(cells, "mtd", {"class": "left"})
        if line.left is not None:
            left.append(element_of(line.left))
        right = SubElement(cells, "mtd", {"class": "right"})
        right.append(_continued(line))
    return _math([table], display=True)


def _continued(line: Line) -> Element:
    content = Element("mrow")
    if line.indent:
        SubElement(content, "mspace", {"width": f"{line.indent}em"})
    if line.relation:
        content.append(_sign(Sign(line.relation, "relation")))
    content.append(element_of(line.box))
    return content


def _math(content: Iterable[Element], display: bool) -> str:
    attributes = {"xmlns": _NAMESPACE} | ({"display": "block"} if display else {})
    math = Element("math", attributes)
    math.extend(content)
    return tostring(math, encoding="unicode")


def element_of(box: Box) -> Element:
    """The element of any box."""
    match box:
        case Identifier(text):
            return _leaf("mi", text)
        case NumberBox(text):
            return _leaf("mn", text.replace("-", "−"))
        case TextBox(text):
            return _leaf("mtext", text.strip())
        case Sign():
            return _sign(box)
        case Row(parts):
            return _row(parts)
        case FractionBox(above, below):
            return _with_children("mfrac", above, below)
        case Script():
            return _script(merged(box))
        case Accent(base, accent):
            over = _with_children("mover", base)
            over.set("accent", "true")
            SubElement(over, "mo", {"stretchy": "false"}).text = _ACCENTS.get(accent, "^")
            return over
        case Fenced():
            return _fenced(box)
        case Root(body):
            return _with_children("msqrt", body)
        case _:
            return _table(box)


def _leaf(tag: str, text: str) -> Element:
    leaf = Element(tag)
    leaf.text = clean(text)
    return leaf


def _with_children(tag: str, *boxes: Box) -> Element:
    element = Element(tag)
    element.extend(map(element_of, boxes))
    return element


def _sign(sign: Sign) -> Element:
    if sign.text in _LETTERS or sign.text in "ᵀ⊤":
        return _leaf("mi", "⊤" if sign.text == "ᵀ" else sign.text)
    element = _leaf("mo", _LARGE_OPERATORS.get(sign.text, sign.text))
    if sign.kind in _SPACES:
        space = "0" if sign.text == "/" else _SPACES[sign.kind]
        element.attrib |= {"form": "infix", "lspace": space, "rspace": space, "stretchy": "false"}
    elif sign.kind == "prefix" and sign.text not in _LARGE_OPERATORS:
        element.attrib |= {"form": "prefix", "lspace": "0", "rspace": "0"}
    elif sign.kind == "punctuation":
        element.attrib |= {"separator": "true", "lspace": "0", "rspace": "0.167em"}
    return element


def _row(parts: tuple[Box, ...]) -> Element:
    element = Element("mrow")
    for gap, box in spaced(parts):
        if gap is not Gap.NONE:
            SubElement(element, "mspace", {"width": f"{gap.value}em"})
        element.append(element_of(box))
    return element


def _script(box: Script) -> Element:
    if box.sub is not None and box.sup is not None:
        return _with_children("msubsup", box.base, box.sub, box.sup)
    if box.sub is not None:
        return _with_children("msub", box.base, box.sub)
    return element_of(box.base) if box.sup is None else _with_children("msup", box.base, box.sup)


def _fenced(box: Fenced) -> Element:
    element = Element("mrow")
    if box.left:
        element.append(_fence(box.left, "prefix", box.body))
    element.append(element_of(box.body))
    if box.right:
        element.append(_fence(box.right, "postfix", box.body))
    return element


def _fence(text: str, form: str, body: Box) -> Element:
    """A fence that grows with its body; labels below the body do not make it longer."""
    stretchy = "true" if is_tall(body) else "false"
    sign = Element("mo", {"fence": "true", "form": form, "stretchy": stretchy})
    bare = without_labels(body)
    if bare != body:
        sign.set("maxsize", f"{_LINE_HEIGHT * height_in_lines(bare):.2f}em")
    sign.text = clean(text)
    return sign


def _table(box: Box) -> Element:
    match box:
        case MatrixBox(rows):
            return _between("[", _cells(rows, "matrix"), "]")
        case Cases(rows):
            return _between("{", _cells(rows, "cases"), "")
        case Under(body, label):
            under = Element("munder")
            # A rule from the style sheet: browsers draw a wide brace too short, and beside its place.
            SubElement(under, "mrow", {"class": "braced"}).append(element_of(body))
            under.append(element_of(label))
            return under
        case _:
            raise TypeError(f"{type(box).__name__} cannot be written as MathML")


def _cells(rows: tuple[tuple[Box, ...], ...], name: str) -> Element:
    table = Element("mtable", {"class": name})
    for cells in rows:
        line = SubElement(table, "mtr")
        for cell in cells:
            SubElement(line, "mtd").append(element_of(cell))
    return table


def _between(left: str, body: Element, right: str) -> Element:
    element = Element("mrow")
    SubElement(element, "mo", {"fence": "true", "form": "prefix", "stretchy": "true"}).text = left
    element.append(body)
    if right:
        SubElement(element, "mo", {"fence": "true", "form": "postfix", "stretchy": "true"}).text = right
    return element
