"""Small problems of every kind, and pages that say some of their numbers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from chalkgrad.api import read, read_text
from chalkgrad.core.node import Node
from chalkgrad.marking.course import Course, course_of
from chalkgrad.marking.evidence import Evidence
from chalkgrad.marking.mistakes import Edit
from chalkgrad.marking.replay import Replay, open_steps
from chalkgrad.marking.slips import edits_at
from chalkgrad.marking.worlds import TrueWorld, World

TWO_SAMPLES = "data: [{x: [1, 0.5], y: 1}, {x: [-1, 2], y: 0.3}]"
TANH = "network: {input: 2, layers: [{units: 2, activation: tanh}, {units: 1, activation: linear}]}\nloss: mse"
SOFTMAX = "network: {input: 2, layers: [{units: 2, activation: %s}, {units: 3, activation: softmax}]}"

PROBLEMS = {
    "momentum": f"{TANH}\n{TWO_SAMPLES}\noptimizer: {{name: momentum, learning_rate: 0.1, momentum: 0.9}}\nepochs: 2",
    "nesterov": f"{TANH}\n{TWO_SAMPLES}\noptimizer: {{name: nesterov, learning_rate: 0.1, momentum: 0.8}}\nepochs: 2",
    "rmsprop": f"{TANH}\n{TWO_SAMPLES}\n"
    "optimizer: {name: rmsprop, learning_rate: 0.1, decay: 0.9, epsilon: 0.1}\nepochs: 2",
    "l2": f"{SOFTMAX % 'sigmoid'}\nloss: cross_entropy\nregularizer: {{l2: 0.1}}\n"
    "data: [{x: [1, 0.5], y: [1, 0, 0]}, {x: [-1, 2], y: [0, 1, 0]}]\n"
    "optimizer: {name: sgd, learning_rate: 0.1}\nepochs: 2",
    "softmax": f"{SOFTMAX % 'tanh'}\nloss: half_sse\ndata: [{{x: [1, 0.5], y: [1, 0, 0]}}]\n"
    "optimizer: {name: adagrad, learning_rate: 0.1}",
    "classes": f"{SOFTMAX % 'sigmoid'}\nloss: cross_entropy\ndata: [{{x: [1, 0.5], y: [0.2, 0.7, 0.1]}}]",
    "columns": """
formula: |
  h = tanh(W1 x + b1)
  y_hat = W2 h + b2
convention: {vectors: columns}
loss: mse
data: [{x: [1, 0.5], y: 1}, {x: [-1, 2], y: 0.3}]
given: {W1: [[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]], b1: [0.1, 0.2, 0.3], W2: [[0.3, 0.5, -0.7]], b2: 0.1}
optimizer: {name: sgd, learning_rate: 0.1}
""",
    "relu": """
network:
  input: [x1, x2]
  layers:
    - {units: [h1, h2], activation: relu, weights: [[0.4, 0.3], [-0.6, 0.2]], bias: [0.1, 0.2]}
    - {units: [o], activation: sigmoid, weights: [[0.7, -0.5]], bias: [0.3]}
loss: binary_cross_entropy
data: [{x: [1, 0.5], y: 1}, {x: [1.5, 2], y: 0}]
optimizer: {name: sgd, learning_rate: 0.1}
""",
}
BUNDLED = ("sigmoid-2-2-2", "skip-tanh-relu", "relu-adam", "equal-weights", "sigmoid-two-samples")


@functools.cache
def course(name: str) -> Course:
    """The working of a problem above, or of one that comes with the package."""
    return course_of(read_text(PROBLEMS[name]) if name in PROBLEMS else read(name))


def symbol(course: Course, name: str, stage: int = 1) -> Node:
    """The symbol of a name that a stage works out."""
    return next(node for node in course.stage(stage).statements if node.name == name)


def everything(stage: int, node: Node) -> bool:
    """A page on which nothing is left out."""
    return True


def evidence(
    course: Course,
    names: Sequence[str | Node],
    claimed: Sequence[float],
    decimals: int = 4,
    stage: int = 1,
    stated: Callable[[int, Node], bool] = everything,
    formula: Callable[[World], Sequence[float] | None] | None = None,
    operands: tuple[float, ...] = (),
) -> Evidence:
    """What a page shows that says some numbers, rounded to so many decimals."""
    said = [round(number, decimals) for number in claimed]
    unit = 0.5 * 10.0**-decimals + 1e-12
    return Evidence(
        course,
        stage,
        tuple(symbol(course, name, stage) if isinstance(name, str) else name for name in names),
        TrueWorld(course),
        lambda values: all(abs(value - number) <= unit for value, number in zip(values, said, strict=True)),
        stated,
        () if formula is None else (formula,),
        operands,
    )


def edits(course: Course, code: str, name: str, stage: int = 1) -> dict[str, Edit]:
    """Every way to make a mistake at a step, by its variant."""
    node = symbol(course, name, stage)
    steps = open_steps(course, stage, [node], everything)
    return {edit.variant: edit for mistake, edit in edits_at(steps, (stage, node)) if mistake.code == code}


def slipped(course: Course, code: str, name: str, variant: str = "", stage: int = 1) -> float:
    """The number of a step with a mistake in it."""
    node = symbol(course, name, stage)
    replay = Replay(open_steps(course, stage, [node], everything), TrueWorld(course))
    return float(replay.run([{(stage, node): edits(course, code, name, stage)[variant]}])[0, 0])


def true(course: Course, name: str, stage: int = 1) -> float:
    """The number of a symbol, leaves among them."""
    return next(value for node, value in course.stage(stage).true.items() if node.name == name)
