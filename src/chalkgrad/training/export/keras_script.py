"""A Keras script: layers and losses of Keras where they are what the problem says, a model of its own elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chalkgrad.core.node import Node
from chalkgrad.training.export.keras_optimizers import constant_names, keras_optimizer, optimizer_class
from chalkgrad.training.export.keras_words import KERAS
from chalkgrad.training.export.layers import DenseLayer, dense_layers
from chalkgrad.training.export.layout import indented, laid_out, listed, without_gaps
from chalkgrad.training.export.recipe import Recipe
from chalkgrad.training.export.sections import Script, decimal

__all__ = ["keras_script"]

# Activations of Keras that are ours to the letter; the leaky ReLU of Keras has another slope if nothing is said.
ACTIVATIONS = {
    **{name: f'"{name}"' for name in ("sigmoid", "tanh", "relu", "elu", "selu", "gelu", "silu", "softplus")},
    **{name: f'"{name}"' for name in ("softmax", "log_softmax")},
    "linear": "",
    "leaky_relu": "layers.LeakyReLU(negative_slope={slope})",
}

# Losses of Keras that are ours to the letter: alone, and fused with the activation of the output. The others keep
# their probabilities away from 0, and so give other numbers.
LOSSES = {
    "mse": "MeanSquaredError()",
    "mae": "MeanAbsoluteError()",
    "huber": "Huber()",
    "binary_cross_entropy_from_logits": "BinaryCrossentropy(from_logits=True)",
    "cross_entropy_from_logits": "CategoricalCrossentropy(from_logits=True)",
}
FUSED = {
    "binary_cross_entropy": "BinaryCrossentropy(from_logits=True)",
    "cross_entropy": "CategoricalCrossentropy(from_logits=True)",
}


def keras_script(recipe: Recipe) -> dict[str, bytes]:
    """The script and its numbers, by file name.

    It works in float32, the usual choice of Keras and the only one that all its backends have without being told.

    Raises:
        UsageError: `nothing-to-train`, `no-samples`, `no-steps`, `cannot-export`, `unnamed-function`.
    """
    script = Script(recipe, KERAS)
    layers = dense_layers(recipe, ACTIVATIONS)
    if layers is not None and recipe.columns and _loss_call(recipe) is None:
        # The lines of such a loss are written for samples in columns, and Keras wants them in rows.
        layers = None
    model = _Quantities(script) if layers is None else _Layers(script, layers)
    return {f"{recipe.stem}_keras.py": _text(script, model).encode(), f"{recipe.stem}.npz": script.archive()}


def _loss_call(recipe: Recipe) -> str | None:
    """The loss of Keras that is the loss of the problem, or `None` if its own lines must be written."""
    named = recipe.problem.keys.named_loss
    return None if named is None else (FUSED if recipe.is_fused else LOSSES).get(named.name)


def _text(script: Script, model: _Layers | _Quantities) -> str:
    recipe, rate = script.recipe, script.rate_lines()
    step = _step(script, model)
    penalty = script.penalty() if recipe.penalized else []
    classes = [optimizer_class(script), model.definition()]
    first = ["learning_rate = learning_rate_at(1)"] if rate else []
    body = without_gaps(
        [
            *[*_loading(script), "", *first, *script.constants(*constant_names(script)), ""],
            *[*model.making(), f"optimizer = {keras_optimizer(script)}"],
            *[f"model.compile(optimizer, {model.loss})", "", *step],
        ]
    )
    inside = [*body, *rate, *(line for lines in classes for line in lines)]
    functions = script.helpers(inside) + [lines for lines in (rate, penalty, *classes) if lines]
    text = "\n".join([*body, *(line for lines in functions for line in lines)])
    imports = ["import math"] if "math." in text else []
    used = [name for name in ("layers", "ops") if f"{name}." in text]
    imports += ["from pathlib import Path", "", "import keras", "import numpy as np"]
    imports += [f"from keras import {', '.join(used)}"]
    notes = [*_BACKENDS, *(["", *model.dropout_note()] if recipe.rates else [])]
    return laid_out(script.head("in Keras", *notes), imports, functions, body)


_BACKENDS = ("KERAS_BACKEND=torch (or jax, or tensorflow) before the command says what computes.",)


def _loading(script: Script) -> list[str]:
    seed = [f"keras.utils.set_random_seed({script.recipe.problem.keys.seed})"] if script.recipe.rates else []
    return [*script.loading('{0}.astype("float32")'), *seed]


def _step(script: Script, model: _Layers | _Quantities) -> list[str]:
    batch = script.batch(turn=False)
    printed = f'print(f"step {{step}}: loss {{ops.convert_to_numpy({model.result}).item():.8g}}")'
    lines = [*batch, *([""] if batch else []), *model.forward(), printed]
    rate = ["model.optimizer.learning_rate = learning_rate_at(step)"] if script.rate_lines() else []
    return [f"for step in range(1, {script.recipe.steps + 1}):", *indented([*lines, *rate, model.training])]


@dataclass
class _Layers:
    """A row of layers of Keras."""

    script: Script
    layers: list[DenseLayer]
    loss = "loss=loss_function"
    training = "model.train_on_batch(x, y)"

    @property
    def result(self) -> str:
        """The name of the loss."""
        return self.script.name(self.script.recipe.loss)

    def dropout_note(self) -> tuple[str, ...]:
        """What a reader should know of printed losses."""
        return ("The printed losses are without dropout, which is drawn anew in every run.",)

    def definition(self) -> list[str]:
        """The loss as a function, where Keras has none."""
        recipe = self.script.recipe
        if _loss_call(recipe) is not None:
            return []
        lines = self.script.written(self.script.writer(), "loss")
        count = ["N = len(y)"] if self.script.count(lines) else []
        (handed,) = recipe.handed
        head = f"def loss_function(y, {self.script.name(handed)}):"
        return [head, *indented([*count, *lines, f"return {self.result}"])]

    def making(self) -> list[str]:
        recipe = self.script.recipe
        entries = [f"keras.Input(({self.layers[0].inputs},)),", *self._entries()]
        lines = ["model = keras.Sequential(", "    [", *indented(entries, 8), "    ]", ")"]
        lines += ["dense = [layer for layer in model.layers if isinstance(layer, layers.Dense)]"]
        for number, layer in enumerate(self.layers):
            lines.append(f"dense[{number}].set_weights([{', '.join(self._start(layer))}])")
        lines += self._frozen()
        known = _loss_call(recipe)
        return [*lines, "", *([f"loss_function = keras.losses.{known}"] if known is not None else [])]

    def _entries(self) -> Iterator[str]:
        """What stands in the row."""
        for layer in self.layers:
            fused = layer is self.layers[-1] and self.script.recipe.is_fused
            name = layer.activation.op.name
            activation = "" if fused else ACTIVATIONS[name]
            yield f"layers.Dense({', '.join(self._arguments(layer, activation))}),{self._note(name) if fused else ''}"
            if activation.startswith("layers."):
                yield f"{activation.format(slope=decimal(layer.activation.attributes['slope']))},"
            if layer.dropout and not fused:
                yield f"layers.Dropout({layer.dropout}),"

    def _note(self, activation: str) -> str:
        return f"  # its {activation} is a part of the loss"

    def _arguments(self, layer: DenseLayer, activation: str) -> Iterator[str]:
        yield str(layer.units)
        if activation and not activation.startswith("layers."):
            yield f"activation={activation}"
        if layer.bias is None:
            yield "use_bias=False"
        if layer.weights in self.script.recipe.penalized:
            yield "kernel_regularizer=penalty"
        if layer.bias in self.script.recipe.penalized:
            yield "bias_regularizer=penalty"

    def _start(self, layer: DenseLayer) -> Iterator[str]:
        columns = self.script.recipe.columns
        yield f'data["{self.script.name(layer.weights)}"]{".T" if columns else ""}'
        if layer.bias is not None:
            yield f'data["{self.script.name(layer.bias)}"][{":, 0" if columns else "0"}]'

    def _frozen(self) -> list[str]:
        parts = [
            f"dense[{number}].{part}.trainable = False"
            for number, layer in enumerate(self.layers)
            for part, node in (("kernel", layer.weights), ("bias", layer.bias))
            if node is not None and node not in self.script.recipe.learned
        ]
        return ["# These stay as they are.", *parts] if parts else []

    def forward(self) -> list[str]:
        # A function of our own takes tensors, and not the arrays that those of Keras take as well.
        target = "ops.convert_to_tensor(y)" if self.definition() else "y"
        return [f"{self.result} = loss_function({target}, model(x))"]


@dataclass
class _Quantities:
    """A model of the script's own, whose call works the loss out line by line."""

    script: Script
    loss = "loss=lambda target, loss: loss"
    result = "loss"

    @property
    def training(self) -> str:
        """The line that takes one step; the model gives its loss itself, so the target is not looked at."""
        names = self.script.recipe.inputs
        if not names:
            return "model.train_on_batch(nothing, nothing)"
        return f"model.train_on_batch({self._fed}, {names[-1]})"

    @property
    def _fed(self) -> str:
        names = self.script.recipe.inputs
        return names[0] if len(names) == 1 else f"({', '.join(names)})"

    def dropout_note(self) -> tuple[str, ...]:
        """What a reader should know of printed losses."""
        return self.script.dropout_note()

    def definition(self) -> list[str]:
        """The model as a class."""
        recipe, script = self.script.recipe, self.script
        mask = "keras.random.dropout(ops.ones_like({units}), {rate}, seed=self.seeds)"
        writer = script.writer()
        lines = [*script.written(writer, "forward", mask, 8), *script.written(writer, "loss", indent=8)]
        seeds = [f"self.seeds = keras.random.SeedGenerator({recipe.problem.keys.seed})"] if recipe.rates else []
        return [
            "class Network(keras.Model):",
            '    """The lines of the problem; what it gives for a batch is its loss."""',
            "",
            "    def __init__(self):",
            *indented(["super().__init__()", *seeds, *self._weights()], 8),
            "",
            "    def call(self, inputs):",
            *indented([*self._unpacked(lines), *lines, f"return {script.name(recipe.loss)}"], 8),
        ]

    def _weights(self) -> list[str]:
        """The lines that make the parameters."""
        recipe = self.script.recipe
        settings = ["shape=data[name].shape", "name=name"]
        if len(recipe.learned) < len(recipe.graph.parameters):
            settings.append("trainable=name in learned")
        if recipe.penalized:
            everything = len(recipe.penalized) == len(recipe.graph.parameters)
            settings.append("regularizer=penalty" + ("" if everything else " if name in weights else None"))
        return [
            "self.quantities = {",
            "    name: self.add_weight(",
            *(f"        {setting}," for setting in settings),
            "    )",
            "    for name in parameters",
            "}",
        ]

    def _unpacked(self, lines: list[str]) -> Iterator[str]:
        script, names = self.script, self.script.recipe.inputs
        if names:
            yield f"{', '.join(names)} = inputs"
        if names and script.recipe.columns:
            turned = ", ".join(f"ops.transpose({name})" for name in names)
            yield f"{', '.join(names)} = {turned}  # one column for each sample"
        if script.count(lines):
            yield f"N = {names[0]}.shape[{1 if script.recipe.columns else 0}]"
        for node in script.recipe.graph.parameters:
            yield f'{script.name(node)} = ops.convert_to_tensor(self.quantities["{script.name(node)}"])'

    def _quoted(self, nodes: tuple[Node, ...]) -> list[str]:
        return [f'"{self.script.name(node)}"' for node in nodes]

    def making(self) -> list[str]:
        recipe = self.script.recipe
        lines = listed("parameters", self._quoted(recipe.graph.parameters))
        if len(recipe.learned) < len(recipe.graph.parameters):
            lines += listed("learned", self._quoted(recipe.learned), "# The others stay as they are.")
        if 0 < len(recipe.penalized) < len(recipe.graph.parameters):
            lines += listed("weights", self._quoted(recipe.penalized), "# What the regularizer acts on.")
        nothing = [] if recipe.inputs else ["nothing = np.zeros((1, 1))  # Keras wants data, and there are none"]
        start = ["for name in parameters:", "    model.quantities[name].assign(data[name])"]
        return [
            *lines,
            *nothing,
            "",
            "model = Network()",
            *start,
            "",
            "# The model gives its loss itself, so there is nothing left to compare.",
        ]

    def forward(self) -> list[str]:
        return [f"loss = model({self._fed if self.script.recipe.inputs else 'nothing'})"]
