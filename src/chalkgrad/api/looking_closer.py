"""A closer look at how a problem learns, before or beside training it; and ways to take it elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from chalkgrad.api.solving import one_of, problem_of
from chalkgrad.reading.changing import changed
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.problem_file import parse_problem

if TYPE_CHECKING:
    from chalkgrad.training.descents import Descents
    from chalkgrad.training.rate_finding import RateSearch

__all__ = ["export", "find_rate", "landscape", "read_over", "save_figure", "trained_problem"]

Asked = Problem | str | Path | Mapping[str, Any]

_TARGETS = ("onnx", "torch", "keras", "numpy")


def find_rate(
    problem: Asked,
    *,
    lowest: float = 1e-6,
    highest: float = 10.0,
    steps: int = 100,
    engine: str = "auto",
    dtype: str = "float32",
) -> RateSearch:
    """Find a learning rate: take steps with one that grows, and see where the loss falls and where it blows up.

    Args:
        problem: a problem, the path or bare name of one, or the keys of a problem file.
        lowest: the rate of the first step.
        highest: the rate of the last step, if it comes to that.
        steps: how many steps.
        engine: `auto`, `numpy` or `jax`.
        dtype: `float32` or `float64`.

    Raises:
        ProblemError: with what is wrong with problem or data.
        UsageError: with what is wrong with the call.
    """
    from chalkgrad.training.rate_finding import find_rate as find
    from chalkgrad.training.training import Training

    return find(problem_of(problem), Training(engine, dtype), lowest=lowest, highest=highest, steps=steps)


def landscape(
    problem: Asked, *, epochs: int | None = None, engine: str = "auto", points: int = 41
) -> tuple[Descents, Any]:
    """Descend with all samples, one, and some at a time, and draw the paths on the loss around them.

    Args:
        problem: a problem, the path or bare name of one, or the keys of a problem file.
        epochs: how often each sees every sample; by default as the problem says.
        engine: `auto`, `numpy` or `jax`.
        points: how many points of the loss are worked out along each axis.

    Returns:
        The descents, and a figure of Matplotlib: exact for two parameters, else on the plane in which the paths vary
        most, with their distance from it stated.

    Raises:
        UsageError: `missing-extra`, without Matplotlib; and with what is wrong with the call.
        ProblemError: with what is wrong with problem or data.
    """
    from chalkgrad.training.descents import descents
    from chalkgrad.training.training import Training

    asked = problem_of(problem) if epochs is None else changed(problem_of(problem), {"epochs": epochs})
    found = descents(asked, how=Training(engine, "float64"))
    return found, found.plot(points)


def export(
    problem: Asked,
    to: str,
    folder: str | Path,
    *,
    parameters: Mapping[str, NDArray[Any]] | None = None,
    name: str = "network",
    steps: int = 5,
) -> list[Path]:
    """Write a problem for another library: a model for ONNX, or a readable script that starts from the same weights.

    Args:
        problem: a problem, the path or bare name of one, or the keys of a problem file.
        to: `onnx`, `torch`, `keras` or `numpy`.
        folder: where the files go; made if it is not there.
        parameters: the weights; by default those that training starts from.
        name: what the files are called.
        steps: how many training steps a script takes; it prints the loss of each.

    Returns:
        The files that were written.

    Raises:
        UsageError: `missing-extra`, `cannot-write`, or what cannot be said in the other library.
        ProblemError: with what is wrong with problem or data.
    """
    from chalkgrad.training.export import export as written
    from chalkgrad.training.export.writing import write_files
    from chalkgrad.training.first_steps import first_steps

    asked, target = problem_of(problem), one_of("target", to, _TARGETS)
    given = dict(asked.starting_arrays()) | dict(parameters or {})
    data, batches = first_steps(asked, steps)
    x, y = (None, None) if data is None else (data.x[:], data.y)
    scaler = None if data is None else data.scaler
    files = written(asked, given, target, x=x, y=y, batches=batches, scaler=scaler, name=name)
    return write_files(folder, files)


def trained_problem(folder: str | Path) -> tuple[Problem, dict[str, NDArray[Any]], str]:
    """The problem of a run folder, the parameters that the run goes on with, and a name for it.

    Raises:
        UsageError: `no-run`.
        ProblemError: with what is wrong with the files in it.
    """
    from chalkgrad.training.keeping.folder import RunFolder

    run = RunFolder(folder)
    directory = run.path / str(run.environment().get("paths_start", ""))
    problem = Problem.from_file(parse_problem(run.problem_text(), str(run.path / "problem.yaml"), directory))
    sizes = {node.name: tuple(axis.size or 1 for axis in node.shape) for node in problem.graph(1).parameters}
    return problem, dict(run.load_weights(sizes).arrays), run.path.name


def read_over(texts: Sequence[str]) -> dict[str, list[Any]]:
    """What is to be compared, from texts such as `activation=relu,tanh`.

    Raises:
        UsageError: for a text that says no key or no values.
    """
    from chalkgrad.training.comparing.settings import read_over as read

    return read(texts)


def save_figure(figure: Any, path: str | Path) -> Path:
    """Write a figure as PNG, SVG or PDF, by the ending of its name.

    Raises:
        UsageError: `unknown-format`, `cannot-write`.
    """
    from chalkgrad.training.pictures.files import save_figure as save

    return save(figure, path)
