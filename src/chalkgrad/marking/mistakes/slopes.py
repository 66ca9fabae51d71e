"""Mistakes with the slope of an activation."""

from __future__ import annotations

from collections.abc import Iterator

from chalkgrad.core.algebra import multiply, negate, power, subtract
from chalkgrad.core.node import ONE, Node, as_node
from chalkgrad.marking.mistakes.mistake import Edit, Mistake
from chalkgrad.marking.mistakes.rewriting import holds, parts_of, replaced, summed
from chalkgrad.marking.mistakes.site import Site
from chalkgrad.marking.mistakes.surroundings import Activation
from chalkgrad.ops.activations import leaky_relu, relu, tanh
from chalkgrad.ops.losses import sigmoid_cross_entropy, softmax_cross_entropy_unit
from chalkgrad.ops.softmax import softmax_unit

__all__ = ["SLOPES", "fused_softmax"]

_BENT = (relu, leaky_relu)


def _elementwise(site: Site) -> Activation | None:
    """The activation that a gradient goes back through, if it is no softmax."""
    use = site.activation
    return use if use is not None and use.node.op is not softmax_unit else None


def _at_activation(site: Site) -> Iterator[Edit]:
    use = _elementwise(site)
    if use is None or use.after is None or use.node.op in _BENT:
        return
    slope = site.around.slope_of(use.node.op(use.after, **use.node.attributes), None)
    names: dict[str, Node | str] = {"activation": use.node.op.name, "after": use.after, "before": use.before}
    yield Edit(replaced(site.formula, {use.slope: slope}), names)


def _at_preactivation(site: Site) -> Iterator[Edit]:
    use = _elementwise(site)
    if use is None or use.after is None or not holds(use.slope, use.after):
        return
    slope = replaced(use.slope, {use.after: use.before})
    names: dict[str, Node | str] = {"activation": use.node.op.name, "after": use.after, "before": use.before}
    yield Edit(replaced(site.formula, {use.slope: slope}), names)


def _value_for_slope(site: Site) -> Iterator[Edit]:
    use = _elementwise(site)
    if use is not None:
        value = use.after if use.after is not None else use.node
        yield Edit(replaced(site.formula, {use.slope: value}), {"activation": use.node.op.name, "before": use.before})


def _twice(site: Site) -> Iterator[Edit]:
    use = _elementwise(site)
    if use is not None and use.node.op not in _BENT:
        slope = multiply(use.slope, use.slope)
        yield Edit(replaced(site.formula, {use.slope: slope}), {"activation": use.node.op.name})
    yield from _fused_twice(site, sigmoid_cross_entropy)


def _fused_twice(site: Site, op: object) -> Iterator[Edit]:
    """The slope of the output multiplied in, though the gradient by the pre-activation holds it already."""
    if site.step is None or not site.is_error:
        return
    if site.around.statements[site.step.via].formula.op is not op and not any(n.op is op for n in site.step.through):
        return
    for use in site.around.activations.get(site.step.of, ()):
        if use.after is not None and holds(site.formula, use.after):
            yield Edit(
                multiply(site.formula, use.slope), {"activation": use.node.op.name.removesuffix("_unit")}, "fused"
            )


def _layer(site: Site) -> list[tuple[Activation, Node]]:
    """For each unit of the layer that a gradient goes back to: its activation, and the gradient that arrives there."""
    use = _elementwise(site)
    if use is None:
        return []
    found = []
    for before in site.around.layer(use.before):
        made = site.around.statements.get(site.around.view.gradients.get(before, before))
        uses = [other for other in site.around.activations.get(before, ()) if other.node.op is use.node.op]
        if made is not None and made.steps and len(uses) == 1:
            found.append((uses[0], made.steps[0].upstream))
    return found if len(found) > 1 else []


def _one_for_all(site: Site) -> Iterator[Edit]:
    use, layer = site.activation, _layer(site)
    if use is None or not layer:
        return
    names = {"activation": use.node.op.name}
    slopes = [other.slope for other, _ in layer]
    if use.node.op is tanh:
        squares = [power(other.after or other.node, 2) for other, _ in layer]
        yield Edit(replaced(site.formula, {use.slope: ONE - summed(squares)}), names, "dot")
    elif use.node.op is not relu:
        yield Edit(replaced(site.formula, {use.slope: summed(slopes)}), names, "dot")
    yield Edit(replaced(site.formula, {use.slope: summed(slopes) / as_node(len(slopes))}), names, "mean")
    for number, slope in enumerate(slopes):
        if slope is not use.slope:
            yield Edit(replaced(site.formula, {use.slope: slope}), names, f"unit {number}")


def _inner(site: Site) -> Iterator[Edit]:
    use, layer = site.activation, _layer(site)
    if use is not None and layer:
        product = summed([upstream * other.slope for other, upstream in layer])
        yield Edit(product, {"activation": use.node.op.name})


def _outer(site: Site) -> Iterator[Edit]:
    use, layer = site.activation, _layer(site)
    if use is not None and layer and site.upstream is not None:
        names = {"how": f"gradient and slope of {use.node.op.name} were multiplied as an outer product and added up"}
        arriving = summed([upstream for _, upstream in layer])
        yield Edit(replaced(site.formula, {site.upstream: arriving}), names, "arriving")
        slopes = summed([other.slope for other, _ in layer])
        if use.node.op is tanh:
            yield Edit(replaced(site.formula, {use.slope: slopes}), names, "slopes")
    yield from _outer_transposed(site)


