"""Folders of images: what is read, and every file that cannot be read by its path."""

from __future__ import annotations

import builtins
import struct
import zlib

import numpy as np
import pytest

from chalkgrad.errors import ProblemError, UsageError
from chalkgrad.reading.data_folder import load_folder
from chalkgrad.reading.data_sources import load_data
from chalkgrad.reading.problem_file import parse_problem

Image = pytest.importorskip("PIL.Image")

GREY = np.array([[0, 100, 200], [50, 150, 250]], np.uint8)
COLOUR = np.stack([GREY, GREY // 2, GREY // 5], axis=2)


def save(path, array, **how):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path, **how)


@pytest.fixture
def pets(tmp_path):
    """Two cats and a dog, each 2 by 3 pixels."""
    folder = tmp_path / "pets"
    save(folder / "dog" / "rex.png", GREY)
    save(folder / "cat" / "tom.bmp", GREY // 2)
    save(folder / "cat" / "kit.PNG", COLOUR)
    (folder / "cat" / "notes.txt").write_text("not an image", encoding="utf-8")
    (folder / ".cache").mkdir()
    (folder / "readme.md").write_text("not a class", encoding="utf-8")
    return folder


class TestWhatIsRead:
    def test_one_row_of_bytes_for_each_image(self, pets):
        found = load_folder(pets)
        assert found.x.dtype == np.uint8
        assert found.x[1].tolist() == (GREY // 2).ravel().tolist()
        assert found.x[2].tolist() == GREY.ravel().tolist()
        assert found.y.tolist() == [0, 0, 1]
        assert found.y.dtype == np.int64
        assert found.class_names == ("cat", "dog")
        assert found.image_shape == (2, 3)
        assert found.feature_names[-1] == "pixel 2,3"
        assert found.summary == "3 images of 2 by 3 from the folder pets, 2 classes"

    def test_in_colour(self, pets):
        found = load_folder(pets, color=True)
        assert found.x[0].tolist() == COLOUR.ravel().tolist()
        assert found.x[2].tolist() == np.repeat(GREY, 3).tolist()
        assert found.image_shape == (2, 3, 3)
        assert found.feature_names[:2] == ("pixel 1,1 red", "pixel 1,1 green")
        assert found.summary.startswith("3 colour images of 2 by 3")

    def test_grey_of_colours_is_that_of_pillow(self, pets):
        assert load_folder(pets).x[0].tolist() == np.asarray(Image.fromarray(COLOUR).convert("L")).ravel().tolist()

    def test_resized(self, pets):
        save(pets / "dog" / "max.png", np.full((9, 7), 60, np.uint8))
        found = load_folder(pets, size=(4, 5))
        assert found.image_shape == (4, 5)
        assert set(found.x[2].tolist()) == {60}

    def test_sixteen_bits_keep_their_bright_tones(self, tmp_path):
        save(tmp_path / "a" / "deep.png", np.array([[0, 256, 65535]], np.uint16))
        assert load_folder(tmp_path).x.tolist() == [[0, 1, 255]]

    def test_a_turned_photograph_is_set_upright(self, tmp_path):
        exif = Image.Exif()
        exif[0x0112] = 6  # the camera was held sideways
        save(tmp_path / "a" / "turned.png", GREY, exif=exif)
        found = load_folder(tmp_path)
        assert found.image_shape == (3, 2)
        assert found.x.tolist() == [np.rot90(GREY, -1).ravel().tolist()]

    def test_more_than_memory_is_mapped(self, pets):
        found = load_folder(pets, budget=40)
        assert isinstance(found.x, np.memmap)
        np.testing.assert_array_equal(found.x, load_folder(pets).x)

    def test_from_a_problem_file(self, pets):
        keys = parse_problem("formula: f = x\ndata: {folder: pets, size: [4, 4], color: true}").keys
        found = load_data(keys.data, pets.parent)
        assert (found.image_shape, len(found)) == ((4, 4, 3), 3)


def header_of(width, height):
    """A PNG that claims a size and has no pixels."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


class TestWhatIsRefused:
    def refused(self, folder, **keys):
        with pytest.raises(ProblemError) as caught:
            load_folder(folder, **keys)
        return caught.value.faults

    def test_every_file_that_is_no_image_by_its_path(self, pets):
        (pets / "dog" / "a.png").write_bytes(b"nothing")
        (pets / "dog" / "b.jpg").write_bytes(b"")
        faults = self.refused(pets)
        assert [fault.message for fault in faults] == [
            "pets/dog/a.png cannot be read as an image",
            "pets/dog/b.jpg cannot be read as an image",
        ]
        assert {(fault.code, fault.hint) for fault in faults} == {("not-an-image", "mend it, or take it out")}

    def test_an_image_that_ends_too_early(self, pets):
        save(pets / "dog" / "rex.png", np.random.default_rng(0).integers(0, 255, (50, 50), np.uint8))
        whole = (pets / "dog" / "rex.png").read_bytes()
        (pets / "dog" / "rex.png").write_bytes(whole[: len(whole) // 2])
        (fault,) = self.refused(pets, size=(2, 3))
        assert (fault.code, fault.message) == ("not-an-image", "pets/dog/rex.png cannot be read as an image")

    def test_two_sizes_name_the_first_of_each(self, pets):
        save(pets / "dog" / "max.png", GREY.T)
        (fault,) = self.refused(pets)
        assert fault.code == "wrong-size"
        assert fault.message == (
            "pets/cat/kit.PNG has 2 by 3 pixels and pets/dog/max.png 3 by 2; expected images of one size"
        )
        assert fault.hint == "write `size: [2, 3]` to resize"

    @pytest.mark.parametrize(
        ("width", "height", "claim"),
        [(8000, 8000, "8,000 by 8,000"), (10_000, 10_000, "more"), (60_000, 60_000, "more")],
    )
    def test_a_header_that_claims_too_much_is_refused_before_a_pixel_is_read(self, pets, width, height, claim):
        (pets / "dog" / "bomb.png").write_bytes(header_of(width, height))
        (fault,) = self.refused(pets, size=(2, 2))
        assert fault.code == "image-too-large"
        assert fault.message == f"pets/dog/bomb.png claims {claim} pixels; an image has at most 50,000,000"

    def test_a_format_that_is_more_than_pixels_is_not_opened(self, pets):
        (pets / "dog" / "a.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
        (fault,) = self.refused(pets)
        assert fault.code == "not-an-image"

    def test_no_folders(self, tmp_path):
        (fault,) = self.refused(tmp_path)
        assert fault.code == "no-samples"
        assert fault.message == f"{tmp_path.name} holds no folders; expected one for each class"
        assert fault.hint == "put the images of each class into a folder that has its name"

    def test_a_class_without_images(self, pets):
        (pets / "bird").mkdir()
        (fault,) = self.refused(pets)
        assert (fault.code, fault.message) == ("no-samples", "pets/bird holds no images; every folder is a class")

    def test_a_missing_folder_and_a_file(self, pets):
        for name, message in (
            ("pats", "there is no folder `pats`"),
            ("pets/readme.md", "`pets/readme.md` is a file; expected a folder with one folder for each class"),
        ):
            keys = parse_problem(f"formula: f = x\ndata: {{folder: {name}}}").keys
            with pytest.raises(ProblemError) as caught:
                load_data(keys.data, pets.parent)
            assert caught.value.faults[0].message == message

    def test_without_pillow_the_extra_is_named(self, pets, monkeypatch):
        real = builtins.__import__

        def refuse(name, *rest):
            if name.startswith("PIL"):
                raise ImportError(name)
            return real(name, *rest)

        monkeypatch.setattr(builtins, "__import__", refuse)
        with pytest.raises(UsageError) as caught:
            load_folder(pets)
        fault = caught.value.faults[0]
        assert (fault.code, fault.hint) == ("missing-extra", "pip install 'chalkgrad[plot]'")
