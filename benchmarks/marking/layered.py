"""The working of a network with named weights and one sample, unit by unit."""

from __future__ import annotations

from expressions import Call, Constant, Expression, Power, Product, Quantity, Quotient, Ref, Sum
from working import Layer, Line, Problem, Route, gradient, minus, parameter, plus, slope_of, times, updates


def layered_lines(problem: Problem, route: Route) -> list[Line]:
    """All lines, step by step, each after those that it needs."""
    lines: list[Line] = []
    for step in range(1, problem.steps + 1):
        lines += _Step(problem, route, step).lines()
    return lines


class _Step:
    """One step of the working."""

    def __init__(self, problem: Problem, route: Route, step: int) -> None:
        self.problem, self.route, self.step = problem, route, step
        self.layers = problem.layers

    def lines(self) -> list[Line]:
        forward = [line for layer in self.layers for line in self._forward(layer)]
        backward: list[Line] = self._output()
        for number in range(len(self.layers) - 1, 0, -1):
            backward += self._gradients(number)
            backward += [line for unit in self.layers[number - 1].units for line in self._hidden(number, unit)]
        backward += self._gradients(0)
        moved = [line for name in self._parameters() for line in updates(self.problem, name, self.step)]
        return [*forward, self._loss(), *backward, *moved]

    def _parameters(self) -> list[str]:
        names = [name for layer in self.layers for row in layer.weights for name in row]
        return list(dict.fromkeys([*names, *(bias for layer in self.layers for bias in layer.biases)]))

    def _unit(self, name: str) -> Ref:
        is_input = name in self.layers[0].inputs
        return Ref(Quantity("input", name) if is_input else Quantity("unit", name, self.step))

    def _sum(self, name: str) -> Ref:
        return Ref(Quantity("sum", name, self.step))

    def _target(self, name: str) -> Ref:
        return Ref(Quantity("target", name))

    def _activation(self, unit: str) -> str:
        return next(layer.activation for layer in self.layers if unit in layer.units)

    def _forward(self, layer: Layer) -> list[Line]:
        lines: list[Line] = []
        for number, unit in enumerate(layer.units):
            pairs = [
                (parameter(w, self.step), self._unit(a))
                for w, a in zip(layer.weights[number], layer.inputs, strict=True)
            ]
            bias = parameter(layer.biases[number], self.step) if layer.biases else None
            says = plus(*(times(w, a) for w, a in pairs), *([bias] if bias else []))
            linear = layer.activation == "linear"
            hidden_inputs = layer is not self.layers[0]
            parts = {
                "pairs": pairs,
                "bias": bias,
                "sums": [self._sum(a) for a in layer.inputs] if hidden_inputs else [],
                "column": [parameter(row[number], self.step) for row in layer.weights if number < len(row)],
            }
            lines.append(Line((self._unit(unit) if linear else self._sum(unit)).quantity, says, "weighted sum", parts))
        if layer.activation == "softmax":
            raised = {unit: Call("exp", self._sum(unit)) for unit in layer.units}
            whole = plus(*raised.values())
            lines += [Line(self._unit(u).quantity, Quotient(raised[u], whole), "softmax") for u in layer.units]
        elif layer.activation != "linear":
            lines += [
                Line(self._unit(u).quantity, Call(layer.activation, self._sum(u)), "activation") for u in layer.units
            ]
        return lines

    def _loss(self) -> Line:
        of = Quantity("loss", "loss", self.step)
        pairs = [(self._unit(u), self._target(u)) for u in self.layers[-1].units]
        match self.problem.source["loss"]:
            case "half_sse":
                squares = plus(*(Power(minus(y, o), 2) for o, y in pairs))
                return Line(of, times(Constant("1/2"), squares), "half squares", {"squares": squares})
            case "cross_entropy":
                terms = tuple(times(y, Call("ln", p)) for p, y in pairs)
                return Line(of, Sum(terms, "-" * len(terms)), "cross-entropy", {"terms": terms})
        p, y = pairs[0]
        one = Constant("1")
        both = plus(times(y, Call("ln", p)), times(minus(one, y), Call("ln", minus(one, p))))
        return Line(of, Sum((both,), "-"), "cross-entropy", {"terms": (both,)})

    def _output(self) -> list[Line]:
        """The gradients at the output units and their sums."""
        units = self.layers[-1].units
        if self.problem.source["loss"] == "half_sse":
            return [line for unit in units for line in self._squared(unit)]
        if self.layers[-1].activation == "softmax" and self.route.jacobian:
            return [*(self._divided(u) for u in units), *(self._through_jacobian(u) for u in units)]
        return [self._difference(u, gradient(f"z_{u}", self.step)) for u in units]

    def _difference(self, unit: str, of: Quantity) -> Line:
        o, y = self._unit(unit), self._target(unit)
        return Line(of, minus(o, y), "error", {"output": o, "target": y, "loss": self.problem.source["loss"]})

    def _squared(self, unit: str) -> list[Line]:
        by_output = gradient(unit, self.step)
        return [self._difference(unit, by_output), *self._delta(unit)]

    def _delta(self, unit: str) -> list[Line]:
        """From the gradient at a unit to the one at its sum."""
        activation = self._activation(unit)
        if activation == "linear":
            return []
        upstream, total, output = Ref(gradient(unit, self.step)), self._sum(unit), self._unit(unit)
        slope = slope_of(activation, total, output)
        parts = {"activation": activation, "upstream": upstream, "sum": total, "output": output}
        lines: list[Line] = []
        if self.route.slopes:
            own = Quantity("slope", unit, self.step)
            lines.append(Line(own, slope, "slope", parts))
            slope = Ref(own)
        own_line = parts | {"slope": slope}
        says = Product((upstream, *(slope.factors if isinstance(slope, Product) else (slope,))))
        lines.append(Line(gradient(f"z_{unit}", self.step), says, "delta", own_line))
        return lines

    def _divided(self, unit: str) -> Line:
        says = Sum((Quotient(self._target(unit), self._unit(unit)),), "-")
        return Line(gradient(unit, self.step), says, "divided", {"target": self._target(unit)})

    def _through_jacobian(self, unit: str) -> Line:
        """The gradient at one sum of a softmax, over the paths through all of its units."""
        own = self._unit(unit)
        terms: list[Expression] = []
        for other in self.layers[-1].units:
            upstream, output = Ref(gradient(other, self.step)), self._unit(other)
            if other == unit:
                terms.append(times(upstream, own, minus(Constant("1"), own)))
            else:
                terms.append(times(upstream, output, own))
        signs = "".join("+" if other == unit else "-" for other in self.layers[-1].units)
        index = self.layers[-1].units.index(unit)
        return Line(gradient(f"z_{unit}", self.step), Sum(tuple(terms), signs), "jacobian", {"own": terms[index]})

    def _hidden(self, number: int, unit: str) -> list[Line]:
        """The gradient at a hidden unit, over the paths through all units of the layer after it."""
        after = self.layers[number]
        index = after.inputs.index(unit)
        paths = [
            (self._at_sum(to), parameter(after.weights[place][index], self.step))
            for place, to in enumerate(after.units)
        ]
        row = after.weights[min(index, len(after.weights) - 1)]
        swapped = [(delta, parameter(w, self.step)) for (delta, _), w in zip(paths, row, strict=False)]
        other = after.weights[0][(index + 1) % len(after.inputs)]
        parts = {
            "paths": paths,
            "swapped": swapped if len(paths) > 1 else [(paths[0][0], parameter(other, self.step))],
        }
        says = plus(*(times(delta, w) for delta, w in paths))
        return [Line(gradient(unit, self.step), says, "paths", parts), *self._delta(unit)]

    def _at_sum(self, unit: str) -> Ref:
        linear = self._activation(unit) == "linear"
        return Ref(gradient(unit if linear else f"z_{unit}", self.step))

    def _gradients(self, number: int) -> list[Line]:
        layer = self.layers[number]
        lines: list[Line] = []
        for place, unit in enumerate(layer.units):
            delta = self._at_sum(unit)
            for index, (weight, name) in enumerate(zip(layer.weights[place], layer.inputs, strict=True)):
                others = [self._sum(name)] if number else []
                others += [self._unit(self.layers[0].inputs[min(index, len(self.layers[0].inputs) - 1)])] * bool(number)
                others += [] if number or layer is self.layers[-1] else [self._unit(unit)]
                parts = {"delta": delta, "input": self._unit(name), "others": others}
                parts["swapped"] = self._unit(layer.inputs[(index + 1) % len(layer.inputs)])
                lines.append(
                    Line(gradient(weight, self.step), times(delta, self._unit(name)), "weight gradient", parts)
                )
        for bias in dict.fromkeys(layer.biases):
            deltas = [self._at_sum(u) for u, b in zip(layer.units, layer.biases, strict=True) if b == bias]
            inputs = [self._unit(name) for name in layer.inputs]
            parts = {"deltas": deltas, "inputs": inputs}
            lines.append(Line(gradient(bias, self.step), plus(*deltas), "bias gradient", parts))
        return lines
