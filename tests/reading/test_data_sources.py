"""Samples from the problem file itself, and how a source is found."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from chalkgrad.errors import Place, ProblemError
from chalkgrad.reading.data_sources import load_data
from chalkgrad.reading.problem_file import parse_problem, read_problem_file


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
