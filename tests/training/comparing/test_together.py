"""Runs that differ in numbers alone, trained in one program of JAX."""

import importlib.util
from typing import Any

import numpy
import pytest
from tests.training.conftest import two_classes

from chalkgrad.reading.changing import changed
from chalkgrad.reading.problem import Problem
from chalkgrad.training.comparing import together
from chalkgrad.training.comparing.comparing import compare_settings
from chalkgrad.training.comparing.outcome import Outcome
from chalkgrad.training.comparing.together import groups_of, train_together
from chalkgrad.training.comparing.workers import Job
from chalkgrad.training.events import Callback
from chalkgrad.training.training import Training

JAX = Training(engine="jax", dtype="float64")
needs_jax = pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="jax is not installed")


def jobs_of(*problems: Problem, seeds: int = 1) -> list[Job]:
    parts = problems[0].parts
    return [Job(problem, seed, parts) for problem in problems for seed in range(seeds)]


class TestWhatGoesTogether:
    def test_numbers_and_seeds_may_differ_and_shapes_may_not(self) -> None:
        problem = two_classes(optimizer="adam", regularizer={"l2": 0.01})
        problems = [
            changed(problem, changes)
            for changes in (
                {"learning_rate": 0.1},
                {"l2": 0.5},
                {"optimizer.beta1": 0.5},
                {"units": 5},
                {"batch": 4},
                {"optimizer": "sgd"},
                {"optimizer": "sgd", "learning_rate": 0.3},
            )
        ]
        assert groups_of(jobs_of(*problems), JAX) == [[0, 1, 2], [5, 6]]
        assert groups_of(jobs_of(problem, seeds=3), JAX) == [[0, 1, 2]]

    @pytest.mark.parametrize(
        "how",
        [
            Training(engine="numpy"),
            Training(engine="jax", callbacks=[Callback()]),
            Training(engine="jax", fast_dev_run=True),
            Training(engine="auto"),  # too little work for it
        ],
    )
    def test_what_is_looked_at_or_small_goes_alone(self, how: Training) -> None:
        assert groups_of(jobs_of(two_classes(), seeds=3), how) == []

    def test_what_stops_early_goes_alone(self) -> None:
        assert groups_of(jobs_of(two_classes(stop_early={"patience": 1}), seeds=3), JAX) == []

    @needs_jax
    def test_with_auto_there_must_be_work_for_it(self) -> None:
        long = two_classes(epochs=10**6, split={"test": 0.2})
        assert groups_of(jobs_of(long, seeds=2), Training()) == [[0, 1]]
        watched = two_classes(epochs=10**6)
        assert groups_of(jobs_of(watched, seeds=2), Training()) == []


@needs_jax
class TestTheRuns:
    @pytest.mark.parametrize(
        "over",
        [
            {"learning_rate": [0.1, 0.5]},
            {"optimizer": [{"name": "adam", "learning_rate": 0.05}], "optimizer.beta1": [0.5, 0.9]},
            {"l2": [0.01, 0.1], "batch": ["full"]},
        ],
    )
    def test_they_are_those_of_each_alone(self, over: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
        problem = two_classes(schedule="cosine")
        alone = compare_settings(problem, over, seeds=2, parallel=1, how=Training(engine="numpy", dtype="float64"))
        monkeypatch.setattr("chalkgrad.training.comparing.comparing.run_jobs", None)  # nothing is left for it
        found = compare_settings(problem, over, seeds=2, how=JAX)
        for one, other in zip(alone.rows, found.rows, strict=True):
            assert (one.setting, one.seed) == (other.setting, other.seed)
            for name in ("loss", "accuracy", "learning_rate"):
                numpy.testing.assert_allclose(one.outcome.history[name], other.outcome.history[name], rtol=1e-9)
            for part, scores in one.outcome.scores.items():
                assert other.outcome.scores[part] == pytest.approx(scores, rel=1e-9)
        assert alone.conclusion == found.conclusion

    def test_one_that_diverges_is_trained_again_to_say_where(self) -> None:
        data = [{"x": k, "y": 2 * k} for k in range(5)]
        line = Problem.from_layers(1, [{"units": 1}], loss="mse", data=data, epochs=200)
        found = compare_settings(line, {"learning_rate": [0.01, 1e20, 0.02]}, how=JAX, parallel=1)
        assert [row.outcome.stopped for row in found.rows] == ["epochs", "diverged", "epochs"]
        assert "in step 1 of epoch" in found.rows[1].outcome.reason

    def test_what_does_not_fit_is_left_for_one_by_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def too_large(*everything: Any) -> Any:
            raise RuntimeError("RESOURCE_EXHAUSTED: out of memory")

        monkeypatch.setattr("chalkgrad.training.engines.jax_sweep.run_many", too_large)
        seen: list[tuple[int, Outcome]] = []
        jobs = jobs_of(two_classes(), seeds=2)
        assert train_together(jobs, JAX, lambda *done: seen.append(done)) == (True, [0, 1])
        assert seen == []

    def test_an_interruption_ends_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupted(*everything: Any) -> Any:
            raise KeyboardInterrupt

        monkeypatch.setattr(together._Group, "outcomes", interrupted)
        found = compare_settings(two_classes(), {"learning_rate": [0.1, 0.5]}, how=JAX)
        assert not found.is_done
        assert found.rows == []
