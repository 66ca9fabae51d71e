"""Samples from the problem file itself, and how a source is found."""

from __future__ import annotations

import gzip
import struct
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest

from chalkgrad.errors import Place, ProblemError
from chalkgrad.reading.data_sources import load_data
from chalkgrad.reading.problem_file import parse_problem, read_problem_file
from chalkgrad.reading.scaling import Scaler


def listed(text: str):
    data = parse_problem(f"formula: f = x\ndata: {text}").keys.data
    assert data is not None
    return load_data(data)


class TestListedSamples:
    def test_are_arrays_and_stay_exact(self):
        found = listed("[{x: [0.1, 2], y: 1}, {x: [1/3, -1], y: 0}]")
        assert found.x.dtype == np.float64
        np.testing.assert_array_equal(found.x, [[0.1, 2], [1 / 3, -1]])
        assert found.y is not None
        np.testing.assert_array_equal(found.y, [[1], [0]])
        assert found.exact[1].x == (Fraction(1, 3), -1)
        assert str(found.exact[0].x[0]) == "0.1"
        assert (len(found), found.summary) == (2, "2 samples, listed in the problem file")

    def test_without_targets(self):
        found = listed("[{x: 3}]")
        assert found.y is None
        assert found.exact[0].y == ()
        assert found.summary == "1 sample, listed in the problem file"

    def test_of_a_bundled_problem(self):
        data = read_problem_file("relu-adam").keys.data
        assert data is not None
        assert load_data(data).x.shape == (2, 2)


class TestFindingTheFile:
    def test_paths_start_at_the_directory_given(self, tmp_path):
        (tmp_path / "a.csv").write_text("x,y\n1,2\n", encoding="utf-8")
        data = parse_problem("formula: f = x\ndata: {csv: a.csv, target: y}").keys.data
        assert data is not None
        assert load_data(data, tmp_path).x.tolist() == [[1]]

    def test_a_missing_file_is_told_with_its_place(self, tmp_path):
        data = parse_problem("formula: f = x\ndata: {csv: b.csv, target: y}").keys.data
        assert data is not None
        with pytest.raises(ProblemError) as caught:
            load_data(data, tmp_path, Place("p", 2, 7))
        fault = caught.value.faults[0]
        assert (fault.code, fault.message) == ("file-not-found", "there is no file `b.csv`")
        assert fault.hint == "paths start at the directory of the problem file"
        assert str(fault.place) == "p:2:7"

    def test_a_directory_is_no_file(self, tmp_path):
        (tmp_path / "d").mkdir()
        data = parse_problem("formula: f = x\ndata: {npz: d}").keys.data
        assert data is not None
        with pytest.raises(ProblemError) as caught:
            load_data(data, tmp_path)
        assert caught.value.faults[0].message == "`d` is a directory; expected a file of samples"
        assert caught.value.code == "file-not-readable"


