"""How Keras says what our ops do."""

from __future__ import annotations

from chalkgrad.training.export.expressions import Dialect
from chalkgrad.training.export.words import choice, functions, rectified, reduction, repeated, stacked

__all__ = ["KERAS"]

_HELPERS = {
    "relu_with_slope": '''
def relu_with_slope(z, at_zero):
    """ReLU whose slope at 0 is not 0, as Keras has it, but another number."""
    return ops.relu(z) + at_zero * z * ops.cast(z == 0, z.dtype)
''',
    "step_function": """
def step_function(z):
    # The last term is 0; it lets a gradient of 0 through, where there would be none.
    return ops.cast(z >= 0, z.dtype) + 0 * z
""",
    "indicator": """
def indicator(z, at_zero):
    # The last term is 0; it lets a gradient of 0 through, where there would be none.
    return ops.where(z > 0, 1.0, ops.where(z < 0, 0.0, at_zero)) + 0 * z
""",
    "maximum": """
def maximum(a, b):
    # ops.maximum would share the gradient where both are equal; here b receives it.
    return ops.where(a > b, a, b)
""",
    "minimum": """
def minimum(a, b):
    # ops.minimum would share the gradient where both are equal; here b receives it.
    return ops.where(a < b, a, b)
""",
    "xlogy": '''
def xlogy(y, p):
    """y ln p, with 0 ln 0 = 0."""
    return ops.where(y == 0, 0.0, y * ops.log(ops.where(y == 0, 1.0, p)))
''',
    "sigmoid_cross_entropy": '''
def sigmoid_cross_entropy(z, y):
    """-(y ln p + (1 - y) ln(1 - p)) with p the sigmoid of z, not rounded to 0 or 1."""
    return ops.softplus(z) - z * y
''',
    "softmax_cross_entropy": '''
def softmax_cross_entropy(z, y, axis):
    """The sum of -y ln p over the classes, with p the softmax of z, not rounded to 0."""
    return -ops.sum(y * ops.log_softmax(z, axis=axis), axis=axis, keepdims=True)
''',
    "huber": """
def huber(d):
    return ops.where(ops.abs(d) <= 1, d * d / 2, ops.abs(d) - 0.5)
""",
}


KERAS = Dialect(
    "Keras",
    calls={
        **functions("ops", ("exp", "log", "sqrt", "sin", "cos", "sign", "abs", "tanh", "erf", "sigmoid")),
        **functions("ops", ("elu", "selu", "silu", "softplus")),
        "gelu": "ops.gelu({0}, approximate=False)",
        "step": "step_function({0})",
        "relu": rectified("ops.relu"),
        "leaky_relu": "ops.leaky_relu({0}, {slope})",
        "softmax": "ops.softmax({0}, axis={axis})",
        "log_softmax": "ops.log_softmax({0}, axis={axis})",
        "maximum": "maximum({0}, {1})",
        "minimum": "minimum({0}, {1})",
        "indicator": "indicator({0}, {at_zero})",
        "xlogy": "xlogy({0}, {1})",
        "sum": reduction("ops.sum", "axis", "keepdims"),
        "max": reduction("ops.max", "axis", "keepdims"),
        "expand": repeated("ops.full", "ops.broadcast_to"),
        "stack": stacked("ops.convert_to_tensor", "{0}", "ops.stack", "ops.reshape({0}, ({1}))"),
        "choose": choice("ops.where"),
        "sigmoid_cross_entropy": "sigmoid_cross_entropy({0}, {1})",
        "softmax_cross_entropy": "softmax_cross_entropy({0}, {1}, axis={axis})",
        "huber_unit": "huber({0})",
    },
    helpers=_HELPERS,
    condition="ops.where({0}, 1.0, 0.0)",
    multiplies_conditions=False,
)