def _outer_transposed(site: Site) -> Iterator[Edit]:
    """The gradient of a matrix with rows and columns exchanged: the outer product taken the other way round."""
    if not site.is_of_parameter or site.statement.role != "gradient":
        return
    other = site.around.transposed(site.statement.steps[0].of)
    made = site.around.statements.get(site.around.view.gradients.get(other, other)) if other is not None else None
    if made is not None:
        # By its formula and not by its symbol, for its own number may be exchanged in the same slip.
        yield Edit(made.formula, {"how": "rows and columns were exchanged"}, "transposed")


def _diagonal(site: Site) -> Iterator[Edit]:
    made = site.statement
    if made.kind == "accumulate" and made.role == "gradient":
        own = {use.after for use in site.around.activations.get(made.steps[0].of, ()) if use.node.op is softmax_unit}
        ways = [term for (_, term), step in zip(site.terms, made.steps, strict=False) if step.via in own]
        if len(ways) == 1 and len(site.terms) > 1:
            yield Edit(ways[0], {"how": "only the diagonal of the slopes of softmax was used"}, "own")
    yield from _diagonal_of_fused(site)
    if site.step is not None:
        for edit in _fused_twice(site, softmax_cross_entropy_unit):
            how = "p(1 − p) was multiplied in, although p − y holds the slope of softmax already"
            yield Edit(edit.formula, {"how": how}, edit.variant)


def fused_softmax(site: Site) -> tuple[Node, Node, Node, list[tuple[Node, Node]]] | None:
    """For the gradient p − y of a softmax with cross-entropy: that difference, p, y, and the layer's other pairs."""
    if site.step is None or not site.is_error:
        return None
    whole = (*parts_of(site.around.statements[site.step.via].formula), *site.step.through)
    loss = next((node for node in whole if node.op is softmax_cross_entropy_unit), None)
    difference = next((node for node in parts_of(site.formula) if node.op is subtract), None)
    if loss is None or difference is None:
        return None
    own, target = difference.arguments
    inputs, targets = loss.arguments[: len(loss.arguments) // 2], loss.arguments[len(loss.arguments) // 2 :]
    uses = [(z, use) for z in inputs for use in site.around.activations.get(z, ())]
    units = {z: use.after for z, use in uses if use.node.op is softmax_unit}
    pairs = [(units.get(z), y) for z, y in zip(inputs, targets, strict=True) if y is not target]
    return difference, own, target, [(p, y) for p, y in pairs if p is not None]


def _diagonal_of_fused(site: Site) -> Iterator[Edit]:
    found = fused_softmax(site)
    if found is not None:
        difference, own, target, _ = found
        how = "only the diagonal of the slopes of softmax was used"
        yield Edit(replaced(site.formula, {difference: negate(target * (ONE - own))}), {"how": how}, "fused diagonal")


def _bent(site: Site) -> Iterator[Edit]:
    use = site.activation
    if use is not None and use.node.op in _BENT:
        yield Edit(replaced(site.formula, {use.slope: ONE}), {"activation": use.node.op.name, "before": use.before})


SLOPES = (
    Mistake(
        "slope-at-activation",
        "slope taken at the activation",
        "In {this}, the slope of {activation} was taken at {after}, and not at {before}.",
        "The slope of an activation is taken at its input, the pre-activation.",
        2,
        _at_activation,
    ),
    Mistake(
        "slope-at-preactivation",
        "law for the output used with the pre-activation",
        "In {this}, the law for the slope of {activation} by its output was used with {before} in place of {after}.",
        "The short laws a(1 − a) and 1 − a² take the output a of the activation.",
        2,
        _at_preactivation,
    ),
    Mistake(
        "value-for-slope",
        "activation used in place of its slope",
        "In {this}, the value of {activation} was multiplied in place of its slope.",
        "The chain rule multiplies by the slope of the activation, and not by its value.",
        2,
        _value_for_slope,
    ),
    Mistake(
        "scalar-slope",
        "slope taken as one number for all units",
        "In {this}, the slope of {activation} was taken as one number for all units of the layer.",
        "An activation works unit by unit, so each unit has a slope of its own.",
        2,
        _one_for_all,
    ),
    Mistake(
        "inner-product",
        "inner product in place of an elementwise one",
        "In {this}, gradient and slope of {activation} were multiplied as an inner product, which gives one number.",
        "Gradient and slope of a layer are multiplied elementwise: each unit has its own.",
        3,
        _inner,
    ),
    Mistake(
        "outer-product",
        "wrong outer product",
        "In {this}, {how}.",
        "Gradient and slope are multiplied elementwise; the gradient of a weight matrix is an outer product with the "
        "rows and columns of the matrix.",
        3,
        _outer,
    ),
    Mistake(
        "diagonal-softmax",
        "softmax taken as if each output had its own input",
        "For {this}, {how}.",
        "Each output of a softmax depends on every input; with cross-entropy all of it together gives p − y.",
        2,
        _diagonal,
    ),
    Mistake(
        "slope-twice",
        "slope multiplied in twice",
        "In {this}, the slope of {activation} was multiplied in twice.",
        "Each function on the way gives its slope once; ŷ − y behind a sigmoid with cross-entropy holds it already.",
        3,
        _twice,
    ),
    Mistake(
        "relu-slope-negative",
        "slope of a rectifier taken as 1 for a negative input",
        "In {this}, the slope of {activation} was taken as 1 although {before} is not positive.",
        "Where the input of a ReLU is negative its slope is 0, and no gradient comes back.",
        1,
        _bent,
    ),
)
