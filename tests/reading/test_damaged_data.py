"""Files of samples that are damaged at random: read, or refused as a fault of the file; nothing else comes out."""

from __future__ import annotations

import gzip
import struct
import zipfile

import numpy as np
import pytest

from chalkgrad.errors import ChalkgradError
from chalkgrad.reading.data_sources import load_data
from chalkgrad.reading.problem_file import parse_problem

Image = pytest.importorskip("PIL.Image")


@pytest.fixture
def folder(tmp_path):
    x = np.random.default_rng(0).integers(0, 256, (20, 3, 4), np.uint8)
    labels = (np.arange(20) % 3).astype(np.uint8)
    images = struct.pack(">4B3I", 0, 0, 8, 3, *x.shape) + x.tobytes()
    (tmp_path / "images").write_bytes(images)
    (tmp_path / "images.gz").write_bytes(gzip.compress(images, mtime=0))
    (tmp_path / "labels").write_bytes(struct.pack(">4BI", 0, 0, 8, 1, len(labels)) + labels.tobytes())
    np.savez(tmp_path / "stored.npz", x=x / 7, y=labels)
    np.savez_compressed(tmp_path / "packed.npz", x=x, y=labels)
    lines = [",".join(map(str, [*row.ravel(), f"c{label}"])) for row, label in zip(x, labels, strict=True)]
    (tmp_path / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, ending in (("ant", "png"), ("bee", "jpg"), ("cow", "gif"), ("dog", "tif"), ("eel", "webp")):
        (tmp_path / "pets" / name).mkdir(parents=True)
        Image.fromarray(x[0]).save(tmp_path / "pets" / name / f"a.{ending}")
    return tmp_path


SOURCES = [
    ("images", "{images: images, labels: labels}"),
    ("images.gz", "{images: images.gz, labels: labels}"),
    ("labels", "{images: images, labels: labels}"),
    ("stored.npz", "{npz: stored.npz}"),
    ("packed.npz", "{npz: packed.npz}"),
    ("a.csv", "{csv: a.csv, target: 13}"),
    *((f"pets/{name}", "{folder: pets, size: [3, 3]}") for name in ("ant/a.png", "bee/a.jpg", "cow/a.gif")),
    *((f"pets/{name}", "{folder: pets, size: [3, 3]}") for name in ("dog/a.tif", "eel/a.webp")),
]


def damaged(content: bytes, generator: np.random.Generator) -> bytes:
    """The content with some bytes changed, or cut, or with others in the middle."""
    made = bytearray(content)
    kind = generator.integers(4)
    if kind == 0:
        return bytes(made[: generator.integers(len(made))])
    if kind == 1:
        at = generator.integers(len(made))
        return bytes(made[:at] + generator.bytes(int(generator.integers(1, 9))) + made[at:])
    # Headers stand at the beginning, and those of archives at the end as well.
    reach = (len(made), min(len(made), 40))[kind - 2]
    for _ in range(generator.integers(1, 4)):
        made[generator.integers(reach) * (1, -1)[generator.integers(2)]] = generator.integers(256)
    return bytes(made)


@pytest.mark.filterwarnings("ignore")  # Pillow warns of what it passes over
@pytest.mark.parametrize("budget", [None, 50])
@pytest.mark.parametrize(("name", "written"), SOURCES, ids=[name for name, _ in SOURCES])
def test_damage_is_read_or_refused(folder, name, written, budget):
    data = parse_problem(f"formula: f = x\ndata: {written}").keys.data
    whole = (folder / name).read_bytes()
    generator = np.random.default_rng(len(name))
    refused = 0
    for _ in range(60):
        (folder / name).write_bytes(damaged(whole, generator))
        try:
            found = load_data(data, folder, budget=budget)
            assert np.isfinite(found.x).all()
            assert len(found.x) == len(found.y)
        except ChalkgradError:
            refused += 1
    assert refused > 5


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("images", b"", "not-idx"),
        ("images.gz", b"", "not-idx"),
        ("images.gz", gzip.compress(b"", mtime=0), "not-idx"),
        ("stored.npz", b"", "not-npz"),
        ("a.csv", b"", "no-samples"),
        ("a.csv", b"\n\n , \n", "no-samples"),
    ],
)
def test_empty_files(folder, name, content, code):
    written = dict(SOURCES)[name]
    (folder / name).write_bytes(content)
    with pytest.raises(ChalkgradError) as caught:
        load_data(parse_problem(f"formula: f = x\ndata: {written}").keys.data, folder)
    assert caught.value.code == code


def test_a_packed_file_that_goes_on_for_ever_is_read_no_further_than_its_header_says(folder):
    header = struct.pack(">4B3I", 0, 0, 8, 3, 20, 3, 4)
    (folder / "images.gz").write_bytes(gzip.compress(header + bytes(50_000_000)))
    with pytest.raises(ChalkgradError, match="claims 240 bytes, and there are more"):
        load_data(parse_problem("formula: f = x\ndata: {images: images.gz, labels: labels}").keys.data, folder)


def test_an_archive_whose_list_of_contents_lies(folder):
    """The size in the list at the end of a zip file is checked against the file."""
    head = (
        b"\x93NUMPY\x01\x00v\x00"
        + b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 1000), }".ljust(117)
        + b"\n"
    )
    with zipfile.ZipFile(folder / "stored.npz", "w") as made:
        made.writestr("x.npy", head + bytes(80))
    content = bytearray((folder / "stored.npz").read_bytes())
    place = content.rindex(b"PK\x01\x02")
    content[place + 20 : place + 28] = struct.pack("<II", 2**32 - 2, 2**32 - 2)
    (folder / "stored.npz").write_bytes(content)
    for budget in (None, 50):
        with pytest.raises(ChalkgradError) as caught:
            load_data(parse_problem("formula: f = x\ndata: {npz: stored.npz}").keys.data, folder, budget=budget)
        assert caught.value.code == "wrong-size"
