"""Optimizers: how a gradient changes a parameter, written in the language.

An update is a list of lines; a solution prints them and the trainer runs them. The last line is the new parameter.
Forms and defaults are those of PyTorch, so that numbers can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from chalkgrad.core.algebra import sqrt
from chalkgrad.core.gradient import Line
from chalkgrad.core.node import Facts, Node, constant, variable
from chalkgrad.core.shape import Shape

__all__ = ["OPTIMIZERS", "Optimizer", "Setting", "Update"]


@dataclass(slots=True)
class Update:
    """One update as it is being written: what it starts from, and its lines so far.

    Args:
        parameter: the symbol of the parameter before the step.
        gradient: the symbol of its gradient.
        state: the symbols of what the optimizer remembers, before the step.
        settings: the symbols of its numbers: `learning_rate`, `beta1`, ... and the number `t` of the step, from 1.
        bias_correction: whether moments are corrected for their start at 0.
        lines: the lines written so far, by name.
    """

    parameter: Node
    gradient: Node
    state: Mapping[str, Node]
    settings: Mapping[str, Node]
    bias_correction: bool = True
    lines: dict[str, Line] = field(default_factory=dict)

    def line(self, name: str, formula: Node) -> Node:
        """Write a line and return the symbol of what it defines."""
        symbol = variable(f"{name}:{self.parameter.name}:new", formula.shape)
        self.lines[name] = Line(symbol, formula)
        return symbol

    def move(self, step: Node) -> None:
        """The last line: the parameter goes back by a step."""
        self.line("parameter", self.parameter - step)


@dataclass(frozen=True, slots=True)
class Setting:
    """A number that an optimizer takes.

    Args:
        name: its key in a problem file.
        default: what it is if nothing is said, as people write it.
        meaning: what it does, in one sentence.
        why: where the default comes from.
        is_share: whether it is below 1; every setting is at least 0.
    """

    name: str
    default: str
    meaning: str
    why: str
    is_share: bool = False


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An update rule.

    Args:
        name: its name in a problem file.
        takes: its numbers.
        state: what it remembers between steps, with the value it starts from.
        write: writes the lines of one update.
        facts: what the catalogue tells.
        corrects_bias: whether it has moments whose start at 0 can be corrected.
        numbers: the names of the state that are single numbers, whatever the shape of the parameter.
    """

    name: str
    takes: tuple[Setting, ...]
    state: Mapping[str, int]
    write: Callable[[Update], None]
    facts: Facts
    corrects_bias: bool = False
    numbers: frozenset[str] = frozenset()

    def state_shape(self, name: str, shape: Shape) -> Shape:
        """The shape of what is remembered under a name for a parameter of this shape."""
        return () if name in self.numbers else shape

    @property
    def settings(self) -> dict[str, Fraction]:
        """Its numbers by name, with their defaults."""
        return {setting.name: Fraction(setting.default) for setting in self.takes}


def _sgd(u: Update) -> None:
    u.move(u.settings["learning_rate"] * u.gradient)


def _momentum(u: Update) -> None:
    velocity = u.line("velocity", u.settings["momentum"] * u.state["velocity"] + u.gradient)
    u.move(u.settings["learning_rate"] * velocity)


def _nesterov(u: Update) -> None:
    momentum = u.settings["momentum"]
    velocity = u.line("velocity", momentum * u.state["velocity"] + u.gradient)
    u.move(u.settings["learning_rate"] * (u.gradient + momentum * velocity))


def _adagrad(u: Update) -> None:
    squares = u.line("squares", u.state["squares"] + u.gradient**2)
    u.move(u.settings["learning_rate"] * u.gradient / (sqrt(squares) + u.settings["epsilon"]))


def _rmsprop(u: Update) -> None:
    decay = u.settings["decay"]
    squares = u.line("squares", decay * u.state["squares"] + (1 - decay) * u.gradient**2)
    u.move(u.settings["learning_rate"] * u.gradient / (sqrt(squares) + u.settings["epsilon"]))


def _moments(u: Update) -> tuple[Node, Node]:
    """The running means of the gradient and of its square."""
    beta1, beta2 = u.settings["beta1"], u.settings["beta2"]
    m = u.line("m", beta1 * u.state["m"] + (1 - beta1) * u.gradient)
    v = u.line("v", beta2 * u.state["v"] + (1 - beta2) * u.gradient**2)
    return m, v


def _adam_step(u: Update) -> Node:
    m, v = _moments(u)
    if u.bias_correction:
        m = u.line("m_hat", m / (1 - u.settings["beta1"] ** u.settings["t"]))
        v = u.line("v_hat", v / (1 - u.settings["beta2"] ** u.settings["t"]))
    return u.settings["learning_rate"] * m / (sqrt(v) + u.settings["epsilon"])


def _adam(u: Update) -> None:
    u.move(_adam_step(u))


def _adamw(u: Update) -> None:
    step = _adam_step(u)
    u.move(u.settings["learning_rate"] * u.settings["weight_decay"] * u.parameter + step)


