"""Runs in processes of their own."""

import sys
from pathlib import Path
from typing import Any

import numpy
import pytest
from tests.training.conftest import two_classes

from chalkgrad.errors import UsageError
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.splitting import Parts
from chalkgrad.training.comparing import workers
from chalkgrad.training.comparing.orders import Order, load_dataset, load_parts, save_dataset, save_parts
from chalkgrad.training.comparing.orders import carried_out as carried_out_order
from chalkgrad.training.comparing.outcome import Outcome
from chalkgrad.training.comparing.workers import Job, can_travel, estimated_seconds, run_jobs
from chalkgrad.training.training import Training


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

    def test_a_run_that_ends_its_process_is_a_failed_run(self) -> None:
        order = Order("formula: J = w^2", "a.yaml", None, 0, None, None, {})
        outcome = workers._crashed(order)
        assert (outcome.stopped, outcome.code) == ("failed", "crashed")
        assert not outcome.is_for_good
        assert outcome.reason == "the process that trained it ended"

    def test_where_none_can_be_started_runs_are_trained_here(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "executable", str(Path(sys.executable).with_name("no-such-python")))
        assert carried_out([Job(two_classes(), 0), Job(two_classes(), 1)], 2)[1].is_good

    def test_what_the_surroundings_say_is_not_imported(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "numpy.py").write_text("raise SystemExit")
        monkeypatch.chdir(tmp_path)
        assert carried_out([Job(two_classes(), 0), Job(two_classes(), 1)], 2)[0].is_good

    def test_an_order_that_makes_no_sense_is_a_failed_run(self) -> None:
        outcome = carried_out_order(Order("loss: [", "a.yaml", None, 0, None, None, {}))
        assert (outcome.stopped, outcome.scores) == ("failed", {})


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
