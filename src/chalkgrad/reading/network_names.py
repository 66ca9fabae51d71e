"""What everything in a network is called: the file's own names, and those of what is left unnamed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chalkgrad.reading.schema_network import LayerKeys, NetworkKeys
from chalkgrad.reading.source import Path

__all__ = ["NetworkNames", "ParameterName", "bias_name", "layer_name", "name_network", "sum_name", "weights_name"]


@dataclass(frozen=True, slots=True)
class ParameterName:
    """A parameter: its name, its shape as `given` must have it with rows as convention, and where it is written.

    The shape is `()` for a number, `(units,)` for a bias, `(inputs, units)` for a weight matrix. A bias that is one
    name is shared by the `units` of its layer; given as a list of so many it is a vector.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    layer: int
    path: Path = ()
    units: int = 0


@dataclass(frozen=True, slots=True)
class NetworkNames:
    """The names of a network: its inputs, the units of each layer, its parameters one by one."""

    inputs: tuple[str, ...]
    units: tuple[tuple[str, ...], ...]
    parameters: tuple[ParameterName, ...]

    @property
    def outputs(self) -> tuple[str, ...]:
        """The units of the last layer."""
        return self.units[-1]

    def sources(self, layer: int) -> tuple[str, ...]:
        """What feeds a layer, counted from 0."""
        return self.inputs if layer == 0 else self.units[layer - 1]

    def parameter_names(self) -> tuple[str, ...]:
        """Every parameter once, in the order of the file."""
        return tuple(dict.fromkeys(parameter.name for parameter in self.parameters))


def weights_name(layer: int) -> str:
    """What the weights of a layer, counted from 0, are called if the file does not name them."""
    return f"W{layer + 1}"


def bias_name(layer: int) -> str:
    """What the biases of a layer, counted from 0, are called if the file does not name them."""
    return f"b{layer + 1}"


def layer_name(layer: int, is_last: bool) -> str:
    """What the units of a layer, counted from 0, have in common if the file does not name them."""
    return "y_hat" if is_last else f"h{layer + 1}"


def sum_name(unit: str) -> str:
    """What the weighted sum of a unit is called."""
    return f"z_{unit}"


def name_network(network: NetworkKeys) -> NetworkNames:
    """Name everything in a network, as the file does or by layer and unit.

    >>> name_network(NetworkKeys.model_validate({"input": ["x"], "layers": [{"units": ["a", "b"]}]})).parameter_names()
    ('W1', 'b1')
    """
    inputs = _input_names(network.input)
    last = len(network.layers) - 1
    units = tuple(_unit_names(layer.units, index, index == last) for index, layer in enumerate(network.layers))
    parameters: list[ParameterName] = []
    for index, layer in enumerate(network.layers):
        before = inputs if index == 0 else units[index - 1]
        parameters.extend(_weights(layer, index, len(before), len(units[index])))
        parameters.extend(_biases(layer, index, len(units[index])))
    return NetworkNames(inputs, units, tuple(parameters))


def _input_names(written: int | tuple[str, ...]) -> tuple[str, ...]:
    if not isinstance(written, int):
        return written
    return ("x",) if written == 1 else tuple(f"x_{number}" for number in range(1, written + 1))


def _unit_names(written: int | tuple[str, ...], layer: int, is_last: bool) -> tuple[str, ...]:
    if not isinstance(written, int):
        return written
    stem = layer_name(layer, is_last)
    if is_last and written == 1:
        return (stem,)
    return tuple(f"{stem}_{number}" for number in range(1, written + 1))


def _weights(layer: LayerKeys, index: int, inputs: int, units: int) -> Iterator[ParameterName]:
    path: Path = ("network", "layers", index, "weights")
    if layer.weights is None:
        yield ParameterName(weights_name(index), "weight matrix", (inputs, units), index)
    elif isinstance(layer.weights, str):
        yield ParameterName(layer.weights, "weight matrix", (inputs, units), index, path)
    elif isinstance(layer.weights, tuple):
        for row, entries in enumerate(layer.weights):
            for column, entry in enumerate(entries):
                if isinstance(entry, str):
                    yield ParameterName(entry, "weight", (), index, (*path, row, column))


def _biases(layer: LayerKeys, index: int, units: int) -> Iterator[ParameterName]:
    path: Path = ("network", "layers", index, "bias")
    if layer.bias is None:
        yield ParameterName(bias_name(index), "bias vector", (units,), index)
    elif isinstance(layer.bias, str):
        if layer.bias != "none":
            yield ParameterName(layer.bias, "shared bias", (), index, path, units)
    elif isinstance(layer.bias, tuple):
        for position, entry in enumerate(layer.bias):
            if isinstance(entry, str):
                yield ParameterName(entry, "bias", (), index, (*path, position))
