"""A Keras script: layers and losses of Keras where they are what the problem says, a model of its own elsewhere."""

from __future__ import annotations

from chalkgrad.training.export.keras_models import Layers, Quantities, model_of
from chalkgrad.training.export.keras_optimizers import constant_names, keras_optimizer, optimizer_class
from chalkgrad.training.export.keras_words import KERAS
from chalkgrad.training.export.layout import called, indented, laid_out, uses, without_gaps
from chalkgrad.training.export.recipe import Recipe
from chalkgrad.training.export.sections import Script

__all__ = ["keras_script"]


def keras_script(recipe: Recipe) -> dict[str, bytes]:
    """The script and its numbers, by file name.

    It works in float32, the usual choice of Keras and the only one that all its backends have without being told.

    Raises:
        UsageError: `nothing-to-train`, `no-samples`, `no-steps`, `cannot-export`, `unnamed-function`.
    """
    script = Script(recipe, KERAS)
    return {f"{recipe.stem}_keras.py": _text(script, model_of(script)).encode(), f"{recipe.stem}.npz": script.archive()}


def _text(script: Script, model: Layers | Quantities) -> str:
    recipe, rate = script.recipe, script.rate_lines()
    step = _step(script, model)
    penalty = script.penalty() if recipe.penalized else []
    classes = [optimizer_class(script), model.definition()]
    first = ["learning_rate = learning_rate_at(1)"] if rate else []
    body = without_gaps(
        [
            *[*_loading(script), "", *first, *script.constants(*constant_names(script)), ""],
            *[*model.making(), *called(f"optimizer = {keras_optimizer(script)}")],
            *[*model.compiling, "", *step],
        ]
    )
    inside = [*body, *rate, *(line for lines in classes for line in lines)]
    functions = script.helpers(inside) + [lines for lines in (rate, penalty, *classes) if lines]
    text = "\n".join([*body, *(line for lines in functions for line in lines)])
    imports = ["import math"] if uses(text, "math") else []
    used = [name for name in ("layers", "ops") if uses(text, name)]
    imports += ["from pathlib import Path", "", "import keras", "import numpy as np"]
    imports += [f"from keras import {', '.join(used)}"]
    notes = [_BACKENDS, *(model.dropout_note() if recipe.rates else ())]
    return laid_out(script.head("in Keras", *notes), imports, functions, body)


_BACKENDS = "KERAS_BACKEND=torch (or jax, or tensorflow) before the command says what computes."


def _loading(script: Script) -> list[str]:
    seed = [f"keras.utils.set_random_seed({script.recipe.problem.keys.seed})"] if script.recipe.rates else []
    return [*script.loading('{0}.astype("float32")'), *seed]


def _step(script: Script, model: Layers | Quantities) -> list[str]:
    batch = script.batch(turn=False)
    printed = f'print(f"step {{step}}: loss {{ops.convert_to_numpy({model.result}).item():.8g}}")'
    lines = [*batch, *([""] if batch else []), *model.forward(), printed]
    rate = ["model.optimizer.learning_rate = learning_rate_at(step)"] if script.rate_lines() else []
    return [f"for step in range(1, {script.recipe.steps + 1}):", *indented([*lines, *rate, model.training])]
