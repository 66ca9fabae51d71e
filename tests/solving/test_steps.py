"""Which samples a step sees, with which learning rate, and what the optimizers make of the gradients."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy
import pytest

from chalkgrad.reading.problem import Problem
from chalkgrad.solving.derivation import Derivation
from chalkgrad.solving.schedules import learning_rate
from chalkgrad.solving.solve import derive
from chalkgrad.solving.steps import Batch, Walk, batches
from chalkgrad.solving.views import matrix_view, unit_view

FIVE = [{"x": [k], "y": 2 * k} for k in range(1, 6)]
POINTS = [{"x": [0.5, -1], "y": 1}, {"x": [1.5, 0.25], "y": -1}, {"x": [-0.75, 2], "y": 0.5}]
WEIGHTS = {"w": [[0.3], [-0.7]], "b": 0.2}


def line(**keys: Any) -> Problem:
    return Problem.from_formula("p = x w", loss="half_sse", data=FIVE, given={"w": 1}, **keys)


def plan(**keys: Any) -> list[tuple[int, int, tuple[int, ...]]]:
    return [(batch.epoch, batch.step, batch.samples) for batch in batches(line(**keys))]


class TestBatches:
    def test_all_samples_by_default(self):
        assert plan() == [(1, 1, (0, 1, 2, 3, 4))]

    def test_one_by_one(self):
        assert plan(batch=1) == [(1, k + 1, (k,)) for k in range(5)]

    def test_a_last_batch_may_be_smaller(self):
        assert plan(batch=2) == [(1, 1, (0, 1)), (1, 2, (2, 3)), (1, 3, (4,))]

    def test_a_batch_larger_than_the_data_is_all_of_them(self):
        assert plan(batch=9) == plan()

    def test_epochs_go_through_the_samples_again_and_steps_count_on(self):
        assert plan(batch=3, epochs=2) == [(1, 1, (0, 1, 2)), (1, 2, (3, 4)), (2, 3, (0, 1, 2)), (2, 4, (3, 4))]

    def test_shuffled_each_epoch_anew_and_each_sample_once(self):
        shown = plan(order="shuffled", epochs=3, batch=2)
        epochs = [[k for epoch, _, chunk in shown if epoch == e for k in chunk] for e in (1, 2, 3)]
        assert all(sorted(epoch) == [0, 1, 2, 3, 4] for epoch in epochs)
        assert epochs[0] != epochs[1]

    def test_the_seed_fixes_the_order(self):
        assert plan(order="shuffled", seed=3) == plan(order="shuffled", seed=3)
        assert plan(order="shuffled", seed=3) != plan(order="shuffled", seed=4)

    def test_a_formula_without_data_has_one_step_an_epoch(self):
        problem = Problem.from_formula("J = w^2", given={"w": 1}, epochs=4)
        assert [batch.samples for batch in batches(problem)] == [()] * 4

    def test_derivatives_alone_are_asked_once_whatever_the_epochs(self):
        problem = Problem.from_formula("f = w^2", given={"w": 1}, differentiate={"f": ["w"]}, epochs=4)
        assert len(list(batches(problem))) == 1

    def test_without_a_loss_each_sample_is_looked_at_alone(self):
        problem = Problem.from_formula("f = x w", data=FIVE[:2], given={"w": 1}, differentiate={"f": ["w"]})
        assert [batch.samples for batch in batches(problem)] == [(0,), (1,)]


def rates(schedule: Any, epochs: int, batch: int = 5) -> list[float]:
    """The learning rate of each step, as it went into the numbers."""
    derivation = derive(
        line(schedule=schedule, epochs=epochs, batch=batch, optimizer={"name": "sgd", "learning_rate": 0.001})
    )
    return [float(step.floats.values[step.floats.view.settings["learning_rate"]]) for step in derivation.steps]


class TestSchedules:
    def test_constant(self):
        assert rates("constant", 3) == [0.001] * 3

    def test_step(self):
        assert rates({"name": "step", "every": 2, "factor": 0.5}, 5) == [0.001, 0.001, 0.0005, 0.0005, 0.00025]

    def test_exponential(self):
        numpy.testing.assert_allclose(
            rates({"name": "exponential", "factor": 0.9}, 3), [1e-3, 9e-4, 8.1e-4], rtol=1e-15
        )

    def test_cosine(self):
        expected = [0.0001 + 0.0009 * (1 + math.cos(math.pi * k / 4)) / 2 for k in range(4)]
        numpy.testing.assert_allclose(rates({"name": "cosine", "lowest": 0.0001}, 4), expected, rtol=1e-12)

    def test_cosine_stays_down_after_its_epochs(self):
        assert rates({"name": "cosine", "epochs": 2}, 4)[2:] == [0.0, 0.0]

    def test_warmup(self):
        numpy.testing.assert_allclose(
            rates({"name": "warmup", "epochs": 4, "start": 0.2}, 6), [4e-4, 6e-4, 8e-4, 1e-3, 1e-3, 1e-3], rtol=1e-12
        )

    def test_one_cycle_is_that_of_pytorch(self):
        # OneCycleLR(max_lr=0.001, total_steps=10): up over the first 0.3 · 10 − 1 steps, down to the last.
        def down(top: float, low: float, share: float) -> float:
            return low + (top - low) * (1 + math.cos(math.pi * share)) / 2

        rise = [down(0.001 / 25, 0.001, k / 2) for k in range(3)]
        fall = [down(0.001, 0.001 / 25 / 10_000, (k - 2) / 7) for k in range(3, 10)]
        numpy.testing.assert_allclose(rates("one_cycle", 5, batch=3), rise + fall, rtol=1e-9)

    def test_all_steps_of_an_epoch_have_one_rate_unless_the_cycle_goes_by_steps(self):
        assert rates({"name": "exponential", "factor": 0.5}, 2, batch=3) == [0.001, 0.001, 0.0005, 0.0005]

    def test_rational_schedules_are_exact(self):
        problem = line(schedule={"name": "exponential", "factor": 0.9}, optimizer={"name": "sgd", "learning_rate": 0.1})
        assert learning_rate(problem, 3, 3, 3) == Fraction(81, 1000)


# --- optimizers, stated again in NumPy -------------------------------------------------------------------------------


def slope(theta: numpy.ndarray) -> numpy.ndarray:
    """The gradient of ½ Σ (x w + b − y)² by hand; theta holds w₁, w₂, b."""
    x = numpy.array([[*sample["x"], 1] for sample in POINTS])
    return x.T @ (x @ theta - [sample["y"] for sample in POINTS])


def sgd() -> Iterator[Callable[..., Any]]:
    while True:
        yield lambda theta, g: theta - 0.1 * g


def momentum() -> Iterator[Callable[..., Any]]:
    kept = numpy.zeros(3)

    def step(theta: Any, g: Any) -> Any:
        kept[:] = 0.8 * kept + g
        return theta - 0.1 * kept

    while True:
        yield step


def nesterov() -> Iterator[Callable[..., Any]]:
    kept = numpy.zeros(3)

    def step(theta: Any, g: Any) -> Any:
        kept[:] = 0.8 * kept + g
        return theta - 0.1 * (g + 0.8 * kept)

    while True:
        yield step


def adagrad() -> Iterator[Callable[..., Any]]:
    squares = numpy.zeros(3)

    def step(theta: Any, g: Any) -> Any:
        squares[:] += g * g
        return theta - 0.1 * g / (numpy.sqrt(squares) + 1e-10)

    while True:
        yield step


def rmsprop() -> Iterator[Callable[..., Any]]:
    squares = numpy.zeros(3)

    def step(theta: Any, g: Any) -> Any:
        squares[:] = 0.9 * squares + 0.1 * g * g
        return theta - 0.1 * g / (numpy.sqrt(squares) + 1e-8)

    while True:
        yield step


def adam(corrected: bool = True, decay: float = 0.0) -> Iterator[Callable[..., Any]]:
    m, v, t = numpy.zeros(3), numpy.zeros(3), [0]

    def step(theta: Any, g: Any) -> Any:
        t[0] += 1
        m[:] = 0.9 * m + 0.1 * g
        v[:] = 0.99 * v + 0.01 * g * g
        one, two = (1 - 0.9 ** t[0], 1 - 0.99 ** t[0]) if corrected else (1, 1)
        return theta - 0.1 * (m / one) / (numpy.sqrt(v / two) + 1e-8) - 0.1 * decay * theta

    while True:
        yield step


def nadam() -> Iterator[Callable[..., Any]]:
    # Dozat (2016) as in torch.optim.NAdam
    m, v, state = numpy.zeros(3), numpy.zeros(3), {"t": 0, "product": 1.0}

    def step(theta: Any, g: Any) -> Any:
        state["t"] += 1
        now, after = (0.9 * (1 - 0.5 * 0.96 ** ((state["t"] + k) * 0.004)) for k in (0, 1))
        state["product"] *= now
        m[:] = 0.9 * m + 0.1 * g
        v[:] = 0.99 * v + 0.01 * g * g
        ahead = after * m / (1 - state["product"] * after) + (1 - now) * g / (1 - state["product"])
        return theta - 0.1 * ahead / (numpy.sqrt(v / (1 - 0.99 ** state["t"])) + 1e-8)

    while True:
        yield step


ADAM = {"learning_rate": 0.1, "beta1": 0.9, "beta2": 0.99, "epsilon": 1e-8}
OPTIMIZERS = {
    "sgd": ({"name": "sgd", "learning_rate": 0.1}, sgd),
    "momentum": ({"name": "momentum", "learning_rate": 0.1, "momentum": 0.8}, momentum),
    "nesterov": ({"name": "nesterov", "learning_rate": 0.1, "momentum": 0.8}, nesterov),
    "adagrad": ({"name": "adagrad", "learning_rate": 0.1}, adagrad),
    "rmsprop": ({"name": "rmsprop", "learning_rate": 0.1, "decay": 0.9}, rmsprop),
    "adam": ({"name": "adam", **ADAM}, adam),
    "adam without correction": ({"name": "adam", **ADAM, "bias_correction": "off"}, lambda: adam(corrected=False)),
    "adamw": ({"name": "adamw", **ADAM, "weight_decay": 0.05}, lambda: adam(decay=0.05)),
    "nadam": ({"name": "nadam", **ADAM}, nadam),
}


def walked(problem: Problem, xp: Any = numpy, which: Any = matrix_view) -> list[Walk]:
    walk = Walk(problem, xp)
    views: dict[int, Any] = {}
    for batch in batches(problem):
        count = len(batch.samples) or 1
        walk.take(views.setdefault(count, which(problem, count)), batch)
    return [walk]


def points(**keys: Any) -> Problem:
    return Problem.from_formula("p = x w + b", loss="half_sse", data=POINTS, given=WEIGHTS, **keys)


def theta_of(walk: Walk) -> numpy.ndarray:
    return numpy.array([*numpy.ravel(walk.parameters["w"]), walk.parameters["b"]], dtype=float)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("which", [matrix_view, unit_view])
def test_five_steps_of_an_optimizer_are_those_stated_again(name, which):
    keys, stated = OPTIMIZERS[name]
    theta = numpy.array([0.3, -0.7, 0.2])
    for _, step in zip(range(5), stated(), strict=False):
        theta = step(theta, slope(theta))
    (walk,) = walked(points(optimizer=keys, epochs=5), which=which)
    # Five steps of a few dozen float64 operations on numbers about 1.
    numpy.testing.assert_allclose(theta_of(walk), theta, rtol=1e-12)


REGULARIZERS = {
    "l2": ({"l2": 0.1}, lambda w, b: (0.1 * w, 0)),
    "l1": ({"l1": 0.1}, lambda w, b: (0.1 * numpy.sign(w), 0)),
    "both": ({"l1": 0.2, "l2": 0.1}, lambda w, b: (0.2 * numpy.sign(w) + 0.1 * w, 0)),
    "on the bias": ({"l2": 0.1, "on": ["b"]}, lambda w, b: (0 * w, 0.1 * b)),
    "on both": ({"l2": 0.1, "on": ["w", "b"]}, lambda w, b: (0.1 * w, 0.1 * b)),
}


@pytest.mark.parametrize("name", REGULARIZERS)
@pytest.mark.parametrize("which", [matrix_view, unit_view])
def test_a_regularizer_adds_to_the_gradient_and_leaves_biases_out_unless_named(name, which):
    keys, extra = REGULARIZERS[name]
    theta = numpy.array([0.3, -0.7, 0.2])
    for _ in range(2):
        weights, bias = extra(theta[:2], theta[2])
        theta = theta - 0.1 * (slope(theta) + numpy.array([*weights, bias]))
    problem = points(optimizer={"name": "sgd", "learning_rate": 0.1}, epochs=2, regularizer=keys)
    numpy.testing.assert_allclose(theta_of(walked(problem, which=which)[0]), theta, rtol=1e-13)


def test_what_is_not_learned_stays():
    (walk,) = walked(points(learn=["w"], optimizer={"name": "sgd", "learning_rate": 0.1}))
    assert walk.parameters["b"] == 0.2
    assert walk.parameters["w"][0, 0] != 0.3


class TestRounded:
    def test_each_printed_number_is_what_the_next_line_uses(self):
        """A 2-2-2 network by hand with decimals, rounding half away from zero after every line."""
        derivation: Derivation = derive_rounded("sigmoid-2-2-2")
        numbers = derivation.shown_steps[0].exact["units"]
        roles = ("value", "gradient", "parameter")
        by_name = {(s.role, s.of): numbers.values[s.symbol] for s in numbers.view.statements if s.role in roles}
        expected = by_hand()
        assert len(expected) == 4 * 2 + 1 + 8 + 20
        for key, value in expected.items():
            assert abs(by_name[key] - precise_number(value)) < 1e-40, key

    def test_the_loss_after_is_that_of_the_rounded_parameters(self):
        from decimal import Decimal

        expected = Decimal(0)
        new = {key[1]: value for key, value in by_hand().items() if key[0] == "parameter"}
        h = [sigma(D("0.05") * new[f"w{2 * j - 1}"] + D("0.1") * new[f"w{2 * j}"] + new["b1"]) for j in (1, 2)]
        for j, target in ((1, D("0.01")), (2, D("0.02"))):
            o = sigma(h[0] * new[f"w{2 * j + 3}"] + h[1] * new[f"w{2 * j + 4}"] + new["b2"])
            expected += (o - target) ** 2 / 2
        # The parameters are rounded, the loss after them is only printed.
        assert float(derive_rounded("sigmoid-2-2-2").loss_after) == pytest.approx(float(expected), rel=1e-12)


def D(text: str) -> Any:
    from decimal import Decimal

    return Decimal(text)


def sigma(z: Any) -> Any:
    return 1 / (1 + (-z).exp())


def rounded(value: Any) -> Any:
    """Four decimals; where they leave fewer than three digits, four significant ones. Half away from zero."""
    from decimal import ROUND_HALF_UP, Decimal

    short = value.quantize(Decimal("1e-24"), ROUND_HALF_UP)
    if short == 0 or short == short.quantize(Decimal("0.0001"), ROUND_HALF_UP):
        return short
    places = 4 if abs(short) >= Decimal("0.01") else 3 - short.adjusted()
    return short.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def by_hand() -> dict[tuple[str, str], Any]:
    w = {f"w{k}": D(text) for k, text in enumerate("0.15 0.20 0.25 0.30 0.40 0.45 0.50 0.55".split(), start=1)}
    w |= {"b1": D("0.35"), "b2": D("0.60")}
    x, y, out = {1: D("0.05"), 2: D("0.10")}, {1: D("0.01"), 2: D("0.02")}, {}
    h, o = {}, {}
    for j in (1, 2):
        z = rounded(x[1] * w[f"w{2 * j - 1}"] + x[2] * w[f"w{2 * j}"] + w["b1"])
        h[j] = rounded(sigma(z))
        out |= {("value", f"z_h{j}"): z, ("value", f"h{j}"): h[j]}
    for j in (1, 2):
        z = rounded(h[1] * w[f"w{2 * j + 3}"] + h[2] * w[f"w{2 * j + 4}"] + w["b2"])
        o[j] = rounded(sigma(z))
        out |= {("value", f"z_o{j}"): z, ("value", f"o{j}"): o[j]}
    out["value", "loss"] = rounded(((o[1] - y[1]) ** 2 + (o[2] - y[2]) ** 2) / 2)
    g: dict[str, Any] = {}
    for j in (1, 2):
        g[f"o{j}"] = rounded(o[j] - y[j])
        g[f"z_o{j}"] = rounded(g[f"o{j}"] * o[j] * (1 - o[j]))
    for j in (1, 2):
        ways = [rounded(g[f"z_o{k}"] * w[f"w{4 + j + 2 * (k - 1)}"]) for k in (1, 2)]
        g[f"h{j}"] = rounded(sum(ways))
        g[f"z_h{j}"] = rounded(g[f"h{j}"] * h[j] * (1 - h[j]))
        for k in (1, 2):
            g[f"w{2 * j - 2 + k}"] = rounded(g[f"z_h{j}"] * x[k])
            g[f"w{2 * j + 2 + k}"] = rounded(g[f"z_o{j}"] * h[k])
    g["b1"], g["b2"] = rounded(g["z_h1"] + g["z_h2"]), rounded(g["z_o1"] + g["z_o2"])
    out |= {("gradient", name): value for name, value in g.items()}
    return out | {("parameter", name): rounded(w[name] - D("0.5") * g[name]) for name in w}


def derive_rounded(name: str) -> Derivation:
    from chalkgrad.api import solve

    return solve(name, carry="rounded").derivation


def precise_number(value: Any) -> Any:
    from chalkgrad.core.precise import precise

    return precise().exact_number(Fraction(value))


def test_the_batch_holds_its_samples_in_the_order_in_which_they_were_drawn():
    walk = Walk(line(), numpy)
    (x, _) = line().graph(2).inputs
    assert walk.data(x, Batch(1, 1, (3, 0))).ravel().tolist() == [4, 1]


@pytest.mark.parametrize("w", [0, -1])
def test_an_infinity_or_what_is_no_number_is_carried_on_as_it_is(w):
    from chalkgrad.api import solve

    data = [{"x": [1], "y": 1}]
    problem = Problem.from_formula("p = x w", loss="binary_cross_entropy", data=data, given={"w": w})
    assert solve(problem, carry="rounded").passed
