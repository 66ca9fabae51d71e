"""One optimizer step as formulas of its leaves: the lines of the solution, put together.

Training runs what `solving/views.py` writes: the matrix view of a step has the forward pass, every gradient by the
chain rule, the regularizer and the update. Here its lines are composed, so that only leaves are left.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from chalkgrad.core.gradient import compose
from chalkgrad.core.graph import Graph
from chalkgrad.core.node import Node, constant, toposort, variable
from chalkgrad.core.shape import Axis
from chalkgrad.errors import Fault, ProblemError
from chalkgrad.ops.optimizers import Update
from chalkgrad.reading.problem import Problem
from chalkgrad.solving.statements import View, setting_symbol
from chalkgrad.solving.views import matrix_view

__all__ = [
    "FlatUpdate",
    "TrainingStep",
    "fixed_settings",
    "flat_update",
    "refuse_without_loss",
    "sizes",
    "training_step",
]


@dataclass(frozen=True)
class TrainingStep:
    """One optimizer step on a fixed number of samples.

    Args:
        problem: what is trained.
        view: the lines of the step, as a solution prints them.
        graph: the graph of the problem for so many samples.
        loss: the loss of the batch, as a formula of the leaves, like all that follows.
        output: the prediction, one row (or column) a sample.
        gradients: for each learned parameter the gradient that the optimizer gets.
        updated: for each learned parameter its new value.
        states: for a parameter and a name of the optimizer's memory, the symbol before and the formula after.
    """

    problem: Problem
    view: View
    graph: Graph
    loss: Node
    output: Node
    gradients: Mapping[Node, Node]
    updated: Mapping[Node, Node]
    states: Mapping[tuple[Node, str], tuple[Node, Node]]

    @property
    def settings(self) -> Mapping[str, Node]:
        """The symbols of the numbers of the optimizer and the regularizer, and of the number `t` of the step."""
        return self.view.settings

    @property
    def samples(self) -> int:
        """How many samples it sees."""
        return self.view.samples

    @cached_property
    def masks(self) -> Mapping[Node, float]:
        """The leaves that dropout fills, with the share of units that each keeps."""
        return {node: float(share) for node, share in self.graph.masks.items()}

    @cached_property
    def after_gradients(self) -> dict[Node, Node]:
        """For each learned parameter and each symbol of the optimizer's memory its new value, from gradients on.

        The leaves are those symbols, the settings, and the symbols of the gradients, `view.totals`.
        """
        lines = [statement.line for statement in self.view.statements if statement.kind == "update"]
        news = {**self.view.updated, **dict(self.view.states.values())}
        return dict(zip(news, compose(lines, list(news.values())), strict=True))


def refuse_without_loss(problem: Problem) -> None:
    """Refuse a problem that has nothing to be trained for.

    Raises:
        ProblemError: with code `nothing-to-learn`.
    """
    if not problem.updates:
        hint = "give a `loss`, such as mse or cross_entropy"
        raise ProblemError(Fault("nothing-to-learn", "there is no loss to make small", hint=hint))


def training_step(problem: Problem, samples: int) -> TrainingStep:
    """The step of a problem on so many samples.

    Raises:
        ProblemError: with code `nothing-to-learn`, if there is no loss or no parameter that it depends on.
    """
    refuse_without_loss(problem)
    view = matrix_view(problem, samples, dropout=True)
    if not view.updated:
        hint = "name parameters under `learn` that the loss depends on"
        raise ProblemError(Fault("nothing-to-learn", "the loss depends on no parameter that is learned", hint=hint))
    graph = problem.graph(samples, dropout=True)
    assert view.loss is not None
    states = list(view.states.items())
    wanted = [view.loss, graph.output, *view.totals.values(), *view.updated.values(), *(new for _, (_, new) in states)]
    loss, output, *formulas = compose([statement.line for statement in view.statements], wanted)
    count = len(view.totals)
    return TrainingStep(
        problem,
        view,
        graph,
        loss,
        output,
        dict(zip(view.totals, formulas, strict=False)),
        dict(zip(view.updated, formulas[count:], strict=False)),
        {key: (old, new) for (key, (old, _)), new in zip(states, formulas[2 * count :], strict=True)},
    )


@dataclass(frozen=True, slots=True)
class FlatUpdate:
    """The update of all parameters at once, side by side in one row.

    Args:
        parameter: the symbol of all parameters before the step.
        gradient: the symbol of their gradients.
        settings: the symbols of the optimizer's numbers.
        updated: the new parameters.
        states: by name of the optimizer's memory, the symbol before and the formula after.
    """

    parameter: Node
    gradient: Node
    settings: Mapping[str, Node]
    updated: Node
    states: Mapping[str, tuple[Node, Node]]


def flat_update(problem: Problem, size: int) -> FlatUpdate | None:
    """The update that the optimizer writes for one row of numbers, or `None` if it treats entries together.

    Args:
        problem: with its optimizer.
        size: how many numbers stand in the row.
    """
    row = (Axis("", 1), Axis("parameters", size))
    parameter, gradient = variable("parameters", row), variable("gradients", row)
    optimizer = problem.optimizer
    before = {name: variable(f"{name}:parameters", optimizer.state_shape(name, row)) for name in optimizer.state}
    settings = {name: setting_symbol(name) for name in (*problem.settings, "t")}
    corrected = problem.keys.optimizer.bias_correction == "by_step"
    update = Update(parameter, gradient, before, settings, corrected)
    optimizer.write(update)
    names = [*optimizer.state, "parameter"]
    made = compose(list(update.lines.values()), [update.lines[name].symbol for name in names])
    if not all(node.op.elementwise or not node.arguments for node in toposort(made)):
        return None
    states = {name: (before[name], new) for name, new in zip(names, made, strict=False) if name in before}
    return FlatUpdate(parameter, gradient, settings, made[-1], states)


def fixed_settings(problem: Problem, varied: Collection[str] = ()) -> dict[Node, Node]:
    """The symbols of numbers that stay the same in all steps, with the numbers: all but the learning rate.

    Args:
        problem: with its optimizer and its regularizer.
        varied: names of numbers that shall stay symbols too.
    """
    numbers = {**problem.settings, **problem.strengths}
    return {setting_symbol(k): constant(v) for k, v in numbers.items() if k != "learning_rate" and k not in varied}


def sizes(node: Node) -> tuple[int, ...]:
    """The sizes of a quantity whose axes are all known."""
    return tuple(axis.size or 1 for axis in node.shape)
