"""How a PyTorch script keeps its parameters: in a row of layers, or each as a tensor by its name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from chalkgrad.core.node import Node
from chalkgrad.training.export import code
from chalkgrad.training.export.layers import DenseLayer, dense_layers
from chalkgrad.training.export.recipe import Recipe
from chalkgrad.training.export.sections import Script, decimal

__all__ = ["Layers", "Model", "Tensors", "model_of"]

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


def model_of(script: Script) -> Layers | Tensors:
    """A row of layers where the problem is one, tensors by name elsewhere."""
    layers = dense_layers(script.recipe, ACTIVATIONS)
    # The lines of a loss that torch does not have are written for samples as they stand; torch.nn wants them in rows.
    if layers is None or (script.recipe.columns and loss_call(script.recipe) is None):
        return Tensors(script)
    return Layers(script, layers)


def loss_call(recipe: Recipe) -> str | None:
    """The loss of torch that is the loss of the problem, or `None` if its own lines must be written."""
    named = recipe.problem.keys.named_loss
    return None if named is None else (FUSED if recipe.is_fused else LOSSES).get(named.name)


class Model(Protocol):
    """How a script keeps its parameters, and what it does with a batch."""

    def making(self) -> list[str]:
        """The lines that make the parameters with the values they start from."""

    def tensor(self, node: Node) -> str:
        """What a parameter is called."""

    def forward(self) -> list[str]:
        """The lines from the batch to the loss."""


@dataclass
class Layers:
    """A row of layers of torch.nn."""

    script: Script
    layers: list[DenseLayer]

    def making(self) -> list[str]:
        """The lines that make the parameters with the values they start from."""
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
        """What a parameter is called."""
        for number, layer in enumerate(self.layers):
            if node in _parameters(layer):
                return f"linear[{number}].{'weight' if node is layer.weights else 'bias'}"
        raise AssertionError(f"{node.name} is in no layer")

    def forward(self) -> list[str]:
        """The lines from the batch to the loss."""
        recipe = self.script.recipe
        (handed,) = recipe.handed
        output = "logits" if recipe.is_fused else self.script.name(handed)
        known = loss_call(recipe)
        lines = [f"{output} = model(x)"]
        if known is not None:
            return [*lines, f"{self.script.name(recipe.loss)} = {known.format(output)}"]
        writer = self.script.writer({**self.script.names, handed: code.name(output)})
        return [*lines, *self.script.written(writer, "loss")]


@dataclass
class Tensors:
    """Tensors by name, and the lines of the problem as they are."""

    script: Script

    def making(self) -> list[str]:
        """The lines that make the parameters with the values they start from."""
        lines = ["# The parameters, at the values they start from."]
        for node in self.script.recipe.graph.parameters:
            name = self.script.name(node)
            learned = ", requires_grad=True" if node in self.script.recipe.learned else ""
            note = self.script.shape_note(node)
            lines.append(f'{name} = torch.tensor(data["{name}"], dtype=DTYPE{learned}){note}')
        return lines

    def tensor(self, node: Node) -> str:
        """What a parameter is called."""
        return self.script.name(node)

    def forward(self) -> list[str]:
        """The lines from the batch to the loss."""
        mask = 'torch.from_numpy(data[f"{mask}_{{step}}"])'
        writer = self.script.writer()
        return [*self.script.written(writer, "forward", mask), *self.script.written(writer, "loss")]


def _parameters(layer: DenseLayer) -> list[Node]:
    return [layer.weights] if layer.bias is None else [layer.weights, layer.bias]
