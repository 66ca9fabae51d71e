"""PyTorch: the usual loop with each of its optimizers, with a DataLoader, with gradients by hand, and `vmap`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from engines import Prepared
from torch import nn
from workloads import Samples, Workload, order_of, samples_of, starts_of

__all__ = ["by_hand", "eager", "vmapped", "with_loader"]

# One by one a network takes as long as another, so a few of many are enough.
_MEASURED = 4
_MODULES: dict[str, Callable[[], nn.Module]] = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}

Batches = Callable[[], Iterator[tuple[Any, Any]]]


def eager(workload: Workload, **settings: Any) -> Prepared:
    """The loop of the tutorials; `settings` go to the optimizer (`foreach`, `fused`)."""
    samples = samples_of(workload)
    x, y = _tensors(workload, samples)
    order = torch.from_numpy(order_of(workload))

    def batches() -> Iterator[tuple[Any, Any]]:
        if workload.full_batch:
            yield x, y
            return
        for part in workload.batches:
            rows = order[part]
            yield x[rows], y[rows]

    measured = min(workload.networks, _MEASURED)
    note = f"{measured} networks one after another, times {workload.networks}/{measured}"
    starts = starts_of(workload, measured)

    def run() -> float:
        losses = [
            _trained(workload, [torch.tensor(start[i]) for start in starts], batches, settings) for i in range(measured)
        ]
        return losses[0]

    return Prepared(run, workload.networks / measured, note if workload.networks > 1 else "")


def with_loader(workload: Workload) -> Prepared:
    """The same loop over a DataLoader, as most people write it; a sampler gives the same order as everywhere."""
    x, y = _tensors(workload, samples_of(workload))
    pairs = torch.utils.data.TensorDataset(x, y)
    order = order_of(workload).tolist()
    loader = torch.utils.data.DataLoader(pairs, batch_size=workload.batch, sampler=order)
    starts = [torch.from_numpy(start) for start in starts_of(workload)]
    return Prepared(lambda: _trained(workload, starts, lambda: iter(loader), {}))


def _tensors(workload: Workload, samples: Samples) -> tuple[Any, Any]:
    return torch.from_numpy(samples.x), torch.from_numpy(samples.y)


def _network(workload: Workload, starts: list[Any]) -> nn.Sequential:
    """A network with given weights; a softmax is part of its loss."""
    modules: list[nn.Module] = []
    for layer, (rows, columns) in enumerate(workload.layers):
        linear = nn.Linear(rows, columns)
        with torch.no_grad():
            linear.weight.copy_(starts[2 * layer].T)
            linear.bias.copy_(starts[2 * layer + 1][0])
        modules.append(linear)
        if workload.activations[layer] != "softmax":
            modules.append(_MODULES[workload.activations[layer]]())
    return nn.Sequential(*modules)


def _loss(workload: Workload) -> Callable[[Any, Any], Any]:
    if workload.loss == "cross_entropy":
        return nn.CrossEntropyLoss()
    if workload.loss == "mse":
        return nn.MSELoss()
    return lambda a, y: 0.5 * ((a - y) ** 2).sum() / len(y)


def _trained(workload: Workload, starts: list[Any], batches: Batches, settings: dict[str, Any]) -> float:
    network, loss_of = _network(workload, starts), _loss(workload)
    kind = torch.optim.SGD if workload.optimizer == "sgd" else torch.optim.Adam
    optimizer = kind(network.parameters(), lr=workload.learning_rate, **settings)
    total = 0.0
    for _ in range(workload.epochs):
        total = 0.0
        for x, y in batches():
            optimizer.zero_grad()
            loss = loss_of(network(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
    return total / workload.samples


def by_hand(workload: Workload) -> Prepared:
    """Gradients written out on tensors, and the fused optimizer: PyTorch without its recording of operations."""
    samples = samples_of(workload)
    x, y = torch.from_numpy(samples.x), torch.from_numpy(samples.targets)
    order = torch.from_numpy(order_of(workload))
    starts = [torch.from_numpy(start) for start in starts_of(workload)]
    kind = torch.optim.SGD if workload.optimizer == "sgd" else torch.optim.Adam

    @torch.no_grad()
    def run() -> float:
        parameters = [start.clone().requires_grad_() for start in starts]
        for parameter in parameters:
            parameter.grad = torch.empty_like(parameter)
        optimizer = kind(parameters, lr=workload.learning_rate, fused=True)
        total = 0.0
        for _ in range(workload.epochs):
            total = 0.0
            for part in workload.batches:
                rows = order[part]
                xb, yb = (x, y) if workload.full_batch else (x[rows], y[rows])
                total += _step_by_hand(workload, parameters, xb, yb) * len(xb)
                optimizer.step()
        return total / workload.samples

    return Prepared(run)


def _step_by_hand(workload: Workload, parameters: list[Any], x: Any, y: Any) -> float:
    """The loss; the gradients are left in `grad`."""
    values = [x]
    for layer, activation in enumerate(workload.activations):
        z = torch.addmm(parameters[2 * layer + 1], values[-1], parameters[2 * layer])
        if activation == "softmax":
            logarithms = torch.log_softmax(z, 1)
            values.append(logarithms)
        else:
            values.append({"relu": torch.relu_, "tanh": torch.tanh_, "sigmoid": torch.sigmoid_}[activation](z))
    loss, d = _difference(workload, values[-1], y)
    for layer in reversed(range(len(workload.layers))):
        a, activation = values[layer + 1], workload.activations[layer]
        if activation == "relu":
            d.mul_(a > 0)
        elif activation != "softmax":
            d.mul_(1 - a * a if activation == "tanh" else a - a * a)
        torch.mm(values[layer].T, d, out=parameters[2 * layer].grad)
        torch.sum(d, 0, keepdim=True, out=parameters[2 * layer + 1].grad)
        if layer:
            d = d @ parameters[2 * layer].T
    return loss


def _difference(workload: Workload, a: Any, y: Any) -> tuple[float, Any]:
    rows, outputs = y.shape
    if workload.loss == "cross_entropy":
        return -(y * a).sum().item() / rows, (a.exp() - y).div_(rows)
    share = 1 / (rows * outputs) if workload.loss == "mse" else 1 / (2 * rows)
    d = a - y
    return (d * d).sum().item() * share, d.mul_(2 * share)


def vmapped(workload: Workload) -> Prepared:
    """All networks in one call of `torch.func.vmap`, and fused Adam over the stacked parameters."""
    x, y = _tensors(workload, samples_of(workload))
    template = _network(workload, [torch.from_numpy(start) for start in starts_of(workload)]).to("meta")
    names = [name for name, _ in template.named_parameters()]
    starts = [torch.from_numpy(start) for start in starts_of(workload, workload.networks)]
    # A linear module keeps its weights the other way round, and its bias without rows.
    stacked = [(start[:, 0] if i % 2 else start.transpose(1, 2)).contiguous() for i, start in enumerate(starts)]
    loss_of = _loss(workload)

    def one_loss(parameters: dict[str, Any]) -> Any:
        return loss_of(torch.func.functional_call(template, parameters, (x,)), y)

    step_of_all = torch.func.vmap(torch.func.grad_and_value(one_loss))

    def run() -> float:
        parameters = {name: start.clone().requires_grad_() for name, start in zip(names, stacked, strict=True)}
        plain = {name: parameter.detach() for name, parameter in parameters.items()}
        optimizer = torch.optim.Adam(parameters.values(), lr=workload.learning_rate, fused=True)
        losses = torch.zeros(1)
        for _ in range(workload.epochs):
            gradients, losses = step_of_all(plain)
            for name, parameter in parameters.items():
                parameter.grad = gradients[name]
            optimizer.step()
        return float(losses[0])

    return Prepared(run)
