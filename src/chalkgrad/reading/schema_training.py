"""How the learning goes on and where it starts, as it is written in a problem file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field
from pydantic_core import core_schema

from chalkgrad.errors import nearest
from chalkgrad.reading.known_names import INITIALS, OTHER_WORDS, SCHEDULES
from chalkgrad.reading.schema_values import (
    Checked,
    Count,
    Keys,
    PositiveCount,
    ReadBy,
    TrueOrFalse,
    number,
    read_number_within,
    refusal,
    with_name,
)
from chalkgrad.reading.written_numbers import WrittenNumber, exact

__all__ = [
    "Clip",
    "ConstantKeys",
    "CosineKeys",
    "ExponentialKeys",
    "Initial",
    "OneCycleKeys",
    "ScheduleKeys",
    "StepKeys",
    "StopEarlyKeys",
    "WarmupKeys",
]

AtLeastZero = Annotated[WrittenNumber, number(at_least=0)]
BelowOne = Annotated[WrittenNumber, number(at_least=0, below=1)]
AboveZero = Annotated[WrittenNumber, number(above=0)]
UpToOne = Annotated[WrittenNumber, number(above=0, at_most=1)]


@dataclass(frozen=True)
class Named:
    """Marks a part that is written as a name alone or as a mapping with a `name` and its settings."""

    names: Sequence[str]
    what: str
    code: str

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self._settings, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Callable[[Any], Any]) -> dict[str, Any]:
        return {"anyOf": [{"enum": list(self.names)}, handler(schema["schema"])]}

    def _settings(self, value: Any) -> Any:
        return with_name(value, self.names, self.what, self.code)


class ConstantKeys(Keys):
    """The learning rate stays."""

    name: Literal["constant"] = Field(default="constant", description="The learning rate stays.")


class StepKeys(Keys):
    """The learning rate is multiplied by `factor` after every `every` epochs."""

    name: Literal["step"] = Field(default="step", description="The learning rate falls in steps.")
    every: PositiveCount = Field(default=10, description="After how many epochs it falls.", examples=[10])
    factor: UpToOne = Field(default=exact("0.1"), description="What it is multiplied by.", examples=[0.5])


class ExponentialKeys(Keys):
    """The learning rate is multiplied by `factor` after every epoch."""

    name: Literal["exponential"] = Field(default="exponential", description="The learning rate falls every epoch.")
    factor: UpToOne = Field(default=exact("0.95"), description="What it is multiplied by.", examples=[0.9])


class CosineKeys(Keys):
    """The learning rate falls to `lowest` along half a wave of the cosine."""

    name: Literal["cosine"] = Field(default="cosine", description="The learning rate falls along a cosine.")
    epochs: PositiveCount | None = Field(
        default=None, description="Over how many epochs; left out, over all of them.", examples=[50]
    )
    lowest: AtLeastZero = Field(default=exact("0"), description="Where it ends.", examples=[0.0001])


class OneCycleKeys(Keys):
    """The learning rate rises to `highest` and falls far below its start; numbers as in PyTorch."""

    name: Literal["one_cycle"] = Field(default="one_cycle", description="The learning rate rises once and falls.")
    highest: AboveZero | None = Field(
        default=None, description="The top; left out, the learning rate of the optimizer.", examples=[0.1]
    )
    rise: BelowOne = Field(default=exact("0.3"), description="The share of the steps that go up.", examples=[0.3])
    start_divisor: AboveZero = Field(
        default=exact("25"), description="The start is the top divided by this.", examples=[25]
    )
    end_divisor: AboveZero = Field(
        default=exact("10000"), description="The end is the start divided by this.", examples=[10000]
    )


class WarmupKeys(Keys):
    """The learning rate rises in a straight line, and then stays."""

    name: Literal["warmup"] = Field(default="warmup", description="The learning rate rises, then stays.")
    epochs: PositiveCount = Field(default=5, description="Over how many epochs it rises.", examples=[5])
    start: BelowOne = Field(
        default=exact("0"), description="With which share of the learning rate it starts.", examples=[0.1]
    )


ScheduleKeys = Annotated[
    ConstantKeys | StepKeys | ExponentialKeys | CosineKeys | OneCycleKeys | WarmupKeys,
    Field(discriminator="name"),
    Named(SCHEDULES, "a schedule", "unknown-schedule"),
]


class ClipKeys(Keys):
    """How large a gradient may become before the optimizer gets it."""

    norm: AboveZero | None = Field(
        default=None,
        description="All gradients together are made shorter, so that their norm is at most this.",
        examples=[1],
    )
    value: AboveZero | None = Field(
        default=None, description="Each entry of a gradient is cut to lie between −value and value.", examples=[0.5]
    )


def _one_clip(clip: ClipKeys) -> ClipKeys:
    if (clip.norm is None) == (clip.value is None):
        raise refusal("not-a-clip", "{norm: 1} for the norm of all gradients, or {value: 0.5} for each entry")
    return clip


Clip = Annotated[ClipKeys, Checked(after=_one_clip)]


class StopEarlyKeys(Keys):
    """When to stop before the last epoch; keys and meaning as in Keras."""

    monitor: Literal["val_loss", "val_accuracy", "loss", "accuracy"] = Field(
        default="val_loss", description="What is watched after every epoch.", examples=["val_loss"]
    )
    min_delta: AtLeastZero = Field(
        default=exact("0"), description="By how much it must get better to count.", examples=[0.001]
    )
    patience: Count = Field(default=5, description="How many epochs without a gain are let pass.", examples=[5])
    mode: Literal["auto", "min", "max"] = Field(
        default="auto", description="Whether less or more is better; `auto` knows by the name.", examples=["auto"]
    )
    restore_best_weights: TrueOrFalse = Field(
        default=True, description="Whether to go back to the best epoch.", examples=[True]
    )
    start_from_epoch: Count = Field(default=0, description="From which epoch on it is watched.", examples=[0])


@dataclass(frozen=True, slots=True)
class Initial:
    """How parameters without a value are drawn: a name, and the numbers in its brackets."""

    name: str
    numbers: tuple[WrittenNumber, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}({', '.join(str(entry) for entry in self.numbers)})" if self.numbers else self.name


_CALL = re.compile(r"\s*([A-Za-z_]+)\s*(?:\(([^()]*)\))?\s*")


def read_initial(value: Any) -> Initial:
    """`he_uniform`, `uniform(-1, 1)`, `normal(0.1)`, `constant(0.5)`, `zeros`, ..."""
    found = _CALL.fullmatch(value) if isinstance(value, str) else None
    if found is None or found[1] not in INITIALS:
        word = found[1] if found else ""
        other = OTHER_WORDS.get(word)
        hint = f'it is called "{other}" here' if other in INITIALS else nearest(word, list(INITIALS))
        raise refusal("unknown-initial", f"a way to draw parameters: {', '.join(map(_shown, INITIALS))}", hint)
    name, wanted = found[1], INITIALS[found[1]]
    texts = [text.strip() for text in re.split("[,،;]", found[2])] if found[2] and found[2].strip() else []
    if len(texts) != len(wanted):
        raise refusal("initial-numbers", _shown(name))
    numbers = tuple(read_number_within(text) for text in texts)
    if name == "uniform" and numbers[0] > numbers[1]:
        raise refusal("initial-numbers", "uniform(a, b) with a not above b")
    if name == "normal" and numbers[0] < 0:
        raise refusal("initial-numbers", "normal(std) with a spread std of at least 0")
    return Initial(name, numbers)


def _shown(name: str) -> str:
    return f"{name}({', '.join(INITIALS[name])})" if INITIALS[name] else name


_INITIAL_SCHEMA = {
    "type": "string",
    "pattern": r"^(he_uniform|he_normal|xavier_uniform|xavier_normal|uniform\(.*\)|normal\(.*\)|constant\(.*\)|zeros)$",
}
InitialValue = Annotated[Initial, ReadBy(read_initial, _INITIAL_SCHEMA)]
