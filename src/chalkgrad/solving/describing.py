"""What a problem is made of, in figures: its data, its layers, its parameters, and the memory that they take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chalkgrad.core.graph import Graph
from chalkgrad.core.node import Node, toposort
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.splitting import Parts

__all__ = ["describe_data"]

_MOST_FEATURES = 30
_BLOCK = 1_000_000
_BYTES = 4  # of a number in training, unless float64 is asked for


def describe_data(problem: Problem) -> dict[str, Any]:
    """The figures of a problem, for JSON.

    Memory is in bytes, with numbers in float32 as training takes them; samples in memory have the type they came in.

    Args:
        problem: whose.

    Returns:
        `data` (None without data), `layers` (of a network) or `lines` (of formulas), `parameters`, `memory`,
        `learning` (None where nothing is learned).

    Raises:
        ChalkgradError: for data that cannot be read or do not fit.

    >>> from chalkgrad.reading.problem import Problem
    >>> found = describe_data(Problem.from_layers(2, [{"units": 3, "activation": "tanh"}, {"units": 1}], loss="mse"))
    >>> found["parameters"]["count"], [layer["parameters"] for layer in found["layers"]]
    (13, [9, 4])
    """
    batch = _batch(problem)
    graph = problem.graph(batch, dropout=True)
    has_layers = problem.keys.network is not None
    return {
        "title": problem.title,
        "data": _data(problem),
        **({"layers": _layers(problem)} if has_layers else {"lines": _lines(problem)}),
        "parameters": {
            "count": sum(map(_count, graph.parameters)),
            "learned": sum(map(_count, _learned(problem, graph))),
        },
        "memory": _memory(problem, graph, batch),
        "learning": _learning(problem, batch) if problem.updates else None,
    }


def _count(node: Node) -> int:
    """How many numbers a node has."""
    return int(np.prod([axis.size or 1 for axis in node.shape], dtype=np.int64))


def _learned(problem: Problem, graph: Graph) -> list[Node]:
    """The parameters that are updated; none where only derivatives are asked for."""
    return [node for node in graph.parameters if node.name in problem.learned] if problem.updates else []


def _sizes(node: Node) -> list[int]:
    return [axis.size or 1 for axis in node.shape]


# --- data ---


def _training_rows(problem: Problem) -> int:
    """How many samples train; 1 where a sample is given by its names, or there are none yet."""
    return len(problem.parts.train) if problem.keys.data is not None else 1


def _batch(problem: Problem) -> int:
    count = _training_rows(problem)
    return count if problem.keys.batch == "full" else min(int(problem.keys.batch), count)


def _data(problem: Problem) -> dict[str, Any] | None:
    if problem.keys.data is None:
        return None
    data, parts, split = problem.dataset, problem.parts, problem.keys.split
    return {
        "source": data.summary,
        "samples": len(data),
        "parts": {"train": len(parts.train), "validation": len(parts.validation), "test": len(parts.test)},
        "folds": split.folds if split is not None else None,
        "inputs": data.x.shape[1],
        "type": str(data.x.dtype),
        "on_disk": isinstance(data.x, np.memmap),
        "image_shape": list(data.image_shape) if data.image_shape else None,
        "scale": problem.keys.scale,
        "features": _features(data),
        "target": _target(problem, data),
        "classes": _classes(problem, data, parts),
    }


def _features(data: Dataset) -> list[dict[str, Any]]:
    """Smallest number, mean and largest of each input; of many inputs, of all of them together."""
    low, mean, high, missing = _spread(data.x)
    if data.x.shape[1] > _MOST_FEATURES:
        name = "all pixels" if data.image_shape else "all inputs"
        return [_feature(name, low.min(), mean.mean(), high.max(), missing.sum())]
    names = data.feature_names or [f"x_{k + 1}" for k in range(data.x.shape[1])]
    return [_feature(*entry) for entry in zip(names, low, mean, high, missing, strict=True)]


def _feature(name: str, low: Any, mean: Any, high: Any, missing: Any) -> dict[str, Any]:
    return {"name": name, "min": float(low), "mean": float(mean), "max": float(high), "missing": int(missing)}


def _spread(x: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Of each column the smallest number, the mean, the largest, and how many are missing; in blocks."""
    step = max(1, _BLOCK // max(1, x.shape[1]))
    lows, highs = [], []
    total, missing = np.zeros(x.shape[1]), np.zeros(x.shape[1], dtype=np.int64)
    for start in range(0, len(x), step):
        block = x[start : start + step].astype(np.float64)
        lows.append(block.min(axis=0))
        highs.append(block.max(axis=0))
        total += block.sum(axis=0)
        missing += np.isnan(block).sum(axis=0)
    return np.min(lows, axis=0), total / len(x), np.max(highs, axis=0), missing


def _target(problem: Problem, data: Dataset) -> dict[str, Any] | None:
    """What is learned: how many numbers a sample, and their spread where they are no classes."""
    if data.y is None:
        return None
    found: dict[str, Any] = {"name": data.target_name or None, "numbers": 1 if data.y.ndim == 1 else data.y.shape[1]}
    if problem.classes is None:
        low, mean, high, _ = _spread(data.y.reshape(len(data.y), -1))
        found |= {"min": float(low.min()), "mean": float(mean.mean()), "max": float(high.max())}
    return found


def _classes(problem: Problem, data: Dataset, parts: Parts) -> list[dict[str, Any]]:
    """How many samples of each class there are, in all and in each part."""
    numbers = problem.classes
    if numbers is None:
        return []
    count = max(len(data.class_names), int(numbers.max()) + 1)
    names = data.class_names or tuple(map(str, range(count)))
    split = {"train": parts.train, "validation": parts.validation, "test": parts.test}
    tallies = {part: np.bincount(numbers[rows], minlength=count) for part, rows in split.items()}
    return [
        {"name": name, "samples": int(sum(tally[k] for tally in tallies.values()))}
        | {part: int(tally[k]) for part, tally in tallies.items()}
        for k, name in enumerate(names)
    ]


# --- layers and lines ---


def _layers(problem: Problem) -> list[dict[str, Any]]:
    network, names = problem.keys.network, problem.file.names
    assert network is not None
    assert names is not None
    seen: set[Node] = set()
    layers = []
    for number, own in enumerate(_parameters_by_layer(problem.graph(1), names.units)):
        keys = network.layers[number]
        new = [node for node in own if node not in seen]
        layers.append(
            {
                "name": f"layer {number + 1}",
                "inputs": len(names.sources(number)),
                "units": len(names.units[number]),
                "activation": keys.activation,
                "dropout": float(keys.dropout),
                "parameters": sum(map(_count, new)),
                "shared": [node.name for node in own if node in seen],
                "shapes": {node.name: _sizes(node) for node in own},
            }
        )
        seen.update(own)
    return layers


def _parameters_by_layer(graph: Graph, units: Sequence[tuple[str, ...]]) -> Iterator[list[Node]]:
    """The parameters that the lines of each layer read; the last line of a layer has its units."""
    layer, own = 0, dict[Node, None]()
    for line in graph.forward_lines:
        own |= {node: None for node in toposort([line.formula]) if node in graph.parameters}
        if layer < len(units) and graph.unit_names[line.symbol] == units[layer]:
            yield list(own)
            layer, own = layer + 1, {}


def _lines(problem: Problem) -> list[dict[str, Any]]:
    return [{"name": line.symbol.name, "shape": _sizes(line.symbol)} for line in problem.graph(1).forward_lines]


# --- memory and learning ---


def _memory(problem: Problem, graph: Graph, batch: int) -> dict[str, Any]:
    learned, optimizer = _learned(problem, graph), problem.optimizer
    states = [
        int(np.prod([axis.size or 1 for axis in optimizer.state_shape(name, node.shape)], dtype=np.int64))
        for node in learned
        for name in optimizer.state
    ]
    values = [*graph.inputs, *graph.masks, *(line.symbol for line in graph.lines)]
    data = problem.dataset if problem.keys.data is not None else None
    return {
        "type": "float32",
        "parameters": _BYTES * sum(map(_count, graph.parameters)),
        "gradients": _BYTES * sum(map(_count, learned)),
        "optimizer_state": _BYTES * sum(states),
        "batch_values": _BYTES * sum(map(_count, dict.fromkeys(values))),
        "batch": batch,
        "data": 0 if data is None else data.x.nbytes + (0 if data.y is None else data.y.nbytes),
    }


def _learning(problem: Problem, batch: int) -> dict[str, Any]:
    keys = problem.keys
    rows = _training_rows(problem)
    steps = -(-rows // batch)
    return {
        "loss": keys.loss,
        "regularizer": {name: float(value) for name, value in problem.strengths.items()},
        "optimizer": keys.optimizer.name,
        "settings": {name: float(value) for name, value in problem.settings.items()},
        "schedule": keys.schedule.name,
        "batch": batch,
        "steps_per_epoch": steps,
        "epochs": keys.epochs,
        "steps": steps * keys.epochs,
        "order": problem.file.order,
        "seed": keys.seed,
        "stop_early": None if keys.stop_early is None else keys.stop_early.monitor,
    }
