"""From a problem to a run: data, engine, the course of the epochs, and what is left of it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from chalkgrad.core.algebra import matmul
from chalkgrad.core.node import toposort
from chalkgrad.errors import Fault, UsageError
from chalkgrad.reading.changing import changed, problem_text
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.splitting import Parts
from chalkgrad.solving.order import batch_size
from chalkgrad.training.data import TrainingData, prepare_data
from chalkgrad.training.engines.choosing import choose_engine, refuse_unknown_engine
from chalkgrad.training.engines.distributed import join_processes
from chalkgrad.training.engines.engine import Engine, State
from chalkgrad.training.events import Callback, CallbackList
from chalkgrad.training.keeping.environment import environment
from chalkgrad.training.keeping.folder import RunFolder
from chalkgrad.training.keeping.keeping import Keeper
from chalkgrad.training.run import Run, Stopped
from chalkgrad.training.step import refuse_without_loss, training_step
from chalkgrad.training.trainer import Progress, Trainer, measured

__all__ = ["Earlier", "Training", "first_batches", "refuse_wrong_call", "train_problem"]

Parameters = Mapping[str, NDArray[Any]]
Watcher = Callable[[Progress, int], None]

# Multiplications in a matrix product that one thread does in about 50 µs; waking a second one costs 5 to 20.
_SMALL_PRODUCT = 2_000_000


@dataclass(frozen=True, eq=False)
class Earlier:
    """What was learned before, to go on from: for more epochs, perhaps on other samples.

    Args:
        state: the parameters, and what the optimizer remembers.
        epochs: how many epochs there were; they are counted on.
        steps: how many steps there were.
    """

    state: State
    epochs: int = 0
    steps: int = 0


@dataclass(frozen=True)
class Training:
    """How a problem is to be trained, beside what its file says.

    Args:
        engine: `auto`, `numpy` or `jax`.
        dtype: `float32` or `float64`.
        callbacks: told of everything that happens.
        folder: where the run is kept; None keeps nothing.
        runs: in which folder the run gets a new numbered one, if `folder` is not given.
        resume: whether to go on with the run in the folder.
        start: parameters to start from instead of drawn ones, by name.
        epochs: how many epochs to take; by default as many as the problem says, by which schedules go in any case.
        earlier: training that this one goes on behind, from its parameters and with its optimizer's memory.
        parts: which rows train; by default as the problem splits them.
        fast_dev_run: one batch of training and one of validation, to see that everything works.
        watcher: shown the progress after every epoch, or every few; it must be quick.
        threads: how many threads a matrix product may use; None leaves it to the library.
        devices: how many devices share each batch, with the engine `jax`; None takes what it takes by itself.
    """

    engine: str = "auto"
    dtype: str = "float32"
    callbacks: Sequence[Callback] = ()
    folder: RunFolder | None = None
    resume: bool = False
    start: Parameters = field(default_factory=dict)
    epochs: int | None = None
    earlier: Earlier | None = None
    parts: Parts | None = None
    fast_dev_run: bool = False
    watcher: Watcher | None = None
    threads: int | None = None
    devices: int | None = None
    runs: Path | None = None


def train_problem(problem: Problem, how: Training | None = None) -> Run:
    """Train a problem.

    Args:
        problem: with its data, loss and optimizer.
        how: what the file does not say.

    Returns:
        The run, also if it was interrupted or diverged; its `stopped` says so.

    Raises:
        ProblemError: with what is wrong with problem or data.
        UsageError: with what is wrong with the call.
    """
    how = how or Training()
    refuse_wrong_call(how)
    refuse_without_loss(problem)
    problem = changed(problem, {"epochs": 1}) if how.fast_dev_run else problem
    data = prepare_data(problem, how.dtype, how.parts)
    if how.fast_dev_run:
        data = data.with_parts(first_batches(problem, data.parts))
    engine, reason = _engine_of(problem, data, how)
    settings = {"engine": engine.name, "dtype": how.dtype, "seed": int(problem.keys.seed)}
    with ExitStack() as open_until_the_end:
        keeper = None
        threads = how.threads or threads_for(problem, data, engine)
        if threads is not None:
            open_until_the_end.enter_context(threadpool_limits(threads, user_api="blas"))
        folder = how.folder
        if folder is None and how.runs is not None:
            folder = RunFolder.choose(how.runs, Path(problem.file.name).stem)
        if folder is not None:
            keeper = Keeper(open_until_the_end.enter_context(folder.held()), settings)
        return _trained(problem, data, engine, reason, how, keeper)


def refuse_wrong_call(how: Training) -> None:
    """Refuse what no problem could be trained with.

    Raises:
        UsageError: `unknown-dtype`, `unknown-engine`, `missing-extra`.
    """
    _one_of("dtype", how.dtype, ("float32", "float64"))
    refuse_unknown_engine(how.engine)


def make_engine(problem: Problem, data: TrainingData, name: str) -> Engine:
    """The engine of a name, or with `auto` the one that is likely done first."""
    return choose_engine(problem, data, name)[0]


def _engine_of(problem: Problem, data: TrainingData, how: Training) -> tuple[Engine, str]:
    """The engine of a run, and why it is this one; a run that goes on keeps the engine that it began with."""
    name = how.engine
    if how.resume and name == "auto" and how.folder is not None and how.folder.has_checkpoint:
        name = str(how.folder.load_checkpoint().progress.get("engine", name))
        return choose_engine(problem, data, name, how.epochs, how.devices)[0], "the run began with it"
    if name == "jax":
        join_processes()
    return choose_engine(problem, data, name, how.epochs, how.devices)


def threads_for(problem: Problem, data: TrainingData, engine: Engine) -> int | None:
    """How many threads matrix products should use: one where they are small, else what the library takes.

    Several threads wait for each other at the end of every product. Where the products are small that takes longer
    than they do, and very much longer on a machine that is busy with something else.
    """
    if engine.name != "numpy":
        return None
    step = training_step(problem, batch_size(problem, len(data.parts.train)))
    products = [node for node in toposort(list(step.gradients.values())) if node.op is matmul]
    work = [(n.shape[0].size or 1) * (n.shape[1].size or 1) * (n.arguments[0].shape[1].size or 1) for n in products]
    return 1 if max(work, default=0) < _SMALL_PRODUCT else None


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise UsageError(Fault(f"unknown-{name}", f"{name} cannot be {value!r}", hint="one of " + ", ".join(known)))


def first_batches(problem: Problem, parts: Parts) -> Parts:
    """The first batch of each part."""
    size = None if problem.keys.batch == "full" else int(problem.keys.batch)
    return Parts(parts.train[:size], parts.validation[:size], parts.test[:size])


def starting_state(problem: Problem, start: Parameters) -> State:
    """Where training starts: parameters as they are given or drawn, and nothing remembered.

    Raises:
        UsageError: `unknown-parameter`, `wrong-shape`, for parameters to start from that do not fit.
    """
    arrays: dict[str, NDArray[Any]] = dict(problem.starting_arrays())
    for name, value in start.items():
        if name not in arrays:
            hint = f"its parameters are {', '.join(arrays)}"
            raise UsageError(Fault("unknown-parameter", f"the problem has no parameter `{name}`", hint=hint))
        if numpy.size(value) != arrays[name].size:
            sizes = [" × ".join(map(str, numpy.shape(a))) or "one number" for a in (value, arrays[name])]
            raise UsageError(Fault("wrong-shape", f"`{name}` is {sizes[0]} here, and {sizes[1]} in the problem"))
        arrays[name] = numpy.asarray(value, dtype=numpy.float64).reshape(arrays[name].shape)
    return State(arrays)


def _trained(
    problem: Problem, data: TrainingData, engine: Engine, reason: str, how: Training, keeper: Keeper | None
) -> Run:
    trainer = Trainer(problem, data, engine, int(problem.keys.epochs), CallbackList(how.callbacks))
    trainer.epochs = trainer.epochs if how.epochs is None else how.epochs
    given = problem.keys.data is not None
    x, y = (problem.dataset.x, problem.dataset.y) if given else (numpy.asarray(data.x), data.y)
    surroundings = environment(
        engine.name, how.dtype, int(problem.keys.seed), x=x, y=y, problem_text=problem_text(problem)
    )
    surroundings["chosen"] = reason
    if keeper is not None and how.resume:
        state, trainer.progress = keeper.resume(problem)
        engine.load(state)
    else:
        if how.earlier is not None:
            trainer.go_on_behind(how.earlier.epochs, how.earlier.steps)
            engine.load(how.earlier.state)
        else:
            engine.load(starting_state(problem, how.start))
        if keeper is not None:
            keeper.begin(problem, surroundings, data)
            # From now on the run can be gone on with, whatever happens.
            keeper.save(engine.state, trainer.progress)
    trainer.after_epochs = _after_epochs(trainer, how, keeper)
    with _interrupts(trainer):
        stopped = trainer.run()
    if keeper is not None:
        keeper.save(engine.state, trainer.progress)
    start = how.start if how.earlier is None else how.earlier.state.parameters
    return _finished(trainer, stopped, surroundings, keeper, start)


def _after_epochs(trainer: Trainer, how: Training, keeper: Keeper | None) -> Callable[[], None]:
    def after() -> None:
        if how.watcher is not None:
            how.watcher(trainer.progress, trainer.epochs)
        if keeper is not None and keeper.is_due():
            keeper.save(trainer.engine.state, trainer.progress)

    return after


@contextmanager
def _interrupts(trainer: Trainer) -> Iterator[None]:
    """Ctrl-C finishes the batch; pressed again, it breaks off at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    usual = signal.getsignal(signal.SIGINT)

    def interrupt(number: int, frame: Any) -> None:
        signal.signal(signal.SIGINT, usual)
        trainer.interrupt()

    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


