"""The catalogue: what a problem may name, with formula, derivative, when to take it and when not.

Nothing about an op stands here: formulas, derivatives and numbers are worked out from its record, and the words are
the record's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from chalkgrad.errors import Fault, UsageError, nearest
from chalkgrad.ops import OPS, Entry, OpSet
from chalkgrad.reading.known_names import OTHER_WORDS
from chalkgrad.render.boxes import Box, NumberBox
from chalkgrad.render.document import (
    Block,
    BulletList,
    Code,
    Document,
    Formula,
    Heading,
    Inline,
    Paragraph,
    Strong,
    Table,
    prose,
    words,
)
from chalkgrad.render.notation import write_node
from chalkgrad.render.numbers import NumberStyle, show_number
from chalkgrad.render.textmath import box_text
from chalkgrad.solving.catalogue_entries import KINDS, Curve, Described, describe, kind_of

__all__ = ["catalogue_data", "catalogue_document"]

_SHOWN_AT = (-2, -1, 0, 1, 2)
_TITLES = {
    "activation": "Activations",
    "loss": "Losses",
    "optimizer": "Optimizers",
    "regularizer": "Regularizers",
    "function": "Functions",
}
_CAPTIONS = {
    "activation": "Of a pre-activation z; a is the activation itself. Where all units of a layer go in, a is the "
    "first of two outputs, and p is the softmax.",
    "loss": "Of one sample with one output; where it takes several, of all of them. The loss of a batch is in the "
    "section of each.",
    "optimizer": "The new weight; what stands behind each letter is in the section of each.",
    "regularizer": "What is added to the loss, and to the gradient.",
    "function": "What formulas and derivatives are written with besides the activations; y is the function itself.",
}


def catalogue_document(names: Sequence[str] = (), kind: str | None = None, ops: OpSet = OPS) -> Document:
    """The catalogue as a document: an overview of each kind, or a section for each name.

    Args:
        names: which to show in full; an overview of all if empty.
        kind: only `activation`, `loss`, `optimizer`, `regularizer` or `function`.
        ops: whose catalogue.

    Raises:
        UsageError: with code `unknown-name` or `unknown-kind`.

    >>> catalogue_document(["tanh"]).title
    'hyperbolic tangent'
    """
    chosen = [describe(entry) for entry in _chosen(names, kind, ops)]
    if names:
        title = chosen[0].facts.title if len(chosen) == 1 else "From the catalogue"
        return Document(title, tuple(block for described in chosen for block in _section(described, len(chosen) > 1)))
    title = _TITLES[kind] if kind else "What a problem may name"
    return Document(title, tuple(_overview(chosen)))


def catalogue_data(names: Sequence[str] = (), kind: str | None = None, ops: OpSet = OPS) -> list[dict[str, Any]]:
    """The catalogue as data, formulas as plain text; see `catalogue_document`."""
    return [_data(describe(entry)) for entry in _chosen(names, kind, ops)]


# --- choosing ---------------------------------------------------------------------------------------------------------


def _chosen(names: Sequence[str], kind: str | None, ops: OpSet) -> list[Entry]:
    if kind is not None and kind not in KINDS:
        hint = nearest(kind, KINDS) or "one of " + ", ".join(KINDS)
        raise UsageError(Fault("unknown-kind", f'there is no kind "{kind}" in the catalogue', hint=hint))
    every = [entry for wanted in KINDS for entry in ops.entries if kind_of(entry) == wanted]
    known = [entry for entry in every if kind in (None, kind_of(entry))]
    if not names:
        return known
    faults: list[Fault] = []
    chosen: dict[int, Entry] = {}
    for name in names:
        found = _named(name, known)
        chosen |= {id(entry): entry for entry in found}
        if not found:
            faults.append(_unknown(name, kind, known, _named(name, every)))
    if faults:
        raise UsageError(faults)
    return list(chosen.values())


def _named(name: str, known: Sequence[Entry]) -> list[Entry]:
    """What goes by a name: its own, the one it is written with (`ln`), or that of other books (`swish`)."""
    lowered = name.casefold()
    lowered = OTHER_WORDS.get(lowered, lowered)
    return [entry for entry in known if lowered in _names_of(entry)]


def _names_of(entry: Entry) -> set[str]:
    notation = getattr(entry, "notation", None)
    written = {notation.sign.casefold()} if notation is not None and notation.style == "function" else set()
    return {entry.name} | written


def _unknown(name: str, kind: str | None, known: Sequence[Entry], elsewhere: Sequence[Entry]) -> Fault:
    of_kind = f"{kind} named" if kind else "entry named"
    hint = nearest(name, [entry.name for entry in known]) or "`chalkgrad ops` lists all"
    if elsewhere:
        hint = f'"{elsewhere[0].name}" is of the kind {kind_of(elsewhere[0])}'
    return Fault("unknown-name", f'there is no {of_kind} "{name}" in the catalogue', hint=hint)


# --- the overview -----------------------------------------------------------------------------------------------------


def _overview(chosen: Sequence[Described]) -> Iterator[Block]:
    kinds = list(dict.fromkeys(described.kind for described in chosen))
    for kind in kinds:
        if len(kinds) > 1:
            yield Heading(words(_TITLES[kind]))
        of_kind = [described for described in chosen if described.kind == kind]
        ranges = {described.facts.range for described in of_kind}
        shared = f" Values in {min(ranges)}." if len(ranges) == 1 and all(ranges) else ""
        yield Paragraph(words(_CAPTIONS[kind] + shared))
        header = ("name", "formula", "derivative") if shared else ("name", "formula", "derivative", "range")
        yield from _table(header, [_mathematics(described) for described in of_kind])
        yield from _table(("name", "when", "when not"), [_advice(described) for described in of_kind])
    yield Paragraph(words("More about one of them: ", Code(f"chalkgrad ops {chosen[0].name}"), "."))


def _table(header: Sequence[str], rows: Sequence[tuple[Inline, ...]]) -> Iterator[Table]:
    """The columns that say something; no table if only the names are left."""
    columns = [(words(title), *cells) for title, *cells in zip(header, *rows, strict=False)]
    said = [column for column in columns if any(column[1:])]
    if len(said) > 1:
        first, *others = zip(*said, strict=True)
        yield Table(first, tuple(others))


def _mathematics(described: Described) -> tuple[Inline, ...]:
    formula, derivative = described.brief
    return (
        words(Code(described.name)),
        words(formula),
        () if derivative is None else words(derivative),
        words(described.facts.range) if described.facts.range else (),
    )


def _advice(described: Described) -> tuple[Inline, ...]:
    advice = (_in_a_word(sentence) for sentence in (described.facts.use, described.facts.avoid))
    return words(Code(described.name)), *(words(sentence) if sentence else () for sentence in advice)


def _in_a_word(sentence: str) -> str:
    """The first thing that a sentence says."""
    ends = [position for mark in (":", ";", ".") if (position := sentence.find(mark)) > 0]
    return sentence[: min(ends)] if ends else sentence


# --- a section --------------------------------------------------------------------------------------------------------


def _section(described: Described, headed: bool) -> Iterator[Block]:
    facts = described.facts
    if headed:
        yield Heading(words(f"{facts.title} (", Code(described.name), ")"))
    yield from described.formulas
    yield from described.derivatives
    if facts.law:
        yield Paragraph(prose(facts.law))
    yield BulletList(tuple((Strong(f"{label}: "), *prose(text)) for label, text in _facts(described)))
    if described.settings:
        yield _settings(described)
    if described.curve is not None:
        yield _values(described.formulas[0].left, described.derivatives[0].left, described.curve)


def _facts(described: Described) -> Iterator[tuple[str, str]]:
    facts = described.facts
    said = (
        ("Name", f"`{described.name}`"),
        ("Values", facts.range),
        ("Kink", facts.kink and f"not differentiable at {facts.kink}"),
        ("Convention", facts.convention),
        ("When", facts.use),
        ("When not", facts.avoid),
        ("Initial weights", _gain(described)),
        ("Source", facts.source),
    )
    return ((label, text) for label, text in said if text)


def _gain(described: Described) -> str:
    if described.kind != "activation":
        return ""
    gain = show_number(described.facts.gain, NumberStyle(4))
    return f"gain {box_text(gain.box)}, a factor on the standard deviation of the weights before it"


def _settings(described: Described) -> Table:
    rows = tuple(
        (words(box), words(Code(name)), words("none" if default is None else show_number(default, NumberStyle(12)).box))
        for name, (box, default) in described.settings.items()
    )
    return Table((words("letter"), words("name"), words("default")), rows, "lll")


def _values(formula: Box | None, derivative: Box | None, curve: Curve) -> Table:
    """Values and slopes at a few places."""
    found = [curve.at(place) for place in _SHOWN_AT]
    header = (words(write_node(curve.argument)), *(words(NumberBox(str(place))) for place in _SHOWN_AT))
    rows = tuple(
        (words(left or ""), *(words("—" if pair is None else show_number(pair[k]).box) for pair in found))
        for k, left in enumerate((formula, derivative))
    )
    return Table(header, rows, "l" + "r" * len(_SHOWN_AT))


# --- as data ----------------------------------------------------------------------------------------------------------


def _data(described: Described) -> dict[str, Any]:
    facts = described.facts
    return {
        "name": described.name,
        "kind": described.kind,
        "title": facts.title,
        "formula": [_as_text(formula) for formula in described.formulas],
        "derivative": [_as_text(formula) for formula in described.derivatives],
        "settings": {
            name: None if default is None else float(default) for name, (_, default) in described.settings.items()
        },
        "gain": facts.gain if described.kind == "activation" else None,
        **{key: getattr(facts, key) for key in ("law", "range", "kink", "convention", "use", "avoid", "source")},
    }


def _as_text(formula: Formula) -> str:
    left = "" if formula.left is None else box_text(formula.left)
    return left + "".join(f" {part.relation} {box_text(part.box)}" for part in formula.parts)
