"""The language: nodes and ops, their shapes, values and gradients."""

# Nodes are made of ops and ops of nodes, so the modules that hold them are loaded together and in this order.
from chalkgrad.core import node as _node  # noqa: F401