def write_sources(folder):
    """The same 400 samples of 60 bytes in every kind of file, by what stands behind `data`."""
    x = np.random.default_rng(0).integers(0, 256, (400, 5, 12), np.uint8)
    labels = (np.arange(400) % 4).astype(np.uint8)
    images = struct.pack(">4B3I", 0, 0, 8, 3, *x.shape) + x.tobytes()
    classes = struct.pack(">4BI", 0, 0, 8, 1, len(labels)) + labels.tobytes()
    (folder / "images").write_bytes(images)
    (folder / "images.gz").write_bytes(gzip.compress(images))
    (folder / "labels").write_bytes(classes)
    np.savez(folder / "stored.npz", x=x, y=labels)
    np.savez_compressed(folder / "packed.npz", x=x, y=labels)
    np.savez(folder / "whole.npz", x=x.astype(np.int64), y=labels)
    np.savez(folder / "columns.npz", x=np.asfortranarray(x.astype(np.float32)), y=labels)
    np.savez_compressed(folder / "packed_columns.npz", x=np.asfortranarray(x), y=labels)
    np.savez(folder / "foreign.npz", x=x.astype(">f4"), y=labels)
    lines = [",".join(map(str, [*row.ravel(), f"c{label}"])) for row, label in zip(x, labels, strict=True)]
    (folder / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return x.reshape(400, 60)


SOURCES = {
    "images": ("{images: images, labels: labels}", np.uint8),
    "packed images": ("{images: images.gz, labels: labels}", np.uint8),
    "stored archive": ("{npz: stored.npz}", np.uint8),
    "packed archive": ("{npz: packed.npz}", np.uint8),
    "archive of whole numbers": ("{npz: whole.npz}", np.float32),
    "archive by columns": ("{npz: columns.npz}", np.float32),
    "packed archive by columns": ("{npz: packed_columns.npz}", np.uint8),
    "archive of another machine": ("{npz: foreign.npz}", np.float32),
    "csv": ("{csv: a.csv, target: 61}", np.float64),
}


class TestLargerThanMemory:
    @pytest.mark.parametrize("source", SOURCES)
    def test_every_source_is_mapped_and_the_same(self, source, tmp_path):
        expected = write_sources(tmp_path)
        written, dtype = SOURCES[source]
        data = parse_problem(f"formula: f = x\ndata: {written}").keys.data
        whole, mapped = load_data(data, tmp_path), load_data(data, tmp_path, budget=1000)
        assert not isinstance(whole.x, np.memmap)
        assert isinstance(mapped.x, np.memmap)
        for found in (whole, mapped):
            assert found.x.dtype == dtype
            np.testing.assert_array_equal(found.x, expected)
            assert found.y.tolist() == (np.arange(400) % 4).tolist()
            assert found.image_shape == (None if source == "csv" else (5, 12))
        assert mapped.x.flags.c_contiguous
        assert mapped.summary == f"{whole.summary}; too many for memory, so they stay on disk"

    @pytest.mark.parametrize("source", SOURCES)
    def test_on_disk_is_what_does_not_fit_as_float32(self, source, tmp_path):
        write_sources(tmp_path)
        written, dtype = SOURCES[source]
        data = parse_problem(f"formula: f = x\ndata: {written}").keys.data
        room = 400 * 60 * (8 if dtype == np.float64 else 4)
        assert not isinstance(load_data(data, tmp_path, budget=room).x, np.memmap)
        assert isinstance(load_data(data, tmp_path, budget=room - 1).x, np.memmap)

    @pytest.mark.parametrize("packed", [False, True])
    def test_memory_stays_bounded(self, packed, tmp_path, monkeypatch):
        x = np.random.default_rng(0).random((100_000, 100), np.float32)  # 40 MB
        (np.savez_compressed if packed else np.savez)(tmp_path / "a.npz", x=x)
        spec = parse_problem("formula: f = x\ndata: {npz: a.npz}").keys.data
        expected = Scaler.fit(x, np.arange(0, 100_000, 2), "standard")
        del x
        monkeypatch.setattr("chalkgrad.reading.scaling._BLOCK", 100_000)
        monkeypatch.setattr("chalkgrad.reading.data_archive._CHUNK", 100_000)
        tracemalloc.start()
        found = load_data(spec, tmp_path, budget=1_000_000)
        scaler = Scaler.fit(found.x, np.arange(0, 100_000, 2), "standard")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 5_000_000
        np.testing.assert_allclose(scaler.factor, expected.factor, rtol=1e-12)  # sums in another order

    @pytest.mark.parametrize("name", ["images", "images.gz"])
    @pytest.mark.parametrize("change", [-1, 1])
    def test_headers_may_not_lie_there_either(self, name, change, tmp_path):
        write_sources(tmp_path)
        content = (tmp_path / "images").read_bytes()
        content = content[:-1] if change < 0 else content + b"x"
        (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
        data = parse_problem(f"formula: f = x\ndata: {{images: {name}, labels: labels}}").keys.data
        there = "23,999" if change < 0 else "more"
        with pytest.raises(ProblemError, match=f"the header of {name} claims 24,000 bytes, and there are {there}"):
            load_data(data, tmp_path, budget=1000)

    def test_numbers_that_are_none_are_found_there_too(self, tmp_path):
        x = np.zeros((400, 60), np.float32)
        x[399, 59] = np.nan
        np.savez(tmp_path / "a.npz", x=x)
        data = parse_problem("formula: f = x\ndata: {npz: a.npz}").keys.data
        with pytest.raises(ProblemError, match="holds more than finite numbers"):
            load_data(data, tmp_path, budget=1000)
