"""The working of a single unit over several samples."""

from __future__ import annotations

from expressions import Call, Constant, Expression, Power, Quantity, Ref, Sum
from working import Line, Problem, gradient, minus, parameter, plus, setting, times, updates


def pooled_lines(problem: Problem) -> list[Line]:
    """All lines, step by step, each after those that it needs."""
    lines: list[Line] = []
    for step in range(1, problem.steps + 1):
        lines += _forward(problem, step)
        lines.append(_loss(problem, step))
        lines += _gradients(problem, step)
        for name in _parameters(problem):
            lines += updates(problem, name, step)
    return lines


def _parameters(problem: Problem) -> list[str]:
    layer = problem.layers[0]
    return [*layer.weights[0], *layer.biases]


def _forward(problem: Problem, step: int) -> list[Line]:
    layer = problem.layers[0]
    unit, linear = layer.units[0], layer.activation == "linear"
    lines: list[Line] = []
    for sample in range(1, problem.samples + 1):
        inputs = [Ref(Quantity("input", name, 1, sample)) for name in layer.inputs]
        pairs = list(zip([parameter(w, step) for w in layer.weights[0]], inputs, strict=True))
        bias = parameter(layer.biases[0], step)
        swapped = [parameter(w, step) for w in reversed(layer.weights[0])]
        parts = {"pairs": pairs, "bias": bias, "sums": [], "column": swapped}
        total, output = Quantity("sum", unit, step, sample), Quantity("unit", unit, step, sample)
        says = plus(*(times(w, x) for w, x in pairs), bias)
        lines.append(Line(output if linear else total, says, "weighted sum", parts))
        if not linear:
            lines.append(Line(output, Call(layer.activation, Ref(total)), "activation"))
        target = Ref(Quantity("target", unit, 1, sample))
        parts = {"output": Ref(output), "target": target, "loss": "samples"}
        error = Quantity("error", unit, step, sample)
        lines.append(Line(error, minus(Ref(output), target), "error", parts))
    return lines


def _errors(problem: Problem, step: int) -> list[Ref]:
    unit = problem.layers[0].units[0]
    return [Ref(Quantity("error", unit, step, sample)) for sample in range(1, problem.samples + 1)]


def _loss(problem: Problem, step: int) -> Line:
    of = Quantity("loss", "loss", step)
    mean = Constant(f"1/{problem.samples}")
    if problem.source["loss"] == "mse":
        whole = plus(*(Power(error, 2) for error in _errors(problem, step)))
        return Line(of, times(mean, whole), "mean loss", {"whole": whole})
    unit, one = problem.layers[0].units[0], Constant("1")
    terms: list[Expression] = []
    for sample in range(1, problem.samples + 1):
        p, y = Ref(Quantity("unit", unit, step, sample)), Ref(Quantity("target", unit, 1, sample))
        terms += [times(y, Call("ln", p)), times(minus(one, y), Call("ln", minus(one, p)))]
    whole = plus(*terms)
    return Line(of, Sum((times(mean, whole),), "-"), "mean loss", {"whole": Sum((whole,), "-")})


def _gradients(problem: Problem, step: int) -> list[Line]:
    layer = problem.layers[0]
    squared = problem.source["loss"] == "mse"
    factor = Constant(f"{2 if squared else 1}/{problem.samples}")
    errors = _errors(problem, step)
    lines: list[Line] = []
    for index, weight in enumerate(layer.weights[0]):
        inputs = [Ref(Quantity("input", layer.inputs[index], 1, e.quantity.sample)) for e in errors]
        other = layer.inputs[(index + 1) % len(layer.inputs)]
        terms = [times(error, x) for error, x in zip(errors, inputs, strict=True)]
        swapped = [times(e, Ref(Quantity("input", other, 1, e.quantity.sample))) for e in errors]
        parts = {"terms": terms, "factor": factor, "swapped": swapped, "weight": parameter(weight, step)}
        lines.append(_pooled(problem, weight, step, parts, weight_decay=True))
    parts = {"terms": errors, "factor": factor, "weight": parameter(layer.biases[0], step)}
    parts["inputs"] = [Ref(Quantity("input", layer.inputs[0], 1, e.quantity.sample)) for e in errors]
    lines.append(_pooled(problem, layer.biases[0], step, parts, weight_decay=False))
    return lines


def _pooled(problem: Problem, name: str, step: int, parts: dict, *, weight_decay: bool) -> Line:
    """The gradient of a parameter: a share of the sum over samples, and the part of the regularizer."""
    data = times(parts["factor"], plus(*parts["terms"]))
    parts |= {"data": data, "squared": problem.source["loss"] == "mse"}
    says: Expression = data
    if "regularizer" in problem.source:
        parts["decay"] = times(setting("l2"), parts["weight"])
        says = plus(data, parts["decay"]) if weight_decay else data
    rule = "pooled weight gradient" if weight_decay else "pooled bias gradient"
    return Line(gradient(name, step), says, rule, parts)
