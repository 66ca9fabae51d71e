"""Optimizers and regularizers as a problem file writes them; which keys they take, their records in `ops` say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import TypeAdapter
from pydantic_core import CoreSchema, PydanticCustomError, SchemaValidator, ValidationError, core_schema

from chalkgrad.ops import OpSet, Optimizer, Regularizer, Setting
from chalkgrad.reading.schema_values import Names, ReadBy, ReadWithOps, number, plain, refusal, with_name
from chalkgrad.reading.written_numbers import WrittenNumber, exact

__all__ = [
    "OptimizerKeys",
    "OptimizerValue",
    "RegularizerKeys",
    "RegularizerValue",
    "each_error",
    "optimizer_meanings",
    "regularizer_meanings",
]

_SHARE, _AT_LEAST_ZERO = number(at_least=0, below=1), number(at_least=0)
_BY_STEP_OR_OFF = ("by_step", "off")
_BIAS_CORRECTION = "`by_step` divides m and v by 1-β^t, t the number of the step; `off` leaves them."
_ON = "The parameters it acts on; left out, all but biases."


@dataclass(frozen=True)
class OptimizerKeys:
    """An optimizer with all its numbers.

    Args:
        name: its name.
        settings: its numbers by name, as written or as its record says.
        bias_correction: whether moments are corrected for their start at 0; `None` if it has none.
        written: the keys that the file has.
    """

    name: str
    settings: Mapping[str, WrittenNumber]
    bias_correction: Literal["by_step", "off"] | None = None
    written: frozenset[str] = frozenset()

    @classmethod
    def of(cls, record: Optimizer, written: Mapping[str, Any] | None = None) -> OptimizerKeys:
        """The keys of an optimizer with defaults for all that is not written.

        >>> from chalkgrad.ops import OPS
        >>> str(OptimizerKeys.of(OPS.optimizer("nadam")).settings["learning_rate"])
        '0.002'
        """
        found = written or {}
        settings = {setting.name: found.get(setting.name, exact(setting.default)) for setting in record.takes}
        correction = found.get("bias_correction", "by_step") if record.corrects_bias else None
        return cls(record.name, settings, correction, frozenset(found) - {"name"})


@dataclass(frozen=True)
class RegularizerKeys:
    """What keeps the parameters small.

    Args:
        strengths: λ of each regularizer that is written, by name.
        on: the parameters it acts on, or `None` for all but biases.
    """

    strengths: Mapping[str, WrittenNumber]
    on: tuple[str, ...] | None = None


def read_optimizer(value: Any, ops: OpSet) -> OptimizerKeys:
    """`adam`, or a mapping with a `name` and any of its settings."""
    written = with_name(value, list(ops.optimizers), "an optimizer", "unknown-optimizer")
    record = ops.optimizer(written["name"])
    return OptimizerKeys.of(record, _validated(written, _optimizer_fields(record)))


def read_regularizer(value: Any, ops: OpSet) -> RegularizerKeys:
    """A mapping such as `{l2: 0.01, on: [w1]}`."""
    fields = {name: _AT_LEAST_ZERO.core_schema() for name in ops.regularizers} | {"on": _names_schema()}
    found = _validated(value, fields)
    strengths = {name: found[name] for name in ops.regularizers if name in found}
    if not strengths:
        raise refusal("missing-key", "how much, such as {l2: 0.01} or {l1: 0.001}")
    return RegularizerKeys(strengths, found.get("on"))


def _optimizer_fields(record: Optimizer) -> dict[str, CoreSchema]:
    fields: dict[str, CoreSchema] = {"name": core_schema.any_schema()}
    fields |= {setting.name: _reader(setting).core_schema() for setting in record.takes}
    if record.corrects_bias:
        fields["bias_correction"] = core_schema.literal_schema([*_BY_STEP_OR_OFF])
    return fields


def _reader(setting: Setting) -> ReadBy:
    return _SHARE if setting.is_share else _AT_LEAST_ZERO


@cache
def _names_schema() -> CoreSchema:
    return TypeAdapter(Names).core_schema


def _validated(value: Any, fields: Mapping[str, CoreSchema]) -> dict[str, Any]:
    """A mapping that has these keys and no other, or a refusal that holds all its errors."""
    schema = core_schema.typed_dict_schema(
        {name: core_schema.typed_dict_field(field, required=False) for name, field in fields.items()},
        extra_behavior="forbid",
    )
    try:
        found: dict[str, Any] = SchemaValidator(schema).validate_python(value)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        raise PydanticCustomError("several-errors", "several errors", {"errors": errors}) from None
    return found


def each_error(errors: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The errors of a validation one by one, with those in the place of a refusal that holds several."""
    for error in errors:
        if error["type"] != "several-errors":
            yield error
            continue
        for inner in error["ctx"]["errors"]:
            yield {**inner, "loc": (*error["loc"], *inner["loc"])}


# --- for messages and editors -----------------------------------------------------------------------------------------


def optimizer_meanings(record: Optimizer) -> dict[str, str]:
    """The keys that an optimizer takes, each with what it means."""
    meanings = {"name": f"{_title(record)}.", **{setting.name: setting.meaning for setting in record.takes}}
    return meanings | ({"bias_correction": _BIAS_CORRECTION} if record.corrects_bias else {})


def regularizer_meanings(ops: OpSet) -> dict[str, str]:
    """The keys that `regularizer` takes, each with what it means."""
    return {name: _strength(record) for name, record in ops.regularizers.items()} | {"on": _ON}


def _title(record: Optimizer) -> str:
    return record.facts.title[:1].upper() + record.facts.title[1:]


def _strength(record: Regularizer) -> str:
    return f"The strength λ; {record.facts.law}"


def _optimizers_schema(ops: OpSet) -> dict[str, Any]:
    each = [_optimizer_schema(record) for record in ops.optimizers.values()]
    return {"anyOf": [{"enum": list(ops.optimizers)}, {"oneOf": each}]}


def _optimizer_schema(record: Optimizer) -> dict[str, Any]:
    meanings = optimizer_meanings(record)
    properties: dict[str, Any] = {"name": {"const": record.name}}
    for setting in record.takes:
        default = plain(exact(setting.default))
        properties[setting.name] = {**_reader(setting).schema, "default": default, "examples": [default]}
    if record.corrects_bias:
        properties["bias_correction"] = {"enum": [*_BY_STEP_OR_OFF], "default": "by_step", "examples": ["by_step"]}
    return {
        "type": "object",
        "title": _title(record),
        "description": record.facts.law,
        "properties": {key: {**schema, "description": meanings[key]} for key, schema in properties.items()},
        "required": ["name"],
        "additionalProperties": False,
    }


def _regularizers_schema(ops: OpSet) -> dict[str, Any]:
    meanings = regularizer_meanings(ops)
    properties = {
        **{name: {**_AT_LEAST_ZERO.schema, "examples": [0.01]} for name in ops.regularizers},
        "on": {**TypeAdapter(Names).json_schema(), "examples": [["w1", "w2"]]},
    }
    return {
        "type": "object",
        "properties": {key: {**schema, "description": meanings[key]} for key, schema in properties.items()},
        "anyOf": [{"required": [name]} for name in ops.regularizers],
        "additionalProperties": False,
    }


OptimizerValue = Annotated[OptimizerKeys, ReadWithOps(read_optimizer, _optimizers_schema)]
RegularizerValue = Annotated[RegularizerKeys, ReadWithOps(read_regularizer, _regularizers_schema)]
