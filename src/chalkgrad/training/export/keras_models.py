"""How a Keras script keeps its parameters: in a row of layers, or in a model of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chalkgrad.core.node import Node
from chalkgrad.training.export.layers import DenseLayer, dense_layers
from chalkgrad.training.export.layout import indented, listed
from chalkgrad.training.export.recipe import Recipe
from chalkgrad.training.export.sections import Script, decimal

__all__ = ["Layers", "Quantities", "model_of"]

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


def model_of(script: Script) -> Layers | Quantities:
    """A row of layers where the problem is one, a model of the script's own elsewhere."""
    layers = dense_layers(script.recipe, ACTIVATIONS)
    # The lines of a loss that Keras does not have are written for samples as they stand; Keras wants them in rows.
    if layers is None or (script.recipe.columns and loss_call(script.recipe) is None):
        return Quantities(script)
    return Layers(script, layers)


def loss_call(recipe: Recipe) -> str | None:
    """The loss of Keras that is the loss of the problem, or `None` if its own lines must be written."""
    named = recipe.problem.keys.named_loss
    return None if named is None else (FUSED if recipe.is_fused else LOSSES).get(named.name)


@dataclass
class Layers:
    """A row of layers of Keras."""

    script: Script
    layers: list[DenseLayer]
    compiling = ("model.compile(optimizer, loss=loss_function)",)
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
        if loss_call(recipe) is not None:
            return []
        lines = self.script.written(self.script.writer(), "loss")
        count = ["N = len(y)"] if self.script.count(lines) else []
        (handed,) = recipe.handed
        head = f"def loss_function(y, {self.script.name(handed)}):"
        return [head, *indented([*count, *lines, f"return {self.result}"])]

    def making(self) -> list[str]:
        """The lines that make the parameters with the values they start from."""
        recipe = self.script.recipe
        entries = [f"keras.Input(({self.layers[0].inputs},)),", *self._entries()]
        lines = ["model = keras.Sequential(", "    [", *indented(entries, 8), "    ]", ")"]
        lines += ["dense = [layer for layer in model.layers if isinstance(layer, layers.Dense)]"]
        for number, layer in enumerate(self.layers):
            lines.append(f"dense[{number}].set_weights([{', '.join(self._start(layer))}])")
        lines += self._frozen()
        known = loss_call(recipe)
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
        """The lines from the batch to the loss."""
        # A function of our own takes tensors, and not the arrays that those of Keras take as well.
        target = "ops.convert_to_tensor(y)" if self.definition() else "y"
        return [f"{self.result} = loss_function({target}, model(x))"]


@dataclass
class Quantities:
    """A model of the script's own, whose call works the loss out line by line."""

    script: Script
    compiling = (
        "# The model gives its loss itself, so there is nothing left to compare.",
        "model.compile(optimizer, loss=lambda target, loss: loss)",
    )
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
        """The lines that make the parameters with the values they start from."""
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
        """The lines from the batch to the loss."""
        return [f"loss = model({self._fed if self.script.recipe.inputs else 'nothing'})"]
