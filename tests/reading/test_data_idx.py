"""IDX files: what is read, and what a header may not claim."""

from __future__ import annotations

import gzip
import struct

import numpy as np
import pytest

from chalkgrad.errors import ProblemError
from chalkgrad.reading.data_idx import load_images

IMAGES = struct.pack(">4B3I", 0, 0, 8, 3, 2, 2, 3) + bytes(range(12))
LABELS = struct.pack(">4BI", 0, 0, 8, 1, 2) + bytes([4, 1])


@pytest.fixture
def load(tmp_path):
    def write_and_load(images: bytes, labels: bytes = LABELS):
        (tmp_path / "images").write_bytes(images)
        (tmp_path / "labels").write_bytes(labels)
        return load_images(tmp_path / "images", tmp_path / "labels")

    return write_and_load


class TestImages:
    @pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
    def test_are_rows_of_pixels(self, load, pack):
        found = load(pack(IMAGES), pack(LABELS))
        assert found.x.tolist() == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]
        assert found.x.dtype == np.uint8
        assert found.image_shape == (2, 3)
        assert found.y.tolist() == [4, 1]
        assert found.class_names == ("0", "1", "2", "3", "4")
        assert found.feature_names[-1] == "pixel 2,3"
        assert found.summary == "2 images of 2 by 3 from images, 5 classes"

    @pytest.mark.parametrize(
        ("images", "code", "message", "hint"),
        [
            (
                b"PNG",
                "not-idx",
                "images is not an IDX file: expected it to start with two zero bytes",
                "images and labels of MNIST are such files",
            ),
            (b"\0\0\x0d\x03" + bytes(12), "not-idx", "images holds floats; expected unsigned bytes", ""),
            (b"\0\0\x77\x03" + bytes(12), "not-idx", "images holds type 0x77; expected unsigned bytes", ""),
            (LABELS, "not-idx", "images has 1 dimensions; expected 3", "images and labels may have changed places"),
            (IMAGES[:9], "not-idx", "images ends within its header", ""),
            (IMAGES[:-1], "wrong-size", "the header of images claims 12 bytes, and there are 11", ""),
            (IMAGES + b"x", "wrong-size", "the header of images claims 12 bytes, and there are more", ""),
            (
                struct.pack(">4B3I", 0, 0, 8, 3, 2**31, 2**31, 2**31),
                "wrong-size",
                "the header of images claims 2,147,483,648 by 2,147,483,648 by 2,147,483,648 bytes, "
                "more than it can hold",
                "",
            ),
            (struct.pack(">4B3I", 0, 0, 8, 3, 0, 2, 2), "wrong-size", "images holds no samples", ""),
            (
                struct.pack(">4B3I", 0, 0, 8, 3, 1, 2, 2) + bytes(4),
                "wrong-size",
                "images holds 1 images and labels 2 labels",
                "the two files must belong together",
            ),
            (
                gzip.compress(IMAGES, mtime=0)[:-12],
                "file-not-readable",
                "`images` cannot be read: Compressed file ended before the end-of-stream marker was reached",
                "",
            ),
        ],
    )
    def test_what_is_refused_in_these_words(self, load, images, code, message, hint):
        with pytest.raises(ProblemError) as caught:
            load(images)
        fault = caught.value.faults[0]
        assert (fault.code, fault.message, fault.hint) == (code, message, hint)

    def test_a_packed_file_may_not_hold_less_than_it_claims(self, load):
        with pytest.raises(ProblemError, match="claims 12 bytes, and there are 11"):
            load(gzip.compress(IMAGES[:-1]))


def test_a_broken_stream_is_a_fault(tmp_path):
    packed = bytearray(gzip.compress(IMAGES))
    packed[12] ^= 0xFF
    (tmp_path / "i").write_bytes(packed)
    with pytest.raises(ProblemError) as caught:
        load_images(tmp_path / "i", tmp_path / "i")
    assert caught.value.code in {"file-not-readable", "wrong-size", "not-idx"}
