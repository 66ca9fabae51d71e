"""Short verbs that hand on: read a problem, solve it, train it, look things up."""

from __future__ import annotations

from chalkgrad.api.looking_up import bundled_problems, catalogue, schema, starter
from chalkgrad.api.pages import Page
from chalkgrad.api.solving import Solution, read, read_text, solve
from chalkgrad.core.node import constant, variable
from chalkgrad.errors import ChalkgradError
from chalkgrad.reading.problem import Problem

__all__ = [
    "ChalkgradError",
    "Page",
    "Problem",
    "Solution",
    "bundled_problems",
    "catalogue",
    "constant",
    "read",
    "read_text",
    "schema",
    "solve",
    "starter",
    "variable",
]
