"""The benchmarks run, and compare what is the same."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks"
SCRIPTS = ("starting.py", "pdf.py", "gradient_graph.py")
TRAINING_SCRIPTS = tuple(f"training/{name}.py" for name in ("speed", "floor", "memory", "accuracy", "starting"))


def run(*arguments: str, beside: Path | None = None) -> str:
    """What a script prints; with `beside`, modules of that folder stand in for those of the same name."""
    folders = [str(folder) for folder in (beside, FOLDER.parent / "src") if folder is not None]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(folders)}
    command = [sys.executable, str(FOLDER / arguments[0]), *arguments[1:]]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=120).stdout


@pytest.mark.parametrize("script", SCRIPTS + TRAINING_SCRIPTS)
def test_every_script_says_what_it_measures(script: str) -> None:
    said = run(script, "--help")
    assert "Measures" in said
    assert "--quick" in said


def test_the_readme_tells_of_every_script() -> None:
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert {path.name for path in FOLDER.glob("*.py")} == {*SCRIPTS, "measuring.py"}
    assert all(f"`{script}`" in told for script in (*SCRIPTS, *TRAINING_SCRIPTS, "measuring.py"))
    modules = {f"training/{path.name}" for path in FOLDER.glob("training/*.py")}
    assert all(f"`{module}`" in told for module in modules)


def test_the_graph_and_the_step_by_hand_give_the_same() -> None:
    # The script stops with another exit code where the two differ, or one of them leaves float32.
    assert "evaluate, built for 128 samples" in run("gradient_graph.py", "--quick")


class TestTraining:
    def test_engines_that_do_the_same_come_to_the_same_loss(self) -> None:
        # Small works, NumPy alone: sigmoid with SGD, tanh with Adam, a ReLU network with a last smaller batch.
        said = run("training/speed.py", "T1", "T2", "T3", "--quick", "--only", "numpy-naive,numpy-buffers")
        assert said.count("\nnumpy-naive ") == said.count("\nnumpy-buffers ") == 3
        assert "NOT THE SAME WORK" not in said

    def test_engines_that_do_something_else_are_found(self, training: ModuleType) -> None:
        apart = [training.Measured("one", loss=0.5), training.Measured("other", loss=0.51), training.Measured("third")]
        assert not training.print_disagreement(apart)
        assert training.print_disagreement([apart[0], training.Measured("near", loss=0.5001), apart[2]])
        # A loss that is no number agrees with nothing.
        assert not training.print_disagreement([apart[0], training.Measured("broken", loss=float("nan"))])

    def test_a_library_that_is_missing_leaves_its_row_out(self, tmp_path: Path) -> None:
        (tmp_path / "sklearn.py").write_text("raise ImportError('no such library here')")
        said = run("training/speed.py", "T1", "--quick", "--only", "numpy-naive,scikit-learn", beside=tmp_path)
        assert "scikit-learn: left out, no such library here" in said

    def test_an_engine_or_a_work_that_there_is_not_is_named(self) -> None:
        with pytest.raises(subprocess.CalledProcessError) as caught:
            run("training/speed.py", "T9")
        assert "there is no T9; there are T1, T2, T3, T4, T5" in caught.value.stderr

    def test_operations_are_those_of_the_products(self, training: ModuleType) -> None:
        products = 3 * (784 * 128 + 128 * 64 + 64 * 10) - 784 * 128
        assert training.WORKLOADS["T3"].operations == 2 * 60_000 * products
        assert training.WORKLOADS["T3"].batches[-1] == slice(59_904, 60_000)

    def test_memory_stands_against_what_is_needed(self) -> None:
        said = run("training/memory.py", "--quick", "--only", "numpy-buffers")
        assert re.search(r"^numpy-buffers +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+$", said, re.MULTILINE)

    def test_whole_processes_are_timed(self) -> None:
        assert re.search(
            r"^numpy-buffers +\d+\.\d\d$", run("training/starting.py", "--quick", "--only", "numpy-buffers"), re.M
        )


@pytest.fixture(scope="module")
def training() -> Iterator[ModuleType]:
    """The script that measures speed, imported as it is when it runs: its folder on the path."""
    sys.path.insert(0, str(FOLDER / "training"))
    before = set(sys.modules)
    yield importlib.import_module("speed")
    sys.path.pop(0)
    for name in set(sys.modules) - before:
        del sys.modules[name]
