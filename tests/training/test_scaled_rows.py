"""Samples that are scaled when they are looked at."""

import numpy
import pytest

from chalkgrad.reading.scaling import Scaler
from chalkgrad.training.scaled_rows import ScaledRows, is_on_disk


@pytest.mark.parametrize("how", ["none", "0..1", "standard"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("raw_type", ["uint8", "float32", "float64"])
def test_rows_are_those_of_the_scaler(how: str, dtype: str, raw_type: str) -> None:
    raw = numpy.random.default_rng(0).integers(0, 255, size=(20, 3)).astype(raw_type)
    scaler = Scaler.fit(raw, numpy.arange(10), how)
    rows, chosen = ScaledRows(raw, scaler, dtype), numpy.array([3, 19, 3, 0])
    wanted = scaler.apply(raw, dtype)
    # The scale itself is rounded to the type of the answer.
    close = {"rtol": 1e-6, "atol": 1e-5} if dtype == "float32" else {"rtol": 1e-14, "atol": 1e-14}
    out = numpy.empty((4, 3), dtype)
    numpy.testing.assert_allclose(rows.take(chosen, 0, out), wanted[chosen], **close)
    numpy.testing.assert_allclose(rows[chosen], wanted[chosen], **close)
    numpy.testing.assert_allclose(numpy.asarray(rows), wanted, **close)
    assert rows[chosen].dtype == dtype
    assert (rows.shape, len(rows), rows.nbytes) == ((20, 3), 20, raw.nbytes)


def test_a_file_stays_on_disk(tmp_path) -> None:
    numpy.save(tmp_path / "x.npy", numpy.ones((4, 2), numpy.float32))
    mapped = numpy.load(tmp_path / "x.npy", mmap_mode="r")
    rows = ScaledRows(mapped, Scaler(numpy.zeros(2), numpy.ones(2)), "float32")
    assert is_on_disk(rows)
    assert is_on_disk(mapped[1:])
    assert rows.nbytes == 0
    assert not is_on_disk(numpy.ones(3))
    assert type(rows[[0, 1]]) is numpy.ndarray
