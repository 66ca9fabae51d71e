"""Which engine trains: by what is installed and how large the work is."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy

from chalkgrad.core.gradient import substitute
from chalkgrad.core.lowering import lower
from chalkgrad.core.node import Node
from chalkgrad.core.program import VIEWS, Operation, Value
from chalkgrad.errors import Fault, UsageError, nearest
from chalkgrad.reading.problem import Problem
from chalkgrad.solving.order import batch_size
from chalkgrad.training.data import TrainingData
from chalkgrad.training.engines.engine import Engine
from chalkgrad.training.engines.jax_devices import require_jax
from chalkgrad.training.step import fixed_settings, flat_update, sizes, training_step

__all__ = ["ENGINES", "StepWork", "choose_engine", "refuse_unknown_engine", "step_work"]

EngineName = Literal["auto", "numpy", "jax"]
ENGINES: tuple[EngineName, ...] = ("auto", "numpy", "jax")

# Measured on two cores with AVX-512 at 3.6 GHz: a call of NumPy on small arrays (10,000 steps of a 2-2-2 network in 99
# ms, with 14 calls each), the matrix products of a 784-128-64-10 network on batches of 128, and the rest of that step.
# They give 53 µs, 0.8 ms and 5 ms for a step of the networks 2-8-8-1, 784-128-64-10 and 784-512-512-10; measured
# were 51 µs, 0.86 ms and 3.9 ms.
_SECONDS_A_CALL = 0.7e-6
_OPERATIONS_A_SECOND = 140e9
_NUMBERS_A_SECOND = 5e9
# From the start of a process to the first epoch NumPy takes 1.1 s and JAX 2.5 to 3.3 s, and an epoch of those networks
# takes JAX 0.65 to 0.7 times as long. So the later start is made good when NumPy takes 2 s / 0.35 or more.
_JAX_PAYS_FROM = 6.0
# A step is some 50 kernels, and a GPU takes about 10 µs to start each: below that, it waits more than it works.
_GPU_PAYS_FROM = 0.5e-3


@dataclass(frozen=True, slots=True)
class StepWork:
    """How much work one optimizer step is.

    Args:
        calls: operations on arrays.
        products: multiplications and additions in matrix products.
        numbers: numbers that all other operations make.
    """

    calls: int
    products: int
    numbers: int

    @property
    def seconds(self) -> float:
        """About how long NumPy takes for it."""
        return (
            self.calls * _SECONDS_A_CALL
            + self.products / _OPERATIONS_A_SECOND
            + self.numbers / _NUMBERS_A_SECOND
        )  # fmt: skip


def step_work(problem: Problem, samples: int) -> StepWork:
    """The work of a step on so many samples, counted in its programs.

    >>> step_work(Problem.from_layers(784, [{"units": 10}], loss="mse"), 100).products
    3136000
    """
    step, fixed = training_step(problem, samples), fixed_settings(problem)
    leaves = [*step.graph.parameters, *step.graph.inputs, *step.graph.masks]
    work = _operations([step.loss, step.output, *step.gradients.values()], leaves, fixed)
    count = sum(int(numpy.prod(sizes(node), dtype=int)) for node in step.updated)
    row = flat_update(problem, count)
    if row is not None:
        olds = [row.parameter, row.gradient, *row.settings.values(), *(old for old, _ in row.states.values())]
        work += _operations([row.updated, *(new for _, new in row.states.values())], olds, fixed)
    else:
        olds = [*step.updated, *step.view.totals.values(), *(old for old, _ in step.states.values())]
        work += _operations([*step.after_gradients.values()], [*olds, *step.settings.values()], fixed)
    products = [_products(operation) for operation in work if operation.name == "matmul"]
    others = [max(v.size for v in (o.result, *o.reads)) for o in work if o.name != "matmul"]
    return StepWork(len(work), sum(products), sum(others))


def _operations(outputs: Sequence[Node], leaves: Sequence[Node], fixed: dict[Node, Node]) -> list[Operation]:
    """The operations of a program, without those that only look at what there is in another way."""
    # How much work it is does not depend on the type.
    program = lower([substitute(node, fixed) for node in outputs], {n: sizes(n) for n in leaves}, numpy.float32)
    return [operation for operation in program.operations if operation.name not in VIEWS]


def _products(operation: Operation) -> int:
    left = operation.operands[0]
    assert isinstance(left, Value)
    return 2 * operation.result.size * left.shape[1]


def refuse_unknown_engine(engine: str) -> None:
    """Refuse a name that no engine has, and one that is not installed.

    Raises:
        UsageError: `unknown-engine`, `missing-extra`.
    """
    if engine not in ENGINES:
        hint = nearest(engine, ENGINES) or "one of " + ", ".join(ENGINES)
        raise UsageError(Fault("unknown-engine", f"there is no engine `{engine}`", hint=hint))
    if engine == "jax":
        require_jax()


def choose_engine(
    problem: Problem,
    data: TrainingData,
    engine: str = "auto",
    epochs: int | None = None,
    devices: Sequence[Any] | int | None = None,
) -> tuple[Engine, str]:
    """The engine that trains a problem, and why it is this one.

    Args:
        problem: what is trained.
        data: the samples, scaled.
        engine: `numpy`, `jax`, or `auto` for the one that is likely done first.
        epochs: how many passes over the training part there will be; by default as the problem says.
        devices: for `jax`, on which of its devices, or on how many.

    Returns:
        The engine, and the reason in one sentence.

    Raises:
        UsageError: `unknown-engine`; `missing-extra`, where `jax` is asked for and not installed; `too-few-devices`.
    """
    refuse_unknown_engine(engine)
    name, reason = (engine, "it was asked for") if engine != "auto" else _chosen(problem, data, epochs)
    if name == "jax":
        from chalkgrad.training.engines.jax_engine import JaxEngine

        return JaxEngine(problem, data, devices), reason
    from chalkgrad.training.engines.numpy_engine import NumpyEngine

    return NumpyEngine(problem, data), reason


def _chosen(problem: Problem, data: TrainingData, epochs: int | None) -> tuple[str, str]:
    if importlib.util.find_spec("jax") is None:
        return "numpy", "the package jax is not installed"
    rows = len(data.parts.train)
    batch = batch_size(problem, rows)
    steps = -(-rows // batch) * (problem.keys.epochs if epochs is None else epochs)
    a_step = step_work(problem, batch).seconds
    total = f"NumPy takes about {_time(steps * a_step)} for it"
    if steps * a_step < _JAX_PAYS_FROM:
        return "numpy", f"{total}, and JAX takes about 2 s longer to start and compile"
    platform = require_jax().default_backend()
    if platform == "cpu":
        return "jax", f"{total}, which makes good the 2 s that JAX takes longer to start"
    if a_step < _GPU_PAYS_FROM:
        return "numpy", f"a step takes about {_time(a_step)}, too little for a {platform.upper()} to gain by"
    return "jax", f"{total}, and there is a {platform.upper()}"


def _time(seconds: float) -> str:
    """A time in words, to two digits.

    >>> [_time(s) for s in (2e-5, 0.0123, 0.237, 7.84, 600, 20_000)]
    ['20 µs', '12 ms', '240 ms', '7.8 s', '10 min', '5.6 h']
    """
    scales = ((3600, "h"), (60, "min"), (1, "s"), (1e-3, "ms"), (1e-6, "µs"))
    size, name = next((scale for scale in scales if seconds >= scale[0]), scales[-1])
    number = seconds / size
    rounded = round(number, 1 - math.floor(math.log10(number))) if number > 0 else 0
    return f"{rounded:.0f} {name}" if rounded >= 10 else f"{rounded:g} {name}"
