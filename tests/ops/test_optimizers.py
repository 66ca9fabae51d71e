"""Every optimizer against a second writing in plain NumPy, for 20 steps."""

from __future__ import annotations

from operator import attrgetter

import numpy
import pytest

from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.gradient import compose
from chalkgrad.core.node import variable
from chalkgrad.core.shape import shape_of
from chalkgrad.ops import OPS
from chalkgrad.ops.optimizers import OPTIMIZERS, Update

every_optimizer = pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=attrgetter("name"))
START = numpy.array([[1.5, -0.7, 0.0], [2.0, 1e-3, -30.0]])


def gradient_at(w, step):
    """The slopes of a bowl that tilts from step to step; they are 0 at times."""
    return numpy.round(2 * w * numpy.array([1.0, 10.0, 0.1]) + numpy.sin(step + w), 3)


class Written:
    """An optimizer of ours, run as a trainer would."""

    def __init__(self, optimizer, bias_correction=True, shape=START.shape, **settings):
        shape = shape_of(*shape)
        self.w, self.g = variable("w", shape), variable("g", shape)
        self.state = {name: variable(name, shape) for name in optimizer.state}
        names = [*optimizer.settings, "t"]
        self.settings = {name: variable(name) for name in names}
        self.numbers = {name: float(number) for name, number in optimizer.settings.items()} | settings
        update = Update(self.w, self.g, self.state, self.settings, bias_correction)
        optimizer.write(update)
        self.lines = update.lines
        wanted = ["parameter", *optimizer.state]
        self.outputs = compose(list(self.lines.values()), [self.lines[name].symbol for name in wanted])
        self.first = optimizer.state

    def run(self, steps, start=START, dtype=numpy.float64):
        w = start.astype(dtype)
        remembered = [numpy.full_like(w, value) for value in self.first.values()]
        for step in range(1, steps + 1):
            given = {self.w: w, self.g: gradient_at(w, step).astype(dtype)}
            given |= dict(zip(self.state.values(), remembered, strict=True))
            given |= {symbol: self.numbers.get(name, step) for name, symbol in self.settings.items()}
            w, *remembered = evaluate(self.outputs, given)
        return w


def sgd(w, g, t, s, lr=0.01):
    return w - lr * g


def momentum(w, g, t, s, lr=0.01, mu=0.9):
    s["v"] = mu * s.get("v", 0) + g
    return w - lr * s["v"]


def nesterov(w, g, t, s, lr=0.01, mu=0.9):
    s["v"] = mu * s.get("v", 0) + g
    return w - lr * (g + mu * s["v"])


def adagrad(w, g, t, s, lr=0.01, eps=1e-10):
    s["n"] = s.get("n", 0) + g * g
    return w - lr * g / (numpy.sqrt(s["n"]) + eps)


def rmsprop(w, g, t, s, lr=0.01, rho=0.99, eps=1e-8):
    s["n"] = rho * s.get("n", 0) + (1 - rho) * g * g
    return w - lr * g / (numpy.sqrt(s["n"]) + eps)


def adam(w, g, t, s, lr=0.001, b1=0.9, b2=0.999, eps=1e-8, corrected=True):
    s["m"] = b1 * s.get("m", 0) + (1 - b1) * g
    s["v"] = b2 * s.get("v", 0) + (1 - b2) * g * g
    m, v = (s["m"] / (1 - b1**t), s["v"] / (1 - b2**t)) if corrected else (s["m"], s["v"])
    return w - lr * m / (numpy.sqrt(v) + eps)


def adamw(w, g, t, s, lr=0.001, decay=0.01, corrected=True):
    return adam(w * (1 - lr * decay), g, t, s, lr, corrected=corrected)