def _finished(
    trainer: Trainer, stopped: Stopped, surroundings: dict[str, Any], keeper: Keeper | None, start: Parameters
) -> Run:
    """The run, with the parameters to go on with and the score on the test part."""
    progress, engine, data = trainer.progress, trainer.engine, trainer.data
    last, best = engine.state, progress.best
    stop = trainer.problem.keys.stop_early
    chosen = best if best is not None and stop is not None and stop.restore_best_weights else last.parameters
    engine.load(State(chosen, last.memory))
    is_over = stopped in ("epochs", "early")
    test = measured(engine, data, data.parts.test) if is_over and len(data.parts.test) else None
    folder: Path | None = None
    if keeper is not None:
        folder = keeper.folder.path
        if last.is_finite():
            keeper.folder.save_weights(last.parameters, best, {"title": trainer.problem.title})
    run = Run(
        trainer.problem,
        data,
        progress.history,
        dict(chosen),
        last.parameters,
        best,
        progress.watch,
        stopped,
        test,
        surroundings,
        engine,
        progress.steps,
        trainer.divergence,
        folder,
        start,
    )
    # Whoever pressed Ctrl-C does not want to wait for pictures; the run goes on later.
    if keeper is not None and stopped != "interrupted":
        keeper.report(run)
    return run
