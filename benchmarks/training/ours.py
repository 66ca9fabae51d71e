"""Ours: the one place where the benchmarks of training touch Chalkgrad."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy
from engines import Prepared
from workloads import Workload, order_of, samples_of, starts_of

__all__ = ["measured", "parts_of", "prepare_ours", "problem_of", "seeded", "starting_weights", "trained"]


def measured(workload: Workload, engine: str) -> Prepared:
    """Our engine `numpy` or `jax`, as every other engine is prepared."""
    return Prepared(prepare_ours(workload, engine))


def problem_of(workload: Workload) -> Any:
    """The workload as a problem on its data."""
    from chalkgrad.reading.data_sources import Dataset
    from chalkgrad.reading.problem import Problem

    units = zip(workload.sizes[1:], workload.activations, strict=True)
    samples = samples_of(workload)
    problem = Problem.from_layers(
        workload.sizes[0],
        [{"units": count, "activation": activation} for count, activation in units],
        loss=workload.loss,
        optimizer={"name": workload.optimizer, "learning_rate": workload.learning_rate},
        batch=workload.batch if not workload.full_batch else "full",
        epochs=workload.epochs,
    )
    return problem.with_dataset(Dataset(samples.x, samples.y))


def starting_weights(workload: Workload) -> dict[str, Any]:
    """The starting weights by the names of a problem of layers: W1, b1, W2, b2, ..."""
    starts = starts_of(workload)
    return {f"{'b' if i % 2 else 'W'}{i // 2 + 1}": start for i, start in enumerate(starts)}


def prepare_ours(workload: Workload, engine: str) -> Callable[[], float]:
    """The loop over the steps alone, without reading and writing; gives the mean loss over the last epoch.

    The same start (`starting_weights`) and order of rows (`order_of`) as every other engine; for several networks the
    starts are `starts_of(workload, workload.networks)`, and the loss is that of the first.
    """
    from chalkgrad.training.data import prepare_data
    from chalkgrad.training.engines.engine import State

    problem = problem_of(workload)
    # No peer counts hits while it trains, so we do not either.
    data = replace(prepare_data(problem, numpy.float32), decision=None, labels=None)
    if workload.networks > 1:
        return _many(workload, engine, problem, data)
    machine = _engine(engine, problem, data)
    start = State(starting_weights(workload))

    def run() -> float:
        with _threads(problem, data, machine):
            machine.load(start)
            return _epochs(workload, machine)

    return run


def _engine(name: str, problem: Any, data: Any) -> Any:
    from chalkgrad.training.engines.choosing import choose_engine

    return choose_engine(problem, data, name)[0]


def _threads(problem: Any, data: Any, machine: Any) -> Any:
    """As many threads as training takes by itself."""
    from threadpoolctl import threadpool_limits

    from chalkgrad.training.training import threads_for

    return threadpool_limits(threads_for(problem, data, machine), user_api="blas")


def _epochs(workload: Workload, machine: Any) -> float:
    from chalkgrad.training.engines.engine import EpochSums, EpochWork

    rows = order_of(workload)
    steps = -(-workload.samples // workload.batch)
    if steps == 1:
        first = EpochWork(1, rows, workload.batch, [workload.learning_rate], 0)
        return float(machine.run_full_epochs(first, numpy.full(workload.epochs, workload.learning_rate))[0][-1])
    rates = [workload.learning_rate] * steps
    works = [EpochWork(k + 1, rows, workload.batch, rates, k * steps) for k in range(workload.epochs)]
    for work in works:
        sums = machine.run_epoch(work, EpochSums())
    return float(sums.loss / sums.weight)


def _many(workload: Workload, engine: str, problem: Any, data: Any) -> Callable[[], float]:
    """Networks side by side in one program of JAX; NumPy has no such thing."""
    if engine != "jax":
        raise NotImplementedError("not there: NumPy trains one network after the other")
    from chalkgrad.training.engines.engine import State
    from chalkgrad.training.engines.jax_sweep import Sweep

    names = list(starting_weights(workload))
    stacked = starts_of(workload, workload.networks)
    starts = [
        State({name: start[k] for name, start in zip(names, stacked, strict=True)}) for k in range(workload.networks)
    ]
    sweep = Sweep(problem, data)
    return lambda: float(sweep.run(starts, epochs=workload.epochs)[0].losses[-1])


def seeded(name: str, seed: int, **changed: Any) -> Any:
    """A bundled problem with another seed, and other keys where they are said."""
    import chalkgrad

    problem = chalkgrad.read(name)
    keys = problem.keys.model_copy(update={"seed": seed, **changed})
    return replace(problem, file=replace(problem.file, keys=keys))


def parts_of(problem: Any) -> dict[str, tuple[Any, Any]]:
    """Scaled rows and class numbers of each part, float32: `train`, `validation`, `test`."""
    from chalkgrad.reading import scaling

    data, parts = problem.dataset, problem.parts
    scaler = scaling.Scaler.fit(data.x, parts.train, problem.keys.scale)
    x = scaler.apply(data.x, numpy.float32)
    named = {"train": parts.train, "validation": parts.validation, "test": parts.test}
    return {name: (x[rows], data.y[rows]) for name, rows in named.items()}


def trained(problem: Any, engine: str) -> tuple[list[Any], int]:
    """A whole run through the public function, as a user makes it: W1, b1, W2, ..., and how many epochs it took."""
    import chalkgrad

    run = chalkgrad.train(problem, engine=engine, dtype="float32")
    names = [f"{letter}{layer + 1}" for layer in range(len(run.parameters) // 2) for letter in "Wb"]
    return [run.parameters[name] for name in names], len(run.history["loss"])
