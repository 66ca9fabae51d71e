"""The values that stand behind the keys of a problem file: names, numbers, counts, rows; each with its own words.

A reader raises `refusal(code, expected, hint)`; what was read and where is added when the refusal becomes a fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Tag
from pydantic_core import PydanticCustomError, core_schema

from chalkgrad.errors import FormulaError, nearest
from chalkgrad.ops import OPS, OpSet
from chalkgrad.reading.formulas import canonical_name
from chalkgrad.reading.known_names import OTHER_WORDS
from chalkgrad.reading.written_numbers import WrittenNumber, read_written

__all__ = [
    "Count",
    "Entry",
    "Keys",
    "Name",
    "Names",
    "NumberOrList",
    "NumberValue",
    "PositiveCount",
    "ReadBy",
    "ReadWithOps",
    "Text",
    "TrueOrFalse",
    "choose",
    "number",
    "ops_of",
    "refusal",
    "with_name",
]

_MOST_COUNT = 10**9
_NAME_WORDS = "a name that starts with a letter, such as w1, b_2 or a^[1]_2"
_TWO_WORDS = re.compile(r"[^\W_]\s+[^\W_]")


class Keys(BaseModel):
    """The base of all parts of a problem file: a mapping that takes the keys it names and no other."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True)


@dataclass(frozen=True)
class ReadBy:
    """Marks a type as read by a function of ours, and says to editors what may be written."""

    read: Callable[[Any], Any]
    schema: Mapping[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return self.core_schema()

    def core_schema(self) -> core_schema.CoreSchema:
        """The schema by which values are read and shown."""
        shown = core_schema.plain_serializer_function_ser_schema(plain)
        return core_schema.no_info_plain_validator_function(self.read, serialization=shown)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return dict(self.schema)

    def __hash__(self) -> int:
        return id(self)


@dataclass(frozen=True)
class ReadWithOps:
    """Marks a type as read by a function of ours that also takes what a problem may name."""

    read: Callable[[Any, OpSet], Any]
    schema: Callable[[OpSet], Mapping[str, Any]]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(
            lambda value, info: self.read(value, ops_of(info.context))
        )

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return dict(self.schema(OPS))

    def __hash__(self) -> int:
        return id(self)


def ops_of(context: Any) -> OpSet:
    """What a problem may name: what its keys are validated with, if anything is said."""
    return context if isinstance(context, OpSet) else OPS


def plain(value: Any) -> Any:
    """A value as JSON has it: an exact number as a number, anything else as it is or as text."""
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def refusal(code: str, expected: str, hint: str = "", at: str = "") -> PydanticCustomError:
    """What a reader raises: `expected` completes "expected ..."; `at` is the key below, if the slip is there."""
    return PydanticCustomError(code, "{expected}", {"expected": expected, "hint": hint, "at": at})


def choose(text: Any, known: Sequence[str], what: str, code: str, at: str = "") -> str:
    """The known name that `text` is, or a refusal that says what was meant."""
    if isinstance(text, str) and text in known:
        return text
    hint = ""
    if isinstance(text, str):
        other = OTHER_WORDS.get(text.lower())
        hint = f'it is called "{other}" here' if other in known else nearest(text.replace("-", "_"), known)
    raise refusal(code, f"{what}: {', '.join(known)}", hint, at)


def with_name(value: Any, known: Sequence[str], what: str, code: str) -> dict[str, Any]:
    """What is written as a name alone, or as a mapping with a `name` and settings, as such a mapping."""
    if not isinstance(value, dict):
        return {"name": choose(value, known, what, code)}
    if "name" not in value:
        raise refusal("missing-key", f"the key `name` with {what}: {', '.join(known)}")
    return {**value, "name": choose(value["name"], known, what, code, at="name")}


def read_name(value: Any) -> str:
    """A name of a unit, parameter or step, in its one spelling."""
    if not isinstance(value, str) or _TWO_WORDS.search(value.strip()):
        raise refusal("not-a-name", _NAME_WORDS)
    try:
        return canonical_name(value.strip())
    except FormulaError:
        raise refusal("not-a-name", _NAME_WORDS) from None


def read_number_within(
    value: Any,
    at_least: Fraction | None = None,
    above: Fraction | None = None,
    at_most: Fraction | None = None,
    below: Fraction | None = None,
) -> WrittenNumber:
    """A finite exact number between two ends."""
    words = _range_words(at_least, above, at_most, below)
    try:
        found = read_written(value) if isinstance(value, str) else value
    except FormulaError as error:
        raise refusal("not-a-number", f"a number{words}", error.faults[0].hint) from None
    if not isinstance(found, WrittenNumber):
        raise refusal("not-a-number", f"a number{words}")
    too_low = (at_least is not None and found < at_least) or (above is not None and found <= above)
    if too_low or (at_most is not None and found > at_most) or (below is not None and found >= below):
        raise refusal("out-of-range", f"a number{words}")
    return found


def _range_words(
    at_least: Fraction | None, above: Fraction | None, at_most: Fraction | None, below: Fraction | None
) -> str:
    ends = [("at least", at_least), ("above", above), ("at most", at_most), ("below", below)]
    said = " and ".join(f"{word} {end}" for word, end in ends if end is not None)
    if not said:
        return ""
    return f" of {said}" if said.startswith("at") else f" {said}"


def number(
    at_least: int | None = None, above: int | None = None, at_most: int | None = None, below: int | None = None
) -> ReadBy:
    """A reader of exact numbers between two ends, for `Annotated[WrittenNumber, number(...)]`."""
    ends = {"at_least": at_least, "above": above, "at_most": at_most, "below": below}
    words = {"at_least": "minimum", "above": "exclusiveMinimum", "at_most": "maximum", "below": "exclusiveMaximum"}
    limits = {words[name]: end for name, end in ends.items() if end is not None}
    fractions = {name: Fraction(end) for name, end in ends.items() if end is not None}
    schema = {"anyOf": [{"type": "number", **limits}, {"type": "string", "description": "1/3, or ۰٫۳۵, or 0,35"}]}
    return ReadBy(partial(read_number_within, **fractions), schema)


def read_count(value: Any, at_least: int = 0) -> int:
    """A whole number of at least `at_least`."""
    try:
        found = read_written(value) if isinstance(value, str) else value
    except FormulaError:
        found = None
    if not isinstance(found, WrittenNumber) or found.denominator != 1:
        raise refusal("not-a-count", f"a whole number of at least {at_least}")
    if found < at_least:
        raise refusal("out-of-range", f"a whole number of at least {at_least}")
    if found > _MOST_COUNT:
        raise refusal("out-of-range", f"a whole number of at most {_MOST_COUNT:,}")
    return int(found)


def read_text(value: Any) -> str:
    """A text that is not empty; a number is taken as it is typed."""
    if isinstance(value, WrittenNumber):
        return value.written
    if not isinstance(value, str) or not value.strip():
        raise refusal("not-a-text", "a text")
    return value


def read_truth(value: Any) -> bool:
    """`true` or `false`."""
    if not isinstance(value, bool):
        raise refusal("not-true-or-false", "true or false")
    return value


def read_entry(value: Any) -> WrittenNumber | str:
    """What stands in one place of a weight matrix or bias: a number, or the name of a parameter."""
    if isinstance(value, WrittenNumber):
        return value
    if isinstance(value, str) and value.strip():
        text = value.strip()
        if text[0].isdigit() or text[0] in "+-.−":
            return read_number_within(text)
        return read_name(text)
    raise refusal("not-an-entry", "a number or the name of a parameter")


def read_names(value: Any) -> Any:
    """A list of names; a single name stands for a list of one."""
    return [value] if isinstance(value, str) else value


def _list_kind(value: Any) -> str:
    """Whether a value is one number, a list, or rows."""
    if not isinstance(value, list | tuple):
        return "<number>"
    return "<rows>" if any(isinstance(entry, list | tuple) for entry in value) else "<list>"


def same_length(rows: tuple[tuple[Any, ...], ...]) -> tuple[tuple[Any, ...], ...]:
    """Rows of a matrix, all of the same length."""
    lengths = [len(row) for row in rows]
    for index, length in enumerate(lengths):
        if length != lengths[0]:
            expected = f"rows of one length: row 1 has {lengths[0]} and row {index + 1} has {length}"
            raise refusal("ragged-rows", expected, at=str(index))
    return rows


def filled(entries: tuple[Any, ...]) -> tuple[Any, ...]:
    """A list with at least one entry."""
    if not entries:
        raise refusal("empty-list", "a list with at least one entry")
    return entries


@dataclass(frozen=True)
class Checked:
    """Marks a type whose value goes through a function of ours before or after it is read."""

    after: Callable[[Any], Any] | None = None
    before: Callable[[Any], Any] | None = None
    also: Mapping[str, Any] | None = None  # what else may be written, for editors

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        schema: core_schema.CoreSchema = handler(source)
        if self.before is not None:
            schema = core_schema.no_info_before_validator_function(self.before, schema)
        if self.after is not None:
            schema = core_schema.no_info_after_validator_function(self.after, schema)
        return schema

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        inner: dict[str, Any] = handler(schema)
        return {"anyOf": [dict(self.also), inner]} if self.also else inner

    def __hash__(self) -> int:
        return id(self)


Text = Annotated[str, ReadBy(read_text, {"type": "string"})]
Name = Annotated[str, ReadBy(read_name, {"type": "string", "minLength": 1})]
Names = Annotated[tuple[Name, ...], Checked(filled, before=read_names, also={"type": "string"})]
NumberValue = Annotated[WrittenNumber, number()]
Count = Annotated[int, ReadBy(read_count, {"type": "integer", "minimum": 0})]
PositiveCount = Annotated[int, ReadBy(partial(read_count, at_least=1), {"type": "integer", "minimum": 1})]
TrueOrFalse = Annotated[bool, ReadBy(read_truth, {"type": "boolean"})]
Entry = Annotated[WrittenNumber | str, ReadBy(read_entry, {"type": ["number", "string"]})]

NumberList = Annotated[tuple[NumberValue, ...], Checked(after=filled)]
NumberRows = Annotated[tuple[NumberList, ...], Checked(after=same_length)]
NumberOrList = Annotated[
    Annotated[NumberValue, Tag("<number>")] | Annotated[NumberList, Tag("<list>")],
    Discriminator(lambda value: "<list>" if isinstance(value, list | tuple) else "<number>"),
]
GivenValue = Annotated[
    Annotated[NumberValue, Tag("<number>")]
    | Annotated[NumberList, Tag("<list>")]
    | Annotated[NumberRows, Tag("<rows>")],
    Discriminator(_list_kind),
]
