"""The layers of a network, as they are written in a problem file."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from chalkgrad.ops import OpSet
from chalkgrad.reading.known_names import is_unnamed_function
from chalkgrad.reading.schema_values import (
    Checked,
    Entry,
    Keys,
    Names,
    PositiveCount,
    ReadWithOps,
    choose,
    filled,
    number,
)
from chalkgrad.reading.written_numbers import WrittenNumber, exact

__all__ = ["LayerKeys", "NetworkKeys"]


def read_activation(value: Any, ops: OpSet) -> str:
    """The name of an activation, or of a function that is left open (`f`, `g1`, `φ`)."""
    if isinstance(value, str) and is_unnamed_function(value.strip()):
        return value.strip()
    return choose(value, list(ops.activations), "an activation", "unknown-activation")


def _activation_schema(ops: OpSet) -> dict[str, Any]:
    return {"anyOf": [{"enum": list(ops.activations)}, {"type": "string", "pattern": "^([fghφϕψ]|phi|psi)"}]}


def _count_or_names(value: Any) -> str:
    return "<names>" if isinstance(value, list | tuple) else "<count>"


def _entry_or_rows(value: Any) -> str | None:
    """A flat list is neither: whether it is a row or a column cannot be told."""
    if not isinstance(value, list | tuple):
        return "<entry>"
    return "<rows>" if all(isinstance(row, list | tuple) for row in value) else None


def _entry_or_list(value: Any) -> str:
    return "<list>" if isinstance(value, list | tuple) else "<entry>"


CountOrNames = Annotated[
    Annotated[PositiveCount, Tag("<count>")] | Annotated[Names, Tag("<names>")], Discriminator(_count_or_names)
]
WeightRows = Annotated[tuple[Annotated[tuple[Entry, ...], Checked(after=filled)], ...], Checked(after=filled)]
Weights = Annotated[
    Annotated[Entry, Tag("<entry>")] | Annotated[WeightRows, Tag("<rows>")],
    Discriminator(
        _entry_or_rows,
        custom_error_type="weights-not-rows",
        custom_error_message="a number, a name, or one row for each unit, such as [[w1, w2], [w3, w4]]",
    ),
]
Bias = Annotated[
    Annotated[Entry, Tag("<entry>")] | Annotated[tuple[Entry, ...], Checked(after=filled), Tag("<list>")],
    Discriminator(_entry_or_list),
]
Activation = Annotated[str, ReadWithOps(read_activation, _activation_schema)]


class LayerKeys(Keys):
    """One layer: how many units, what they do to their sum, and what their weights and biases are called."""

    units: CountOrNames = Field(
        description="How many units the layer has, or the names of its units.", examples=[2, ["h1", "h2"]]
    )
    activation: Activation = Field(
        default="linear",
        description="What each unit does to its weighted sum; `f`, `g1`, `φ` leave the function open.",
        examples=["sigmoid", "relu", "f1"],
    )
    weights: Weights | None = Field(
        default=None,
        description="One row for each unit, with what the unit multiplies its inputs by: names or numbers. "
        "One name for the whole matrix has the orientation of `convention`.",
        examples=[[["w1", "w2"], ["w3", "w4"]], "W1"],
    )
    bias: Bias | None = Field(
        default=None,
        description="A list with one bias for each unit, one name or number shared by the layer, or `none`.",
        examples=["b1", ["b1", "b2"], "none"],
    )
    dropout: Annotated[WrittenNumber, number(at_least=0, below=1)] = Field(
        default=exact("0"),
        description="The share of the units that is left out at random while training.",
        examples=[0.2],
    )


class NetworkKeys(Keys):
    """A network of layers, each fed by the one before it."""

    input: CountOrNames = Field(description="How many inputs there are, or their names.", examples=[2, ["x1", "x2"]])
    layers: Annotated[tuple[LayerKeys, ...], Checked(after=filled)] = Field(
        description="The layers from the input to the output.",
        examples=[[{"units": 2, "activation": "sigmoid"}, {"units": 1, "activation": "sigmoid"}]],
    )
