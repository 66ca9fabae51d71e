"""Several devices of one machine, and several processes, train the network that one device trains."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from chalkgrad.errors import UsageError
from chalkgrad.training.engines.distributed import join_processes

ROOT = Path(__file__).parents[3]

SCRIPT = """
import sys
from chalkgrad.training.engines.distributed import join_processes, leave_processes
many = join_processes()
import numpy
from chalkgrad.training.data import prepare_data
from chalkgrad.training.engines.jax_engine import JaxEngine
from chalkgrad.training.engines.numpy_engine import NumpyEngine
from tests.training.conftest import random_problem, trained_epochs

# A batch of 4 goes up in two devices; the last one, of 3, does not, and each of them works it out as a whole.
problem = random_problem(5, samples=11, optimizer={"name": "adam", "learning_rate": 0.05}, batch=4, order="shuffled")
data = prepare_data(problem, numpy.float64)
engine = JaxEngine(problem, data, devices=int(sys.argv[1]))
state, sums = trained_epochs(engine, problem, 2)
expected, theirs = trained_epochs(NumpyEngine(problem, data), problem, 2)
for name, value in expected.items():
    numpy.testing.assert_allclose(state[name], value, rtol=1e-10, atol=1e-12)
assert [one.hits for one in sums] == [other.hits for other in theirs]
numpy.testing.assert_allclose(engine.evaluate(data.x, data.y).loss, sums[-1].loss / 11, rtol=0.5)
if many:
    leave_processes()
print("runs on", engine.devices)
"""


def started(devices: int, **environment: str) -> subprocess.Popen[str]:
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(devices)],
        env={**os.environ, "PYTHONPATH": paths, "JAX_PLATFORMS": "cpu", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_devices_give_the_numbers_of_one() -> None:
    pytest.importorskip("jax", reason="jax, an extra, is not installed: pip install chalkgrad[jax]")
    process = started(2, XLA_FLAGS="--xla_force_host_platform_device_count=2")
    output, errors = process.communicate(timeout=300)
    assert "runs on 2 CPU devices\n" in output, errors


def test_two_processes_give_the_numbers_of_one() -> None:
    jax = pytest.importorskip("jax", reason="jax, an extra, is not installed: pip install chalkgrad[jax]")
    if "jax_cpu_collectives_implementation" not in dir(jax.config):
        pytest.skip("this JAX cannot join the processors of several processes")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    places = {"CHALKGRAD_COORDINATOR": address, "CHALKGRAD_PROCESSES": "2"}
    processes = [started(2, CHALKGRAD_PROCESS=str(number), **places) for number in range(2)]
    for process in processes:
        output, errors = process.communicate(timeout=300)
        if "collectives" in errors and "not" in errors and process.returncode:
            pytest.skip("this platform has no collectives between processes: " + errors.splitlines()[-1])
        assert "runs on 2 CPU devices in 2 processes\n" in output, errors


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("address", "code", "words"),
        [
            ("127.0.0.1:9", "processes-not-joined", "process 0 does not answer at 127.0.0.1:9"),
            ("somewhere", "bad-process", "`somewhere` is no address of process 0"),
        ],
    )
    def test_nobody_is_there(self, address: str, code: str, words: str) -> None:
        pytest.importorskip("jax", reason="jax, an extra, is not installed: pip install chalkgrad[jax]")
        with pytest.raises(UsageError, match=words) as caught:
            join_processes(address, 2, 1, timeout=0)
        assert caught.value.code == code

    def test_without_an_address_nothing_happens(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("CHALKGRAD_COORDINATOR", raising=False)
        assert join_processes() is False

    @pytest.mark.parametrize(
        ("count", "own", "words"),
        [
            ("", "0", "CHALKGRAD_PROCESSES: it is not given"),
            ("two", "0", "CHALKGRAD_PROCESSES: `two` is no number"),
            ("2", "2", "process 2 of 2 makes no sense"),
        ],
    )
    def test_numbers_that_make_no_sense(
        self, count: str, own: str, words: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CHALKGRAD_PROCESSES", count)
        monkeypatch.setenv("CHALKGRAD_PROCESS", own)
        with pytest.raises(UsageError, match=words) as caught:
            join_processes("127.0.0.1:1")
        assert caught.value.code == "bad-process"