def nadam(w, g, t, s, lr=0.002, b1=0.9, b2=0.999, eps=1e-8, decay=0.004, corrected=True):
    mu, after = (b1 * (1 - 0.5 * 0.96 ** (k * decay)) for k in (t, t + 1))
    s["product"] = s.get("product", 1) * mu
    s["m"] = b1 * s.get("m", 0) + (1 - b1) * g
    s["v"] = b2 * s.get("v", 0) + (1 - b2) * g * g
    if not corrected:
        return w - lr * (after * s["m"] + (1 - mu) * g) / (numpy.sqrt(s["v"]) + eps)
    root = numpy.sqrt(s["v"] / (1 - b2**t)) + eps
    return w - lr * (1 - mu) / (1 - s["product"]) * g / root - lr * after / (1 - s["product"] * after) * s["m"] / root


BY_HAND = {f.__name__: f for f in (sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw, nadam)}


def run_by_hand(step_of, steps, **settings):
    w, remembered = START.copy(), {}
    for step in range(1, steps + 1):
        w = step_of(w, gradient_at(w, step), step, remembered, **settings)
    return w


def check(written, expected):
    """20 steps of a few roundings each."""
    numpy.testing.assert_allclose(written, expected, rtol=1e-12, atol=1e-15)


@every_optimizer
def test_twenty_steps_are_those_of_the_second_writing(optimizer):
    check(Written(optimizer).run(20), run_by_hand(BY_HAND[optimizer.name], 20))


@pytest.mark.parametrize("name", ["adam", "adamw", "nadam"])
def test_bias_correction_can_be_left_out(name):
    found = Written(OPS.optimizer(name), bias_correction=False)
    assert "v_hat" not in found.lines
    check(found.run(20), run_by_hand(BY_HAND[name], 20, corrected=False))
    with pytest.raises(AssertionError):
        check(found.run(20), run_by_hand(BY_HAND[name], 20))


def test_the_first_step_of_adam_without_correction_by_hand():
    # m = (1 − 0.9) · 4 = 0.4, v = (1 − 0.999) · 16 = 0.016, w = 1 − 0.1 · 0.4 / (√0.016 + 1e-8)
    written = Written(OPS.optimizer("adam"), bias_correction=False, shape=(1, 1), learning_rate=0.1)
    given = {written.w: 1.0, written.g: 4.0} | dict.fromkeys(written.state.values(), 0.0)
    given |= {symbol: written.numbers.get(name, 1) for name, symbol in written.settings.items()}
    assert [float(value) for value in evaluate(written.outputs, given)] == pytest.approx(
        [1 - 0.04 / (0.016**0.5 + 1e-8), 0.4, 0.016], rel=1e-14
    )


@every_optimizer
def test_keeps_float32_with_settings_as_numbers_of_python(optimizer):
    found = Written(optimizer).run(5, dtype=numpy.float32)
    assert found.dtype == numpy.float32
    numpy.testing.assert_allclose(found, Written(optimizer).run(5), rtol=1e-4, atol=1e-5)


@every_optimizer
def test_the_last_line_is_the_new_parameter_and_state_is_written(optimizer):
    lines = Written(optimizer).lines
    assert list(lines)[-1] == "parameter"
    assert set(optimizer.state) <= set(lines)
    assert all(line.symbol.name == f"{name}:w:new" for name, line in lines.items())
    assert all(line.symbol.shape == line.formula.shape for line in lines.values())


@every_optimizer
def test_a_zero_gradient_moves_nothing_but_what_decays(optimizer):
    written = Written(optimizer)
    given = {written.w: START, written.g: 0 * START}
    given |= {symbol: 0 * START + optimizer.state[name] for name, symbol in written.state.items()}
    given |= {symbol: written.numbers.get(name, 1) for name, symbol in written.settings.items()}
    expected = START * (1 - 0.001 * 0.01) if optimizer.name == "adamw" else START
    numpy.testing.assert_allclose(evaluate(written.outputs, given)[0], expected, rtol=1e-15)


@every_optimizer
def test_settings_are_exact_and_facts_complete(optimizer):
    assert all(number == type(number)(str(float(number))) for number in optimizer.settings.values())
    assert all(setting.meaning.endswith(".") and setting.why for setting in optimizer.takes)
    assert all(0 <= optimizer.settings[setting.name] < 1 for setting in optimizer.takes if setting.is_share)
    facts = optimizer.facts
    assert all((facts.title, facts.law, facts.use, facts.avoid, facts.source))
