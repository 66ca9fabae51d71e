"""What quantities are called on a page: the file's names, or other habits of the field."""

from __future__ import annotations

import re
from dataclasses import dataclass

from expressions import Quantity
from working import Problem

GREEK = {"learning_rate": "eta", "beta1": "beta_1", "beta2": "beta_2", "epsilon": "epsilon", "l2": "lambda"}


@dataclass(frozen=True)
class Habits:
    """How somebody names things.

    Args:
        latex: LaTeX, else typed letters.
        scheme: `file`, `net` (net and out), `layers` (z and a with the number of the layer), or `hat`.
        loss: the letter of the loss.
        gradient: `partial`, `delta` (for sums), `nabla` (for parameters) or `d` (as programmers write).
        new: how a new value is marked: `prime`, `plus`, `new`, `arrow` or `assign`.
        rate: the learning rate.
        slope: whether a slope is written with a prime rather than as a derivative.
        error: the name of an output's deviation: a letter, or `difference` for the difference itself.
        old: how the moment of the step before is marked: `old` or `number`.
    """

    latex: bool
    scheme: str = "file"
    loss: str = "L"
    gradient: str = "partial"
    new: str = "prime"
    rate: str = "eta"
    slope: bool = False
    error: str = "difference"
    old: str = "old"


def pieces(name: str) -> tuple[str, str]:
    """Letters and index of a name: `w11` is `w`, `11`."""
    match = re.fullmatch(r"([A-Za-z_]+?)_?(\d*)", name)
    assert match is not None
    return match[1], match[2]


