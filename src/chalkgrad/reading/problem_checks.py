"""What can be wrong with a problem although its keys are right: names that mean nothing, samples that do not fit."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from chalkgrad.core.graph import Graph
from chalkgrad.core.shape import Axis
from chalkgrad.errors import Fault, Place, nearest
from chalkgrad.ops import Loss
from chalkgrad.reading.network_names import NetworkNames, ParameterName, sum_name
from chalkgrad.reading.problem_file import ProblemFile
from chalkgrad.reading.samples import given_sample, numbers
from chalkgrad.reading.schema_marks import parts_of_quantity

__all__ = ["asked_faults", "formula_faults", "network_faults", "sample_faults"]

_PICK = re.compile(r"(.+)_\d+")
_MOST_NAMED = 8


def asked_faults(file: ProblemFile, parameters: Collection[str], known: Collection[str]) -> Iterator[Fault]:
    """Names under `learn`, `regularizer`, `differentiate`, `equal` and `marks` that the problem does not have.

    Args:
        file: the problem file.
        parameters: what can be learned.
        known: everything that has a name.
    """
    keys = file.keys
    for position, name in enumerate(keys.learn or ()):
        if name not in parameters:
            yield _unknown(name, "parameter", parameters, file.place("learn", position))
    for position, name in enumerate((keys.regularizer and keys.regularizer.on) or ()):
        if name not in parameters:
            yield _unknown(name, "parameter", parameters, file.place("regularizer", "on", position))
    for number, (of, wanted) in enumerate((keys.differentiate or {}).items()):
        if number:
            message = "`differentiate` asks for the derivatives of one quantity, and this is a second one"
            yield Fault(
                "several-derivatives", message, file.key_place("differentiate", of), "take one problem for each"
            )
        for position, name in enumerate(wanted):
            if name not in known:
                yield _unknown(name, "quantity", known, file.place("differentiate", of, position))
    for position, name in enumerate((keys.equal and keys.equal.for_names) or ()):
        if name not in known:
            yield _unknown(name, "quantity", known, file.place("equal", "for", position))
    yield from _marks_faults(file, parameters, sorted({*known, "loss"}))


def _marks_faults(file: ProblemFile, parameters: Collection[str], known: Collection[str]) -> Iterator[Fault]:
    """Quantities under `marks` that the problem does not have."""
    for quantity in file.keys.marks.quantities:
        is_new = quantity.endswith("'")
        kind, named = ("parameter", parameters) if is_new else ("quantity", known)
        for name in parts_of_quantity(quantity):
            if name not in named and not (is_new and name in known and _PICK.fullmatch(name)):
                yield _unknown(name, kind, named, file.key_place("marks", "quantities", quantity))


def _unknown(name: str, what: str, known: Collection[str], place: Place) -> Fault:
    listed = list(dict.fromkeys(known))
    shown = ", ".join(listed[:_MOST_NAMED]) + (", ..." if len(listed) > _MOST_NAMED else "")
    hint = nearest(name, listed) or (f"there are {shown}" if listed else "there are none")
    return Fault("unknown-name", f"there is no {what} `{name}`", place, hint)


def formula_faults(file: ProblemFile, used: Collection[str]) -> Iterator[Fault]:
    """Given values that no formula uses: most likely one of the two names is misspelled."""
    keys = file.keys
    whole = {found[1] for name in used if (found := _PICK.fullmatch(name))}
    for name in keys.given:
        if name not in used and name not in whole and not (name == "y" and keys.named_loss is not None):
            hint = nearest(name, [other for other in used if other not in keys.given]) or "remove it"
            place = file.key_place("given", name)
            yield Fault("never-used", f"`{name}` has a value, but no formula uses it", place, hint)


def network_faults(file: ProblemFile, names: NetworkNames) -> Iterator[Fault]:
    """Names of a network that stand for two things, and matrices that do not fit all layers that share them."""
    yield from _taken_names(file, names)
    yield from _shared_matrices(file, names)
    yield from _given_inputs(file, names)


def _taken_names(file: ProblemFile, names: NetworkNames) -> Iterator[Fault]:
    """`x` is the vector of inputs, `y` the targets, `loss` the loss, and z_u the weighted sum of unit u."""
    units = [unit for layer in names.units for unit in layer]
    meanings = {sum_name(unit): f"the weighted sum of {unit}" for unit in units}
    if names.inputs != ("x",):
        meanings["x"] = "the vector of all inputs"
    if file.keys.loss is not None:
        meanings |= {"y": "the target of each sample", "loss": "the loss itself", "loss_n": "the loss of a sample"}
    for index, layer in enumerate(names.units):
        for position, unit in enumerate(layer):
            if unit in meanings:
                place = file.place("network", "layers", index, "units", position)
                yield _twice(unit, meanings[unit], "unit", place)
    for parameter in {p.name: p for p in names.parameters}.values():
        if parameter.name in meanings and parameter.path:
            yield _twice(parameter.name, meanings[parameter.name], "parameter", file.place(*parameter.path))
    for position, name in enumerate(names.inputs):
        if name in meanings and name != "x":
            yield _twice(name, meanings[name], "input", file.place("network", "input", position))


def _twice(name: str, meaning: str, what: str, place: Place) -> Fault:
    hint = f"call the {what} " + ("y_hat" if name == "y" and what == "unit" else "something else")
    return Fault("name-used-twice", f"`{name}` is {meaning}, so no {what} can have this name", place, hint)


def _shared_matrices(file: ProblemFile, names: NetworkNames) -> Iterator[Fault]:
    first: dict[str, ParameterName] = {}
    for parameter in names.parameters:
        if parameter.kind != "weight matrix":
            continue
        known = first.setdefault(parameter.name, parameter)
        if known.shape != parameter.shape:
            message = (
                f"`{parameter.name}` has {_sized(known)} in layer {known.layer + 1}, "
                f"but this layer has {_sized(parameter)}"
            )
            hint = "only layers of the same sizes can share a matrix"
            yield Fault("wrong-size", message, file.place(*parameter.path), hint)


def _sized(parameter: ParameterName) -> str:
    inputs, units = parameter.shape
    return f"inputs: {inputs} × units: {units}"


def _given_inputs(file: ProblemFile, names: NetworkNames) -> Iterator[Fault]:
    """Inputs under `given` make one sample: all of them must be there, and no other samples."""
    keys = file.keys
    parameters = set(names.parameter_names())
    fed = [name for name in keys.given if name not in parameters]
    if not fed:
        return
    place = file.key_place("given", fed[0])
    if keys.data is not None:
        hint = "keep one of the two"
        yield Fault("given-twice", f"`{fed[0]}` comes from the data, and stands under `given` too", place, hint)
        return
    sample = given_sample(keys.given, names)
    has_targets = keys.named_loss is not None
    if sample is None or (has_targets and not sample.targets[0]):
        wanted = [*names.inputs, *(["y"] if has_targets else [])]
        message = f"`given` has {', '.join(fed)}, but a sample needs all of {', '.join(wanted)}"
        yield Fault("value-missing", message, place, "give each of them, or write `data`")


def sample_faults(file: ProblemFile, graph: Graph) -> Iterator[Fault]:
    """Targets that the output or the loss cannot be compared with."""
    keys, loss = file.keys, file.keys.named_loss
    if not isinstance(keys.data, tuple) or loss is None:
        return
    axis = graph.output.shape[1 - graph.sample_axis] if graph.output.shape else Axis("", 1)
    outputs = axis.size or 1
    for index, sample in enumerate(keys.data):
        targets = () if sample.y is None else numbers(sample.y)
        place = file.place("data", index, "y")
        if loss.targets == "signs":
            yield from _signs(loss, targets, index, place)
        if file.names is None and targets:
            yield from _fitting(loss, targets, outputs, f"sample {index + 1}, y", place)


def _signs(loss: Loss, targets: Sequence[object], index: int, place: Place) -> Iterator[Fault]:
    wrong = [target for target in targets if target not in (-1, 1)]
    if wrong:
        message = f"sample {index + 1}, y: {loss.name} expects -1 or 1, read {wrong[0]}"
        yield Fault("not-a-class", message, place, "write -1 for the class that is not meant")


def _fitting(loss: Loss, targets: Sequence[object], outputs: int, where: str, place: Place) -> Iterator[Fault]:
    if loss.targets == "one_hot" and len(targets) == 1 and outputs > 1:
        if targets[0] not in range(outputs):
            message = f"{where}: expected a class from 0 to {outputs - 1}, read {targets[0]}"
            yield Fault("not-a-class", message, place, "classes are counted from 0")
    elif len(targets) != outputs:
        plural = "" if outputs == 1 else "s"
        message = f"{where}: expected {outputs} number{plural}, one for each output, read {len(targets)}"
        yield Fault("wrong-size", message, place)
