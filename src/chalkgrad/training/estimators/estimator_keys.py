"""The problem that an estimator trains: a written one or the usual one, with its settings, fitted to the data."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalkgrad.errors import Fault, UsageError
from chalkgrad.ops import OPS, Loss, OpSet
from chalkgrad.reading.changing import change, tree_of
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.problem_file import read_problem_file

__all__ = ["Task", "problem_for"]

Tree = dict[str, Any]

# Without a problem: the network and the learning that scikit-learn's own have.
_USUAL: Tree = {"optimizer": "adam", "batch": 32, "epochs": 200}
_USUAL_UNITS = (100,)
_USUAL_PATIENCE = 10
_USUAL_SHARE = 0.1

# What is said by the name that it has in a problem file; a learning rate belongs to the optimizer that is said before.
_SAID = (
    *("activation", "dropout", "loss", "optimizer", "learning_rate", "schedule", "batch", "epochs"),
    *("l1", "l2", "clip", "initial", "scale"),
)

_OUTPUTS = {"cross_entropy": "softmax", "kl": "softmax", "binary_cross_entropy": "sigmoid"}


@dataclass(frozen=True, slots=True)
class Task:
    """What the network shall say of a sample.

    Args:
        features: how many inputs there are.
        classes: how many classes there are; 0 where numbers are learned.
        numbers: how many numbers are learned; 0 where there are classes.
        seed: fixes everything random; None leaves it to the problem.
    """

    features: int
    classes: int
    numbers: int
    seed: int | None


def problem_for(settings: Mapping[str, Any], task: Task, dataset: Dataset) -> Problem:
    """The problem that an estimator with these settings trains on samples.

    Args:
        settings: the parameters of the estimator, by name; None for what the problem says, or what is usual.
        task: what is to be learned.
        dataset: the samples.

    Raises:
        ProblemError: with all that does not fit.
        UsageError: `loss-does-not-fit`, `no-network`, `not-a-problem`.
    """
    tree, ops = _written(settings["problem"])
    if "formula" not in tree and "network" not in tree:
        tree["network"] = {"layers": [{"units": n, "activation": "relu"} for n in _USUAL_UNITS] + [{}]}
        tree = {**_USUAL, **tree}
    _change_hidden(tree, settings["hidden_layer_sizes"])
    for key in _SAID:
        if settings[key] is not None:
            change(tree, key, settings[key])
    _change_stopping(tree, settings, stratify=task.classes > 0)
    _fit_output(tree, task, ops, is_chosen=settings["loss"] is not None)
    _fit_input(tree, task.features)
    seed = {} if task.seed is None else {"seed": task.seed}
    return Problem.from_keys({**tree, **seed, "data": dataset}, ops)


def _written(problem: Any) -> tuple[Tree, OpSet]:
    """The keys of a problem without its data, and what it may name."""
    ops = OPS
    if problem is None:
        return {}, ops
    if isinstance(problem, Problem):
        if problem.nodes:
            message = "a problem made of nodes has no keys that could be fitted to data"
            raise UsageError(Fault("not-a-problem", message, hint="write its lines as formulas"))
        tree, ops = tree_of(problem), problem.ops
    elif isinstance(problem, str | Path):
        found: Any = read_problem_file(problem).source.value
        tree = dict(found)
    elif isinstance(problem, Mapping):
        tree = copy.deepcopy({str(key): value for key, value in problem.items() if key != "data"})
    else:
        message = f"`problem` cannot be a {type(problem).__name__}"
        hint = "give a problem, the path or the bare name of a problem file, or its keys as a mapping"
        raise UsageError(Fault("not-a-problem", message, hint=hint))
    return {key: value for key, value in tree.items() if key != "data"}, ops


def _layers(tree: Tree) -> list[Tree] | None:
    """The layers, where they are written as they should be; else the problem itself says what is wrong."""
    network = tree.get("network")
    layers = network.get("layers") if isinstance(network, dict) else None
    if not isinstance(layers, list) or not layers or not all(isinstance(layer, dict) for layer in layers):
        return None
    return layers


def _change_hidden(tree: Tree, sizes: Any) -> None:
    if sizes is None:
        return
    layers = _layers(tree)
    if layers is None:
        change(tree, "layers", 0)  # which says what is missing
        return
    hidden = layers[:-1]
    activation = hidden[0].get("activation", "linear") if hidden else "relu"
    counts = list(sizes) if isinstance(sizes, Sequence) or hasattr(sizes, "__iter__") else [sizes]
    layers[:-1] = [{"units": count, "activation": activation} for count in counts]


def _change_stopping(tree: Tree, settings: Mapping[str, Any], stratify: bool) -> None:
    """When to stop, and which share is kept for looking at; nothing is kept for a test."""
    asked, share = settings["early_stopping"], settings["validation_fraction"]
    written = tree.pop("split", None)
    written = dict(written) if isinstance(written, Mapping) else {}
    if asked is not None:
        tree.pop("stop_early", None)
        written = {"stratify": written["stratify"]} if "stratify" in written else {}
    if asked is not None and asked is not False:
        tree["stop_early"] = {"patience": _USUAL_PATIENCE, **(asked if isinstance(asked, Mapping) else {})}
    stop = tree.get("stop_early")
    if stop is not None and settings["patience"] is not None:
        change(tree, "patience", settings["patience"])
    watches = isinstance(stop, Mapping) and str(stop.get("monitor", "val_loss")).startswith("val_")
    share = written.get("validation", _USUAL_SHARE if watches else None) if share is None else share
    if share is not None:
        tree["split"] = {"validation": share, "stratify": written.get("stratify", stratify)}


# --- what the data settle ---------------------------------------------------------------------------------------------


def _fit_input(tree: Tree, features: int) -> None:
    network = tree.get("network")
    if isinstance(network, dict):
        names = network.get("input")
        if not isinstance(names, Sequence) or isinstance(names, str) or len(names) != features:
            network["input"] = features


def _fit_output(tree: Tree, task: Task, ops: OpSet, is_chosen: bool) -> None:
    """The loss and the last layer; a layer that fits stays as it is written.

    Args:
        tree: the keys of the problem.
        task: what is to be learned.
        ops: what may be named.
        is_chosen: whether the loss is said beside the problem, so that the layer must be fitted to it.
    """
    layers = _layers(tree)
    last = layers[-1] if layers else {}
    written = _count(last.get("units"))
    loss = tree.setdefault("loss", _usual_loss(task, written))
    record = ops.losses.get(loss) if isinstance(loss, str) else None
    _refuse_other_loss(loss, record, task, written)
    if layers is None:
        return
    units = _units(record, task, written)
    if written != units:
        layers[-1] = last = {key: entry for key, entry in last.items() if key not in ("weights", "bias")} | (
            {"bias": "none"} if last.get("bias") == "none" else {}
        )
        last["units"] = units
    if (written != units or is_chosen) and record is not None and record.targets != "numbers":
        last["activation"] = _OUTPUTS.get(record.name, "linear")


def _count(units: Any) -> int | None:
    """How many units are written, by their number or their names."""
    if isinstance(units, list | tuple):
        return len(units)
    return None if units is None or isinstance(units, str) else int(units)


def _usual_loss(task: Task, written: int | None) -> str:
    if not task.classes:
        return "mse"
    return "binary_cross_entropy" if task.classes == 2 and written != task.classes else "cross_entropy"


def _is_of_two(record: Loss | None) -> bool:
    """Whether a loss looks at one output for two classes."""
    return record is not None and (record.targets == "signs" or record.name.startswith("binary"))


def _units(record: Loss | None, task: Task, written: int | None) -> int:
    if not task.classes:
        return task.numbers
    if _is_of_two(record) or record is None or record.targets == "numbers":
        return task.classes if task.classes > 2 or written == task.classes else 1
    return task.classes


def _refuse_other_loss(loss: Any, record: Loss | None, task: Task, written: int | None) -> None:
    if record is None:
        return
    if not task.classes and record.targets in ("one_hot", "signs"):
        message = f"{loss} is for classes, and a regressor learns numbers"
        raise UsageError(Fault("loss-does-not-fit", message, hint="use mse, mae or huber"))
    if task.classes > 2 and _is_of_two(record) and written != task.classes:
        message = f"{loss} is for two classes, and there are {task.classes}"
        raise UsageError(Fault("loss-does-not-fit", message, hint="use cross_entropy"))