class Naming:
    """Names for one page. `step` is the step that is being written."""

    def __init__(self, problem: Problem, habits: Habits) -> None:
        self.problem, self.habits, self.step = problem, habits, 1

    def name(self, of: Quantity) -> str:
        """What a quantity is called."""
        match of.kind:
            case "setting":
                return self._setting(of.of)
            case "loss":
                return self.habits.loss
            case "parameter":
                return self._new(of) if of.step > self.step else self._letters(of.of)
            case "gradient":
                return self._gradient(of.of)
            case "slope":
                return self._slope(of.of)
            case "error":
                return self._sampled(self.habits.error, of.sample)
            case "input" | "target" | "unit" | "sum":
                return self._sampled(self._thing(of.kind, of.of), of.sample)
        return self._moment(of)

    def _letters(self, name: str) -> str:
        letters, index = pieces(name)
        if not self.habits.latex:
            return f"{letters}{index}"
        base = r"\hat{y}" if letters == "y_hat" else letters
        return self._indexed(base, index)

    def _indexed(self, base: str, index: str) -> str:
        if not index:
            return base
        if not self.habits.latex:
            return f"{base}{index}" if len(base) == 1 else f"{base}_{index}"
        return f"{base}_{index}" if len(index) == 1 else f"{base}_{{{index}}}"

    def _setting(self, name: str) -> str:
        greek = self.habits.rate if name == "learning_rate" else {"momentum": "mu"}.get(name, GREEK.get(name, name))
        if self.habits.latex:
            return "\\" + greek
        return greek.replace("_", "")

    def _place(self, unit: str) -> tuple[int, int]:
        """Layer, from 1, and number in it, from 1; 0 where the layer has one unit."""
        for number, layer in enumerate(self.problem.layers, start=1):
            if unit in layer.units:
                return number, (layer.units.index(unit) + 1) * (len(layer.units) > 1)
        return {"h1": 1, "y_hat": 2}.get(unit, 0), 0

    def _is_output(self, unit: str) -> bool:
        return self._place(unit)[0] == max(len(self.problem.layers), 1)

    def _thing(self, kind: str, of: str) -> str:
        """An input, a target, a unit or its sum."""
        if kind == "target":
            return self._target(of)
        if kind == "input":
            return self._letters(of)
        scheme = self.habits.scheme
        if self.problem.name == "columns":
            return self._column_thing(kind, of)
        if not self.problem.layers:
            return self._letters(of) if kind == "unit" else self._below("z", self._letters(of))
        layer, place = self._place(of)
        if scheme == "net" and len(self.problem.layers) > 1:
            return self._below("net" if kind == "sum" else "out", self._letters(of))
        if scheme == "layers" and len(self.problem.layers) > 1 and self.habits.latex:
            return self._indexed("z" if kind == "sum" else "a", str(place or "")) + f"^{{[{layer}]}}"
        if scheme == "hat" and self._is_output(of):
            index = str(place or "")
            if kind == "unit":
                return self._indexed(r"\hat{y}" if self.habits.latex else "y_hat", index)
            return self._letters(of) if pieces(of)[0] == "o" else self._indexed("z", index)
        if kind == "sum" and len(self.problem.layers) == 1:
            return self._indexed("z", str(place or ""))
        return self._letters(of) if kind == "unit" else self._below("z", self._letters(of))

    def _column_thing(self, kind: str, of: str) -> str:
        number = "1" if of == "h1" else "2"
        if self.habits.scheme == "layers" and self.habits.latex:
            return ("z" if kind == "sum" else "a") + f"^{{[{number}]}}"
        if kind == "sum":
            return self._indexed("z", number)
        return "h" if of == "h1" else r"\hat{y}" if self.habits.latex else "y_hat"

    def _below(self, base: str, index: str) -> str:
        if not self.habits.latex:
            return f"{base}_{index}"
        return f"{base}_{{{index}}}"

    def _target(self, of: str) -> str:
        letter = "t" if self.habits.scheme == "net" else "y"
        place = self._place(of)[1] if self.problem.layers else 0
        return self._indexed(letter, str(place or ""))

    def _sampled(self, name: str, sample: int) -> str:
        if not sample:
            return name
        if self.problem.name == "regression":
            return self._indexed(name, str(sample))
        return f"{name}^{{({sample})}}" if self.habits.latex else f"{name}^({sample})"

    def _by(self, of: str) -> tuple[str, bool]:
        """What a gradient is by, and whether that is a sum."""
        if of.startswith("z_"):
            return self._thing("sum", of[2:]), True
        if Quantity("parameter", of) in self.problem.given:
            return self._letters(of), False
        return self._thing("unit", of), False

    def _gradient(self, of: str) -> str:
        thing, is_sum = self._by(of)
        is_parameter = Quantity("parameter", of) in self.problem.given
        kind, loss, latex = self.habits.gradient, self.habits.loss, self.habits.latex
        if kind == "d":
            return f"d{thing}"
        if kind == "delta" and is_sum and (self.problem.layers or self.problem.name == "columns"):
            return self._delta(of[2:])
        if kind == "nabla" and is_parameter:
            return rf"\nabla_{{{thing}}} {loss}" if latex else f"grad_{thing}"
        return rf"\frac{{\partial {loss}}}{{\partial {thing}}}" if latex else f"d{loss}/d{thing}"

    def _delta(self, unit: str) -> str:
        base = r"\delta" if self.habits.latex else "delta"
        layer, place = self._place(unit)
        if self.problem.name == "columns" or (self.habits.scheme == "layers" and self.habits.latex and layer):
            return self._indexed(base, str(place or "")) + (f"^{{[{layer}]}}" if self.habits.latex else str(layer))
        return self._below(base, self._letters(unit))

    def _slope(self, of: str) -> str:
        unit, total = self._thing("unit", of), self._thing("sum", of)
        if self.habits.slope:
            activation = next((x.activation for x in self.problem.layers if of in x.units), "tanh")
            word = {"sigmoid": r"\sigma", "tanh": r"\tanh", "relu": r"\text{relu}"}[activation]
            return f"{word}'({total})" if self.habits.latex else f"{activation}'({total})"
        return rf"\frac{{\partial {unit}}}{{\partial {total}}}" if self.habits.latex else f"d{unit}/d{total}"

    def _new(self, of: Quantity) -> str:
        name, latex = self._letters(of.of), self.habits.latex
        match self.habits.new:
            case "prime":
                return f"{name}'"
            case "plus":
                return f"{name}^{{+}}" if latex else f"{name}_next"
            case "new":
                return rf"{name}^{{\text{{new}}}}" if latex else f"{name}_new"
        return name

    def _moment(self, of: Quantity) -> str:
        letter, corrected = of.kind.removesuffix("_hat"), of.kind.endswith("_hat")
        letter = "v" if of.kind == "velocity" else letter
        name = self._letters(of.of)
        if not self.habits.latex:
            old = "_old" if of.step < self.step else ""
            return f"{letter}{'_hat' * corrected}_{name}{old}"
        base = rf"\hat{{{letter}}}_{{{name}}}" if corrected else f"{letter}_{{{name}}}"
        if self.habits.old == "number":
            return f"{base}^{{({of.step})}}"
        return base + (r"^{\text{old}}" if of.step < self.step else "")
