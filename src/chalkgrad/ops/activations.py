"""Activations: what a unit does with its weighted sum. One entry each; everything else is read off it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from chalkgrad.core.algebra import add, divide, exp, log, multiply, negate, power, sqrt, subtract
from chalkgrad.core.node import ONE, ZERO, Facts, Node, Op, constant
from chalkgrad.core.notation import Notation, function
from chalkgrad.ops.functions import erf, indicator, maximum, pi, unary
from chalkgrad.ops.softmax import log_softmax, softmax
from chalkgrad.ops.structure import choose, greater, greater_equal

__all__ = [
    "ACTIVATIONS",
    "elu",
    "gelu",
    "leaky_relu",
    "linear",
    "relu",
    "selu",
    "sigmoid",
    "silu",
    "softplus",
    "step",
    "tanh",
]

_SELU_SCALE = Fraction("1.0507009873554804934193349852946")
_SELU_ALPHA = Fraction("1.6732632423543772848170429916717")
_SELU_SLOPE = constant(_SELU_SCALE, "1.0507")
_SELU_FALL = constant(_SELU_SCALE * _SELU_ALPHA, "1.7581")

linear: Op = unary(
    "linear",
    lambda xp, z: z,
    lambda z, a: ONE,
    definition=lambda z: z,
    notation=Notation("quiet"),
    role="activation",
    facts=Facts(
        "linear (identity)",
        law="A linear unit hands its input on unchanged, so its slope is 1.",
        range="(−∞, ∞)",
        use="The output of a regression.",
        avoid="Hidden layers: several linear layers are together only one.",
        source="Widrow and Hoff, Adaptive switching circuits (1960)",
    ),
)

step: Op = unary(
    "step",
    lambda xp, z: xp.heaviside(z, 1.0),
    lambda z, a: multiply(0, z),
    definition=lambda z: choose(greater_equal(z, 0), ONE, ZERO),
    role="activation",
    facts=Facts(
        "unit step",
        law="The step is flat on either side of 0, so its slope is 0.",
        range="{0, 1}",
        kink="0",
        convention="step(0) = 1",
        use="The perceptron, and drawing a decision.",
        avoid="Anything trained by gradients: the slope is 0, so no gradient comes back; it jumps at 0.",
        source="McCulloch and Pitts (1943); Rosenblatt (1958)",
    ),
)

sigmoid: Op = unary(
    "sigmoid",
    lambda xp, z: 1 / (1 + xp.exp(-z)),
    lambda z, a: multiply(a, subtract(1, a)),
    definition=lambda z: divide(1, add(1, exp(negate(z)))),
    notation=function("σ"),
    role="activation",
    facts=Facts(
        "logistic sigmoid",
        law="The slope of the sigmoid is its output times one minus its output.",
        range="(0, 1)",
        use="The output of a two-class classifier, read as a probability; gates.",
        avoid="Deep hidden layers: it saturates (slope at most 1/4, near 0 for |z| > 5) and its outputs are not "
        "zero-centred, so gradients vanish and updates zigzag.",
        source="LeCun et al., Efficient BackProp (1998), section 4.4",
    ),
)

tanh: Op = unary(
    "tanh",
    lambda xp, z: xp.tanh(z),
    lambda z, a: subtract(1, power(a, 2)),
    definition=lambda z: divide(subtract(exp(z), exp(negate(z))), add(exp(z), exp(negate(z)))),
    role="activation",
    facts=Facts(
        "hyperbolic tangent",
        law="The slope of tanh is one minus its output squared, so the output is used again.",
        range="(−1, 1)",
        use="Hidden layers of small networks and recurrent networks: zero-centred, slope 1 at 0.",
        avoid="Very deep networks: it saturates for |z| > 3, and gradients vanish.",
        source="LeCun et al., Efficient BackProp (1998), section 4.4",
        gain=5 / 3,
    ),
)


def _relu_slope(z: Node, a: Node, at_zero: Fraction = Fraction(0)) -> Node:
    return indicator(z, at_zero=at_zero)


relu: Op = unary(
    "relu",
    lambda xp, z, at_zero=Fraction(0): xp.maximum(z, 0),
    _relu_slope,
    definition=lambda z, at_zero=Fraction(0): maximum(ZERO, z),
    notation=function("ReLU"),
    role="activation",
    facts=Facts(
        "rectified linear unit",
        law="The slope of ReLU is 1 where its input is positive and 0 where it is negative.",
        range="[0, ∞)",
        kink="0",
        convention="the slope at 0 is taken as 0 (`convention: {relu_at_zero: ..}` changes it)",
        use="Hidden layers, the usual first choice: cheap, and no saturation for z > 0.",
        avoid="Outputs that may be negative; before a sigmoid output (never below 1/2). A unit whose input is negative "
        "for every sample is dead: it gets no gradient and stays so. Not zero-centred; not differentiable at 0.",
        source="Nair and Hinton (2010); Glorot, Bordes and Bengio (2011)",
        gain=2**0.5,
        initial="he_uniform",
    ),
)

leaky_relu: Op = unary(
    "leaky_relu",
    lambda xp, z, slope=Fraction(1, 100): xp.maximum(z, 0) + _number(xp, slope) * xp.minimum(z, 0),
    lambda z, a, slope=Fraction(1, 100): choose(greater(z, 0), ONE, constant(slope, _decimal(slope))),
    definition=lambda z, slope=Fraction(1, 100): choose(
        greater(z, 0), z, multiply(constant(slope, _decimal(slope)), z)
    ),
    notation=function("LeakyReLU"),
    role="activation",
    facts=Facts(
        "leaky rectified linear unit",
        law="The slope of LeakyReLU is 1 where its input is positive and 0.01 elsewhere.",
        range="(−∞, ∞)",
        kink="0",
        convention="the slope at 0 is taken as that of the negative side, 0.01",
        use="Hidden layers where ReLU units die.",
        avoid="Outputs; not differentiable at 0.",
        source="Maas, Hannun and Ng (2013)",
        gain=(2 / (1 + 0.01**2)) ** 0.5,
        initial="he_uniform",
    ),
)


def _decimal(value: Fraction) -> str:
    """A short decimal as people write it."""
    return repr(float(value)) if value.denominator != 1 else ""


elu: Op = unary(
    "elu",
    lambda xp, z: xp.where(z > 0, z, xp.expm1(xp.minimum(z, 0))),
    lambda z, a: choose(greater(z, 0), ONE, add(a, 1)),
    definition=lambda z: choose(greater(z, 0), z, subtract(exp(z), 1)),
    notation=function("ELU"),
    role="activation",
    facts=Facts(
        "exponential linear unit",
        law="The slope of ELU is 1 where its input is positive, and its output plus 1 elsewhere.",
        range="(−1, ∞)",
        convention="α = 1, which makes it differentiable at 0",
        use="Hidden layers: outputs near zero mean, no dead units.",
        avoid="Where speed matters more than the last percent; it saturates for very negative input.",
        source="Clevert, Unterthiner and Hochreiter (2015)",
        gain=2**0.5,
        initial="he_uniform",
    ),
)


def _selu_forward(xp: Any, z: Any) -> Any:
    scale, alpha = _number(xp, _SELU_SCALE), _number(xp, _SELU_ALPHA)
    return scale * xp.where(z > 0, z, alpha * xp.expm1(xp.minimum(z, 0)))


def _number(xp: Any, number: Fraction) -> Any:
    return xp.exact_number(number) if hasattr(xp, "exact_number") else float(number)


def _selu_definition(z: Node) -> Node:
    return choose(greater(z, 0), multiply(_SELU_SLOPE, z), multiply(_SELU_FALL, subtract(exp(z), 1)))


def _selu_slope(z: Node, a: Node) -> Node:
    return choose(greater(z, 0), _SELU_SLOPE, multiply(_SELU_FALL, exp(z)))


selu: Op = unary(
    "selu",
    _selu_forward,
    _selu_slope,
    definition=_selu_definition,
    notation=function("SELU"),
    role="activation",
    facts=Facts(
        "scaled exponential linear unit",
        law="The slope of SELU is λ = 1.0507 where its input is positive, and λ α e^z = 1.7581 e^z elsewhere.",
        range="(−1.7581, ∞)",
        kink="0",
        convention="λ = 1.0507 and α = 1.6733; the slope at 0 is taken as that of the negative side, λ α = 1.7581",
        use="Deep plain networks with LeCun initial weights, whose outputs it keeps near mean 0 and variance 1.",
        avoid="Other initial weights or ordinary dropout, which break that property; not differentiable at 0.",
        source="Klambauer et al., Self-normalizing neural networks (2017)",
        gain=1.0,
        initial="he_uniform",
    ),
)


def _normal_share(z: Node) -> Node:
    """Φ(z), the share of a standard normal distribution below z."""
    return multiply(constant(Fraction(1, 2)), add(1, erf(divide(z, sqrt(constant(2))))))


gelu: Op = unary(
    "gelu",
    lambda xp, z: z * (1 + erf.forward(xp, z / _root_two(xp))) / 2,
    lambda z, a: add(
        _normal_share(z), multiply(z, divide(exp(divide(negate(power(z, 2)), 2)), sqrt(multiply(2, pi()))))
    ),
    definition=lambda z: multiply(z, _normal_share(z)),
    notation=function("GELU"),
    role="activation",
    facts=Facts(
        "Gaussian error linear unit",
        law="The slope of GELU is Φ(z) + z φ(z), with the normal distribution Φ and its density φ.",
        range="[−0.1700, ∞)",
        convention="the exact form with erf, not the tanh approximation",
        use="Transformers and deep networks: smooth, no dead units.",
        avoid="Work by hand; costs more than ReLU. Not monotone.",
        source="Hendrycks and Gimpel, Gaussian error linear units (2016)",
        gain=2**0.5,
        initial="he_uniform",
    ),
)


def _root_two(xp: Any) -> Any:
    return xp.sqrt(xp.exact_number(Fraction(2))) if hasattr(xp, "exact_number") else 2**0.5


silu: Op = unary(
    "silu",
    lambda xp, z: z / (1 + xp.exp(-z)),
    lambda z, a: add(a, multiply(sigmoid(z), subtract(1, a))),
    definition=lambda z: multiply(z, sigmoid(z)),
    notation=function("SiLU"),
    role="activation",
    facts=Facts(
        "sigmoid linear unit (swish)",
        law="The slope of SiLU is its output plus σ(z) times one minus its output.",
        range="[−0.2785, ∞)",
        use="Deep networks in place of ReLU: smooth, no dead units.",
        avoid="Where speed matters; not monotone.",
        source="Elfwing, Uchibe and Doya (2017); Ramachandran, Zoph and Le (2017)",
        gain=2**0.5,
        initial="he_uniform",
    ),
)

softplus: Op = unary(
    "softplus",
    lambda xp, z: xp.maximum(z, 0) + xp.log1p(xp.exp(-xp.abs(z))),
    lambda z, a: sigmoid(z),
    definition=lambda z: log(add(1, exp(z))),
    role="activation",
    facts=Facts(
        "softplus",
        law="The slope of softplus is the sigmoid.",
        range="(0, ∞)",
        use="Outputs that must be positive, such as a variance; a smooth ReLU.",
        avoid="Hidden layers where ReLU will do: slower, and not zero-centred.",
        source="Dugas et al. (2000)",
        initial="he_uniform",
    ),
)


ACTIVATIONS = (
    linear,
    step,
    sigmoid,
    tanh,
    relu,
    leaky_relu,
    elu,
    selu,
    gelu,
    silu,
    softplus,
    softmax,
    log_softmax,
)
