"""The working of a problem as lines: which quantity each is of, what it says, and by which rule.

The working is the generator's own, made from the problem file alone; it shares nothing with the solver.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from expressions import Call, Constant, Expression, Power, Product, Quantity, Quotient, Ref, Sum, Value
from ruamel.yaml import YAML

PROBLEMS = Path(__file__).parent / "problems"


@dataclass(frozen=True)
class Layer:
    """A layer: its units, its activation, for each unit the names of its weights, and of its bias."""

    units: tuple[str, ...]
    activation: str
    weights: tuple[tuple[str, ...], ...]
    biases: tuple[str, ...]
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class Problem:
    """A problem as its file has it.

    Args:
        name: the file's name without its ending.
        source: what the file says.
        layers: the layers of a network whose weights have single names.
        given: the numbers that it starts from, by quantity.
    """

    name: str
    source: Mapping[str, Any]
    layers: tuple[Layer, ...]
    given: Mapping[Quantity, Value]

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return int(self.source.get("epochs", 1))

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return len(self.source["data"])

    @property
    def optimizer(self) -> str:
        """The name of the optimizer."""
        return str(self.source["optimizer"]["name"])


@dataclass(frozen=True)
class Line:
    """A line of a working.

    Args:
        of: the quantity that it gives.
        says: what it is, in other quantities.
        rule: what kind of line it is, such as `delta`.
        parts: the pieces that `says` is made of; mistakes are made with them.
        written: the formula that is written, where that is not what is worked out.
        result: the number that is written, where it is not the one that comes out.
    """

    of: Quantity
    says: Expression
    rule: str
    parts: Mapping[str, Any] = field(default_factory=dict)
    written: Expression | None = None
    result: tuple[float, str] | None = None

    @property
    def formula(self) -> Expression:
        """What is written before the numbers."""
        return self.says if self.written is None else self.written


@dataclass(frozen=True)
class Route:
    """Choices between ways that are all right.

    Args:
        slopes: whether the slope of an activation has a line of its own.
        jacobian: whether softmax is passed by its Jacobian rather than by p − y.
        loss_gradient: whether the gradient at an output comes before the one at its sum.
    """

    slopes: bool = False
    jacobian: bool = False
    loss_gradient: bool = True


def plus(*terms: Expression) -> Expression:
    """A sum."""
    return terms[0] if len(terms) == 1 else Sum(terms, "+" * len(terms))


def minus(one: Expression, other: Expression) -> Sum:
    """A difference."""
    return Sum((one, other), "+-")


def times(*factors: Expression) -> Expression:
    """A product of numbers."""
    return factors[0] if len(factors) == 1 else Product(factors)


def setting(name: str) -> Ref:
    """A number of the optimizer or the regularizer."""
    return Ref(Quantity("setting", name))


def gradient(of: str, step: int, sample: int = 0) -> Quantity:
    """The gradient of the loss by something."""
    return Quantity("gradient", of, step, sample)


def slope_of(activation: str, total: Expression, output: Expression) -> Expression:
    """The slope of an activation, from its input and its output."""
    match activation:
        case "sigmoid":
            return times(output, minus(Constant("1"), output))
        case "tanh":
            return minus(Constant("1"), Power(output, 2))
        case "relu":
            return Call("relu'", total)
    return Constant("1")


def read(name: str) -> Problem:
    """The problem of this name in the folder `problems`."""
    source = YAML(typ="safe").load((PROBLEMS / f"{name}.yaml").read_text(encoding="utf-8"))
    layers = _layers(source["network"]) if "network" in source else ()
    return Problem(name, source, layers, _given(source, layers))


def _layers(network: Mapping[str, Any]) -> tuple[Layer, ...]:
    layers: list[Layer] = []
    inputs = network["input"]
    for layer in network["layers"]:
        if isinstance(layer["units"], int):
            return ()
        units = tuple(layer["units"])
        bias = layer["bias"]
        biases = () if bias == "none" else tuple(bias) if isinstance(bias, list) else (bias,) * len(units)
        layers.append(Layer(units, layer["activation"], tuple(map(tuple, layer["weights"])), biases, tuple(inputs)))
        inputs = units
    return tuple(layers)


def _given(source: Mapping[str, Any], layers: tuple[Layer, ...]) -> dict[Quantity, Value]:
    """The numbers of the file. A list is a column where the convention says so, else a row."""
    columns = source.get("convention", {}).get("vectors") == "columns"
    given: dict[Quantity, Value] = {}
    for number, sample in enumerate(source["data"], start=1):
        index = number if len(source["data"]) > 1 else 0
        if layers:
            named = {"input": (layers[0].inputs, sample["x"]), "target": (layers[-1].units, sample["y"])}
            for kind, (names, numbers) in named.items():
                listed = numbers if isinstance(numbers, list) else [numbers]
                given |= {Quantity(kind, n, 1, index): float(v) for n, v in zip(names, listed, strict=True)}
        else:
            given[Quantity("input", "x", 1, index)] = as_value(sample["x"], columns)
            given[Quantity("target", "y", 1, index)] = as_value(sample["y"], columns)
    given |= {Quantity("parameter", name): as_value(value, columns) for name, value in source["given"].items()}
    for name, value in source["optimizer"].items():
        if name != "name":
            given[Quantity("setting", name)] = float(value)
    if "regularizer" in source:
        given[Quantity("setting", "l2")] = float(source["regularizer"]["l2"])
    for parameter in source["given"]:
        given |= {Quantity(kind, parameter, 0): 0.0 for kind in ("velocity", "m", "v")}
    return given


def as_value(value: Any, columns: bool) -> Value:
    """A number, or a matrix with two axes."""
    if not isinstance(value, list):
        return float(value)
    array = np.array(value, dtype=float)
    if array.ndim == 1:
        return array[:, None] if columns else array[None, :]
    return array


def parameter(name: str, step: int) -> Ref:
    """A parameter as it is when a step begins."""
    return Ref(Quantity("parameter", name, step))


def updates(problem: Problem, name: str, step: int) -> list[Line]:
    """The lines by which an optimizer makes a parameter's new value."""
    found = Ref(gradient(name, step))
    match problem.optimizer:
        case "sgd":
            return [_move(name, step, found)]
        case "momentum":
            old = Ref(Quantity("velocity", name, step - 1))
            new = Quantity("velocity", name, step)
            says = plus(times(setting("momentum"), old), found)
            line = Line(new, says, "velocity", {"gradient": found, "old": old})
            return [line, _move(name, step, Ref(new), found)]
    return _adam(name, step, found)


