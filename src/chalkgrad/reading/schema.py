"""The keys of a problem file, as models; what each means and what it is when it is not written."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr

from chalkgrad.ops import OPS, Loss, OpSet
from chalkgrad.reading.schema_data import DataKeys, Split
from chalkgrad.reading.schema_marks import MarksKeys
from chalkgrad.reading.schema_network import NetworkKeys
from chalkgrad.reading.schema_of_ops import OptimizerKeys, OptimizerValue, RegularizerValue
from chalkgrad.reading.schema_showing import ConventionKeys, EqualKeys, ShowKeys
from chalkgrad.reading.schema_training import (
    Clip,
    ConstantKeys,
    InitialValue,
    ScheduleKeys,
    StopEarlyKeys,
)
from chalkgrad.reading.schema_values import (
    Checked,
    Count,
    GivenValue,
    Keys,
    Name,
    Names,
    NumberValue,
    PositiveCount,
    ReadBy,
    Text,
    ops_of,
    read_count,
    refusal,
)
from chalkgrad.reading.written_numbers import exact

__all__ = ["ProblemKeys"]


def read_batch(value: Any) -> int | Literal["full"]:
    """`full`, or how many samples make one step."""
    if value == "full":
        return "full"
    try:
        return read_count(value, at_least=1)
    except ValueError:
        raise refusal("not-a-batch", "full, or a whole number of at least 1") from None


_BATCH_SCHEMA = {"anyOf": [{"const": "full"}, {"type": "integer", "minimum": 1}]}
Batch = Annotated[int | Literal["full"], ReadBy(partial(read_batch), _BATCH_SCHEMA)]


def _not_empty(names: dict[str, Any]) -> dict[str, Any]:
    if not names:
        raise refusal("empty-mapping", "at least one name, such as {f: [x, y]}")
    return names


class ProblemKeys(Keys):
    """A problem: a network or a formula, numbers for it, and what is asked."""

    _ops: OpSet = PrivateAttr(default_factory=lambda: OPS)  # a default would be copied for every problem

    title: Text | None = Field(
        default=None, description="One line that names the problem.", examples=["Backpropagation by hand"]
    )
    network: NetworkKeys | None = Field(
        default=None,
        description="The layers of the network. A problem has either `network` or `formula`.",
        examples=[{"input": 2, "layers": [{"units": 1, "activation": "sigmoid"}]}],
    )
    formula: Text | None = Field(
        default=None,
        description="Lines `name = expression`, worked out in order; the last name is the output.",
        examples=["z = x w + b\ny_hat = sigmoid(z)"],
    )
    loss: Text | None = Field(
        default=None,
        description="What is made small: a name, or an expression in the output and `y`.",
        examples=["half_sse", "cross_entropy", "1/2 (out - y)^2"],
    )
    regularizer: RegularizerValue | None = Field(
        default=None, description="What keeps the parameters small.", examples=[{"l2": 0.01}]
    )
    data: DataKeys | None = Field(
        default=None,
        description="The samples: a list, or where they are.",
        examples=[[{"x": [0, 1], "y": 1}], {"csv": "houses.csv", "target": "price"}, {"set": "digits"}],
    )
    scale: Literal["none", "standard", "0..1"] = Field(
        default="none",
        description="How inputs are scaled, with numbers taken from the training part only.",
        examples=["standard"],
    )
    split: Split | None = Field(
        default=None, description="Which share of the samples is kept from training.", examples=[{"test": 0.2}]
    )
    given: dict[Name, GivenValue] = Field(
        default_factory=dict,
        description="The value of each name: a number, a list or a matrix.",
        examples=[{"w1": 0.5, "W": [[0.3, -0.5], [0.8, 0.1]]}],
    )
    initial: InitialValue | None = Field(
        default=None, description="How parameters without a value are drawn.", examples=["he_uniform", "constant(0.5)"]
    )
    learn: Names | None = Field(
        default=None, description="The names that are updated; left out, every parameter.", examples=[["w1", "w2"]]
    )
    optimizer: OptimizerValue = Field(
        default_factory=lambda: OptimizerKeys.of(OPS.optimizer("sgd")),
        json_schema_extra={"default": "sgd"},
        description="How a gradient becomes a step: a name, or a mapping with a name and settings.",
        examples=["adam", {"name": "sgd", "learning_rate": 0.5}],
    )
    schedule: ScheduleKeys = Field(
        default=ConstantKeys.model_construct(),
        description="How the learning rate changes: a name, or a mapping with a name and settings.",
        examples=["cosine", {"name": "step", "every": 10, "factor": 0.5}],
    )
    clip: Clip | None = Field(
        default=None,
        description="How large gradients may become, all together or each entry.",
        examples=[{"norm": 1}],
    )
    batch: Batch = Field(
        default="full",
        description="How many samples make one step: `full` for all, 1 for one, or a size.",
        examples=["full", 1, 32],
    )
    order: Literal["given", "shuffled"] | None = Field(
        default=None, description="Whether samples come as given or shuffled.", examples=["given"]
    )
    epochs: PositiveCount = Field(default=1, description="How many passes over the samples.", examples=[1, 60])
    seed: Count = Field(default=0, description="One number that fixes everything random.", examples=[0])
    stop_early: StopEarlyKeys | None = Field(
        default=None, description="When to stop before the last epoch.", examples=[{"patience": 5}]
    )
    threshold: NumberValue = Field(
        default=exact("0.5"), description="Class 1 when the output is at least this.", examples=[0.5]
    )
    convention: ConventionKeys = Field(
        default=ConventionKeys.model_construct(),
        description="Whether vectors are rows or columns, and the slope of ReLU at 0.",
        examples=[{"vectors": "columns"}],
    )
    differentiate: Annotated[dict[Name, Names], Checked(after=_not_empty)] | None = Field(
        default=None,
        description="The derivatives asked for: of what, with respect to which names.",
        examples=[{"f": ["x", "y"]}],
    )
    equal: EqualKeys | None = Field(
        default=None,
        description="Two expressions to be shown equal.",
        examples=[{"left": "s_2", "right": "p", "for": ["x"]}],
    )
    marks: MarksKeys = Field(
        default=MarksKeys.model_construct(),
        description="What each quantity is worth when somebody's page is marked.",
        examples=[{"default": 1, "quantities": {"dL/dw1": {"method": 1, "accuracy": 1}}}],
    )
    show: ShowKeys = Field(
        default=ShowKeys.model_construct(),
        description="How many digits, which view and how much detail the solution has.",
        examples=[{"round": 4, "detail": "full"}],
    )

    def model_post_init(self, context: Any) -> None:
        """Remember what the problem could name when it was read."""
        self._ops = ops_of(context)

    @property
    def ops(self) -> OpSet:
        """What the problem may name."""
        return self._ops

    @property
    def named_loss(self) -> Loss | None:
        """The loss, if it is said by its name and not as an expression."""
        return self._ops.losses.get(self.loss or "")

    @property
    def takes_classes(self) -> bool:
        """Whether targets may be numbers of classes."""
        return self.named_loss is not None and self.named_loss.targets == "one_hot"
