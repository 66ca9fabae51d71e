"""NumPy archives: what is read, and what a header may not claim."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from chalkgrad.errors import ProblemError
from chalkgrad.reading.data_archive import load_archive


@pytest.fixture
def archive(tmp_path):
    def write(**arrays):
        np.savez_compressed(tmp_path / "a.npz", **arrays)
        return tmp_path / "a.npz"

    return write


class TestArchives:
    def test_numbers(self, archive):
        found = load_archive(archive(x=np.ones((2, 2, 3), np.float32), y=np.array([[0.5], [1.5]])), "x", None)
        assert found.x.shape == (2, 6)
        assert found.x.dtype == np.float32
        assert found.image_shape == (2, 3)
        assert found.y.tolist() == [[0.5], [1.5]]
        assert found.summary == "2 samples of 6 numbers from a.npz"

    def test_whole_numbers_are_classes(self, archive):
        found = load_archive(archive(x_train=np.ones((3, 2)), y_train=np.array([0, 2, 1])), "x_train", "y_train")
        assert found.y.tolist() == [0, 2, 1]
        assert found.class_names == ("0", "1", "2")

    @pytest.mark.parametrize(
        ("x", "dtype"),
        [
            (np.array([[0.1]], np.float16), np.float32),
            (np.array([[0.1]], np.float32), np.float32),
            (np.array([[0.1]], ">f4"), np.float32),
            (np.array([[0.1]], ">f8"), np.float64),
            (np.array([[0.1]], np.longdouble), np.float64),
            (np.array([[200]], np.uint8), np.uint8),
            (np.array([[True]]), np.uint8),
            (np.array([[-5]], np.int8), np.float32),
            (np.array([[2**24]]), np.float32),
            (np.array([[-(2**24) - 1]]), np.float64),
            (np.array([[2**53]]), np.float64),
        ],
    )
    def test_inputs_lose_nothing(self, archive, x, dtype):
        found = load_archive(archive(x=x), "x", None).x
        assert found.dtype == dtype
        assert found.dtype.isnative
        assert found[0, 0] == (x[0, 0] if x.dtype.kind != "f" or x.dtype.itemsize <= 8 else float(x[0, 0]))

    def test_whole_numbers_that_no_float_holds_are_refused(self, archive):
        with pytest.raises(ProblemError, match=r"the inputs in a\.npz reach 9,007,199,254,740,993, and float64 holds"):
            load_archive(archive(x=np.array([[2**53 + 1]])), "x", None)

    @pytest.mark.parametrize(
        ("shape", "expected"),
        [
            ((2, 6), None),
            ((2, 3, 4), (3, 4)),
            ((2, 3, 4, 1), (3, 4)),
            ((2, 3, 4, 3), (3, 4, 3)),
            ((2, 3, 4, 5), None),
            ((2,), None),
        ],
    )
    def test_pictures_are_known_by_their_dimensions(self, archive, shape, expected):
        assert load_archive(archive(x=np.ones(shape, np.uint8)), "x", None).image_shape == expected

    def test_targets_of_float32_stay_so(self, archive):
        found = load_archive(archive(x=np.ones(2), y=np.ones(2, np.float32)), "x", None)
        assert (found.y.dtype, found.y.shape) == (np.float32, (2, 1))

    def test_without_targets(self, archive):
        assert load_archive(archive(x=np.ones((3, 2))), "x", None).y is None

    @pytest.mark.parametrize(
        ("arrays", "code", "message", "hint"),
        [
            ({"z": np.ones(2)}, "no-such-array", "there is no array `x` in a.npz", "it holds z"),
            ({"xx": np.ones(2)}, "no-such-array", "there is no array `x` in a.npz", 'did you mean "xx"?'),
            (
                {"x": np.array([{}, []], dtype=object)},
                "not-numbers",
                "the array `x` in a.npz holds objects; expected numbers",
                "",
            ),
            ({"x": np.array(["a"])}, "not-numbers", "the array `x` in a.npz holds more than finite numbers", ""),
            ({"x": np.array([np.nan])}, "not-numbers", "the array `x` in a.npz holds more than finite numbers", ""),
            ({"x": np.array(3.0)}, "wrong-size", "the array `x` in a.npz holds no samples", ""),
            (
                {"x": np.ones(2), "y": np.ones(3)},
                "wrong-size",
                "a.npz holds 2 inputs and 3 targets",
                "the two arrays must belong together",
            ),
        ],
    )
    def test_what_is_refused_in_these_words(self, archive, arrays, code, message, hint):
        with pytest.raises(ProblemError) as caught:
            load_archive(archive(**arrays), "x", None)
        fault = caught.value.faults[0]
        assert (fault.code, fault.message, fault.hint) == (code, message, hint)

    def test_no_archive_at_all(self, tmp_path):
        (tmp_path / "a.npz").write_bytes(b"nothing")
        with pytest.raises(ProblemError, match=r"`a\.npz` is not a NumPy archive: File is not a zip file"):
            load_archive(tmp_path / "a.npz", "x", None)

    def test_a_header_may_not_claim_more_than_there_is(self, tmp_path):
        head = io.BytesIO()
        np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)})
        with zipfile.ZipFile(tmp_path / "a.npz", "w") as made:
            made.writestr("x.npy", head.getvalue() + bytes(80))
        with pytest.raises(
            ProblemError, match=r"the header of the array `x` in a\.npz claims more than the file can hold"
        ):
            load_archive(tmp_path / "a.npz", "x", None)

    def test_an_array_that_is_none(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "a.npz", "w") as made:
            made.writestr("x.npy", b"nothing of the kind")
        with pytest.raises(ProblemError, match=r"the array `x` in a\.npz cannot be read"):
            load_archive(tmp_path / "a.npz", "x", None)
