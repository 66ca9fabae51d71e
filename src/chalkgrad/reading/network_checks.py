"""What can be wrong in a network although every key is: sizes that do not fit, names that are not there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chalkgrad.errors import Fault, counted, nearest
from chalkgrad.reading.formulas import canonical_name
from chalkgrad.reading.network_names import NetworkNames, ParameterName, sum_name
from chalkgrad.reading.schema import ProblemKeys
from chalkgrad.reading.schema_faults import spoken
from chalkgrad.reading.schema_network import LayerKeys, NetworkKeys
from chalkgrad.reading.source import Path

__all__ = ["Complaint", "counted", "network_complaints"]

Complaint = tuple[Path, Fault]

_WEIGHTS_HINT = "row j holds what unit j multiplies its inputs by"


def network_complaints(keys: ProblemKeys, network: NetworkKeys, names: NetworkNames) -> Iterator[Complaint]:
    """Everything that does not fit in and around the network, with the path of each."""
    for index, layer in enumerate(network.layers):
        yield from _weight_sizes(layer, index, names)
        yield from _bias_size(layer, index, names)
    yield from _names_used_twice(network, names)
    yield from _given(keys, names)
    yield from _asked_names(keys, names)


def _named(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 6 else f"{', '.join(names[:5])}, ..."


def _weight_sizes(layer: LayerKeys, index: int, names: NetworkNames) -> Iterator[Complaint]:
    if not isinstance(layer.weights, tuple):
        return
    path: Path = ("network", "layers", index, "weights")
    units, inputs = names.units[index], names.sources(index)
    widths = {len(row) for row in layer.weights}
    if len(layer.weights) == len(inputs) != len(units) and widths == {len(units)}:
        message = (
            f"{spoken(path)}: expected {counted(len(units), 'row')} of {counted(len(inputs), 'entry')}, "
            f"read {counted(len(layer.weights), 'row')} of {counted(len(units), 'entry')}"
        )
        yield path, Fault("weights-transposed", message, hint=f"write the transpose: {_WEIGHTS_HINT}")
        return
    if len(layer.weights) != len(units):
        expected = f"{counted(len(units), 'row')}, one for each unit ({_named(units)})"
        message = f"{spoken(path)}: expected {expected}, read {counted(len(layer.weights), 'row')}"
        yield path, Fault("wrong-size", message, hint=_WEIGHTS_HINT)
    for row, entries in enumerate(layer.weights):
        if len(entries) != len(inputs):
            where: Path = (*path, row)
            expected = f"{_entries(len(inputs))}, one for each input ({_named(inputs)})"
            yield where, Fault("wrong-size", f"{spoken(where)}: expected {expected}, read {len(entries)}")


def _entries(number: int) -> str:
    return counted(number, "entry")


def _bias_size(layer: LayerKeys, index: int, names: NetworkNames) -> Iterator[Complaint]:
    units = names.units[index]
    if isinstance(layer.bias, tuple) and len(layer.bias) != len(units):
        path: Path = ("network", "layers", index, "bias")
        expected = f"{_entries(len(units))}, one for each unit ({_named(units)})"
        hint = "a bias that the layer shares is one name, without brackets"
        yield path, Fault("wrong-size", f"{spoken(path)}: expected {expected}, read {len(layer.bias)}", hint=hint)


def _names_used_twice(network: NetworkKeys, names: NetworkNames) -> Iterator[Complaint]:
    """A unit or input has its name for itself; a parameter may stand in several places, but only as one thing."""
    first_use: dict[str, str] = {}
    for name, what, path in _all_names(network, names):
        is_new = name not in first_use
        first = first_use.setdefault(name, what)
        if is_new or (first == what and what not in ("input", "unit")):
            continue
        message = f"`{name}` is {_with_article(what)} here, and {_with_article(first)} elsewhere"
        yield path, Fault("name-used-twice", message, hint="give each its own name")


def _with_article(what: str) -> str:
    return f"an {what}" if what[0] in "aeio" else f"a {what}"


def _all_names(network: NetworkKeys, names: NetworkNames) -> Iterator[tuple[str, str, Path]]:
    is_listed = not isinstance(network.input, int)
    for position, name in enumerate(names.inputs):
        path: Path = ("network", "input")
        yield name, "input", (*path, position) if is_listed else path
    for index, layer in enumerate(network.layers):
        path = ("network", "layers", index, "units")
        for position, name in enumerate(names.units[index]):
            yield name, "unit", (*path, position) if not isinstance(layer.units, int) else path
    for parameter in names.parameters:
        yield parameter.name, parameter.kind, parameter.path or ("network", "layers", parameter.layer)


def _given(keys: ProblemKeys, names: NetworkNames) -> Iterator[Complaint]:
    parameters = {parameter.name: parameter for parameter in names.parameters}
    inputs = _input_spellings(names)
    units = {unit for layer in names.units for unit in layer}
    for name, value in keys.given.items():
        path: Path = ("given", name)
        parameter = parameters.get(name)
        if parameter is not None:
            yield from _given_shape(parameter, value, path, keys.convention.vectors)
        elif name in units or (name.startswith("z_") and name[2:] in units):
            message = f"`{name}` is computed by the network and cannot be given"
            yield path, Fault("computed-name", message)
        elif name not in inputs:
            known = [*parameters, *names.inputs]
            message = f"the network has no parameter or input `{name}`"
            hint = nearest(name, known) or f"it has {_named(known)}"
            yield path, Fault("unknown-name", message, hint=hint)


def _input_spellings(names: NetworkNames) -> set[str]:
    numbers = range(1, len(names.inputs) + 1)
    outputs = range(1, len(names.outputs) + 1)
    spelled = {f"x{mark}{number}" for number in numbers for mark in ("", "_")}
    return {*names.inputs, "x", "y", *spelled, *(f"y{mark}{number}" for number in outputs for mark in ("", "_"))}


def _given_shape(parameter: ParameterName, value: object, path: Path, vectors: str) -> Iterator[Complaint]:
    wanted = parameter.shape if vectors == "rows" else parameter.shape[::-1]
    read = _shape(value)
    if read == wanted or (parameter.kind == "bias vector" and read == ()):
        return
    if parameter.kind == "shared bias" and read == (parameter.units,):
        return
    is_vector = parameter.kind == "bias vector" and read in ((1, *wanted), (*wanted, 1))
    if is_vector:
        return
    message = f"`{parameter.name}`: expected {_shape_words(wanted)}, read {_shape_words(read)}"
    hint = ""
    if len(wanted) == 2:
        hint = "z = x W: one row for each input" if vectors == "rows" else "z = W x: one row for each unit"
        hint += "; write the transpose" if read == wanted[::-1] else ""
    yield path, Fault("wrong-size", message, hint=hint)


def _shape(value: object) -> tuple[int, ...]:
    if not isinstance(value, tuple):
        return ()
    return (len(value), len(value[0])) if isinstance(value[0], tuple) else (len(value),)


def _shape_words(shape: tuple[int, ...]) -> str:
    if not shape:
        return "a number"
    if len(shape) == 1:
        return f"a list of {shape[0]}"
    return f"{counted(shape[0], 'row')} of {_entries(shape[1])}"


def _asked_names(keys: ProblemKeys, names: NetworkNames) -> Iterator[Complaint]:
    parameters = names.parameter_names()
    known = _everything(names) if keys.differentiate else ()
    shown = (*parameters, *(unit for layer in names.units for unit in layer))
    yield from _unknown(keys.learn, ("learn",), parameters, parameters, "parameter")
    if keys.regularizer is not None:
        yield from _unknown(keys.regularizer.on, ("regularizer", "on"), parameters, parameters, "parameter")
    for name, wanted in (keys.differentiate or {}).items():
        path: Path = ("differentiate", name)
        if name == "loss":
            if keys.loss is None:
                yield path, Fault("no-loss", "there is no loss to differentiate", hint="write `loss: half_sse`")
        else:
            yield from _unknown((name,), path, known, shown, "name", on_key=True)
        yield from _unknown(wanted, path, known, shown, "name")


def _everything(names: NetworkNames) -> tuple[str, ...]:
    units = [unit for layer in names.units for unit in layer]
    layers = range(1, len(names.units) + 1)
    vectors = [f"{letter}{number}" for number in layers for letter in ("W", "b", "h", "z_h", "z", "a")]
    spelled = sorted(_input_spellings(names))
    before = [sum_name(unit) for unit in units]
    # `z_a^[2]` is spelled `z^[2]_a` where nothing is known of the unit `a^[2]`.
    before += [canonical_name(name) for name in before if "^" in name]
    return (*names.parameter_names(), *units, *before, *spelled, *vectors, "y_hat", "z_y_hat")


def _unknown(
    asked: Sequence[str] | None,
    path: Path,
    known: Sequence[str],
    shown: Sequence[str],
    what: str,
    on_key: bool = False,
) -> Iterator[Complaint]:
    for position, name in enumerate(asked or ()):
        if name not in known:
            hint = nearest(name, shown) or f"it has {_named(shown)}"
            where = path if on_key else (*path, position)
            yield where, Fault("unknown-name", f"the network has no {what} `{name}`", hint=hint)
