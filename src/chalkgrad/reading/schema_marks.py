"""What the quantities of a problem are worth when a page is marked, as it is written in a problem file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any

from pydantic import Field

from chalkgrad.errors import FormulaError
from chalkgrad.reading.formulas import canonical_name
from chalkgrad.reading.schema_values import Keys, ReadBy, number, read_number_within, refusal
from chalkgrad.reading.written_numbers import WrittenNumber, exact

__all__ = ["MarksKeys", "Worth", "parts_of_quantity", "spelled"]

_PARTS = ("method", "accuracy")
_GRADIENT = re.compile(r"d(.+)/d(.+)")
_MEMORY = re.compile(r"([a-z_]+)\((.+)\)")
_LOSSES = ("L", "loss", "Loss", "J", "E", "C")
_WORTH_WORDS = "a number of at least 0, or {method: 1, accuracy: 1}"
_ZERO = Fraction(0)


@dataclass(frozen=True)
class Worth:
    """What a quantity is worth: one mark, or one for the method and one for accuracy."""

    method: WrittenNumber
    accuracy: WrittenNumber | None = None

    @property
    def total(self) -> Fraction:
        """Both together."""
        return Fraction(self.method) + Fraction(self.accuracy or 0)


def read_worth(value: Any) -> Worth:
    """`2`, or `{method: 1, accuracy: 1}`."""
    if not isinstance(value, dict):
        return Worth(_mark(value))
    if not value or any(key not in _PARTS for key in value):
        raise refusal("not-a-worth", _WORTH_WORDS)
    zero = exact("0")
    return Worth(_mark(value.get("method", zero)), _mark(value.get("accuracy", zero)))


def _mark(value: Any) -> WrittenNumber:
    if isinstance(value, dict | list):
        raise refusal("not-a-worth", _WORTH_WORDS)
    return read_number_within(value, at_least=_ZERO)


def parts_of_quantity(name: str) -> tuple[str, ...]:
    """The names in the name of a quantity: two in `dloss/dw1`, one in `w1'` (a new value) and in `m(w1)` (memory).

    >>> parts_of_quantity("dloss/dw1"), parts_of_quantity("w1'"), parts_of_quantity("m(w1)")
    (('loss', 'w1'), ('w1',), ('w1',))
    """
    if found := _GRADIENT.fullmatch(name):
        return found[1], found[2]
    memory = _MEMORY.fullmatch(name)
    return (memory[2] if memory else name.removesuffix("'"),)


def read_quantity(value: Any) -> str:
    """The name of a quantity in its one spelling: `z_h1`, `dloss/dw1` (or `dL/dw1`), `w1'` for a new value."""
    found = spelled(value) if isinstance(value, str) else None
    if found is None:
        raise refusal("not-a-quantity", "the name of a quantity, such as z_h1, dL/dw1, or w1' for a new value")
    return found


def spelled(name: str) -> str | None:
    """The name of a quantity in its one spelling, or `None` where it is none."""
    text = name.strip().replace("′", "'").replace("∂", "d").replace(" ", "")
    try:
        names = [canonical_name(part) for part in parts_of_quantity(text)]
    except FormulaError:
        return None
    if any(part.endswith("'") for part in parts_of_quantity(text)):
        return None
    if len(names) == 2:
        return f"d{'loss' if names[0] in _LOSSES else names[0]}/d{names[1]}"
    if memory := _MEMORY.fullmatch(text):
        return f"{memory[1]}({names[0]})"
    return f"{names[0]}'" if text.endswith("'") else names[0]


_NUMBER_SCHEMA = {"type": "number", "minimum": 0}
_WORTH_SCHEMA = {
    "anyOf": [
        _NUMBER_SCHEMA,
        {
            "type": "object",
            "properties": {
                "method": {**_NUMBER_SCHEMA, "description": "For a right formula or substitution."},
                "accuracy": {**_NUMBER_SCHEMA, "description": "For the right number."},
            },
            "additionalProperties": False,
            "minProperties": 1,
        },
    ]
}
QuantityName = Annotated[str, ReadBy(read_quantity, {"type": "string", "minLength": 1})]
WorthValue = Annotated[Worth, ReadBy(read_worth, _WORTH_SCHEMA)]


class MarksKeys(Keys):
    """What each quantity is worth when a page is marked."""

    default: Annotated[WrittenNumber, number(at_least=0)] = Field(
        default=exact("1"), description="What a quantity is worth that is not named below.", examples=[1]
    )
    quantities: dict[QuantityName, WorthValue] = Field(
        default_factory=dict,
        description="What single quantities are worth: a number, or marks for method and for accuracy.",
        examples=[{"z_h1": 2, "dL/dw1": {"method": 1, "accuracy": 1}}],
    )

    def worth(self, quantity: str) -> Worth:
        """What a quantity is worth."""
        return self.quantities.get(quantity, Worth(self.default))
