"""The same problem with some keys changed: for a command line that overrules the file, and for comparisons."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from chalkgrad.errors import Fault, ProblemError, UsageError, nearest
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.problem_faults import refuse_faults
from chalkgrad.reading.python_keys import as_problem_file
from chalkgrad.reading.schema import ProblemKeys
from chalkgrad.reading.written_numbers import WrittenNumber

__all__ = ["SHORT_NAMES", "change", "changed", "problem_text", "tree_of"]

Tree = dict[str, Any]

_MOST_LAYERS = 1000

# What may be written as a name alone, or not at all, and what it is then.
_NAMED = {"optimizer": "sgd", "schedule": "constant"}


def changed(problem: Problem, changes: Mapping[str, Any]) -> Problem:
    """A problem with some of its keys changed.

    Args:
        problem: the problem.
        changes: new values, by a key of the problem file (`epochs`), a path to one with dots
            (`optimizer.learning_rate`, `network.layers.0.units`), or one of `SHORT_NAMES` (`activation`).

    Raises:
        ProblemError: with what does not fit any more.
        UsageError: `unknown-key`, `no-network`.

    >>> problem = Problem.from_layers(2, [{"units": 3, "activation": "tanh"}, {"units": 1}], loss="mse")
    >>> changed(problem, {"activation": "relu", "learning_rate": 0.1}).keys.network.layers[0].activation
    'relu'
    """
    if not changes:
        return problem
    tree = tree_of(problem)
    for key in sorted(changes, key=_rank):
        value = changes[key]
        # What is changed inside it by a later key must not change what was given.
        change(tree, key, value if isinstance(value, Dataset) else copy.deepcopy(value))
    dataset = problem.keys.data if isinstance(problem.keys.data, Dataset) else None
    file = as_problem_file(tree if dataset is None else {"data": dataset, **tree}, problem.ops)
    named = Problem(replace(file, name=problem.file.name, directory=problem.file.directory), problem.nodes)
    refuse_faults(named)
    return named.with_values(problem.trained, problem.trained_in) if problem.trained else named


def _rank(key: str) -> tuple[int, int]:
    """Which change comes first: what holds others before what lies in it, and layers before what they have."""
    return int(key in SHORT_NAMES or "." in key), ("layers", "units", key).index(key)


def tree_of(problem: Problem) -> Tree:
    """The keys of a problem as they are written, in lists and mappings of one's own; without samples from memory."""
    tree: Any = problem.file.source.value
    in_memory = isinstance(problem.keys.data, Dataset)
    return {key: copy.deepcopy(value) for key, value in tree.items() if not (in_memory and key == "data")}


def change(tree: Tree, key: str, value: Any) -> None:
    """Change one key of a problem that is written as lists and mappings.

    Args:
        tree: the keys of the problem.
        key: which, as in `changed`.
        value: its new value.

    Raises:
        UsageError: `unknown-key`, `no-network`.

    >>> tree = {"optimizer": "adam"}
    >>> change(tree, "learning_rate", 0.1)
    >>> tree
    {'optimizer': {'name': 'adam', 'learning_rate': 0.1}}
    """
    if key in SHORT_NAMES:
        SHORT_NAMES[key](tree, value)
        return
    first, *rest = key.split(".")
    if first not in ProblemKeys.model_fields:
        known = [*ProblemKeys.model_fields, *SHORT_NAMES]
        hint = nearest(first, known) or f"keys are {', '.join(known)}"
        raise UsageError(Fault("unknown-key", f"a problem file has no key `{first}`", hint=hint))
    _put(tree, [first, *rest], value)


def _put(tree: Any, path: list[str], value: Any) -> None:
    """Put a value at a path, making what is missing on the way."""
    for place, key in enumerate(path[:-1]):
        if isinstance(tree, list):
            tree = tree[_index(tree, key, path)]
            continue
        inner = tree.get(key)
        if place == 0 and key in _NAMED and not isinstance(inner, dict):
            inner = {"name": inner or _NAMED[key]}
        tree[key] = inner if isinstance(inner, dict | list) else {}
        tree = tree[key]
    if isinstance(tree, list):
        tree[_index(tree, path[-1], path)] = value
    else:
        tree[path[-1]] = value