def _move(name: str, step: int, by: Expression, found: Expression | None = None) -> Line:
    old = parameter(name, step)
    says = minus(old, times(setting("learning_rate"), by))
    parts = {"old": old, "rate": setting("learning_rate"), "by": by, "gradient": found}
    return Line(Quantity("parameter", name, step + 1), says, "update", parts)


def _adam(name: str, step: int, found: Ref) -> list[Line]:
    lines: list[Line] = []
    corrected: dict[str, Ref] = {}
    for kind, beta in (("m", "beta1"), ("v", "beta2")):
        new, hat = Quantity(kind, name, step), Quantity(f"{kind}_hat", name, step)
        old, share = Ref(replace(new, step=step - 1)), setting(beta)
        came = found if kind == "m" else Power(found, 2)
        rest = minus(Constant("1"), share)
        says = plus(times(share, old), times(rest, came))
        lines.append(Line(new, says, kind, {"old": old, "share": share, "rest": rest, "gradient": found}))
        below = minus(Constant("1"), Power(share, step) if step > 1 else share)
        lines.append(Line(hat, Quotient(Ref(new), below), "corrected", {"moment": Ref(new), "share": share}))
        corrected[kind] = Ref(hat)
    moved = times(setting("learning_rate"), Quotient(corrected["m"], _root(corrected["v"])))
    parts = {
        "old": parameter(name, step),
        "rate": setting("learning_rate"),
        "by": Quotient(corrected["m"], _root(corrected["v"])),
        "inside": Quotient(corrected["m"], Call("sqrt", plus(corrected["v"], setting("epsilon")))),
        "raw": Quotient(Ref(lines[0].of), _root(Ref(lines[2].of))),
        "gradient": found,
    }
    lines.append(Line(Quantity("parameter", name, step + 1), minus(parts["old"], moved), "update", parts))
    return lines


def _root(moment: Expression) -> Expression:
    return plus(Call("sqrt", moment), setting("epsilon"))
