"""What a run ran on."""

import getpass
import hashlib
import json
import os
import platform
import struct
import sys
from pathlib import Path

import numpy as np
import pytest

from chalkgrad.training.keeping import environment as module
from chalkgrad.training.keeping.environment import blas, data_fingerprint, environment, text_fingerprint, versions


@pytest.fixture
def without_threadpoolctl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)


def test_what_it_says() -> None:
    found = environment("numpy", "float32", 7, x=np.ones((3, 2)), problem_text="loss: mse")
    assert list(found) == [
        *("engine", "threads", "dtype", "seed", "versions", "python", "platform", "blas", "data", "problem")
    ]
    assert found["threads"] == found["blas"]["threads"] >= 1
    assert found["versions"]["numpy"] == np.__version__
    assert found["python"].endswith(platform.python_version())
    assert json.loads(json.dumps(found)) == found


def test_the_engine_brings_its_versions() -> None:
    pytest.importorskip("jax")
    assert list(environment("jax", "float32", 0)["versions"]) == ["chalkgrad", "numpy", "jax", "jaxlib"]


@pytest.mark.parametrize("with_threadpoolctl", [True, False])
def test_nothing_tells_of_the_person_or_the_machine(
    with_threadpoolctl: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if not with_threadpoolctl:
        monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    monkeypatch.chdir(tmp_path)
    said = json.dumps(environment("numpy", "float64", 0, x=np.ones(3)))
    hosts = {platform.node(), os.environ.get("HOSTNAME", "")} - {"", "localhost"}
    secrets = {str(Path.home()), str(tmp_path), sys.prefix, getpass.getuser(), *hosts} - {"", "/"}
    assert not [secret for secret in secrets if secret in said]
    assert os.sep not in said.replace("https://", "")


def test_a_package_that_is_not_installed() -> None:
    assert versions("no-such-distribution") == {"no-such-distribution": "unknown"}


class TestBlas:
    def test_by_threadpoolctl(self) -> None:
        threadpoolctl = pytest.importorskip("threadpoolctl")
        with threadpoolctl.threadpool_limits(1, user_api="blas"):
            assert blas()["threads"] == 1

    @pytest.mark.usefixtures("without_threadpoolctl")
    def test_by_what_numpy_was_built_with(self) -> None:
        found = blas()
        assert found["name"] == np.show_config(mode="dicts")["Build Dependencies"]["blas"]["name"]
        assert found["threads"] >= 1

    @pytest.mark.usefixtures("without_threadpoolctl")
    def test_threads_that_were_asked_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OMP_NUM_THREADS", "1")
        monkeypatch.setenv("MKL_NUM_THREADS", "zero")
        assert blas()["threads"] == 1

    def test_a_numpy_without_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "_blas_in_use", lambda: None)
        monkeypatch.setattr(np, "show_config", lambda mode: {})
        assert blas()["name"] == "unknown"


class TestFingerprints:
    X = np.random.default_rng(0).normal(size=(1000, 300))

    @pytest.mark.parametrize(
        "lie",
        [
            np.asfortranarray,
            lambda x: np.repeat(x, 2, axis=0)[::2],
            lambda x: x[::-1].copy()[::-1],
            lambda x: x.astype(">f8"),
        ],
        ids=["by columns", "strided", "backwards", "big-endian"],
    )
    def test_however_the_numbers_lie(self, lie: object) -> None:
        assert data_fingerprint(lie(self.X)) == data_fingerprint(self.X)  # type: ignore[operator]

    def test_on_disk_as_in_memory(self, tmp_path: Path) -> None:
        self.X.tofile(tmp_path / "x")
        mapped = np.memmap(tmp_path / "x", dtype=np.float64, mode="r", shape=self.X.shape)
        assert data_fingerprint(mapped) == data_fingerprint(self.X)

    def test_blocks_make_no_difference(self, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = data_fingerprint(self.X)
        monkeypatch.setattr(module, "_BLOCK_BYTES", 5000)
        assert data_fingerprint(self.X) == whole

    def test_it_is_the_same_in_every_run(self) -> None:
        x = np.arange(6, dtype=np.uint8).reshape(3, 2)
        hashed = b"|u1 (3, 2)\n" + bytes(range(6)) + b"<i8 (3,)\n" + struct.pack("<3q", 0, 1, 1)
        assert data_fingerprint(x, np.array([0, 1, 1])) == f"sha256:{hashlib.sha256(hashed).hexdigest()}"

    def test_any_difference_shows(self) -> None:
        x, y = np.ones((3, 2)), np.array([0, 1, 1])
        changed = x.copy()
        changed[2, 1] = np.nextafter(1, 2)
        others = [
            *(data_fingerprint(other, y) for other in (changed, x.reshape(2, 3), x.astype(np.float32))),
            *(data_fingerprint(x, other) for other in (None, y[::-1], y.astype(float), y[:, None])),
            data_fingerprint(x[:0], y),
            data_fingerprint(np.array(1.0), y),
        ]
        assert len({data_fingerprint(x, y), *others}) == len(others) + 1

    def test_of_a_text_whatever_its_line_ends(self) -> None:
        assert text_fingerprint("a\nb\n") == text_fingerprint("a\r\nb\r\n") != text_fingerprint("a\nb")
