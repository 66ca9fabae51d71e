"""How vectors stand and how the working is shown, as it is written in a problem file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from chalkgrad.reading.schema_values import Keys, Names, ReadBy, Text, number, read_count, refusal
from chalkgrad.reading.written_numbers import WrittenNumber, exact

__all__ = ["ConventionKeys", "EqualKeys", "Rounding", "ShowKeys"]

_MOST_DIGITS = 50


class ConventionKeys(Keys):
    """Choices that books make differently."""

    vectors: Literal["rows", "columns"] = Field(
        default="rows", description="`rows`: z = x W + b; `columns`: z = W x + b.", examples=["rows"]
    )
    relu_at_zero: Annotated[WrittenNumber, number(at_least=0, at_most=1)] = Field(
        default=exact("0"), description="The slope of ReLU at 0, where it has none.", examples=[0]
    )


class EqualKeys(Keys):
    """Two expressions that are to be shown equal."""

    left: Text = Field(description="One side.", examples=["s_2"])
    right: Text = Field(description="The other side.", examples=["p"])
    for_names: Names | None = Field(
        default=None, alias="for", description="For all values of these names.", examples=[["x", "W", "b"]]
    )


@dataclass(frozen=True, slots=True)
class Rounding:
    """To how many digits a number is printed, and from where they are counted."""

    digits: int
    kind: Literal["decimals", "significant"] = "decimals"

    def __str__(self) -> str:
        return f"{self.digits} significant" if self.kind == "significant" else str(self.digits)


_ROUNDING = re.compile(r"\s*(\S+)\s+(significant|decimals?)(?:\s+digits?)?\s*")


def read_rounding(value: Any) -> Rounding:
    """`4` (decimals) or `4 significant`."""
    found = _ROUNDING.fullmatch(value) if isinstance(value, str) else None
    is_significant = found is not None and found[2] == "significant"
    try:
        digits = read_count(found[1] if found else value)
    except PydanticCustomError:
        raise refusal("not-a-rounding", "a number of decimals such as 4, or 4 significant") from None
    lowest = 1 if is_significant else 0
    if not lowest <= digits <= _MOST_DIGITS:
        raise refusal("out-of-range", f"from {lowest} to {_MOST_DIGITS} digits")
    return Rounding(digits, "significant" if is_significant else "decimals")


_ROUNDING_SCHEMA = {
    "anyOf": [
        {"type": "integer", "minimum": 0, "maximum": _MOST_DIGITS},
        {"type": "string", "pattern": "^[0-9]+ +(significant|decimals?)( digits?)?$"},
    ]
}


class ShowKeys(Keys):
    """How the solution is written."""

    round: Annotated[Rounding, ReadBy(read_rounding, _ROUNDING_SCHEMA)] = Field(
        default=Rounding(4),
        description="Decimals (`4`) or significant digits (`4 significant`) of printed numbers.",
        examples=[4, "4 significant"],
    )
    carry: Literal["exact", "rounded"] = Field(
        default="exact",
        description="`exact` rounds only what is printed; `rounded` goes on with the printed number, as by hand.",
        examples=["exact"],
    )
    view: Literal["matrix", "units", "both"] = Field(
        default="both",
        description="`matrix`: layer by layer; `units`: unit by unit, with sums over paths written out.",
        examples=["both"],
    )
    detail: Literal["short", "normal", "full"] = Field(
        default="normal", description="How much is explained.", examples=["normal"]
    )
