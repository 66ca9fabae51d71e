"""Weights on disk: what comes back, and what is wrong with a file."""

import os
from pathlib import Path

import numpy as np
import pytest

from chalkgrad.errors import ChalkgradError, Fault, ProblemError, UsageError
from chalkgrad.training.keeping.weights import check_finite, load_weights, save_weights

ARRAYS = {
    "W1": np.array([[0.1, -0.0, 1e-310], [np.pi, 3e38, -5e-324]]),
    "b1": np.array([[1.5, -2.25]], dtype=np.float32),
    "scale": np.array(0.3),
}
SHAPES = {name: array.shape for name, array in ARRAYS.items()}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "w.safetensors"
    save_weights(path, ARRAYS, {"title": "σ", "epoch": "3"})
    return path


def faults(path: Path, expected: dict[str, tuple[int, ...]] | None = None) -> list[Fault]:
    with pytest.raises(ProblemError) as caught:
        load_weights(path, expected)
    return list(caught.value.faults)


def assert_same(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        assert found[name].tobytes() == array.tobytes()


class TestWhatComesBack:
    def test_every_bit_and_every_text(self, file: Path) -> None:
        weights = load_weights(file)
        assert_same(weights.arrays, ARRAYS)
        assert weights.metadata == {"title": "σ", "epoch": "3"}

    def test_the_order_of_the_problem(self, file: Path) -> None:
        order = ["scale", "b1", "W1"]
        assert list(load_weights(file, {name: SHAPES[name] for name in order}).arrays) == order

    def test_arrays_that_may_be_changed(self, file: Path) -> None:
        load_weights(file).arrays["W1"][0, 0] = 7

    def test_the_same_content_gives_the_same_bytes(self, file: Path, tmp_path: Path) -> None:
        first = file.read_bytes()
        for _ in range(5):  # the package orders texts by chance
            backwards = dict(reversed(ARRAYS.items()))
            save_weights(tmp_path / "again", backwards, {"epoch": "3", "title": "σ"})
            assert (tmp_path / "again").read_bytes() == first

    @pytest.mark.parametrize(
        "array",
        [
            np.arange(12.0).reshape(3, 4).T,
            np.arange(24.0).reshape(4, 6)[::2, ::-3],
            np.arange(6, dtype=">f8").reshape(2, 3),
            np.arange(6, dtype=">f4"),
            np.zeros((0, 3)),
            np.broadcast_to(np.float32(2), (2, 2)),
        ],
        ids=["transposed", "strided", "big-endian", "big-endian-32", "empty", "broadcast"],
    )
    def test_any_layout_in_memory(self, array: np.ndarray, tmp_path: Path) -> None:
        save_weights(tmp_path / "w", {"W": array}, {})
        found = load_weights(tmp_path / "w").arrays["W"]
        assert found.dtype == array.dtype.newbyteorder("=")
        np.testing.assert_array_equal(found, array, strict=False)

    def test_no_arrays_at_all(self, tmp_path: Path) -> None:
        save_weights(tmp_path / "w", {}, {})
        assert load_weights(tmp_path / "w", {}).arrays == {}

    def test_other_programs_read_it(self, file: Path) -> None:
        from safetensors import safe_open

        with safe_open(file, framework="np") as opened:
            assert_same({name: opened.get_tensor(name) for name in opened.keys()}, ARRAYS)  # noqa: SIM118
            assert opened.metadata()["title"] == "σ"

    def test_the_files_of_other_programs_are_read(self, tmp_path: Path) -> None:
        from safetensors.numpy import save_file

        save_file(ARRAYS, tmp_path / "w", {"format": "np"})
        weights = load_weights(tmp_path / "w", SHAPES)
        assert_same(weights.arrays, ARRAYS)
        assert weights.metadata == {"format": "np"}

    def test_pytorch_and_back(self, file: Path, tmp_path: Path) -> None:
        torch = pytest.importorskip("torch")
        from safetensors.torch import load_file, save_file

        found = load_file(file)
        assert torch.equal(found["W1"], torch.tensor(ARRAYS["W1"]))
        save_file(found, tmp_path / "w")
        assert_same(load_weights(tmp_path / "w", SHAPES).arrays, ARRAYS)


class TestWhatIsNotKept:
    def test_another_kind_of_number(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match='"W" holds int64; expected float32 or float64') as caught:
            save_weights(tmp_path / "w", {"W": np.arange(3)}, {})
        assert caught.value.code == "wrong-dtype"
        assert os.listdir(tmp_path) == []

    @pytest.mark.parametrize(
        ("array", "message"),
        [
            (np.array([[1, 2], [3, np.nan]]), '`w`: "W" holds NaN in row 2, column 2'),
            (np.array([[1, -np.inf], [np.nan, 4]], dtype=np.float32), '`w`: "W" holds infinity in row 1, column 2'),
            (np.array([0, np.inf]), '`w`: "W" holds infinity at entry 2'),
            (np.array(np.nan), '`w`: "W" holds NaN'),
        ],
    )
    def test_what_is_not_finite(self, tmp_path: Path, array: np.ndarray, message: str) -> None:
        with pytest.raises(ProblemError) as caught:
            save_weights(tmp_path / "w", {"V": np.ones(2), "W": array}, {})
        hint = "such weights come from a run that diverged"
        assert caught.value.faults == (Fault("not-finite", message, hint=hint),)
        assert os.listdir(tmp_path) == []

    def test_what_is_not_finite_is_not_read_either(self, tmp_path: Path) -> None:
        from safetensors.numpy import save_file

        save_file({"W1": np.array([[1.0, np.nan]]), "b1": np.array([np.inf])}, tmp_path / "w")
        assert [(fault.code, fault.message) for fault in faults(tmp_path / "w")] == [
            ("not-finite", '`w`: "W1" holds NaN in row 1, column 2'),
            ("not-finite", '`w`: "b1" holds infinity at entry 1'),
        ]

    def test_finite_weights_are_fine(self) -> None:
        check_finite(ARRAYS, "w")


class TestTheWeightsOfAnotherProblem:
    def test_another_shape(self, tmp_path: Path) -> None:
        save_weights(tmp_path / "w", {"W1": np.zeros((64, 100)), "s": np.zeros(3)}, {})
        assert faults(tmp_path / "w", {"W1": (64, 120), "s": ()}) == [
            Fault("wrong-shape", f"`w`: {message}", hint="these weights belong to another network")
            for message in (
                "W1 is 64 x 100 here, the problem has 64 x 120",
                "s is 3 here, the problem has a single number",
            )
        ]

    def test_missing_and_unknown_names(self, file: Path) -> None:
        expected = {"W_1": (2, 3), "b1": (1, 2), "other": ()}
        assert faults(file, expected) == [
            Fault("parameter-missing", "`w.safetensors` has no W_1, and the problem has"),
            Fault("parameter-missing", "`w.safetensors` has no other, and the problem has"),
            Fault(
                "parameter-unknown", '`w.safetensors` holds "W1", and the problem does not', hint='did you mean "W_1"?'
            ),
            Fault("parameter-unknown", '`w.safetensors` holds "scale", and the problem does not'),
        ]

    def test_very_many_unknown_names(self, tmp_path: Path) -> None:
        save_weights(tmp_path / "w", {f"W{number}": np.zeros(1) for number in range(2000)}, {})
        found = faults(tmp_path / "w", {"W": (1,)})
        assert len(found) == 21
        assert found[-1] == Fault("more-faults", "and more faults, which are not shown")

    def test_shapes_are_told_before_the_arrays_are_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def never(*_: object) -> None:
            raise AssertionError("the arrays were read")

        save_weights(tmp_path / "w", {"W": np.zeros(1)}, {})
        monkeypatch.setattr("chalkgrad.training.keeping.tensor_files._unpacked", never)
        assert [fault.code for fault in faults(tmp_path / "w", {"W": (2,)})] == ["wrong-shape"]


class TestDamage:
    def test_a_file_cut_off_anywhere(self, file: Path) -> None:
        raw = file.read_bytes()
        for length in range(len(raw)):
            file.write_bytes(raw[:length])
            assert {fault.code for fault in faults(file)} <= {"damaged-weights", "not-weights"}

    def test_bytes_behind_the_end(self, file: Path) -> None:
        file.write_bytes(file.read_bytes() + b"\0")
        assert faults(file)[0].message == "`w.safetensors` is damaged: its arrays take 64 bytes, and 65 are there"

    def test_any_one_bit(self, file: Path) -> None:
        arrays = {"W": np.array([0.1])}
        save_weights(file, arrays, {})
        raw = bytearray(file.read_bytes())
        for bit in range(8 * len(raw)):
            raw[bit // 8] ^= 1 << bit % 8
            file.write_bytes(raw)
            try:
                found = load_weights(file, {"W": (1,)}).arrays
            except ProblemError:
                pass
            else:  # the bit stood in the name of the fingerprint or in the spaces behind the header
                assert_same(found, arrays)
            raw[bit // 8] ^= 1 << bit % 8

    @pytest.mark.parametrize("seed", range(4))
    def test_bits_and_bytes_at_random_without_a_fingerprint(self, tmp_path: Path, seed: int) -> None:
        from safetensors.numpy import save

        path, raw = tmp_path / "w", save(ARRAYS, {"format": "np"})
        random = np.random.default_rng(seed)
        for _ in range(500):
            changed = bytearray(raw)
            for place in random.integers(len(raw), size=random.integers(1, 5)):
                changed[place] = random.integers(256)
            path.write_bytes(changed)
            try:
                found = load_weights(path, SHAPES).arrays
            except ProblemError:
                continue
            assert {name: array.shape for name, array in found.items()} == SHAPES

    def test_numbers_that_were_changed(self, file: Path) -> None:
        file.write_bytes(file.read_bytes()[:-1] + b"\x40")
        assert faults(file) == [
            Fault(
                "damaged-weights",
                "`w.safetensors` is damaged: its content is not what was saved",
                hint="take another copy; if you changed it yourself, remove `sha256` from its metadata",
            )
        ]

    def test_no_space_leaves_the_old_weights(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(ChalkgradError, match="No space left on device"):
                save_weights(file, {"W1": np.zeros(3)}, {})
        assert os.listdir(file.parent) == ["w.safetensors"]
        assert_same(load_weights(file).arrays, ARRAYS)
