"""Which engine is taken, and what is said about it."""

import importlib.util
from dataclasses import dataclass
from typing import Any

import pytest
from tests.training.conftest import random_problem

from chalkgrad.errors import UsageError
from chalkgrad.training.data import prepare_data
from chalkgrad.training.engines import choosing
from chalkgrad.training.engines.choosing import StepWork, choose_engine, step_work

PROBLEM = random_problem(1)


def chosen(engine: str = "auto", epochs: int = 1) -> tuple[str, str]:
    found, reason = choose_engine(PROBLEM, prepare_data(PROBLEM), engine, epochs)
    return found.name, reason


@dataclass
class Jax:
    """Stands for the package: choosing asks only what it runs on."""

    platform: str

    def default_backend(self) -> str:
        return self.platform


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make believe that JAX is there and runs on something, and that a step takes so long."""

    def with_(platform: str, seconds: float) -> None:
        work = StepWork(0, int(seconds * choosing._OPERATIONS_A_SECOND), 0)
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
        monkeypatch.setattr(choosing, "require_jax", lambda: Jax(platform))
        monkeypatch.setattr(choosing, "step_work", lambda problem, samples: work)

    return with_


def test_small_work_is_for_numpy(machine: Any) -> None:
    machine("cpu", 0.1)
    assert chosen() == ("numpy", "NumPy takes about 100 ms for it, and JAX takes about 2 s longer to start and compile")


@pytest.mark.parametrize(
    ("platform", "seconds", "epochs", "name", "words"),
    [
        (
            "cpu",
            0.1,
            1000,
            "jax",
            "NumPy takes about 1.7 min for it, which makes good the 2 s that JAX takes longer to start",
        ),
        ("gpu", 0.1, 1000, "jax", "NumPy takes about 1.7 min for it, and there is a GPU"),
        ("gpu", 2e-5, 10**7, "numpy", "a step takes about 20 µs, too little for a GPU to gain by"),
    ],
)
def test_large_work(machine: Any, platform: str, seconds: float, epochs: int, name: str, words: str) -> None:
    machine(platform, seconds)
    assert choosing._chosen(PROBLEM, prepare_data(PROBLEM), epochs) == (name, words)


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert chosen(epochs=10**9) == ("numpy", "the package jax is not installed")


def test_what_is_asked_for() -> None:
    assert chosen("numpy") == ("numpy", "it was asked for")


def test_jax_is_asked_for() -> None:
    pytest.importorskip("jax", reason="jax, an extra, is not installed: pip install chalkgrad[jax]")
    assert chosen("jax") == ("jax", "it was asked for")


def test_jax_is_asked_for_and_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(UsageError, match="the engine jax needs the package jax") as caught:
        chosen("jax")
    assert caught.value.code == "missing-extra"
    assert caught.value.faults[0].hint == "pip install 'chalkgrad[jax]'"


def test_an_unknown_engine() -> None:
    with pytest.raises(UsageError, match="there is no engine `nunpy`") as caught:
        chosen("nunpy")
    assert caught.value.code == "unknown-engine"
    assert caught.value.faults[0].hint == 'did you mean "numpy"?'


def test_work_grows_with_the_batch() -> None:
    small, large = step_work(PROBLEM, 10), step_work(PROBLEM, 1000)
    assert large.products == 100 * small.products
    assert large.calls == small.calls
    assert large.numbers > small.numbers
    assert large.seconds > small.seconds
