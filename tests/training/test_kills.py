"""A process that is killed while it saves loses nothing; 50 kills are in `benchmarks/training/kills.py`."""

import importlib.util
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from chalkgrad.training.keeping.folder import RunFolder

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "training" / "kills.py"


@pytest.fixture(scope="module")
def kills() -> ModuleType:
    spec = importlib.util.spec_from_file_location("kills", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_kills_at_random_moments_lose_nothing() -> None:
    environment = os.environ | {"PYTHONPATH": str(SCRIPT.parents[2] / "src")}
    command = [sys.executable, str(SCRIPT), "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    assert "6 kills while saving whole or not at all" in done.stdout
    assert done.stdout.endswith("0 times broken or lost\n")
    assert done.returncode == 0


class TestTheCheckItself:
    @pytest.fixture
    def run(self, kills: ModuleType, tmp_path: Path) -> RunFolder:
        run = RunFolder(tmp_path)
        run.save(kills.state(3), kills.history_of(3))
        return run

    def test_a_whole_run(self, kills: ModuleType, run: RunFolder) -> None:
        assert kills.what_is_wrong(run.path, [1, 2, 3]) == ""
        assert kills.what_is_wrong(run.path, [1, 2]) == ""  # killed between saving and telling

    @pytest.mark.parametrize(
        ("told", "what"), [([4], "epoch 4 was saved, and epoch 3"), ([1], "epoch 1"), ([], "noth")]
    )
    def test_another_epoch(self, kills: ModuleType, run: RunFolder, told: list[int], what: str) -> None:
        assert what in kills.what_is_wrong(run.path, told)

    def test_arrays_of_another_epoch(self, kills: ModuleType, run: RunFolder) -> None:
        run.save(replace(kills.state(3), arrays=kills.state(2).arrays), kills.history_of(3))
        assert kills.what_is_wrong(run.path, [3]) == "the arrays are not those of epoch 3"

    def test_the_history_of_another_epoch(self, kills: ModuleType, run: RunFolder) -> None:
        run.save(kills.state(3), kills.history_of(2))
        assert kills.what_is_wrong(run.path, [3]) == "progress or history are not those of epoch 3"

    def test_a_torn_checkpoint(self, kills: ModuleType, run: RunFolder) -> None:
        path = run.path / "checkpoint.safetensors"
        path.write_bytes(path.read_bytes()[:-1])
        assert "is damaged" in kills.what_is_wrong(run.path, [3])