def _index(entries: list[Any], key: str, path: list[str]) -> int:
    if not key.isdecimal() or int(key) >= len(entries):
        message = f"`{'.'.join(path)}` names no entry: there are {len(entries)}, counted from 0"
        raise UsageError(Fault("unknown-key", message))
    return int(key)


def _layers(tree: Tree) -> list[Tree]:
    network = tree.get("network")
    if not isinstance(network, dict) or not isinstance(network.get("layers"), list):
        hint = "name the key of the file that is to change, such as optimizer.learning_rate"
        raise UsageError(Fault("no-network", "the problem is a formula, so it has no layers to change", hint=hint))
    layers: list[Tree] = network["layers"]
    return layers


def _in_hidden_layers(key: str) -> Callable[[Tree, Any], None]:
    def change(tree: Tree, value: Any) -> None:
        for layer in _layers(tree)[:-1]:
            layer[key] = value

    return change


def _units(tree: Tree, value: Any) -> None:
    """So many units in each hidden layer; a list of numbers is a hidden layer for each of them."""
    if isinstance(value, list | tuple) and value and not any(isinstance(entry, str) for entry in value):
        _count_of_layers(tree, len(value))
        for layer, units in zip(_layers(tree), value, strict=False):
            layer["units"] = units
        return
    _in_hidden_layers("units")(tree, value)


def _count_of_layers(tree: Tree, value: Any) -> None:
    """So many hidden layers: the last of those there are is left out or repeated."""
    layers = _layers(tree)
    *hidden, last = layers
    if not isinstance(value, int | Fraction) or value.denominator != 1 or not 0 <= value <= _MOST_LAYERS:
        message = f"`layers` is how many hidden layers there are, from 0 to {_MOST_LAYERS}, and not {value}"
        raise ProblemError(Fault("not-a-count", message))
    count = int(value)
    model = copy.deepcopy(hidden[-1]) if hidden else {"units": 8, "activation": "relu"}
    if isinstance(names := model.get("units"), list):
        model["units"] = WrittenNumber(len(names), str(len(names)))
    plain = {key: entry for key, entry in model.items() if key not in ("weights", "bias") or entry == "none"}
    layers[:] = [*hidden[:count], *(copy.deepcopy(plain) for _ in range(count - len(hidden))), last]


def _at(*path: str) -> Callable[[Tree, Any], None]:
    return lambda tree, value: _put(tree, list(path), value)


def _regularizer(name: str) -> Callable[[Tree, Any], None]:
    return _at("regularizer", name)


# What one says for short, and where it stands in the file.
SHORT_NAMES: Mapping[str, Callable[[Tree, Any], None]] = {
    "activation": _in_hidden_layers("activation"),
    "units": _units,
    "dropout": _in_hidden_layers("dropout"),
    "layers": _count_of_layers,
    "learning_rate": _at("optimizer", "learning_rate"),
    "momentum": _at("optimizer", "momentum"),
    "l1": _regularizer("l1"),
    "l2": _regularizer("l2"),
    "patience": _at("stop_early", "patience"),
}


def problem_text(problem: Problem) -> str:
    """The text of a problem file: as it was read, or written anew for a problem that came another way.

    Samples from memory are left out.

    >>> print(problem_text(Problem.from_formula("f = x^2", given={"x": 0.5})), end="")
    formula: f = x^2
    given: {x: 0.5}
    """
    if problem.file.source.lines and not isinstance(problem.keys.data, Dataset):
        read = "\n".join(problem.file.source.lines)
        return read if read.endswith("\n") else f"{read}\n"
    from ruamel.yaml import YAML

    writer, text = YAML(typ="safe", pure=True), io.StringIO()
    writer.default_flow_style = None
    writer.width = 120
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    writer.dump(_plain(tree_of(problem)), text)
    return text.getvalue()


def _plain(value: Any) -> Any:
    """A value that a writer of YAML knows, with numbers as they were typed where that is a number for it too."""
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items() if not isinstance(entry, Dataset)}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, WrittenNumber):
        if value.denominator == 1:
            return int(value)
        return float(value) if Fraction(repr(float(value))) == value else str(value)
    return value
