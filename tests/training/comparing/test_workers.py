"""Runs in processes of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy
import pytest
from tests.training.conftest import two_classes

from chalkgrad.errors import UsageError
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.splitting import Parts
from chalkgrad.training.comparing import worker_pool, workers
from chalkgrad.training.comparing.outcome import Outcome, from_json
from chalkgrad.training.comparing.worker import Order, load_dataset, load_parts, save_dataset, save_parts
from chalkgrad.training.comparing.workers import Job, can_travel, estimated_seconds, run_jobs
from chalkgrad.training.training import Training

pytestmark = pytest.mark.skipif(not sys.executable, reason="there is no interpreter to start")


def carried_out(jobs: list[Job], parallel: int | None, how: Training | None = None) -> dict[int, Outcome]:
    found: dict[int, Outcome] = {}
    assert run_jobs(jobs, how or Training(), found.__setitem__, parallel)
    return found


class TestProcesses:
    def test_they_come_to_the_same_as_this_one(self) -> None:
        problem = two_classes()
        jobs = [Job(problem, seed, problem.parts) for seed in range(3)]
        here, beside = carried_out(jobs, 1), carried_out(jobs, 2)
        for place in range(3):
            assert here[place].scores == beside[place].scores
            assert here[place].history["loss"] == beside[place].history["loss"]

    @pytest.mark.skipif(sys.platform == "win32", reason="processes end by no signal there")
    def test_a_process_that_is_killed_is_a_failed_run_and_the_others_go_on(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        started: list[Any] = []

        class Noted(worker_pool.Worker):
            def __init__(self) -> None:
                super().__init__()
                started.append(self)

        monkeypatch.setattr(worker_pool, "Worker", Noted)
        long, short = two_classes(epochs=10**6), two_classes(epochs=1)
        found: dict[int, Outcome] = {}

        def done(place: int, outcome: Outcome) -> None:
            found[place] = outcome
            if len(found) == 2:
                for worker in started:
                    worker.process.kill()

        assert run_jobs([Job(long, 0), Job(short, 0), Job(short, 1)], Training(), done, 2)
        assert found[1].is_good
        assert found[2].is_good
        assert (found[0].code, found[0].reason) == ("crashed", "the process that trained it ended (signal 9)")

    def test_where_none_can_be_started_runs_are_trained_here(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "executable", str(Path(sys.executable).with_name("no-such-python")))
        assert carried_out([Job(two_classes(), 0), Job(two_classes(), 1)], 2)[1].is_good

    def test_what_the_surroundings_say_is_not_imported(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "numpy.py").write_text("raise SystemExit")
        monkeypatch.chdir(tmp_path)
        assert carried_out([Job(two_classes(), 0), Job(two_classes(), 1)], 2)[0].is_good

    @pytest.mark.skipif(sys.platform == "win32", reason="there, nothing tells of the end of a parent")
    def test_it_ends_with_the_process_that_gave_the_orders(self, tmp_path: Path) -> None:
        note = tmp_path / "worker"
        code = f"""
import os, signal
from pathlib import Path
from chalkgrad.training.comparing.worker import Order
from chalkgrad.training.comparing.worker_pool import Worker
worker = Worker()
text = "formula: J = w^2\\ngiven: {{w: 1}}\\nepochs: 100000000"
worker.process.stdin.write(Order(text, "a.yaml", None, 0, None, None, {{"engine": "numpy"}}).line())
worker.process.stdin.flush()
Path({str(note)!r}).write_text(str(worker.process.pid))
os.kill(os.getpid(), signal.SIGKILL)
"""
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        ended = subprocess.run([sys.executable, "-c", code], env=environment, check=False, timeout=120)
        assert ended.returncode == -signal.SIGKILL
        until = time.monotonic() + 60
        while is_there(int(note.read_text())) and time.monotonic() < until:
            time.sleep(0.1)
        assert not is_there(int(note.read_text()))

    def test_it_ends_with_its_orders(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        command = [sys.executable, "-m", "chalkgrad.training.comparing.worker"]
        nonsense = '{"text": 3}\n'
        done = subprocess.run(command, input=nonsense, capture_output=True, text=True, env=environment, timeout=120)
        ready, answer = done.stdout.splitlines()
        assert (done.returncode, ready) == (0, "ready")
        assert from_json(json.loads(answer)).stopped == "failed"


def is_there(process: int) -> bool:
    """Whether a process runs; one that ended and was not yet asked for by its parent does not."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return bool(done.stdout.strip()) and not done.stdout.startswith("Z")


class TestHowMany:
    def test_at_least_one(self) -> None:
        with pytest.raises(UsageError, match="at least one run at a time"):
            run_jobs([Job(two_classes(), 0)], Training(), lambda *done: None, 0)

    def test_short_runs_stay_here_and_long_ones_do_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(workers, "core_count", lambda: 4)
        short, long = (Job(two_classes(epochs=epochs), 0) for epochs in (2, 10**7))
        assert workers._wanted([short] * 5, Training()) == 1
        assert workers._wanted([short, long], Training()) == 4
        assert workers._wanted([short, long], Training(fast_dev_run=True)) == 1

    def test_longer_work_is_estimated_longer(self) -> None:
        small, large = (two_classes(epochs=epochs) for epochs in (1, 100))
        assert estimated_seconds(large, 60) == pytest.approx(100 * estimated_seconds(small, 60))
        assert estimated_seconds(small, 6000) > estimated_seconds(small, 60)


class TestWhatCanTravel:
    def test_text_and_arrays_can(self) -> None:
        assert can_travel(two_classes(), Training())

    @pytest.mark.parametrize("how", [Training(callbacks=[object()]), Training(start={"b2": numpy.zeros(1)})])
    def test_what_lives_here_cannot(self, how: Any) -> None:
        assert not can_travel(two_classes(), how)

    def test_arrays_arrive_as_they_were(self, tmp_path: Path) -> None:
        x = numpy.arange(12, dtype=numpy.uint8).reshape(3, 4)
        data = Dataset(x, numpy.array([0, 1, 1]), ("a", "b", "c", "d"), ("no", "yes"), "mine", image_shape=(2, 2))
        save_dataset(tmp_path, data)
        found = load_dataset(tmp_path)
        assert found.x.dtype == numpy.uint8
        assert (found.x == x).all()
        assert found.y is not None
        assert found.y.tolist() == [0, 1, 1]
        assert (found.feature_names, found.class_names) == (data.feature_names, data.class_names)
        assert (found.summary, found.image_shape) == ("mine", (2, 2))

    def test_rows_arrive_as_they_were(self, tmp_path: Path) -> None:
        parts = Parts(numpy.arange(3), numpy.arange(0), numpy.array([5]))
        save_parts(tmp_path, parts)
        assert [rows.tolist() for rows in vars(load_parts(tmp_path)).values()] == [[0, 1, 2], [], [5]]

    def test_an_order_is_one_line(self) -> None:
        order = Order("a: 1\nb: 2\n", "x.yaml", None, 0, None, None, {"engine": "numpy"})
        assert order.line().count("\n") == 1
        assert Order(**json.loads(order.line())) == order
