"""A site: a step of the working at which a mistake can be made, and what one needs to know around it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from chalkgrad.core.gradient import Step
from chalkgrad.core.node import ONE, Node
from chalkgrad.marking.mistakes.rewriting import holds, terms_of
from chalkgrad.marking.mistakes.surroundings import Activation, Surroundings
from chalkgrad.marking.worlds import leaves_of
from chalkgrad.solving.statements import Statement

__all__ = ["Site"]


@dataclass(frozen=True, eq=False)
class Site:
    """A statement and its surroundings.

    Args:
        around: the relations between the symbols of its view.
        statement: the statement.
        formula: its formula, or what a first mistake made of it.
        has_before: whether there is a step before it.
    """

    around: Surroundings
    statement: Statement
    formula: Node
    has_before: bool = False

    @property
    def symbol(self) -> Node:
        """What the step works out."""
        return self.statement.symbol

    @cached_property
    def leaves(self) -> tuple[Node, ...]:
        """The symbols in the formula."""
        return leaves_of(self.formula)

    @cached_property
    def terms(self) -> list[tuple[int, Node]]:
        """The terms of the formula with their signs."""
        return terms_of(self.formula)

    @cached_property
    def weights(self) -> tuple[Node, ...]:
        """The parameters in the formula."""
        return tuple(leaf for leaf in self.leaves if leaf in self.around.parameters)

    @property
    def is_forward(self) -> bool:
        """Whether it is a step of the forward pass."""
        return self.statement.kind == "forward"

    @property
    def is_loss(self) -> bool:
        """Whether it works out the loss, or that of a sample."""
        return self.statement.kind == "loss"

    @cached_property
    def is_weighted_sum(self) -> bool:
        """Whether it is a sum of which some terms are products with parameters."""
        return self.is_forward and any(self.is_product(term) for _, term in self.terms)

    def is_product(self, term: Node) -> bool:
        """Whether a term is a product with a parameter."""
        return bool(term.arguments) and any(leaf in self.around.parameters for leaf in leaves_of(term))

    @cached_property
    def step(self) -> Step | None:
        """For a gradient along one way: the use of the chain rule."""
        return self.statement.steps[0] if self.statement.kind == "chain" and self.statement.steps else None

    @cached_property
    def upstream(self) -> Node | None:
        """For a gradient along one way: the gradient that arrives, if it stands in the formula."""
        arriving = self.step.upstream if self.step else None
        return arriving if arriving is not None and arriving is not ONE and holds(self.formula, arriving) else None

    @cached_property
    def is_of_parameter(self) -> bool:
        """Whether it is the gradient of a parameter, or a way of it."""
        return bool(self.statement.steps) and self.statement.steps[0].of in self.around.parameters

    @cached_property
    def is_error(self) -> bool:
        """Whether it is the gradient of what the loss is made of, and holds a target."""
        made = self.around.statements.get(self.step.via) if self.step else None
        return made is not None and made.kind == "loss" and any(leaf in self.around.targets for leaf in self.leaves)

    @cached_property
    def activation(self) -> Activation | None:
        """For a gradient that goes back through an activation: that activation, if its slope stands in the formula."""
        if self.step is None:
            return None
        for use in self.around.activations.get(self.step.of, ()):
            if use.slope.arguments and holds(self.formula, use.slope) and use.node in self.step.through:
                return use
        return None

    @cached_property
    def parameter(self) -> Node | None:
        """For a line of the optimizer: the parameter."""
        return self.around.named.get(self.statement.of) if self.statement.kind == "update" else None

    @cached_property
    def gradient(self) -> Node | None:
        """For a line of the optimizer: the gradient that it gets."""
        return self.around.view.totals.get(self.parameter) if self.parameter is not None else None

    def setting(self, name: str) -> Node | None:
        """The symbol of a setting, if it stands in the formula."""
        symbol = self.around.view.settings.get(name)
        return symbol if symbol is not None and symbol in self.leaves else None

    def memory(self, name: str) -> Node | None:
        """For a line of the optimizer: what it works out under a name."""
        wanted = f"{name}:{self.statement.of}:new"
        return next((leaf for leaf in self.leaves if leaf.name == wanted), None)

    def old_memory(self) -> tuple[Node, ...]:
        """For a line of the optimizer: what it remembers from the step before."""
        olds = {old for old, _ in self.around.view.states.values()}
        return tuple(leaf for leaf in self.leaves if leaf in olds)
