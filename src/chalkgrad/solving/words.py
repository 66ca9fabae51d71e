"""Why a line holds, in words: the rule of each statement and the reason behind it."""

from __future__ import annotations

from chalkgrad.core.gradient import Step
from chalkgrad.core.node import Node, Op, toposort
from chalkgrad.solving.statements import Statement

__all__ = ["reason", "rule"]

_OPTIMIZER_WORDS = {
    "m": "The running mean of the gradient.",
    "v": "The running mean of the squared gradient.",
    "m_hat": "The mean started at 0; dividing by 1 − β₁ᵗ takes that out.",
    "v_hat": "The mean started at 0; dividing by 1 − β₂ᵗ takes that out.",
    "velocity": "The gradients added up, older ones fading.",
    "squares": "The squared gradients gathered so far.",
    "mu": "The momentum of this step.",
    "mu_next": "The momentum of the next step.",
    "mu_product": "The product of all momenta so far.",
}
_REGULARIZER_WORDS = {
    "total": "The regularizer adds its own gradient.",
    "norm": "How long all gradients are together.",
    "clipped": "A gradient that is too large is cut, so that one step does not lead far away.",
}


def rule(statement: Statement) -> str:
    """The rule by which a statement holds, in a word or two."""
    if statement.kind == "forward":
        return _forward_rule(statement.formula)
    if statement.kind == "loss":
        return "loss"
    if statement.kind == "accumulate":
        return "sum over paths"
    if statement.kind == "regularize":
        return {"norm": "norm of all gradients", "clipped": "clipping"}.get(statement.role, "regularizer")
    if statement.kind == "update":
        return "update" if statement.role == "parameter" else statement.role.replace("_", " ")
    return _chain_rule(statement.steps[0]) if statement.steps else "derivative"


def _forward_rule(formula: Node) -> str:
    if formula.op.role == "activation":
        return formula.op.facts.title
    if formula.op.name == "unnamed":
        return "activation"
    if formula.op.name == "stack":
        return "the weights as a matrix"
    return "weighted sum" if _has_products(formula) else "definition"


def _has_products(formula: Node) -> bool:
    """Whether a formula is a sum in which something is multiplied by a weight."""
    return any(node.op.name in ("matmul", "multiply") for node in _terms(formula))


def _has_bias(formula: Node) -> bool:
    """Whether a term of a sum stands without a factor."""
    return any(not node.arguments for node in _terms(formula))


def _terms(formula: Node) -> list[Node]:
    """The terms of a sum, however its brackets are set."""
    terms, waiting = [], [formula]
    while waiting:
        node = waiting.pop()
        if node.op.name in ("add", "subtract"):
            waiting += node.arguments
        else:
            terms.append(node)
    return terms


def _chain_rule(step: Step) -> str:
    op = _outermost(step)
    return {
        "matmul": "matrix product",
        "multiply": "weighted sum",
        "add": "weighted sum",
        "stack": "entry of the matrix",
    }.get(op.name, f"slope of {op.facts.title or op.name}")


def _outermost(step: Step) -> Op:
    """The op of a line that the gradient met on its way to the quantity, past sums."""
    for node in step.through:
        if node.op.name not in ("add", "subtract", "expand") and _leads(node, step.of):
            return node.op
    return step.through[0].op if step.through else step.of.op


def _leads(node: Node, target: Node) -> bool:
    waiting, seen = [node], {node}
    while waiting:
        here = waiting.pop()
        if here is target:
            return True
        for argument in here.arguments:
            if argument not in seen:
                seen.add(argument)
                waiting.append(argument)
    return False


def reason(statement: Statement, loss_law: str = "") -> str:
    """One sentence that says why a statement holds.

    Args:
        statement: the statement.
        loss_law: the law of the loss, for what the loss depends on directly.
    """
    if statement.kind == "forward":
        return _forward_reason(statement.formula)
    if statement.kind == "loss":
        return "" if statement.role == "value" and statement.of != "loss" else "How far the output is from its target."
    if statement.kind == "accumulate":
        return "What comes along the different ways is added up."
    if statement.kind == "regularize":
        return _REGULARIZER_WORDS[statement.role]
    if statement.kind == "update":
        if statement.role == "m_hat" and any(node.op.name == "add" for node in toposort([statement.formula])):
            return "The mean as it will be one step ahead, with this gradient in it."
        return _OPTIMIZER_WORDS.get(statement.role, "A step against the gradient.")
    return _chain_reason(statement, loss_law)


def _forward_reason(formula: Node) -> str:
    if formula.op.role == "activation" and formula.op.facts.range:
        return f"{formula.op.facts.title.capitalize()}, values in {formula.op.facts.range}."
    if _has_products(formula):
        return "What comes in, each times its weight" + (", and the bias." if _has_bias(formula) else ".")
    return ""


def _chain_reason(statement: Statement, loss_law: str) -> str:
    if not statement.steps:
        return "It does not reach the loss."
    if statement.steps[0].upstream.number is not None:
        return loss_law
    op = _outermost(statement.steps[0])
    if op.name == "multiply":
        return "In the weighted sum it is multiplied by this factor, so that is the slope."
    if op.name == "stack":
        return "It is this entry of the matrix."
    if op.name in ("add", "subtract", "expand"):
        return (
            "It is only added, so the gradient comes through unchanged; where it is added to several, they are summed."
        )
    if op.name == "relu":
        return f"{op.facts.law} The sign 1 with a condition below it is 1 where that holds, else 0."
    return op.facts.law
