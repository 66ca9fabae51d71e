"""Batch, stochastic and mini-batch descent from one start, and the loss anywhere: what their picture is made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import threadpool_limits

from chalkgrad.errors import Fault, UsageError
from chalkgrad.reading.changing import changed
from chalkgrad.reading.problem import Problem
from chalkgrad.render.document import Block, Document, Table
from chalkgrad.training.data import TrainingData, prepare_data
from chalkgrad.training.engines.engine import Engine, EpochSums, State
from chalkgrad.training.events import CallbackList
from chalkgrad.training.pictures.blocks import picture_block
from chalkgrad.training.pictures.landscape import landscape
from chalkgrad.training.rate_finding import some_rows
from chalkgrad.training.step import training_step
from chalkgrad.training.trainer import Trainer
from chalkgrad.training.training import Training, make_engine, starting_state

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Batch", "Descents", "LossSurface", "Path", "descents", "mini_batch"]

Floats = NDArray[numpy.float64]
Batch = int | Literal["full", "mini"]

_MOST_POINTS = 400
_MOST_SAMPLES = 4096


@dataclass(frozen=True, eq=False)
class Path:
    """The way of one descent.

    Args:
        name: `batch`, `stochastic` or `mini-batch of 32`.
        batch: how many samples a step saw.
        vectors: points by learned parameters, float64; the start first, the end last.
        steps: after how many steps each point was reached.
        diverged: whether it ended because a parameter was no finite number any more.
    """

    name: str
    batch: int
    vectors: Floats
    steps: NDArray[numpy.int64]
    diverged: bool = False


class LossSurface:
    """The loss over samples of the training part, as a function of all learned parameters in one row.

    Args:
        engine: what works it out.
        data: the samples.
        start: the value of every parameter; those that are not learned keep it.
        learned: the names of the learned ones, in the order in which they stand in a vector.
        rows: the samples that the loss is taken over.
        threads: how many threads a matrix product may use where many points are looked at.
    """

    def __init__(
        self,
        engine: Engine,
        data: TrainingData,
        start: State,
        learned: Sequence[str],
        rows: NDArray[Any],
        threads: int = 1,
    ) -> None:
        self.engine, self.start, self.learned, self.samples = engine, start, tuple(learned), len(rows)
        self.threads = threads
        self._x = data.x[rows]
        self._y = None if data.y is None else data.y[rows]

    @property
    def names(self) -> list[str]:
        """What each entry of a vector is called, such as `b1` or `W1[2, 1]`, rows and columns from 1."""
        found: list[str] = []
        for name in self.learned:
            shape = self.start.parameters[name].shape
            places = numpy.ndindex(*shape)
            single = self.start.parameters[name].size == 1
            found += [name if single else f"{name}[{', '.join(str(k + 1) for k in place)}]" for place in places]
        return found

    def vector_of(self, parameters: dict[str, NDArray[Any]]) -> Floats:
        """The learned parameters, side by side."""
        return numpy.concatenate([numpy.ravel(parameters[name]).astype(numpy.float64) for name in self.learned])

    def state_of(self, vector: ArrayLike) -> State:
        """All parameters, the learned ones from a vector."""
        found, begin = dict(self.start.parameters), 0
        row = numpy.asarray(vector, dtype=numpy.float64)
        for name in self.learned:
            shape, size = found[name].shape, found[name].size
            found[name] = row[begin : begin + size].reshape(shape)
            begin += size
        return State(found)

    def loss_of(self, vector: ArrayLike) -> float:
        """The loss at one point, without the regularizer; it need not be finite."""
        self.engine.load(self.state_of(vector))
        return float(self.engine.evaluate(self._x, self._y).loss)

    def losses_at(self, vectors: ArrayLike) -> Floats:
        """The loss at many points.

        Args:
            vectors: points by learned parameters.
        """
        points = numpy.atleast_2d(numpy.asarray(vectors, dtype=numpy.float64))
        with self.few_threads():
            return numpy.array([self.loss_of(point) for point in points])

    def few_threads(self) -> Any:
        """A context in which matrix products do not wait for threads: they are small, and there are many of them."""
        return threadpool_limits(self.threads, user_api="blas")


@dataclass(frozen=True, eq=False)
class Descents:
    """Several descents from one start.

    Args:
        title: of the problem.
        paths: one for each size of batch.
        surface: the loss anywhere.
        epochs: how often each saw every sample.
    """

    title: str
    paths: Sequence[Path]
    surface: LossSurface = field(repr=False)
    epochs: int = 1

    @property
    def is_exact(self) -> bool:
        """Whether there are two parameters, so that a picture of the surface shows all there is."""
        return len(self.surface.names) == 2

    def data(self) -> dict[str, Any]:
        """The same as plain JSON."""
        return {
            "title": self.title,
            "epochs": self.epochs,
            "parameters": self.surface.names,
            "samples": self.surface.samples,
            "paths": [
                {
                    "name": path.name,
                    "batch": path.batch,
                    "steps": path.steps.tolist(),
                    "vectors": path.vectors.tolist(),
                    "losses": [loss if numpy.isfinite(loss) else None for loss in self.losses_of(path).tolist()],
                    "diverged": path.diverged,
                }
                for path in self.paths
            ],
        }

    def plot(self, points: int = 41) -> Figure:
        """The loss along two directions, with the paths on it; exact for two parameters, else a plane through them.

        Args:
            points: how many grid points an axis has.

        Raises:
            UsageError: `missing-extra`, without Matplotlib; `too-few-parameters`, for less than two.
        """
        names = self.surface.names
        if len(names) < 2:
            hint = "draw the loss of a problem that learns two parameters or more"
            message = f"a picture needs two directions, and the problem learns {names[0]} alone"
            raise UsageError(Fault("too-few-parameters", message, hint=hint))
        paths = {path.name: path.vectors for path in self.paths}
        steps = {path.name: int(path.steps[-1]) for path in self.paths}
        shown = names if self.is_exact else ()
        with self.surface.few_threads():
            return landscape(self.surface.loss_of, paths, None, shown, points, steps=steps)

    def document(self, pictures: bool = True) -> Document:
        """The descents as a document.

        Args:
            pictures: whether to draw, where Matplotlib is there.
        """
        return Document(f"{self.title}: descents", tuple(self._blocks(pictures)))

    def _blocks(self, pictures: bool) -> Iterator[Block]:
        rows = [(path.name, f"{path.steps[-1]:,}", *map(_shown, self.losses_of(path)[[0, -1]])) for path in self.paths]
        head = ("descent", "steps", "loss at the start", "loss at the end")
        yield Table(
            tuple((word,) for word in head),
            tuple(tuple((text,) for text in row) for row in rows),
            "lrrr",
            (f"Each saw every sample {self.epochs:,} times; the loss is over {self.surface.samples:,} samples.",),
        )
        if pictures and len(self.surface.names) > 1:
            yield from picture_block(self.plot, "The loss along two directions, and the paths of the descents on it")

    def losses_of(self, path: Path) -> Floats:
        """The loss at each point of a path."""
        return self.surface.losses_at(path.vectors)


def _shown(loss: float) -> str:
    return f"{loss:.4g}" if numpy.isfinite(loss) else "not finite"


def mini_batch(problem: Problem, count: int) -> int:
    """A size between one sample and all of them: that of the problem if it is one, else a tenth of them, at most 32."""
    own = problem.keys.batch
    if own != "full" and 1 < int(own) < count:
        return int(own)
    return max(1, min(32, max(2, count // 10), count - 1))


def descents(
    problem: Problem,
    batches: Sequence[Batch] = ("full", 1, "mini"),
    how: Training | None = None,
    *,
    epochs: int | None = None,
    points: int = _MOST_POINTS,
) -> Descents:
    """Descend from the same start with several sizes of batch; each sees every sample equally often.

    Args:
        problem: with its data, loss and optimizer.
        batches: the sizes: `full`, a count, or `mini` for one in between.
        how: `engine`, `dtype`, `parts` and `start`, as for a run.
        epochs: how often each sees every sample; by default as the problem says.
        points: how many points of each path are kept, at least about; its start and its end are among them.

    Returns:
        The paths, and the loss anywhere, over the training part or, of a large one, over 4,096 samples of it.

    Raises:
        UsageError: with what is wrong with the call.
        ProblemError: with what is wrong with problem or data.

    >>> data = [{"x": k / 4, "y": k} for k in range(-4, 5)]
    >>> line = Problem.from_layers(1, [{"units": 1}], loss="mse", data=data)
    >>> found = descents(line, epochs=5)
    >>> [(path.name, int(path.steps[-1])) for path in found.paths], found.surface.names
    ([('batch', 5), ('stochastic', 45), ('mini-batch of 2', 25)], ['W1', 'b1'])
    """
    how = how or Training()
    data = prepare_data(problem, how.dtype, how.parts)
    start = starting_state(problem, how.start)
    surface = _surface(problem, data, start, how)
    count = len(data.parts.train)
    sizes = dict.fromkeys(_size(problem, batch, count) for batch in batches)
    turns = epochs if epochs is not None else int(problem.keys.epochs)
    with surface.few_threads():
        paths = [_descent(problem, data, surface, how, size, turns, points) for size in sizes]
    return Descents(problem.title, paths, surface, turns)


def _surface(problem: Problem, data: TrainingData, start: State, how: Training) -> LossSurface:
    learned = [node.name for node in training_step(problem, 1).updated]
    rows = some_rows(data.parts.train, _MOST_SAMPLES, int(problem.keys.seed))
    return LossSurface(make_engine(problem, data, how.engine), data, start, learned, rows, how.threads or 1)


def _size(problem: Problem, batch: Batch, count: int) -> int:
    if batch == "mini":
        return mini_batch(problem, count)
    return count if batch == "full" else min(int(batch), count)


def _named(size: int, count: int) -> str:
    return "batch" if size == count else "stochastic" if size == 1 else f"mini-batch of {size}"


def _descent(
    problem: Problem, data: TrainingData, surface: LossSurface, how: Training, size: int, epochs: int, points: int
) -> Path:
    """One descent, with a look at the parameters every few steps."""
    count = len(data.parts.train)
    own = changed(problem, {"batch": "full" if size == count else size, "epochs": epochs})
    engine = make_engine(own, data, how.engine)
    engine.load(surface.start)
    trainer = Trainer(own, data, engine, epochs, CallbackList())
    every = max(1, trainer.steps * epochs // max(1, points))
    seen = [surface.vector_of(engine.state.parameters)]
    steps = [0]
    for work in (trainer.work_of(epoch) for epoch in range(1, epochs + 1)):
        sums = EpochSums()
        while sums.steps < trainer.steps:
            sums = engine.run_epoch(work, sums, _until(steps[-1] + every - work.first_step), every_batch=True)
            here = surface.vector_of(engine.state.parameters)
            if not numpy.isfinite(here).all():
                return Path(_named(size, count), size, numpy.array(seen), numpy.array(steps), diverged=True)
            done = work.first_step + sums.steps
            if done - steps[-1] >= every or done == trainer.steps * epochs:
                seen.append(here)
                steps.append(done)
    return Path(_named(size, count), size, numpy.array(seen), numpy.array(steps))


def _until(last: int) -> Callable[[int, float], bool]:
    """Pause when so many steps of the epoch are done."""
    return lambda step, loss: step >= last
