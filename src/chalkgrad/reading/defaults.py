"""What is taken for everything that a problem file leaves out, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from chalkgrad.core.node import Facts
from chalkgrad.ops import OPS, OpSet
from chalkgrad.reading.network_names import bias_name, name_network, weights_name
from chalkgrad.reading.schema import ProblemKeys
from chalkgrad.reading.schema_values import Keys

__all__ = ["DefaultTaken", "defaults_taken", "initial_for"]

# Why each default is what it is; of the settings of an optimizer its record says so.
_REASONS = {
    "scale": "inputs are taken as they stand",
    "batch": "every step uses all samples",
    "epochs": "one pass over the samples",
    "seed": "fixes everything random",
    "threshold": "class 1 from one half on",
    "schedule": "the learning rate stays",
    "optimizer": "plain gradient descent",
    "optimizer.bias_correction": "as in the paper of Adam",
    "convention.vectors": "z = x W + b",
    "convention.relu_at_zero": "the slope of ReLU at 0",
    "show.round": "decimals that are printed",
    "show.carry": "only printed numbers are rounded",
    "show.view": "matrices, then unit by unit",
    "show.detail": "every step with its reason",
    "split.validation": "no samples are kept for validation",
    "split.test": "no samples are kept for a test",
    "split.stratify": "parts are drawn without a look at the classes",
}


class DefaultTaken(NamedTuple):
    """A key that is not written, what is taken for it, and why."""

    key: str
    shown: str
    why: str


def initial_for(activation: str, ops: OpSet = OPS) -> str:
    """How weights are drawn that feed an activation, when the file does not say.

    He et al., Delving Deep into Rectifiers (2015) for ReLU and its kin; Glorot and Bengio (2010) for the others.

    >>> initial_for("relu"), initial_for("tanh")
    ('he_uniform', 'xavier_uniform')
    """
    known = ops.activations.get(activation)
    return known.facts.initial if known is not None else Facts().initial


def defaults_taken(keys: ProblemKeys, title: str) -> list[DefaultTaken]:
    """Every default that has a part in the problem, in the order of the keys."""
    found: list[DefaultTaken] = []
    if keys.title is None:
        found.append(DefaultTaken("title", title, "the name of the file"))
    found.extend(_layers(keys))
    found.extend(_samples(keys))
    if _learns(keys):
        found.extend(_learning(keys))
    found.extend(_parts(keys, ("convention", "show")))
    return found


def _learns(keys: ProblemKeys) -> bool:
    """Whether parameters are updated at all: a derivative or an equality alone is only worked out."""
    written = keys.model_fields_set
    if {"optimizer", "epochs", "schedule", "batch"} & written:
        return True
    return keys.loss is not None and keys.differentiate is None and keys.equal is None


def _layers(keys: ProblemKeys) -> Iterator[DefaultTaken]:
    if keys.network is None:
        return
    for number, layer in enumerate(keys.network.layers, start=1):
        written = layer.model_fields_set
        if "activation" not in written:
            yield DefaultTaken(f"layer {number}, activation", "linear", "the weighted sum goes on as it is")
        if "weights" not in written:
            yield DefaultTaken(f"layer {number}, weights", weights_name(number - 1), "named by its layer")
        if "bias" not in written:
            yield DefaultTaken(f"layer {number}, bias", bias_name(number - 1), "named by its layer, one for each unit")


def _samples(keys: ProblemKeys) -> Iterator[DefaultTaken]:
    if keys.data is None:
        return
    if "scale" not in keys.model_fields_set:
        yield DefaultTaken("scale", keys.scale, _REASONS["scale"])
    if keys.split is not None:
        yield from _parts(keys, ("split",))


def _learning(keys: ProblemKeys) -> Iterator[DefaultTaken]:
    written = keys.model_fields_set
    if keys.initial is None and keys.network is not None:
        yield from _initial(keys)
    if keys.learn is None:
        yield DefaultTaken("learn", "every parameter", "all of them are updated")
    yield from _optimizer(keys)
    if "schedule" not in written:
        yield DefaultTaken("schedule", "constant", _REASONS["schedule"])
    if "batch" not in written and keys.data is not None:
        yield DefaultTaken("batch", "full", _REASONS["batch"])
    if keys.order is None and keys.data is not None:
        is_listed = isinstance(keys.data, tuple)
        why = "listed samples keep their order" if is_listed else "so that no order is learned"
        yield DefaultTaken("order", "given" if is_listed else "shuffled", why)
    for key in ("epochs", "seed"):
        if key not in written:
            yield DefaultTaken(key, str(getattr(keys, key)), _REASONS[key])
    if "threshold" not in written and _is_binary(keys):
        yield DefaultTaken("threshold", str(keys.threshold), _REASONS["threshold"])


def _is_binary(keys: ProblemKeys) -> bool:
    return keys.loss is not None and keys.loss.startswith(("binary_cross_entropy", "hinge"))


def _initial(keys: ProblemKeys) -> Iterator[DefaultTaken]:
    network = keys.network
    if network is None:
        return
    missing = [parameter for parameter in name_network(network).parameters if parameter.name not in keys.given]
    for index in sorted({parameter.layer for parameter in missing}):
        activation = network.layers[index].activation
        fitting = initial_for(activation, keys.ops)
        yield DefaultTaken(f"initial, layer {index + 1}", fitting, f"fits {activation}; biases are 0")


def _optimizer(keys: ProblemKeys) -> Iterator[DefaultTaken]:
    optimizer = keys.optimizer
    if "optimizer" not in keys.model_fields_set:
        yield DefaultTaken("optimizer", optimizer.name, _REASONS["optimizer"])
    for setting in keys.ops.optimizer(optimizer.name).takes:
        if setting.name not in optimizer.written:
            yield DefaultTaken(f"optimizer.{setting.name}", setting.default, setting.why)
    if optimizer.bias_correction is not None and "bias_correction" not in optimizer.written:
        why = _REASONS["optimizer.bias_correction"]
        yield DefaultTaken("optimizer.bias_correction", optimizer.bias_correction, why)


def _parts(keys: ProblemKeys, names: tuple[str, ...]) -> Iterator[DefaultTaken]:
    for name in names:
        part = getattr(keys, name)
        if not isinstance(part, Keys):
            continue
        for field in type(part).model_fields:
            key, value = f"{name}.{field}", getattr(part, field)
            if field not in part.model_fields_set and key in _REASONS:
                shown = str(value).lower() if isinstance(value, bool) else str(value)
                yield DefaultTaken(key, shown, _REASONS[key])
