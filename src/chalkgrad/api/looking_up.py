"""What there is: bundled problems, the catalogue of ops, a file to begin with, the schema of problem files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chalkgrad.api.pages import Page
from chalkgrad.api.solving import one_of
from chalkgrad.reading.problem_file import json_schema, read_problem_file

__all__ = ["bundled_problems", "catalogue", "schema", "starter"]


def bundled_problems() -> list[tuple[str, str]]:
    """The problems that come with the package: bare name and title of each."""
    from chalkgrad.problems import problem_names

    return [(name, read_problem_file(name).title) for name in problem_names()]


def catalogue(names: Sequence[str] = (), *, kind: str | None = None) -> Page:
    """What a problem may name: activations, losses, optimizers, regularizers, functions.

    Args:
        names: which; all if empty.
        kind: only `activation`, `loss`, `optimizer`, `regularizer` or `function`.

    Raises:
        UsageError: for an unknown name or kind.
    """
    from chalkgrad.solving.catalogue import catalogue_data, catalogue_document

    document = catalogue_document(names, kind)
    return Page(lambda: document, lambda: catalogue_data(names, kind))


def starter(kind: str = "network") -> str:
    """A commented problem file to start from, with a `network` or a `formula`."""
    from chalkgrad.reading.starter import starter_file

    return starter_file("formula" if one_of("kind", kind, ("network", "formula")) == "formula" else "network")


def schema() -> dict[str, Any]:
    """The JSON Schema of a problem file, for editors."""
    return json_schema()
