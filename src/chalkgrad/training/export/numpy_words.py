"""How NumPy says what our ops do."""

from __future__ import annotations

from chalkgrad.training.export.expressions import Dialect
from chalkgrad.training.export.words import choice, embedded, functions, matrix_of, reduction, repeated

__all__ = ["NUMPY"]

_HELPERS = {
    "erf": '''
def erf(z):
    """The error function, number by number: NumPy has none of its own."""
    return np.vectorize(math.erf, otypes=[float])(z)
''',
    "sigmoid": """
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
""",
    "leaky_relu": """
def leaky_relu(z, slope):
    return np.maximum(z, 0) + slope * np.minimum(z, 0)
""",
    "elu": """
def elu(z):
    # expm1(z) is exp(z) - 1 without the rounding near 0; its argument is kept from
    # overflowing where it is not used.
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))
""",
    "selu": """
def selu(z):
    return 1.0507009873554805 * np.where(
        z > 0, z, 1.6732632423543772 * np.expm1(np.minimum(z, 0))
    )
""",
    "gelu": """
def gelu(z):
    return z * (1 + erf(z / math.sqrt(2))) / 2
""",
    "silu": """
def silu(z):
    return z / (1 + np.exp(-z))
""",
    "softplus": """
def softplus(z):
    # log(1 + exp(z)), written so that exp cannot overflow.
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))
""",
    "softmax": """
def softmax(z, axis):
    # Taking the largest entry away changes nothing but keeps exp from overflowing.
    raised = np.exp(z - np.max(z, axis=axis, keepdims=True))
    return raised / np.sum(raised, axis=axis, keepdims=True)
""",
    "log_softmax": """
def log_softmax(z, axis):
    # Taking the largest entry away changes nothing but keeps exp from overflowing.
    shifted = z - np.max(z, axis=axis, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))
""",
    "sigmoid_cross_entropy": '''
def sigmoid_cross_entropy(z, y):
    """-(y ln p + (1 - y) ln(1 - p)) with p the sigmoid of z, not rounded to 0 or 1."""
    return np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))
''',
    "softmax_cross_entropy": '''
def softmax_cross_entropy(z, y, axis):
    """The sum of -y ln p over the classes, with p the softmax of z, not rounded to 0."""
    return -np.sum(y * log_softmax(z, axis), axis=axis, keepdims=True)
''',
    "huber": """
def huber(d):
    return np.where(np.abs(d) <= 1, d * d / 2, np.abs(d) - 0.5)
""",
    "xlogy": '''
def xlogy(y, p):
    """y ln p, with 0 ln 0 = 0."""
    return np.where(y == 0, 0.0, y * np.log(np.where(y == 0, 1.0, p)))
''',
    "embed": '''
def embed(value, shape, where):
    """A matrix that is zero but for one row, column or entry."""
    matrix = np.zeros(shape)
    matrix[where] = value
    return matrix
''',
}
NUMPY = Dialect(
    "NumPy",
    calls={
        **functions("np", ("exp", "log", "sqrt", "sin", "cos", "sign", "abs", "tanh")),
        **functions("", ("erf", "sigmoid", "elu", "selu", "gelu", "silu", "softplus")),
        "step": "np.heaviside({0}, 1.0)",
        "relu": "np.maximum({0}, 0)",
        "leaky_relu": "leaky_relu({0}, {slope})",
        "softmax": "softmax({0}, axis={axis})",
        "log_softmax": "log_softmax({0}, axis={axis})",
        "maximum": "np.maximum({0}, {1})",
        "minimum": "np.minimum({0}, {1})",
        "indicator": "np.heaviside({0}, {at_zero})",
        "xlogy": "xlogy({0}, {1})",
        "sum": reduction("np.sum", "axis", "keepdims"),
        "max": reduction("np.max", "axis", "keepdims"),
        "expand": repeated("np.full", "np.broadcast_to"),
        "embed": embedded,
        "stack": lambda node, arguments: f"np.array({matrix_of(node, [a.text for a in arguments])})",
        "choose": choice("np.where"),
        "sigmoid_cross_entropy": "sigmoid_cross_entropy({0}, {1})",
        "softmax_cross_entropy": "softmax_cross_entropy({0}, {1}, axis={axis})",
        "huber_unit": "huber({0})",
    },
    helpers=_HELPERS,
    condition="np.where({0}, 1.0, 0.0)",
)
