"""The learning-rate range test: the rate grows from step to step until the loss blows up, and a good one is read off.

Source: Smith, Cyclical Learning Rates for Training Neural Networks (2017), section 3.3; the smoothing and the limit at
four times the best loss as in fastai's `lr_find`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from chalkgrad.errors import Fault, UsageError
from chalkgrad.reading.problem import Problem
from chalkgrad.render.document import Block, BulletList, Document, Paragraph, Strong, prose
from chalkgrad.solving.order import batch_size, generator_of, order_of_epoch
from chalkgrad.training.data import prepare_data
from chalkgrad.training.engines.engine import EpochSums, EpochWork
from chalkgrad.training.pictures.blocks import picture_block
from chalkgrad.training.pictures.comparing import rate_curve
from chalkgrad.training.trainer import measured
from chalkgrad.training.training import Training, make_engine, starting_state

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["RateSearch", "find_rate", "some_rows"]

Floats = NDArray[numpy.float64]

_KEPT = 0.85  # of a running mean of losses, from one step to the next: it looks back over about seven of them
_BLOWN_UP = 4.0
_FEWEST_STEPS, _MOST_STEPS = 10, 100_000
_FEWEST_POINTS = 5  # less than that has no slope to speak of
_FEW_SAMPLES = 8
_MOST_WATCHED = 1024  # samples that the loss is measured on after every step


@dataclass(frozen=True, eq=False)
class RateSearch:
    """How the loss went while the learning rate grew.

    Args:
        title: of the problem.
        rates: the learning rate of each step, growing by one factor.
        losses: for each the loss after its step, always over the same samples of the training part.
        smoothed: the same without the noise of the batches, or as they are where every step saw all samples.
        first_loss: the loss at the start, over these samples.
        blew_up: whether the loss blew up; if not, the highest rate was reached.
        batch: how many samples a step saw.
        measured_on: over how many samples the loss was measured.
    """

    title: str
    rates: Floats
    losses: Floats
    smoothed: Floats
    first_loss: float
    blew_up: bool
    batch: int
    measured_on: int

    @property
    def at_lowest(self) -> float | None:
        """The learning rate with the lowest smoothed loss; None if the loss was never below its start."""
        if not len(self.smoothed) or not self.smoothed.min() < self.first_loss:
            return None
        return float(self.rates[self._lowest])

    @property
    def _lowest(self) -> int:
        return int(self.smoothed.argmin())

    @property
    def suggested(self) -> float | None:
        """The learning rate at which the smoothed loss fell most steeply over the logarithm of the rate.

        None if it never fell, or too few steps were taken to see a slope.
        """
        falling = slice(0, self._lowest + 1) if len(self.smoothed) else slice(0)
        if self.at_lowest is None or len(self.smoothed[falling]) < _FEWEST_POINTS:
            return None
        slopes = numpy.gradient(self.smoothed[falling], numpy.log(self.rates[falling]))
        steepest = int(slopes.argmin())
        return float(self.rates[steepest]) if slopes[steepest] < 0 else None

    @property
    def cautious(self) -> float | None:
        """A tenth of the rate with the lowest loss: the other rule in use."""
        return None if self.at_lowest is None else self.at_lowest / 10

    @property
    def conclusion(self) -> str:
        """What was found, in a sentence."""
        if not math.isfinite(self.first_loss):
            return "The loss is not finite at the start, so no learning rate can be suggested."
        if self.at_lowest is None:
            return "The loss never fell below its start, so no learning rate can be suggested."
        if self.suggested is None:
            return (
                f"The loss fell over too few steps to say where it falls most steeply; a tenth of the rate with the "
                f"lowest loss is {self.cautious:.2g}."
            )
        return (
            f"The loss fell most steeply at a learning rate of {self.suggested:.2g}; a tenth of the rate with the "
            f"lowest loss is {self.cautious:.2g}."
        )

    def data(self) -> dict[str, Any]:
        """The same as plain JSON: no infinities, no NaN."""
        return {
            "title": self.title,
            "rates": self.rates.tolist(),
            "losses": [value if math.isfinite(value) else None for value in self.losses.tolist()],
            "smoothed": [value if math.isfinite(value) else None for value in self.smoothed.tolist()],
            "first_loss": self.first_loss if math.isfinite(self.first_loss) else None,
            "suggested": self.suggested,
            "cautious": self.cautious,
            "blew_up": self.blew_up,
            "batch": self.batch,
            "measured_on": self.measured_on,
            "conclusion": self.conclusion,
        }

    def plot(self) -> Figure:
        """The smoothed loss over the learning rate, with the suggested one marked.

        Raises:
            UsageError: `missing-extra`, without Matplotlib.
        """
        return rate_curve(self.rates, self.smoothed, self.suggested)

    def document(self, pictures: bool = True) -> Document:
        """The search as a document.

        Args:
            pictures: whether to draw, where Matplotlib is there.
        """
        return Document(f"{self.title}: learning rate", tuple(self._blocks(pictures)))

    def _blocks(self, pictures: bool) -> Iterator[Block]:
        yield Paragraph((Strong(self.conclusion),))
        if pictures and len(self.rates) > 1:
            yield from picture_block(self.plot, "The loss over the learning rate")
        yield BulletList(tuple(prose(note) for note in self._notes()))

    def _notes(self) -> Iterator[str]:
        if not len(self.rates):
            yield "No step was taken: the loss at the start is not finite."
            return
        yield (
            f"{len(self.rates)} steps on {self.batch:,} samples each, from the start of the problem; the learning rate "
            f"grew from {self.rates[0]:.2g} to {self.rates[-1]:.2g}, by one factor from step to step. The loss was "
            f"measured after each step, always on the same {self.measured_on:,} samples that train."
        )
        if self.blew_up:
            yield "The search ended where the loss blew up."
        elif self._lowest == len(self.rates) - 1:
            yield "The loss still fell at the highest rate: a search that goes higher may find a better one."
        else:
            yield "The loss never blew up."
        if self.batch < _FEW_SAMPLES:
            yield "Steps on so few samples go here and there: more steps give a surer answer."
        yield "It is a suggestion for the first steps; a rate that is good in the long run is often somewhat smaller."


def find_rate(
    problem: Problem,
    how: Training | None = None,
    *,
    lowest: float = 1e-6,
    highest: float = 10.0,
    steps: int = 100,
) -> RateSearch:
    """Take steps with a learning rate that grows, and see where the loss falls and where it blows up.

    The steps are those of training, with its optimizer, batches and order; the schedule is left aside. They start where
    training starts and are forgotten afterwards.

    Args:
        problem: with its data, loss and optimizer.
        how: `engine`, `dtype`, `parts` and `start`, as for a run.
        lowest: the rate of the first step.
        highest: the rate of the last step, if it comes to that.
        steps: how many steps lie between, both ends among them.

    Raises:
        UsageError: `not-a-range`, `not-a-count`, and what else is wrong with the call.
        ProblemError: with what is wrong with problem or data.

    >>> points = [{"x": k, "y": 2 * k} for k in range(-4, 5)]
    >>> line = Problem.from_layers(1, [{"units": 1}], loss="mse", data=points)
    >>> found = find_rate(line)
    >>> found.blew_up, found.suggested < found.at_lowest < 0.15  # curvature 2·mean(x²) = 13.3, and 2/13.3 = 0.15
    (True, True)
    """
    how = how or Training()
    _check(lowest, highest, steps)
    with threadpool_limits(how.threads or 1, user_api="blas"):
        return _Search(problem, how, numpy.geomspace(lowest, highest, steps)).run()


def some_rows(rows: NDArray[Any], most: int, seed: int) -> NDArray[Any]:
    """The rows, or so many of them, drawn by the seed, ascending."""
    if len(rows) <= most:
        return rows
    return numpy.sort(generator_of(seed, "plot").choice(rows, most, replace=False))


def _check(lowest: float, highest: float, steps: int) -> None:
    if not (0 < lowest < highest < math.inf):
        message = f"expected a lowest rate above 0 and a higher one, read {lowest:g} and {highest:g}"
        raise UsageError(Fault("not-a-range", message))
    if not _FEWEST_STEPS <= steps <= _MOST_STEPS:
        message = f"expected {_FEWEST_STEPS} to {_MOST_STEPS:,} steps, read {steps}"
        raise UsageError(Fault("not-a-count", message))


class _Search:
    """Takes the steps of a search with an engine of its own."""

    def __init__(self, problem: Problem, how: Training, rates: Floats) -> None:
        self.problem, self.rates = problem, rates
        self.data = prepare_data(problem, how.dtype, how.parts)
        self.engine = make_engine(problem, self.data, how.engine)
        self.engine.load(starting_state(problem, how.start))
        self.rows = self.data.parts.train
        self.batch = batch_size(problem, len(self.rows))
        self.watched = some_rows(self.rows, _MOST_WATCHED, int(problem.keys.seed))

    def run(self) -> RateSearch:
        """Step until the loss blows up or the rates are through."""
        losses: list[float] = []
        first, mean = self._loss(), _RunningMean(self.kept)
        best, blew_up = first, not math.isfinite(first)
        for number, rows in enumerate(self._batches()):
            if blew_up or number == len(self.rates):
                break
            self.engine.run_epoch(
                EpochWork(number + 1, rows, len(rows), [float(self.rates[number])], number), EpochSums()
            )
            losses.append(self._loss())
            seen = mean.with_value(losses[-1])
            blew_up = not seen <= _limit(best, first)
            best = min(best, seen)
        found = numpy.array(losses)
        smoothed = _smoothed(found, self.kept, _limit(best, first)) if self.kept else found
        rates = self.rates[: len(losses)]
        return RateSearch(self.problem.title, rates, found, smoothed, first, blew_up, self.batch, len(self.watched))

    @property
    def kept(self) -> float:
        """How much of a running mean is kept; nothing where steps have no noise."""
        return 0.0 if self.batch == len(self.rows) and not self.problem.has_dropout else _KEPT

    def _loss(self) -> float:
        return measured(self.engine, self.data, self.watched)["loss"]

    def _batches(self) -> Iterator[NDArray[Any]]:
        """The rows of each step, epoch after epoch, as training takes them."""
        epoch = 1
        while True:
            rows = self.rows
            if self.batch < len(rows):
                rows = rows[order_of_epoch(self.problem, len(rows), epoch)]
            yield from (rows[start : start + self.batch] for start in range(0, len(rows), self.batch))
            epoch += 1


def _limit(best: float, first: float) -> float:
    """Where a loss has blown up: at four times the best one, and not by the rounding of one that is almost 0."""
    return best + (_BLOWN_UP - 1) * max(abs(best), 1e-3 * abs(first))


def _smoothed(losses: Floats, kept: float, limit: float) -> Floats:
    """Running means from both ends, averaged, so that a dip stays where it is; what blew up counts as the limit."""
    cut = [loss if loss <= limit else limit for loss in losses.tolist()]
    there, back = _RunningMean(kept), _RunningMean(kept)
    forward = numpy.array([there.with_value(loss) for loss in cut])
    backward = numpy.array([back.with_value(loss) for loss in reversed(cut)])[::-1]
    return numpy.asarray((forward + backward) / 2)


class _RunningMean:
    """A mean in which older values fade, free of the zero it starts from.

    Source: Kingma and Ba, Adam (2015), section 3.
    """

    def __init__(self, kept: float) -> None:
        self.kept, self.mean, self.weight = kept, 0.0, 0.0

    def with_value(self, value: float) -> float:
        """The mean with one more value."""
        self.mean = self.kept * self.mean + (1 - self.kept) * value
        self.weight = self.kept * self.weight + (1 - self.kept)
        return self.mean / self.weight
