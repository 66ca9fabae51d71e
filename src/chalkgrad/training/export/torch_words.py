"""How PyTorch says what our ops do."""

from __future__ import annotations

from chalkgrad.training.export.expressions import Dialect
from chalkgrad.training.export.words import choice, embedded, functions, rectified, reduction, repeated, stacked

__all__ = ["TORCH"]

_HELPERS = {
    "relu_with_slope": '''
def relu_with_slope(z, at_zero):
    """ReLU whose slope at 0 is not 0, as PyTorch has it, but another number."""
    return torch.relu(z) + at_zero * z * (z == 0)
''',
    "step_function": """
def step_function(z):
    # The last term is 0; it lets a gradient of 0 through, where there would be none.
    return (z >= 0) + 0 * z
""",
    "indicator": """
def indicator(z, at_zero):
    # The last term is 0; it lets a gradient of 0 through, where there would be none.
    return torch.heaviside(z.detach(), torch.full_like(z, at_zero)) + 0 * z
""",
    "maximum": """
def maximum(a, b):
    # torch.maximum would share the gradient where both are equal; here b receives it.
    return torch.where(a > b, a, b)
""",
    "minimum": """
def minimum(a, b):
    # torch.minimum would share the gradient where both are equal; here b receives it.
    return torch.where(a < b, a, b)
""",
    "softmax_cross_entropy": '''
def softmax_cross_entropy(z, y, dim):
    """The sum of -y ln p over the classes, with p the softmax of z, not rounded to 0."""
    return -torch.sum(y * torch.log_softmax(z, dim=dim), dim=dim, keepdim=True)
''',
    "huber": """
def huber(d):
    return F.huber_loss(d, torch.zeros_like(d), reduction="none")
""",
    "embed": '''
def embed(value, shape, where):
    """A matrix that is zero but for one row, column or entry."""
    matrix = torch.zeros(shape)
    matrix[where] = value
    return matrix
''',
}


TORCH = Dialect(
    "PyTorch",
    calls={
        **functions("torch", ("exp", "log", "sqrt", "sin", "cos", "sign", "abs", "tanh", "erf", "sigmoid")),
        **functions("F", ("elu", "selu", "gelu", "silu", "softplus")),
        "step": "step_function({0})",
        "relu": rectified("torch.relu"),
        "leaky_relu": "F.leaky_relu({0}, {slope})",
        "softmax": "torch.softmax({0}, dim={axis})",
        "log_softmax": "torch.log_softmax({0}, dim={axis})",
        "maximum": "maximum({0}, {1})",
        "minimum": "minimum({0}, {1})",
        "indicator": "indicator({0}, {at_zero})",
        "xlogy": "torch.xlogy({0}, {1})",
        "sum": reduction("torch.sum", "dim", "keepdim"),
        "max": reduction("torch.amax", "dim", "keepdim"),
        "expand": repeated("torch.full", "torch.broadcast_to"),
        "embed": embedded,
        "stack": stacked("torch.tensor", "torch.tensor({0})", "torch.stack", "{0}.reshape({1})"),
        "choose": choice("torch.where"),
        "sigmoid_cross_entropy": 'F.binary_cross_entropy_with_logits({0}, {1}, reduction="none")',
        "softmax_cross_entropy": "softmax_cross_entropy({0}, {1}, dim={axis})",
        "huber_unit": "huber({0})",
    },
    helpers=_HELPERS,
    condition="torch.where({0}, 1.0, 0.0)",
    multiplies_conditions=False,
)
