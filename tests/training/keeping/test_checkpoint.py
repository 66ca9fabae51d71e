"""Where a run stands comes back to the bit, or not at all."""

import json
import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chalkgrad.errors import ProblemError
from chalkgrad.training.keeping.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from chalkgrad.training.keeping.tensor_files import packed
from chalkgrad.training.keeping.weights import save_weights


def bits(value: float) -> bytes:
    return struct.pack("<d", value)


def test_every_number_to_the_bit(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    drawn = [value for value in random.integers(2**64, size=2000, dtype=np.uint64).view(np.float64) if value == value]
    numbers = [*map(float, drawn), 0.1, -0.0, 5e-324, 1.7976931348623157e308, math.inf, -math.inf]
    save_checkpoint(tmp_path / "c", Checkpoint({}, {"numbers": numbers, "nan": math.nan}))
    progress = load_checkpoint(tmp_path / "c").progress
    assert list(map(bits, progress["numbers"])) == list(map(bits, numbers))
    assert math.isnan(progress["nan"])


def test_the_state_of_a_random_generator(tmp_path: Path) -> None:
    generator = np.random.Generator(np.random.PCG64(3))
    generator.normal(size=7)
    progress = {"random": generator.bit_generator.state, "stopped": None, "done": False, "name": "σ\ud800"}
    save_checkpoint(tmp_path / "c", Checkpoint({}, progress, rows=12))
    found = load_checkpoint(tmp_path / "c")
    assert found.progress == progress
    assert found.rows == 12
    again = np.random.PCG64()
    again.state = found.progress["random"]
    assert np.random.Generator(again).normal() == generator.normal()


def test_arrays_of_every_kind(tmp_path: Path) -> None:
    arrays = {
        "parameter:W1": np.array([[1.5, np.nan], [np.inf, -0.0]], dtype=np.float32),
        "m:W1": np.ones((2, 2)),
        "order": np.arange(5),
        "seen": np.array([True, False]),
        "step": np.array(7, dtype=np.uint64),
    }
    save_checkpoint(tmp_path / "c", Checkpoint(arrays))
    found = load_checkpoint(tmp_path / "c")
    assert found.arrays.keys() == arrays.keys()
    for name, array in arrays.items():
        assert found.arrays[name].dtype == array.dtype
        assert found.arrays[name].tobytes() == array.tobytes()
    assert list(found.group("parameter")) == ["W1"]


def test_the_same_checkpoint_gives_the_same_bytes(tmp_path: Path) -> None:
    for name, order in (("a", 1), ("b", -1)):
        progress = dict([("epoch", 1), ("seed", 2), ("loss", 0.1)][::order])
        save_checkpoint(tmp_path / name, Checkpoint({"x": np.ones(1)}, progress))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize(
    ("progress", "message"),
    [
        ({"a": [1, (2,)]}, r"progress\.a\[1\] is a tuple"),
        ({"a": np.float32(0.1)}, r"progress\.a is a float32"),
        ({"a": np.float64(0.1)}, r"progress\.a is a float64"),
        ({"a": {1: 2}}, r"progress\.a has the key 1, which is no text"),
    ],
)
def test_what_would_not_come_back_is_a_mistake(progress: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=message):
        save_checkpoint(tmp_path / "c", Checkpoint({}, progress))


class TestWhatIsRefused:
    def code(self, path: Path) -> tuple[str, str]:
        with pytest.raises(ProblemError) as caught:
            load_checkpoint(path)
        return caught.value.code, caught.value.faults[0].message

    def test_weights(self, tmp_path: Path) -> None:
        save_weights(tmp_path / "w", {"W1": np.ones(3)}, {})
        assert self.code(tmp_path / "w") == ("not-a-checkpoint", "`w` holds arrays and no progress of a run")

    def test_a_later_version(self, tmp_path: Path) -> None:
        (tmp_path / "c").write_bytes(packed({}, {"checkpoint": "2", "progress": "{}"}))
        assert self.code(tmp_path / "c") == ("not-a-checkpoint", "`c` is a checkpoint of version '2'; expected 1")

    @pytest.mark.parametrize(
        ("progress", "rows"), [("{", "0"), ("[]", "0"), ("[" * 10**5, "0"), ("{}", "-1"), ("{}", "9" * 99), ("{}", "²")]
    )
    def test_progress_that_is_none(self, tmp_path: Path, progress: str, rows: str) -> None:
        from safetensors.numpy import save_file

        save_file({"x": np.ones(1)}, tmp_path / "c", {"checkpoint": "1", "progress": progress, "history_rows": rows})
        assert self.code(tmp_path / "c") == ("damaged-weights", "`c` is damaged: its progress cannot be read")

    def test_a_bit_that_changed_anywhere_is_noticed_or_changes_nothing(self, tmp_path: Path) -> None:
        path, saved = tmp_path / "c", Checkpoint({"m:W": np.array([0.1, 0.2])}, {"epoch": 3, "loss": 0.5})
        save_checkpoint(path, saved)
        raw = path.read_bytes()
        random = np.random.default_rng(1)
        for bit in random.choice(8 * len(raw), size=600, replace=False):
            changed = bytearray(raw)
            changed[bit // 8] ^= 1 << bit % 8
            path.write_bytes(changed)
            try:
                found = load_checkpoint(path)
            except ProblemError:
                continue
            assert found.arrays["m:W"].tobytes() == saved.arrays["m:W"].tobytes()
            assert json.dumps(found.progress) == json.dumps(saved.progress)
