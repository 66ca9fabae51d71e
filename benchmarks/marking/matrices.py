"""The workings in matrix form: the formula with a way around its tanh layer, and the network with column vectors."""

from __future__ import annotations

from expressions import Call, Constant, Entry, Expression, Power, Product, Quantity, Ref, Sum, Transpose, Worked
from working import Line, Problem, Route, gradient, minus, parameter, plus, slope_of, times, updates


def matrix(*factors: Expression) -> Product:
    """A product of matrices."""
    return Product(factors, "matrix")


def elementwise(*factors: Expression) -> Product:
    """A product entry by entry."""
    return Product(factors, "elementwise")


def skip_lines(problem: Problem, route: Route) -> list[Line]:
    """All lines of the formula with a way around, for both steps."""
    return [line for step in range(1, problem.steps + 1) for line in _skip_step(problem, route, step)]


def _skip_step(problem: Problem, route: Route, step: int) -> list[Line]:
    x, y = Ref(Quantity("input", "x")), Ref(Quantity("target", "y"))
    w, c, v, d, r, q = (parameter(name, step) for name in "Wcvdrq")
    z, u = Ref(Quantity("sum", "u", step)), Ref(Quantity("unit", "u", step))
    s, f = Ref(Quantity("unit", "s", step)), Ref(Quantity("unit", "f", step))
    at_f, at_s, at_u, at_z = (Ref(gradient(name, step)) for name in ("f", "s", "u", "z_u"))
    up = Worked(Call("relu'", s))
    lines = [
        _weighted(z, [matrix(x, w)], c),
        Line(u.quantity, Call("tanh", z), "activation"),
        _weighted(s, [matrix(u, Transpose(v))], d, [matrix(z, Transpose(v))]),
        _weighted(f, [Call("relu", s), matrix(x, r)], q),
        _half_square(step, f, y),
        Line(at_f.quantity, minus(f, y), "error", {"output": f, "target": y, "loss": "half_sse"}),
        Line(at_s.quantity, times(at_f, up), "delta", _delta_parts("relu", at_f, s, f, up)),
        _weight(at_s, "v", times(at_s, u), [times(at_s, z)], step),
        _bias("d", at_s, u, step),
        _weight(at_f, "r", times(at_f, Transpose(x)), [], step),
        _bias("q", at_f, None, step),
        Line(at_u.quantity, times(at_s, v), "paths", {"paths": [], "swapped": []}),
        *_elementwise_delta("u", at_u, at_z, z, u, route, step),
        _weight(at_z, "W", matrix(Transpose(x), at_z), [], step),
        _bias("c", at_z, None, step),
    ]
    moved = [line for name in ("W", "c", "v", "d", "r", "q") for line in updates(problem, name, step)]
    return lines + moved


def column_lines(problem: Problem, route: Route) -> list[Line]:
    """All lines of the network with column vectors."""
    x, y = Ref(Quantity("input", "x")), Ref(Quantity("target", "y"))
    w1, b1, w2, b2 = (parameter(name, 1) for name in ("W1", "b1", "W2", "b2"))
    z1, h = Ref(Quantity("sum", "h1")), Ref(Quantity("unit", "h1"))
    z2, p = Ref(Quantity("sum", "y_hat")), Ref(Quantity("unit", "y_hat"))
    at_z2, at_h, at_z1 = (Ref(gradient(name, 1)) for name in ("z_y_hat", "h1", "z_h1"))
    loss = Sum((Call("ln", Entry(p.quantity, 2)),), "-")
    lines = [
        _weighted(z1, [matrix(w1, x)], b1),
        Line(h.quantity, Call("tanh", z1), "activation"),
        _weighted(z2, [matrix(w2, h)], b2, [matrix(w2, z1)]),
        Line(p.quantity, Call("softmax", z2), "activation"),
        Line(Quantity("loss", "loss"), loss, "cross-entropy", {"terms": (loss.terms[0],)}),
        Line(at_z2.quantity, minus(p, y), "error", {"output": p, "target": y, "loss": "cross_entropy"}),
        _weight(at_z2, "W2", matrix(at_z2, Transpose(h)), [matrix(at_z2, Transpose(z1))], 1),
        _bias("b2", at_z2, None, 1),
        Line(at_h.quantity, matrix(Transpose(w2), at_z2), "paths", {"paths": [], "swapped": []}),
        *_elementwise_delta("h1", at_h, at_z1, z1, h, route, 1),
        _weight(at_z1, "W1", matrix(at_z1, Transpose(x)), [], 1),
        _bias("b1", at_z1, None, 1),
    ]
    return lines + [line for name in ("W1", "b1", "W2", "b2") for line in updates(problem, name, 1)]


def _weighted(of: Ref, terms: list[Expression], bias: Ref, others: list[Expression] | None = None) -> Line:
    parts = {"terms": terms, "bias": bias, "others": others or []}
    return Line(of.quantity, plus(*terms, bias), "matrix sum", parts)


def _half_square(step: int, output: Ref, target: Ref) -> Line:
    squares = Power(minus(output, target), 2)
    return Line(Quantity("loss", "loss", step), times(Constant("1/2"), squares), "half squares", {"squares": squares})


def _delta_parts(activation: str, upstream: Ref, total: Ref, output: Ref, slope: Expression) -> dict:
    return {"activation": activation, "upstream": upstream, "sum": total, "output": output, "slope": slope}


def _elementwise_delta(
    unit: str, upstream: Ref, of: Ref, total: Ref, output: Ref, route: Route, step: int
) -> list[Line]:
    slope = slope_of("tanh", total, output)
    parts = _delta_parts("tanh", upstream, total, output, Worked(slope))
    parts["scalar"] = _scalar_slope(output, parts)
    if not route.slopes:
        return [Line(of.quantity, elementwise(upstream, Worked(slope)), "delta", parts)]
    own = Quantity("slope", unit, step)
    return [
        Line(own, slope, "slope", parts),
        Line(of.quantity, elementwise(upstream, Ref(own)), "delta", parts | {"slope": Ref(own)}),
    ]


def _scalar_slope(output: Ref, parts: dict) -> Expression:
    """The slope of a whole layer taken as one number: 1 less the product of its output with itself."""
    columns = output.quantity.of == "h1"
    squares = matrix(Transpose(output), output) if columns else matrix(output, Transpose(output))
    return times(parts["upstream"], minus(Constant("1"), squares))


def _weight(delta: Ref, name: str, says: Expression, others: list[Expression], step: int) -> Line:
    return Line(gradient(name, step), says, "matrix weight gradient", {"delta": delta, "others": others})


def _bias(name: str, delta: Ref, value: Ref | None, step: int) -> Line:
    parts = {"deltas": [delta], "inputs": [value] if value else []}
    return Line(gradient(name, step), delta, "bias gradient", parts)
