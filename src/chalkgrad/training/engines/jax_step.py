"""One optimizer step as a function of arrays that JAX compiles: the programs of the step, traced.

All that is made of single numbers, such as the learning rate over 1 − β₁ᵗ, is worked out beforehand in float64, for
many steps at once, and comes in as a row of numbers for each step. So float32 loses no digits of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

from chalkgrad.core.factors import sink_factors
from chalkgrad.core.gradient import substitute
from chalkgrad.core.lowering import lower
from chalkgrad.core.node import Node
from chalkgrad.core.numbers_apart import NumbersApart, numbers_apart
from chalkgrad.core.program import VIEWS
from chalkgrad.core.running import run_program
from chalkgrad.reading.problem import Problem
from chalkgrad.training.engines.engine import memory_key
from chalkgrad.training.step import TrainingStep, fixed_settings, sizes, training_step

__all__ = ["JaxStep", "Numbers"]

Array = NDArray[Any]
Arrays = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The single numbers of some steps.

    Args:
        table: a row for each step, as `JaxStep.take` wants it; for several networks, a row for each step and network.
        after: for each single number that the optimizer remembers, its value after each step, in float64.
    """

    table: Array
    after: dict[str, Array]


class JaxStep:
    """One optimizer step on a fixed number of samples.

    Args:
        problem: what is trained.
        samples: how many samples it sees.
        dtype: `float32` or `float64`.
        varied: names of settings that are given with each run and not taken from the problem.
    """

    def __init__(self, problem: Problem, samples: int, dtype: Any, varied: Sequence[str] = ()) -> None:
        self.problem, self.dtype, self.varied = problem, numpy.dtype(dtype), tuple(varied)
        self.step = step = training_step(problem, samples)
        self.sizes = {node.name: sizes(node) for node in step.graph.parameters}
        self.learned = [node.name for node in step.updated]
        self.masks = [(sizes(node), share) for node, share in step.masks.items()]
        optimizer = problem.optimizer
        self._remembered = sorted(optimizer.numbers)
        self.numbers_at_start = {name: float(optimizer.state[name]) for name in self._remembered}
        self.memory_at_start = {
            memory_key(optimizer, name, node.name): (sizes(old), float(optimizer.state[name]))
            for (node, name), (old, _) in step.states.items()
            if name not in optimizer.numbers
        }
        self._symbols = _NumberSymbols(step, ("learning_rate", "t", *self.varied), self._remembered)
        self._gradients = self._gradient_program()
        self._update = self._update_program()

    @property
    def mask_size(self) -> int:
        """How many numbers all masks have."""
        return sum(int(numpy.prod(shape, dtype=int)) for shape, _ in self.masks)

    @property
    def bytes(self) -> int:
        """How much memory the values of a step take at most, if none gives its place to another."""
        programs = self._gradients.rest, self._update.rest
        counts = [o.result.size for program in programs for o in program.operations if o.name not in VIEWS]
        return sum(counts) * int(self.dtype.itemsize)

    # --- programs ---

    def _gradient_program(self) -> NumbersApart:
        """From parameters and samples to the loss, the outputs and the gradients."""
        graph = self.step.graph
        leaves = [*graph.parameters, *graph.inputs, *graph.masks]
        return self._lowered([self.step.loss, self.step.output, *self.step.gradients.values()], leaves)

    def _update_program(self) -> NumbersApart:
        """From parameters, gradients and memory to those after the step."""
        step, numbers = self.step, self._symbols.remembered
        arrays = [old for (_, name), (old, _) in step.states.items() if name not in self._remembered]
        leaves = [*step.updated, *(step.view.totals[node] for node in step.updated), *arrays]
        wanted = [step.after_gradients[node] for node in (*step.updated, *arrays, *numbers)]
        return self._lowered(wanted, leaves)

    def _lowered(self, outputs: Sequence[Node], leaves: Sequence[Node]) -> NumbersApart:
        meaning = {**fixed_settings(self.problem, self.varied), **self._symbols.same}
        inputs = {node: sizes(node) for node in [*leaves, *self._symbols.given]}
        program = sink_factors(lower([substitute(output, meaning) for output in outputs], inputs, self.dtype))
        return numbers_apart(program, program.inputs[len(leaves) :])

    # --- what is traced ---

    def take(
        self, parameters: Arrays, memory: Arrays, x: Any, y: Any, masks: Sequence[Any], row: Any
    ) -> tuple[dict[str, Any], dict[str, Any], Any, Any]:
        """The step, on arrays of JAX.

        Args:
            parameters: by name.
            memory: what the optimizer remembers, by key, without single numbers.
            x: inputs, samples by features.
            y: targets, samples by outputs, or None.
            masks: those of dropout.
            row: the single numbers of the step.

        Returns:
            Parameters and memory after it, and the loss and the outputs before it.
        """
        import jax.numpy as jnp

        columns = self.problem.columns
        samples = [(x if node.name == "x" else y) for node in self.step.graph.inputs]
        leaves = [parameters[name] for name in self.sizes]
        leaves += [(rows.T if columns else rows) for rows in samples] + list(masks)
        first, second = row[: self._gradients.passed], row[self._gradients.passed :]
        loss, output, *gradients = run_program(self._gradients.rest, [*leaves, *first], jnp, self.dtype)
        learned, remembered = [parameters[name] for name in self.learned], [memory[key] for key in self.memory_at_start]
        news = run_program(self._update.rest, [*learned, *gradients, *remembered, *second], jnp, self.dtype)
        count = len(learned)
        updated = {**parameters, **dict(zip(self.learned, news[:count], strict=True))}
        after = dict(zip(self.memory_at_start, news[count:], strict=True))
        return updated, after, loss.reshape(()), output.T if columns else output

    # --- single numbers ---

    def numbers(
        self, rates: Array, first_step: int, before: Mapping[str, Any], settings: Mapping[str, Array] | None = None
    ) -> Numbers:
        """The single numbers of some steps, in float64 until the end.

        Args:
            rates: the learning rate of each step; for several networks, steps by networks.
            first_step: how many steps were taken before.
            before: the single numbers that the optimizer remembers; for several networks, one each.
            settings: the value of each varied setting; for several networks, one each.
        """
        rates = numpy.asarray(rates, dtype=numpy.float64)
        steps = numpy.arange(first_step + 1, first_step + len(rates) + 1, dtype=numpy.float64)
        steps = numpy.broadcast_to(steps.reshape(-1, *[1] * (rates.ndim - 1)), rates.shape)
        others = [numpy.broadcast_to((settings or {})[name], rates.shape) for name in self.varied]
        given = [rates, steps, *others]
        if not self._remembered:
            return Numbers(self._rows(given, rates.shape), {})
        states = [numpy.broadcast_to(before[name], rates.shape[1:]) for name in self._remembered]
        rows, after = [], []
        for each in zip(*given, strict=True):
            rows.append(self._rows([*each, *states], rates.shape[1:]))
            states = run_program(self._update.numbers, [*each, *states])[self._update.passed :]
            after.append([numpy.broadcast_to(state, rates.shape[1:]) for state in states])
        return Numbers(
            numpy.array(rows), {n: numpy.array([s[k] for s in after]) for k, n in enumerate(self._remembered)}
        )

    def _rows(self, given: Sequence[Any], shape: tuple[int, ...]) -> Array:
        parts = (self._gradients, self._update)
        made = [number for part in parts for number in run_program(part.numbers, given)[: part.passed]]
        rows = numpy.empty((*shape, len(made)), dtype=self.dtype)
        for place, number in enumerate(made):
            rows[..., place] = number
        return rows


class _NumberSymbols:
    """The symbols of single numbers that are known before a step: settings, and what the optimizer remembers."""

    def __init__(self, step: TrainingStep, settings: Sequence[str], remembered: Sequence[str]) -> None:
        olds = {name: [old for (_, own), (old, _) in step.states.items() if own == name] for name in remembered}
        self.remembered = [olds[name][0] for name in remembered]
        self.given = [*(step.settings[name] for name in settings), *self.remembered]
        # It is the same for all parameters, though each has a symbol of its own.
        self.same = {old: own[0] for own in olds.values() for old in own[1:]}
