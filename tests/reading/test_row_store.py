"""Rows that come block by block: the same in memory and on disk, and nothing left behind."""

from __future__ import annotations

import gc
import os
import tempfile
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from chalkgrad.errors import UsageError
from chalkgrad.reading.memory import available_memory, memory_budget
from chalkgrad.reading.row_store import RowStore, fits_memory

ROWS = np.random.default_rng(0).normal(size=(1000, 7))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def stored(budget, dtype=np.float64, step=90):
    store = RowStore(7, dtype, budget)
    for start in range(0, len(ROWS), step):
        store.append(ROWS[start : start + step])
    return store.finish()


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("budget", [0, 10_000, None])
def test_what_comes_in_comes_out(budget, dtype):
    with np.errstate(invalid="ignore"):
        found = stored(budget, dtype)
        expected = ROWS.astype(dtype)
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == dtype
    assert isinstance(found, np.memmap) == (budget is not None)


def test_the_file_goes_with_its_last_array(folder):
    found = stored(0)
    part = found[3:5]
    assert len(list(folder.iterdir())) == 1
    del found
    gc.collect()
    np.testing.assert_array_equal(part, ROWS[3:5])
    del part
    gc.collect()
    assert not list(folder.iterdir())


def test_a_store_that_is_given_up_leaves_nothing(folder):
    store = RowStore(7, np.float64, 0)
    store.append(ROWS)
    del store
    gc.collect()
    assert not list(folder.iterdir())


def test_memory_stays_within_the_budget():
    block = np.ones((1000, 100))
    tracemalloc.start()
    store = RowStore(100, np.float64, 2_000_000)
    for _ in range(50):
        store.append(block)
    found = store.finish()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.shape == (50_000, 100)  # 40 MB
    # the budget, once more while it is moved to the file, and the room that a growing buffer keeps
    assert peak < 5_000_000


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told(monkeypatch, folder):
    monkeypatch.setattr(Path, "open", lambda path, mode: open("/dev/full", mode))  # noqa: SIM115 - the store closes it
    store = RowStore(7, np.float64, 0)
    with pytest.raises(UsageError) as caught:
        store.append(np.ones((10_000, 7)))
    fault = caught.value.faults[0]
    assert (fault.code, fault.hint) == ("cannot-write", "set TMPDIR to a folder with more room")
    assert fault.message == (f"the samples do not fit in memory, and cannot be written to {folder}: {os.strerror(28)}")
    assert not list(folder.iterdir())


def test_bytes_count_as_float32():
    assert fits_memory(10, np.uint8, 40)
    assert not fits_memory(10, np.uint8, 39)
    assert fits_memory(10, np.float64, 80)
    assert not fits_memory(10, np.float64, 79)


class TestMemory:
    def test_the_budget_is_half_of_what_there_is(self):
        assert 0 < memory_budget() <= available_memory()

    def test_a_container_is_held_to_its_limit(self, tmp_path, monkeypatch):
        monkeypatch.setattr("chalkgrad.reading.memory._GROUP", tmp_path)
        (tmp_path / "memory.current").write_text("400", encoding="ascii")
        (tmp_path / "memory.max").write_text("1000", encoding="ascii")
        assert available_memory() == 600
        (tmp_path / "memory.max").write_text("max", encoding="ascii")
        assert available_memory() > 600

    def test_what_the_system_says(self, tmp_path, monkeypatch):
        monkeypatch.setattr("chalkgrad.reading.memory._GROUP", tmp_path)
        monkeypatch.setattr("chalkgrad.reading.memory._MEMINFO", tmp_path / "meminfo")
        (tmp_path / "meminfo").write_text("MemTotal: 9 kB\nMemAvailable:    3 kB\n", encoding="ascii")
        assert available_memory() == 3072
        (tmp_path / "meminfo").unlink()
        assert available_memory() > 3072
