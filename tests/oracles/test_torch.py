"""Our gradients and optimizers against PyTorch, in float64."""

from __future__ import annotations

import numpy
import pytest

from chalkgrad.core.evaluate import evaluate
from chalkgrad.core.gradient import compose
from chalkgrad.core.node import variable
from chalkgrad.core.shape import shape_of
from chalkgrad.ops import OPS
from chalkgrad.ops.optimizers import OPTIMIZERS, Update

torch = pytest.importorskip("torch", reason="torch, an oracle, is not installed: pip install chalkgrad[oracles]")
F = torch.nn.functional

ACTIVATIONS = {
    "linear": lambda z: z,
    "step": lambda z: torch.heaviside(z, torch.ones_like(z)).detach(),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "selu": F.selu,
    "gelu": F.gelu,
    "silu": F.silu,
    "softplus": F.softplus,
    "softmax": lambda z: torch.softmax(z, 1),
    "log_softmax": lambda z: torch.log_softmax(z, 1),
}
LOSSES = {
    "half_sse": lambda p, y: F.mse_loss(p, y, reduction="sum") / 2,
    "sse": lambda p, y: F.mse_loss(p, y, reduction="sum"),
    "mse": F.mse_loss,
    "rmse": lambda p, y: torch.sqrt(F.mse_loss(p, y)),
    "mae": F.l1_loss,
    "huber": F.huber_loss,
    "binary_cross_entropy": F.binary_cross_entropy,
    "binary_cross_entropy_from_logits": F.binary_cross_entropy_with_logits,
    "cross_entropy": lambda p, y: F.nll_loss(torch.log(p), y.argmax(1)),
    "cross_entropy_from_logits": lambda z, y: F.cross_entropy(z, y.argmax(1)),
    "hinge": lambda p, y: torch.clamp(1 - y * p, min=0).mean(),
    "kl": lambda p, y: F.kl_div(torch.log(p), y, reduction="batchmean"),
}


def differentiated(network):
    parameters = [torch.tensor(value, requires_grad=True) for value in network.parameters]
    below = torch.tensor(network.x)
    for k, name in enumerate(network.activations):
        below = ACTIVATIONS[name](below @ parameters[2 * k] + parameters[2 * k + 1])
    loss = LOSSES[network.loss](below, torch.tensor(network.y))
    found = torch.autograd.grad(loss, parameters, allow_unused=True)
    return loss.item(), [0 * p.detach() if g is None else g for p, g in zip(parameters, found, strict=True)]


def check(network):
    """The same operations in another order: a hundred roundings of 1e-16 are far below 1e-10."""
    value, slopes = differentiated(network)
    numpy.testing.assert_allclose(network.value, value, rtol=1e-10)
    for ours, theirs in zip(network.gradients, slopes, strict=True):
        numpy.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-10, atol=1e-12)


def test_gradients_of_random_networks(network):
    check(network)


@pytest.mark.parametrize("network", [(OPS.loss("mse"), 0)], indirect=True, ids=["mse"])
def test_the_comparison_can_fail(network):
    with pytest.raises(AssertionError):
        check(network._replace(gradients=[slope + 1e-9 for slope in network.gradients]))


OPTIMIZER = {
    "sgd": lambda w: torch.optim.SGD(w, lr=0.01),
    "momentum": lambda w: torch.optim.SGD(w, lr=0.01, momentum=0.9),
    "nesterov": lambda w: torch.optim.SGD(w, lr=0.01, momentum=0.9, nesterov=True),
    "adagrad": torch.optim.Adagrad,
    "rmsprop": torch.optim.RMSprop,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "nadam": torch.optim.NAdam,
}
START = numpy.array([[1.5, -0.7, 0.0], [2.0, 1e-3, -3.0]])
STEPS = 100


def slope_at(w, step):
    return 2 * w * numpy.array([1.0, 10.0, 0.1]) + numpy.sin(0.3 * step)


def run_ours(optimizer):
    w, g = variable("w", shape_of(2, 3)), variable("g", shape_of(2, 3))
    state = {name: variable(f"{name} before", w.shape) for name in optimizer.state}
    settings = {name: variable(name) for name in [*optimizer.settings, "t"]}
    update = Update(w, g, state, settings)
    optimizer.write(update)
    wanted = [update.lines[name].symbol for name in ["parameter", *optimizer.state]]
    outputs = compose(list(update.lines.values()), wanted)
    now, remembered = START, [numpy.full_like(START, value) for value in optimizer.state.values()]
    for step in range(1, STEPS + 1):
        given = {w: now, g: slope_at(now, step), **dict(zip(state.values(), remembered, strict=True))}
        given |= {symbol: float(optimizer.settings.get(name, step)) for name, symbol in settings.items()}
        now, *remembered = evaluate(outputs, given)
    return now


@pytest.fixture
def _double():
    # NAdam keeps the product of its momenta in the default dtype, not in that of the parameter.
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def run_theirs(make):
    w = torch.tensor(START, requires_grad=True)
    optimizer = make([w])
    for step in range(1, STEPS + 1):
        w.grad = torch.tensor(slope_at(w.detach().numpy(), step))
        optimizer.step()
    return w.detach().numpy()


@pytest.mark.usefixtures("_double")
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda entry: entry.name)
def test_a_hundred_steps_are_those_of_torch(optimizer):
    # The bowls draw together what roundings set apart, so that 100 steps err by little more than one.
    numpy.testing.assert_allclose(run_ours(optimizer), run_theirs(OPTIMIZER[optimizer.name]), rtol=1e-12, atol=1e-12)


def test_the_comparison_of_optimizers_can_fail():
    with pytest.raises(AssertionError):
        numpy.testing.assert_allclose(
            run_ours(OPS.optimizer("adam")), run_theirs(OPTIMIZER["nadam"]), rtol=1e-12, atol=1e-12
        )
