"""Optimizers for a Keras script: those of Keras where they are ours to the letter, else a class of the script's own."""

from __future__ import annotations

from chalkgrad.core.node import variable
from chalkgrad.training.export.layout import indented
from chalkgrad.training.export.sections import Script, decimal
from chalkgrad.training.export.source_text import inside_quotes

__all__ = ["keras_optimizer", "optimizer_class"]

# Adagrad and RMSprop of Keras add epsilon inside the root, and Adam, AdamW and Nadam to the root of the moment that is
# not corrected; ours and PyTorch's add it to the root of the corrected one. No setting turns one into the other.
# Source: keras/src/optimizers of Keras 3.
_BUILT_IN = {
    "sgd": "",
    "momentum": ", momentum={momentum}",
    "nesterov": ", momentum={momentum}, nesterov=True",
}
_WHY = {
    "momentum": "Keras has the learning rate within the velocity, where a changing one is another rule.",
    "nesterov": "Keras has the learning rate within the velocity, where a changing one is another rule.",
    "adagrad": "Keras adds epsilon inside the root.",
    "rmsprop": "Keras adds epsilon inside the root.",
    "adam": "Keras adds epsilon before v is corrected.",
    "adamw": "Keras adds epsilon before v is corrected.",
    "nadam": "Keras adds epsilon inside the root, and its momentum has no decay of its own.",
}


def _is_built_in(script: Script) -> bool:
    name = script.recipe.problem.optimizer.name
    return name == "sgd" or (name in _BUILT_IN and not script.rate_lines())


def keras_optimizer(script: Script) -> str:
    """What makes the optimizer."""
    problem = script.recipe.problem
    if _is_built_in(script):
        settings = {name: decimal(value) for name, value in problem.settings.items()}
        more = _BUILT_IN[problem.optimizer.name].format(**settings) + _clipping(script)
        return f"keras.optimizers.SGD(learning_rate=learning_rate{more})"
    return f"{_class_name(script)}(learning_rate=learning_rate{_clipping(script)})"


def _clipping(script: Script) -> str:
    """What clips the gradients before the optimizer gets them; Keras has both kinds as we do."""
    clip = script.recipe.problem.keys.clip
    if clip is None:
        return ""
    if clip.value is not None:
        return f", clipvalue={float(clip.value)!r}"
    return f", global_clipnorm={float(clip.norm or 0)!r}"


def constant_names(script: Script) -> list[str]:
    """The settings that the script keeps as constants: all, where the optimizer is its own."""
    strengths = list(script.recipe.problem.strengths)
    return ["learning_rate", *strengths] if _is_built_in(script) else [*script.recipe.problem.settings, *strengths]


def _class_name(script: Script) -> str:
    name = script.recipe.problem.optimizer.name
    words = "".join(word.capitalize() for word in name.split("_"))
    return script.identifiers.of(variable(f"{name}:class"), words)


def optimizer_class(script: Script) -> list[str]:
    """The optimizer from its own lines, as a class; none where Keras has it."""
    if _is_built_in(script):
        return []
    optimizer = script.recipe.problem.optimizer
    names, memory = script.update_names()
    learning_rate = script.recipe.view.settings.get("learning_rate")
    statements, writer = script.update_statements(), script.writer(names)
    body: list[str] = []
    for statement in statements:
        body += [line[8:] for line in writer.assignment(names[statement.symbol].text, statement.formula, 8)]
    body += [f'self.assign(memory["{name}"], {names[new].text})' for name, new in memory.items()]
    body += [f"self.assign(parameter, {names[statements[-1].symbol].text})"]
    assert learning_rate is None or names[learning_rate].text == "learning_rate"
    title = inside_quotes(optimizer.facts.title or optimizer.name)
    why = _WHY.get(optimizer.name, "Keras has none of this form.")
    taken = ["memory = self.memory[self._get_variable_index(parameter)]"] if memory else []
    if any("t" in line.replace("(", " ").replace(")", " ").replace("*", " ").split() for line in body):
        taken.append("t = ops.cast(self.iterations + 1, parameter.dtype)")
    return [
        f"class {_class_name(script)}(keras.optimizers.Optimizer):",
        f'    """{title[:1].upper()}{title[1:]} as in the solution.',
        "",
        f"    {why}",
        '    """',
        *(["", *indented(_build(script))] if memory else []),
        "",
        "    def update_step(self, gradient, parameter, learning_rate):",
        *indented([*taken, *body], 8),
    ]


def _build(script: Script) -> list[str]:
    """The method that makes what the optimizer remembers of each parameter."""
    made = []
    for name, start in script.recipe.problem.optimizer.state.items():
        initial = {0: "", 1: ', "ones"'}.get(start, f", keras.initializers.Constant({float(start)})")
        made.append(f'"{name}": self.add_variable_from_reference(w, "{name}"{initial}),')
    return [
        "def build(self, parameters):",
        "    super().build(parameters)",
        "    self.memory = [",
        "        {",
        *indented(made, 12),
        "        }",
        "        for w in parameters",
        "    ]",
    ]
