"""A NumPy script: every line of the solution, forward and backward, as a line of Python."""

from __future__ import annotations

import numpy

from chalkgrad.training.export.expressions import ExpressionWriter
from chalkgrad.training.export.layout import called, indented, laid_out, uses, without_gaps
from chalkgrad.training.export.numpy_words import NUMPY
from chalkgrad.training.export.recipe import Recipe
from chalkgrad.training.export.sections import Script

__all__ = ["numpy_script"]


def numpy_script(recipe: Recipe) -> dict[str, bytes]:
    """The script and its numbers, by file name.

    The gradients are not worked out by a library: they are the formulas of the solution, so the script can be read as
    the solution of a computer that has only NumPy.

    Raises:
        UsageError: `nothing-to-train`, `no-samples`, `no-steps`, `cannot-export`, `unnamed-function`.
    """
    script = Script(recipe, NUMPY)
    rate, step = script.rate_lines(), _step(script)
    update = [] if script.is_one_line else script.update()
    body = without_gaps(
        [
            *[*script.loading(), ""],
            *[*_parameters(script), "", *script.constants(), "", *_memory(script), ""],
            *[f"for step in range(1, {recipe.steps + 1}):", *indented(step)],
        ]
    )
    functions = [*script.helpers([*step, *rate]), *(lines for lines in (rate, update) if lines)]
    text = "\n".join([*body, *(line for lines in functions for line in lines)])
    imports = ["import math"] if uses(text, "math") else []
    imports += ["from pathlib import Path", "", "import numpy as np"]
    head = script.head("written out in NumPy as in the solution", *script.dropout_note(as_trained=True))
    text = laid_out(head, imports, functions, body)
    return {f"{recipe.stem}_numpy.py": text.encode(), f"{recipe.stem}.npz": script.archive()}


def _parameters(script: Script) -> list[str]:
    lines = ["# The parameters, at the values they start from."]
    for node in script.recipe.graph.parameters:
        name = script.name(node)
        loaded = f'data["{name}"]' if node.shape else f'np.float64(data["{name}"])'
        lines.append(f"{name} = {loaded}{script.shape_note(node)}")
    return lines


def _memory(script: Script) -> list[str]:
    return script.memory([script.name(node) for node in script.recipe.learned])


def _step(script: Script) -> list[str]:
    """The lines of one step."""
    writer, mask = script.writer(), 'data[f"{mask}_{{step}}"]'
    loss = script.name(script.recipe.loss) + (".item()" if script.recipe.loss.shape else "")
    printed = f'print(f"step {{step}}: loss {{{loss}:.12g}}")'
    sections = {
        "# Forward: from the inputs to the prediction.": script.written(writer, "forward", mask),
        "# The loss.": [*script.written(writer, "loss"), printed],
        "# Backward: d_a is the gradient of the loss by a.": script.written(writer, "backward"),
        "# The regularizer adds its part to the gradients.": script.written(writer, "penalty"),
        "# Clipping: gradients that are too large are made smaller.": script.written(writer, "clipping"),
        "# The update: each parameter goes a step against its gradient.": _updates(script, writer),
    }
    lines = [*script.batch(_cast(script.recipe)), *script.count([line for part in sections.values() for line in part])]
    lines += ["learning_rate = learning_rate_at(step)"] if script.rate_lines() else []
    for comment, part in sections.items():
        lines += [*([""] if lines else []), comment, *part] if part else []
    return lines


def _cast(recipe: Recipe) -> str:
    """What brings stored samples to float64, in which NumPy works."""
    stored = {numpy.asarray(getattr(recipe, name)).dtype for name in recipe.inputs}
    return "" if stored <= {numpy.dtype(numpy.float64)} else ".astype(float)"


def _updates(script: Script, writer: ExpressionWriter) -> list[str]:
    view = script.recipe.view
    lines: list[str] = []
    if script.is_one_line:
        updates = {s.symbol: s for s in view.statements if s.kind == "update"}
        for node in script.recipe.learned:
            lines += writer.assignment(script.name(node), updates[view.updated[node]].formula, 4)
        return [line.removeprefix("    ") for line in lines]
    number = ", step" if script.needs_step_number else ""
    for node in script.recipe.learned:
        name, gradient = script.name(node), script.name(view.totals[node])
        lines += called(f'{name} = {script.update_name()}({name}, {gradient}, memory["{name}"]{number})', 4)
    return lines
