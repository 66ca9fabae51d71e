"""The modules of the benchmark of marking, and the pages that are kept."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks" / "marking"
MODULES = (
    "assembling",
    "computing",
    "expressions",
    "generate",
    "injecting",
    "mistakes",
    "noise",
    "score",
    "scoring",
    "working",
)


@pytest.fixture(scope="package")
def code() -> Iterator[SimpleNamespace]:
    """The modules of the generator, imported as they are when it runs: their folder on the path."""
    sys.path.insert(0, str(FOLDER))
    before = set(sys.modules)
    yield SimpleNamespace(**{name: importlib.import_module(name) for name in MODULES})
    sys.path.pop(0)
    for name in set(sys.modules) - before:
        if str(FOLDER) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture(scope="package")
def pages() -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for path in sorted((FOLDER / "pages").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
