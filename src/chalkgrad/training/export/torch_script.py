"""A PyTorch script: `torch.nn` and `torch.optim` where they are what the problem says, tensors by name elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from chalkgrad.training.export.layout import called, indented, laid_out, listed, uses, without_gaps
from chalkgrad.training.export.recipe import Recipe
from chalkgrad.training.export.sections import Script, decimal
from chalkgrad.training.export.torch_models import Layers, Model, Tensors, model_of
from chalkgrad.training.export.torch_words import TORCH

__all__ = ["torch_script"]

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
    text = _Writer(script, model_of(script)).text()
    return {f"{recipe.stem}_torch.py": text.encode(), f"{recipe.stem}.npz": script.archive()}


@dataclass
class _Writer:
    """The whole script around a model."""

    script: Script
    model: Model

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
        imports = ["import math"] if uses(text, "math") else []
        imports += ["from pathlib import Path", "", "import numpy as np", "import torch"]
        imports += ["import torch.nn.functional as F"] if uses(text, "F") else []
        imports += ["from torch import nn"] if uses(text, "nn") else []
        note = script.dropout_note(as_trained=isinstance(self.model, Tensors))
        return laid_out(script.head("in PyTorch", *note), imports, functions, body)

    def _top(self) -> list[str]:
        return [
            "# float64, so that the losses are those of the solution to the last digits; the usual",
            "# choice is torch.float32.",
            "DTYPE = torch.float64",
            "torch.set_default_dtype(DTYPE)",
            *([f"torch.manual_seed({self.script.recipe.problem.keys.seed})"] if self._draws else []),
            "",
            *self.script.loading("torch.tensor({0}, dtype=DTYPE)"),
        ]

    @property
    def _draws(self) -> bool:
        """Whether something in the script is random: dropout as a layer."""
        return bool(self.script.recipe.rates) and isinstance(self.model, Layers)

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
        if isinstance(self.model, Layers):
            some = ["learned = [tensor for tensor in model.parameters() if tensor.requires_grad]"]
            some = some if self._has_frozen else []
            return [*some, *called(f"optimizer = torch.optim.{made.format(self._all_learned())}")]
        names = [self.model.tensor(node) for node in self.script.recipe.learned]
        return [*listed("parameters", names), *called(f"optimizer = torch.optim.{made.format('parameters')}")]

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
        batch = script.batch(turn=isinstance(self.model, Tensors))
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
            return [*lines, f"{loss}.backward()", *self._clipping(), *self._own_step()]
        rate = ["for group in optimizer.param_groups:", '    group["lr"] = learning_rate_at(step)']
        rate = rate if self.script.rate_lines() else []
        backward = ["optimizer.zero_grad()", f"{loss}.backward()", *self._clipping()]
        return [*lines, *backward, *rate, "optimizer.step()"]

    def _clipping(self) -> list[str]:
        """The lines that make gradients smaller."""
        clip = self.script.recipe.problem.keys.clip
        if clip is None:
            return []
        tensors = self._all_learned()
        if clip.value is not None:
            return [f"torch.nn.utils.clip_grad_value_({tensors}, {decimal(clip.value)})"]
        bound = decimal(clip.norm or Fraction(0))
        return [
            "# clip_grad_norm_ of PyTorch adds 1e-6 to the norm; these lines do not.",
            f"squares = sum(torch.sum(tensor.grad**2) for tensor in {tensors})",
            "gradient_norm = torch.sqrt(squares)",
            f"for tensor in {tensors}:",
            f"    tensor.grad *= {bound} / gradient_norm.clamp(min={bound})",
        ]

    def _all_learned(self) -> str:
        """What all tensors that are learned are called together."""
        if self.own_update:
            return "parameters.values()"
        if isinstance(self.model, Tensors):
            return "parameters"
        return "learned" if self._has_frozen else "model.parameters()"

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
