"""A PyTorch script: `torch.nn` and `torch.optim` where they are what the problem says, tensors by name elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Protocol

from chalkgrad.core.node import Node
from chalkgrad.training.export import code
from chalkgrad.training.export.layers import DenseLayer, dense_layers
from chalkgrad.training.export.layout import indented, laid_out, listed, without_gaps
from chalkgrad.training.export.recipe import Recipe
from chalkgrad.training.export.sections import Script, decimal
from chalkgrad.training.export.torch_words import TORCH

__all__ = ["torch_script"]

# The layers of torch.nn that are our activations to the letter, with the exact form of GELU.
ACTIVATIONS = {
    "linear": "",
    "sigmoid": "nn.Sigmoid()",
    "tanh": "nn.Tanh()",
    "relu": "nn.ReLU()",
    "leaky_relu": "nn.LeakyReLU({slope})",
    "elu": "nn.ELU()",
    "selu": "nn.SELU()",
    "gelu": "nn.GELU()",
    "silu": "nn.SiLU()",
    "softplus": "nn.Softplus()",
    "softmax": "nn.Softmax(dim=1)",
    "log_softmax": "nn.LogSoftmax(dim=1)",
}

# Losses of torch that are ours to the letter, with {0} for the prediction: alone, and fused with the output.
LOSSES = {
    "half_sse": '0.5 * F.mse_loss({0}, y, reduction="sum")',
    "sse": 'F.mse_loss({0}, y, reduction="sum")',
    "mse": "F.mse_loss({0}, y)",
    "rmse": "torch.sqrt(F.mse_loss({0}, y))",
    "mae": "F.l1_loss({0}, y)",
    "huber": "F.huber_loss({0}, y)",
    "binary_cross_entropy": "F.binary_cross_entropy({0}, y)",
    "binary_cross_entropy_from_logits": "F.binary_cross_entropy_with_logits({0}, y)",
    "cross_entropy_from_logits": "F.cross_entropy({0}, y)",
}
FUSED = {
    "binary_cross_entropy": "F.binary_cross_entropy_with_logits({0}, y)",
    "cross_entropy": "F.cross_entropy({0}, y)",
}

Settings = Mapping[str, Fraction]


def _momentum(settings: Settings, nesterov: str) -> str:
    momentum = f", momentum={decimal(settings['momentum'])}{nesterov}" if settings["momentum"] else ""
    return f"SGD({{0}}, lr=learning_rate{momentum})"


def _moments(name: str, settings: Settings, more: str = "") -> str:
    betas = f"betas=({decimal(settings['beta1'])}, {decimal(settings['beta2'])})"
    return f"{name}({{0}}, lr=learning_rate, {betas}, eps={decimal(settings['epsilon'])}{more})"


OPTIMIZERS: dict[str, Callable[[Settings], str]] = {
    "sgd": lambda s: "SGD({0}, lr=learning_rate)",
    "momentum": lambda s: _momentum(s, ""),
    "nesterov": lambda s: _momentum(s, ", nesterov=True"),
    "adagrad": lambda s: f"Adagrad({{0}}, lr=learning_rate, eps={decimal(s['epsilon'])})",
    "rmsprop": lambda s: f"RMSprop({{0}}, lr=learning_rate, alpha={decimal(s['decay'])}, eps={decimal(s['epsilon'])})",
    "adam": lambda s: _moments("Adam", s),
    "adamw": lambda s: _moments("AdamW", s, f", weight_decay={decimal(s['weight_decay'])}"),
    "nadam": lambda s: _moments("NAdam", s, f", momentum_decay={decimal(s['momentum_decay'])}"),
}


def torch_script(recipe: Recipe) -> dict[str, bytes]:
    """The script and its numbers, by file name.

    It works in float64, as the solution does; how a student gets the usual float32 stands in it.

    Raises:
        UsageError: `nothing-to-train`, `no-samples`, `no-steps`, `cannot-export`, `unnamed-function`.
    """
    script = Script(recipe, TORCH)
    layers = dense_layers(recipe, ACTIVATIONS)
    if layers is not None and recipe.columns and _loss_call(recipe) is None:
        # The lines of such a loss are written for samples in columns, and torch.nn wants them in rows.
        layers = None
    model = _Tensors(script) if layers is None else _Layers(script, layers)
    text = _Writer(script, model).text()
    return {f"{recipe.stem}_torch.py": text.encode(), f"{recipe.stem}.npz": script.archive()}


def _loss_call(recipe: Recipe) -> str | None:
    """The loss of torch that is the loss of the problem, or `None` if its own lines must be written."""
    named = recipe.problem.keys.named_loss
    return None if named is None else (FUSED if recipe.is_fused else LOSSES).get(named.name)


class _Model(Protocol):
    """How a script keeps its parameters, and what it does with a batch."""

    def making(self) -> list[str]:
        """The lines that make the parameters with the values they start from."""

    def tensor(self, node: Node) -> str:
        """What a parameter is called."""

    def forward(self) -> list[str]:
        """The lines from the batch to the loss."""


@dataclass
class _Layers:
    """A row of layers of torch.nn."""

    script: Script
    layers: list[DenseLayer]

    def making(self) -> list[str]:
        lines = ["model = nn.Sequential(", *(f"    {entry}" for entry in self._entries()), ")"]
        lines += ["linear = [layer for layer in model if isinstance(layer, nn.Linear)]", ""]
        if not self.script.recipe.columns:
            lines.append("# nn.Linear keeps one row of weights for each unit, so W stands on its side in it.")
        lines.append("with torch.no_grad():")
        for number, layer in enumerate(self.layers):
            lines += [f"    {line}" for line in self._start(number, layer)]
        frozen = [node for layer in self.layers for node in _parameters(layer) if self._is_frozen(node)]
        if frozen:
            lines += [
                "",
                "# These stay as they are.",
                *(f"{self.tensor(node)}.requires_grad_(False)" for node in frozen),
            ]
        return lines

    def _entries(self) -> Iterator[str]:
        """What stands in the row."""
        last = self.layers[-1]
        for layer in self.layers:
            bias = "" if layer.bias is not None else ", bias=False"
            is_output = layer is last
            note = f"  # its {layer.activation.op.name} is a part of the loss"
            fused = is_output and self.script.recipe.is_fused
            yield f"nn.Linear({layer.inputs}, {layer.units}{bias}),{note if fused else ''}"
            activation = ACTIVATIONS[layer.activation.op.name]
            if activation and not fused:
                settings = {key: decimal(value) for key, value in layer.activation.attributes.items() if key == "slope"}
                yield f"{activation.format(**settings)},"
            if layer.dropout and not fused:
                yield f"nn.Dropout({layer.dropout}),"

    def _start(self, number: int, layer: DenseLayer) -> Iterator[str]:
        names, columns = self.script.names, self.script.recipe.columns
        weights = f'data["{names[layer.weights].text}"]{"" if columns else ".T"}'
        yield f"linear[{number}].weight.copy_(torch.from_numpy({weights}))"
        if layer.bias is not None:
            bias = f'data["{names[layer.bias].text}"][{":, 0" if columns else "0"}]'
            yield f"linear[{number}].bias.copy_(torch.from_numpy({bias}))"

    def _is_frozen(self, node: Node) -> bool:
        return node not in self.script.recipe.learned

    def tensor(self, node: Node) -> str:
        for number, layer in enumerate(self.layers):
            if node in _parameters(layer):
                return f"linear[{number}].{'weight' if node is layer.weights else 'bias'}"
        raise AssertionError(f"{node.name} is in no layer")

    def forward(self) -> list[str]:
        recipe = self.script.recipe
        (handed,) = recipe.handed
        output = "logits" if recipe.is_fused else self.script.name(handed)
        known = _loss_call(recipe)
        lines = [f"{output} = model(x)"]
        if known is not None:
            return [*lines, f"{self.script.name(recipe.loss)} = {known.format(output)}"]
        writer = self.script.writer({**self.script.names, handed: code.name(output)})
        return [*lines, *self.script.written(writer, "loss")]


@dataclass
class _Tensors:
    """Tensors by name, and the lines of the problem as they are."""

    script: Script

    def making(self) -> list[str]:
        lines = ["# The parameters, at the values they start from."]
        for node in self.script.recipe.graph.parameters:
            name = self.script.name(node)
            learned = ", requires_grad=True" if node in self.script.recipe.learned else ""
            note = self.script.shape_note(node)
            lines.append(f'{name} = torch.tensor(data["{name}"], dtype=DTYPE{learned}){note}')
        return lines

    def tensor(self, node: Node) -> str:
        return self.script.name(node)

    def forward(self) -> list[str]:
        mask = "(torch.rand_like({units}) >= {rate}) / (1 - {rate})"
        writer = self.script.writer()
        return [*self.script.written(writer, "forward", mask), *self.script.written(writer, "loss")]


def _parameters(layer: DenseLayer) -> list[Node]:
    return [layer.weights] if layer.bias is None else [layer.weights, layer.bias]


@dataclass
class _Writer:
    """The whole script around a model."""

    script: Script
    model: _Model

    @cached_property
    def own_update(self) -> bool:
        """Whether torch.optim has the optimizer in no form that is ours to the letter."""
        keys = self.script.recipe.problem.keys.optimizer
        return keys.name not in OPTIMIZERS or keys.bias_correction == "off"

    def text(self) -> str:
        script, rate = self.script, self.script.rate_lines()
        step = self._step()
        body = without_gaps([*self._top(), "", *self.model.making(), "", *self._training(), "", *step])
        functions = script.helpers([*step, *rate])
        functions += [lines for lines in (rate, self._penalty(), self._update()) if lines]
        text = "\n".join([*body, *(line for lines in functions for line in lines)])
        imports = ["import math"] if "math." in text else []
        imports += ["from pathlib import Path", "", "import numpy as np", "import torch"]
        imports += ["import torch.nn.functional as F"] if "F." in text else []
        imports += ["from torch import nn"] if "nn." in text else []
        return laid_out(script.head("in PyTorch", *script.dropout_note()), imports, functions, body)

    def _top(self) -> list[str]:
        return [
            "# float64, so that the losses are those of the solution to the last digits; the usual",
            "# choice is torch.float32.",
            "DTYPE = torch.float64",
            "torch.set_default_dtype(DTYPE)",
            *([f"torch.manual_seed({self.script.recipe.problem.keys.seed})"] if self.script.recipe.rates else []),
            "",
            *self.script.loading("torch.tensor({0}, dtype=DTYPE)"),
        ]

    # --- the optimizer ---

    def _training(self) -> list[str]:
        script, recipe = self.script, self.script.recipe
        rate = ["learning_rate = learning_rate_at(1)"] if script.rate_lines() else []
        numbers = ["learning_rate", *recipe.problem.strengths] if not self.own_update else []
        lines = [*rate, *script.constants(*numbers)]
        if recipe.penalized:
            tensors = [self.model.tensor(node) for node in recipe.penalized]
            lines += ["", *listed("weights", tensors, "# What the regularizer acts on.")]
        return [*lines, "", *(self._own_optimizer() if self.own_update else self._optimizer())]

    def _optimizer(self) -> list[str]:
        problem = self.script.recipe.problem
        made = OPTIMIZERS[problem.optimizer.name](problem.settings)
        if isinstance(self.model, _Layers):
            everything = "model.parameters()" if not self._has_frozen else "learned"
            some = ["learned = [tensor for tensor in model.parameters() if tensor.requires_grad]"]
            return [*(some if self._has_frozen else []), f"optimizer = torch.optim.{made.format(everything)}"]
        names = [self.model.tensor(node) for node in self.script.recipe.learned]
        return [*listed("parameters", names), f"optimizer = torch.optim.{made.format('parameters')}"]

    @property
    def _has_frozen(self) -> bool:
        return len(self.script.recipe.learned) < len(self.script.recipe.graph.parameters)

    def _own_optimizer(self) -> list[str]:
        names = {self.script.name(node): self.model.tensor(node) for node in self.script.recipe.learned}
        rows = [f'    "{name}": {tensor},' for name, tensor in names.items()]
        lines = ["parameters = {", *rows, "}"]
        state = self.script.memory(list(names))
        return [*lines, *state]

    def _update(self) -> list[str]:
        return self.script.update() if self.own_update else []

    def _penalty(self) -> list[str]:
        return self.script.penalty() if self.script.recipe.penalized else []

    # --- a step ---

    def _step(self) -> list[str]:
        script, recipe = self.script, self.script.recipe
        forward = self.model.forward()
        batch = script.batch(turn=isinstance(self.model, _Tensors))
        loss = script.name(recipe.loss)
        lines = [*batch, *script.count(forward), *([""] if batch else []), *forward]
        lines += [f'print(f"step {{step}}: loss {{{loss}.item():.12g}}")', ""]
        lines += self._backward(loss)
        return [f"for step in range(1, {recipe.steps + 1}):", *indented(lines)]

    def _backward(self, loss: str) -> list[str]:
        lines = []
        if self.script.recipe.penalized:
            lines += ["# The gradients are those of the loss and the penalty together."]
            loss, whole = "objective", f"objective = {loss} + sum(penalty(weight) for weight in weights)"
            lines += [whole]
        if self.own_update:
            return [*lines, f"{loss}.backward()", *self._own_step()]
        rate = ["for group in optimizer.param_groups:", '    group["lr"] = learning_rate_at(step)']
        rate = rate if self.script.rate_lines() else []
        return [*lines, "optimizer.zero_grad()", f"{loss}.backward()", *rate, "optimizer.step()"]

    def _own_step(self) -> list[str]:
        script = self.script
        number = ", step" if script.needs_step_number else ""
        call = f"{script.update_name()}(parameter, parameter.grad, memory[name]{number})"
        return [
            *(["learning_rate = learning_rate_at(step)"] if script.rate_lines() else []),
            "with torch.no_grad():",
            "    for name, parameter in parameters.items():",
            f"        parameter.copy_({call})",
            "        parameter.grad = None",
        ]
