"""Measures the gradient graph of a 784-512-512-10 network: how long it takes to derive, and to evaluate.

The evaluation stands against one step written by hand with NumPy: the same operations, all in float32.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy
from measuring import Row, alternately, arguments, median, print_table

from chalkgrad.core.evaluate import Evaluator
from chalkgrad.core.graph import Graph
from chalkgrad.core.node import Node
from chalkgrad.reading.problem import Problem

SIZES = (784, 512, 512, 10)
BATCH = 128

Arrays = list[Any]


def main() -> int:
    """Print one table; the exit code is 0."""
    quick = arguments(__doc__).quick
    problem = the_problem()
    rows = derivation_rows(problem, 5 if quick else 50)
    for samples, title in ((BATCH, f"evaluate, built for {BATCH} samples"), (None, "evaluate, for any number")):
        rows += evaluation_rows(problem.graph(samples), title, 5 if quick else 60)
    print_table("Gradient graph of " + "-".join(map(str, SIZES)) + f", batch {BATCH}, float32", "ms", rows)
    return 0


def the_problem() -> Problem:
    """Two hidden ReLU layers and a softmax, with cross-entropy."""
    hidden = [{"units": units, "activation": "relu"} for units in SIZES[1:-1]]
    layers = [*hidden, {"units": SIZES[-1], "activation": "softmax"}]
    return Problem.from_layers(SIZES[0], layers, loss="cross_entropy")


def derivation_rows(problem: Problem, repeats: int) -> list[Row]:
    """Deriving while no node of the gradient is known yet (cold), and again while all are (warm)."""
    graph = problem.graph(None)
    cold: list[float] = []
    warm: list[float] = []
    for _ in range(repeats):
        # Nodes live as long as somebody holds them; nobody does here, so the next derivation makes them anew.
        gc.collect()
        seconds, held = timed(lambda: graph.loss_and_gradients(graph.parameters))
        cold.append(seconds)
        warm.append(timed(lambda: graph.loss_and_gradients(graph.parameters))[0])
        del held
    return [
        Row("derive, cold", median(cold) * 1e3, target="at most 50 ms"),
        Row("derive, warm", median(warm) * 1e3),
    ]


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    """How long an action took, in seconds, and its result."""
    start = time.perf_counter()
    result = action()
    return time.perf_counter() - start, result


def evaluation_rows(graph: Graph, title: str, repeats: int) -> list[Row]:
    """The planned graph against the step written by hand, after both have been seen to agree."""
    loss, gradients = graph.loss_and_gradients(graph.parameters)
    planned = Evaluator([loss, *gradients], [*graph.inputs, *graph.parameters])
    values = random_values([*graph.inputs, *graph.parameters])
    check_agreement(planned(*values), by_hand(*values))
    ours, theirs = alternately(lambda: planned(*values), lambda: by_hand(*values), repeats)
    ratio = median([one / other for one, other in zip(ours, theirs, strict=True)])
    return [
        Row(title, median(ours) * 1e3, ratio, "at most 1.15 times by hand"),
        Row("  the same by hand", median(theirs) * 1e3),
    ]


def random_values(leaves: list[Node]) -> Arrays:
    """Inputs, one-hot targets, He initial weights and small biases, all float32."""
    draw = numpy.random.default_rng(0)
    values = []
    for leaf in leaves:
        rows, columns = (axis.size or BATCH for axis in leaf.shape)
        if leaf.name == "y":
            value = numpy.eye(columns)[draw.integers(columns, size=rows)]
        else:
            scale = (2 / rows) ** 0.5 if leaf.name.startswith("W") else 0.1
            value = draw.normal(scale=scale, size=(rows, columns))
        values.append(value.astype(numpy.float32))
    return values


def by_hand(x: Any, y: Any, *parameters: Any) -> Arrays:
    """The loss and its gradients as a good user of NumPy writes them, in place where that saves a copy."""
    w1, b1, w2, b2, w3, b3 = parameters
    z1 = x @ w1
    z1 += b1
    h1 = numpy.maximum(z1, 0)
    z2 = h1 @ w2
    z2 += b2
    h2 = numpy.maximum(z2, 0)
    z3 = h2 @ w3
    z3 += b3
    z3 -= z3.max(axis=1, keepdims=True)
    raised = numpy.exp(z3)
    total = raised.sum(axis=1, keepdims=True)
    loss = -(y * (z3 - numpy.log(total))).sum() / len(x)
    d3 = raised / total
    d3 -= y
    d3 /= len(x)
    d2 = d3 @ w3.T
    d2 *= z2 > 0
    d1 = d2 @ w2.T
    d1 *= z1 > 0
    return [
        loss,
        x.T @ d1,
        d1.sum(axis=0, keepdims=True),
        h1.T @ d2,
        d2.sum(axis=0, keepdims=True),
        h2.T @ d3,
        d3.sum(axis=0, keepdims=True),
    ]


def check_agreement(ours: Arrays, theirs: Arrays) -> None:
    """Two steps that do not compute the same are not compared."""
    for one, other in zip(ours, theirs, strict=True):
        if one.dtype != numpy.float32 or other.dtype != numpy.float32:
            raise SystemExit(f"a value left float32: {one.dtype} and {other.dtype}")
        # float32 sums of 128 to 784 products in another order differ in the last two or three of 7 digits.
        if not numpy.allclose(one, other, rtol=1e-3, atol=1e-5):
            raise SystemExit("the graph and the step by hand differ")


if __name__ == "__main__":
    sys.exit(main())
