"""What every test can rely on: reproducible random cases, no display, no word from the user's own environment."""

import os

import numpy
import pytest
from hypothesis import settings

# A slow machine is no failure, and the same cases are drawn on every machine.
settings.register_profile("everywhere", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("everywhere")

os.environ["MPLBACKEND"] = "Agg"
# Keras chooses its backend when it is first imported.
os.environ.setdefault("KERAS_BACKEND", "jax")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CHALKGRAD_TRACEBACK", "COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate-golden", action="store_true", help="write the golden solutions anew, then read them")


def drawn_targets(kind: str, samples: int, outputs: int, chance: numpy.random.Generator) -> numpy.ndarray:
    """Targets of the kind that a loss takes."""
    if kind == "one_hot":
        return numpy.eye(outputs)[chance.integers(outputs, size=samples)]
    if kind == "signs":
        return chance.choice([-1.0, 1.0], size=(samples, outputs))
    if kind == "probabilities":
        drawn = chance.uniform(0.1, 1, size=(samples, outputs))
        # A single probability would always be 1 where they add up to it.
        return drawn / drawn.sum(axis=1, keepdims=True) * (1 if outputs > 1 else 0.5)
    return chance.normal(size=(samples, outputs))