def _nadam(u: Update) -> None:
    beta1, beta2, t = u.settings["beta1"], u.settings["beta2"], u.settings["t"]
    decay, schedule = u.settings["momentum_decay"], Fraction("0.96")
    m, v = _moments(u)
    now = u.line("mu", beta1 * (1 - Fraction(1, 2) * _power_of(schedule, t * decay)))
    after = u.line("mu_next", beta1 * (1 - Fraction(1, 2) * _power_of(schedule, (t + 1) * decay)))
    product = u.line("mu_product", u.state["mu_product"] * now)
    if u.bias_correction:
        m_hat = u.line("m_hat", after * m / (1 - product * after) + (1 - now) * u.gradient / (1 - product))
        v_hat = u.line("v_hat", v / (1 - beta2**t))
    else:
        m_hat, v_hat = u.line("m_hat", after * m + (1 - now) * u.gradient), v
    u.move(u.settings["learning_rate"] * m_hat / (sqrt(v_hat) + u.settings["epsilon"]))


def _power_of(base: Fraction, exponent: Node) -> Node:
    return constant(base, str(float(base))) ** exponent


_USUAL = "usual for this optimizer"
_TORCH = "as in PyTorch"
_PAPER = "as in the paper of Adam"


def _rate(default: str) -> Setting:
    return Setting("learning_rate", default, "How far one step goes; written η or α in formulas.", _USUAL)


def _epsilon(default: str, why: str) -> Setting:
    return Setting("epsilon", default, "Added to the root, against division by zero.", why)


_MOMENTUM = Setting("momentum", "0.9", "The share of the velocity that is kept at every step.", _USUAL, is_share=True)
_DECAY = Setting("decay", "0.99", "The share of the running mean that is kept at every step.", _TORCH, is_share=True)
_MOMENTS = (
    Setting("beta1", "0.9", "The share of the mean gradient m that is kept.", _PAPER, is_share=True),
    Setting("beta2", "0.999", "The share of the mean squared gradient v that is kept.", _PAPER, is_share=True),
    _epsilon("1e-8", _PAPER),
)
_WEIGHT_DECAY = Setting(
    "weight_decay", "0.01", "The share of a weight that each unit of step takes away.", "usual for AdamW"
)
_MOMENTUM_DECAY = Setting(
    "momentum_decay", "0.004", "How fast the momentum of step t, β1 (1 − 0.96^(tψ)/2), rises to β1.", _TORCH
)

OPTIMIZERS = (
    Optimizer(
        "sgd",
        (_rate("0.01"),),
        {},
        _sgd,
        Facts("gradient descent", law="Every weight goes a step against its gradient.",
              use="Work by hand; well-scaled problems.",
              avoid="Long narrow valleys, where it zigzags.", source="Robbins and Monro (1951)"),
    ),
    Optimizer(
        "momentum",
        (_rate("0.01"), _MOMENTUM),
        {"velocity": 0},
        _momentum,
        Facts("gradient descent with momentum", law="Steps add up while they agree, and cancel while they do not.",
              use="Narrow valleys; images with a schedule.", avoid="Large learning rates: it overshoots.",
              source="Polyak (1964)"),
    ),
    Optimizer(
        "nesterov",
        (_rate("0.01"), _MOMENTUM),
        {"velocity": 0},
        _nesterov,
        Facts("Nesterov momentum", law="Momentum that looks one step ahead.",
              use="As momentum, with less overshooting.",
              avoid="Noisy gradients, where the look ahead gains nothing.",
              source="Nesterov (1983); Sutskever et al. (2013)"),
    ),
    Optimizer(
        "adagrad",
        (_rate("0.01"), _epsilon("1e-10", _TORCH)),
        {"squares": 0},
        _adagrad,
        Facts("Adagrad", law="Each weight's step is divided by the root of all its squared gradients so far.",
              use="Sparse inputs.", avoid="Long training: steps shrink for ever.",
              source="Duchi, Hazan and Singer (2011)"),
    ),
    Optimizer(
        "rmsprop",
        (_rate("0.01"), _DECAY, _epsilon("1e-8", _TORCH)),
        {"squares": 0},
        _rmsprop,
        Facts("RMSprop", law="Each weight's step is divided by the root of the running mean of its squared gradients.",
              use="Recurrent networks; changing problems.", avoid="Where plain momentum does as well.",
              source="Tieleman and Hinton (2012)"),
    ),
    Optimizer(
        "adam",
        (_rate("0.001"), *_MOMENTS),
        {"m": 0, "v": 0},
        _adam,
        Facts("Adam", law="A running mean of the gradient, over the root of the running mean of its square.",
              convention="moments are divided by 1 − βᵗ (`bias_correction: by_step`), or not (`off`)",
              use="The usual first choice.",
              avoid="With L2: use adamw. May generalise a little worse than momentum on images.",
              source="Kingma and Ba (2014)"),
        corrects_bias=True,
    ),
    Optimizer(
        "adamw",
        (_rate("0.001"), *_MOMENTS, _WEIGHT_DECAY),
        {"m": 0, "v": 0},
        _adamw,
        Facts("AdamW", law="Adam, with weight decay apart from the gradient.", use="Adam with weight decay.",
              avoid="Where no decay is wanted.", source="Loshchilov and Hutter (2019)"),
        corrects_bias=True,
    ),
    Optimizer(
        "nadam",
        (_rate("0.002"), *_MOMENTS, _MOMENTUM_DECAY),
        {"m": 0, "v": 0, "mu_product": 1},
        _nadam,
        Facts("Nadam", law="Adam with Nesterov's look ahead.", use="As Adam, sometimes a little faster.",
              avoid="Work by hand.", source="Dozat (2016)"),
        corrects_bias=True,
        numbers=frozenset({"mu_product"}),
    ),
)  # fmt: skip
