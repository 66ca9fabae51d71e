"""A teacher's own records, brought in by `OPS.extend`: read, solved, checked and refused like those that come along."""

from __future__ import annotations

import pytest

from chalkgrad import api
from chalkgrad.core.algebra import elementwise_shape, fit, multiply, power, subtract, summation
from chalkgrad.core.node import Facts, Op
from chalkgrad.core.notation import function
from chalkgrad.errors import ProblemError
from chalkgrad.ops import OPS, Loss, Optimizer, Regularizer, Setting
from chalkgrad.ops.functions import unary
from chalkgrad.ops.structure import mean
from chalkgrad.reading.problem import Problem

squared_unit = unary(
    "squared_unit",
    lambda xp, z: z * z,
    lambda z, a: multiply(2, z),
    definition=lambda z: power(z, 2),
    role="activation",
    facts=Facts("squared unit", law="The slope of z² is 2 z.", initial="he_uniform"),
)
length = Op(
    "length",
    shape=elementwise_shape("length"),
    forward=lambda xp, a, b: xp.sqrt(a * a + b * b),
    pull_back=lambda node, upstream: [
        (k, fit(upstream * argument / node, argument)) for k, argument in enumerate(node.arguments)
    ],
    notation=function("length"),
    elementwise=True,
    facts=Facts("length of a vector", law="The slope of a length for a is a over the length."),
)
quartic = Loss(
    "quartic",
    lambda p, y, axis: summation(power(subtract(p, y), 4), axes=(axis,)),
    mean,
    "numbers",
    Facts("quartic error", law="∂L/∂ŷ = 4 (ŷ − y)³."),
)
l4 = Regularizer(
    "l4",
    lambda w, strength: multiply(strength, summation(power(w, 4))),
    Facts("L4", law="∂/∂w (λ w⁴) = 4 λ w³."),
)
dragged = Optimizer(
    "dragged",
    (
        Setting("learning_rate", "0.1", "How far one step goes.", "a round number"),
        Setting("drag", "0.5", "The share of a step that is left.", "a round number", is_share=True),
    ),
    {},
    lambda u: u.move(u.settings["learning_rate"] * u.settings["drag"] * u.gradient),
    Facts("dragged descent", law="Gradient descent with drag."),
)
OWN = OPS.extend(squared_unit, length, quartic, l4, dragged)

NETWORK = """
network: {input: [x1], layers: [{units: [o], weights: [[w]], bias: none, activation: squared_unit}]}
loss: quartic
data: [{x: 1, y: 1}]
given: {w: 2}
optimizer: {name: dragged, drag: 0.25}
regularizer: {l4: 0.5}
"""


def test_a_network_of_them_is_solved_and_checked():
    # o = w² = 4, L = (4 − 1)⁴, ∂L/∂w = 4 · 3³ · 2 w = 432, the penalty adds 4 · 0.5 · 2³ = 16.
    solution = api.solve(api.read_text(NETWORK, ops=OWN))
    assert solution.passed
    (step,) = solution.data()["steps"]
    assert (step["loss"], step["gradients"]["w"]) == (81, 448)
    assert step["parameters_after"]["w"] == pytest.approx(2 - 0.1 * 0.25 * 448, rel=1e-15)


def test_their_words_are_in_the_solution():
    text = str(api.solve(api.read_text(NETWORK, ops=OWN)))
    for words in ("Dragged descent with η = 0.1, drag = 0.25", "L4 regularization", "∂L/∂ŷ = 4 (ŷ − y)³."):
        assert words in text, words


def test_a_formula_calls_them():
    problem = Problem.from_formula(
        "a = squared_unit(w)", "f = length(a, 3 w)", ops=OWN, given={"w": 1}, differentiate={"f": "w"}
    )
    # f = √(w⁴ + 9 w²), f' = (4 w³ + 18 w)/(2 f) = 11/√10
    solution = api.solve(problem)
    assert solution.passed
    assert solution.data()["steps"][0]["gradients"]["w"] == pytest.approx(11 / 10**0.5, rel=1e-15)


def test_a_written_loss_calls_them():
    problem = Problem.from_formula("f = 2 w", ops=OWN, given={"w": 1}, loss="squared_unit(f) + length(f, 0)")
    assert api.solve(problem).data()["steps"][0]["gradients"]["w"] == 2 * (2 * 2 + 1)


def test_from_layers_draws_weights_as_their_record_says():
    layers = [{"units": 2, "activation": "squared_unit"}]
    problem = Problem.from_layers(2, layers, ops=OWN, loss="quartic", data=[{"x": [1, 2], "y": [1, 0]}])
    shown = {entry.key: entry.shown for entry in problem.file.defaults_taken()}
    assert shown["initial, layer 1"] == "he_uniform"
    alike = Problem.from_layers(2, layers, ops=OWN, data=[{"x": [1, 2], "y": [1, 0]}], initial="he_uniform")
    assert problem.values == alike.values


def test_a_slip_is_told_with_their_names():
    text = NETWORK.replace("activation: squared_unit", "activation: squared_unti").replace("drag:", "darg:")
    with pytest.raises(ProblemError) as caught:
        api.read_text(text, ops=OWN)
    known = ", ".join([*OPS.activations, "squared_unit"])
    assert [(fault.message, fault.hint) for fault in caught.value.faults] == [
        (
            f"layer 1, activation: expected an activation: {known}, read `squared_unti`",
            'did you mean "squared_unit"?',
        ),
        (
            "the optimizer dragged has no key `darg`; it takes name, learning_rate, drag",
            'did you mean "drag"?',
        ),
    ]


@pytest.mark.parametrize(
    ("keys", "message", "hint"),
    [
        ({"optimizer": "dragged"}, "optimizer: expected an optimizer: {}, read `dragged`", ""),
        ({"regularizer": {"l4": 1}}, "regularizer has no key `l4`; it takes l2, l1, on", ""),
        ({"loss": "quartic"}, "loss: expected an expression in the output and `y`, or one of {}, read `quartic`", ""),
    ],
)
def test_without_them_their_names_are_unknown(keys, message, hint):
    with pytest.raises(ProblemError) as caught:
        Problem.from_formula("f = w x", given={"w": 1}, data=[{"x": 1, "y": 1}], **keys)
    known = ", ".join({"optimizer": OPS.optimizers, "loss": OPS.losses}.get(next(iter(keys)), []))
    assert [(fault.message, fault.hint) for fault in caught.value.faults] == [(message.format(known), hint)]
