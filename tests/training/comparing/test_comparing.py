"""Comparisons: what is the same in all runs, what becomes of failures, and going on where it stopped."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from tests.training.conftest import two_classes

from chalkgrad.errors import ProblemError, UsageError
from chalkgrad.reading.changing import changed
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.training.comparing import comparing
from chalkgrad.training.comparing.comparing import compare_settings
from chalkgrad.training.comparing.comparison import Comparison, Row
from chalkgrad.training.comparing.outcome import Outcome
from chalkgrad.training.events import LambdaCallback
from chalkgrad.training.training import Training, train_problem


def outcomes(comparison: Comparison) -> list[tuple[str, int, Any]]:
    """All that a comparison says, less the times."""
    return [
        (row.setting.name, row.seed, row.outcome.stopped, row.outcome.scores, row.outcome.history.get("loss"))
        for row in comparison.rows
    ]


class TestWhatIsTheSame:
    def test_each_run_is_the_run_of_its_problem(self) -> None:
        problem = two_classes()
        found = compare_settings(problem, {"batch": [8, "full"], "activation": ["tanh", "relu"]}, seeds=[3, 0])
        assert len(found.rows) == 8
        for row in found.rows:
            changes = {**row.setting.changes, "seed": row.seed}
            run = train_problem(changed(problem, changes), Training(parts=problem.parts, threads=1))
            assert row.outcome.history["loss"] == run.history["loss"]
            assert row.outcome.scores["test"] == run.test
            assert row.outcome.scores["validation"] == run.evaluate_rows(problem.parts.validation)

    def test_starts_are_the_same_where_shapes_agree(self) -> None:
        starts = {}
        problem = two_classes()
        for batch in (8, "full"):
            for seed in (0, 1):
                starts[batch, seed] = changed(problem, {"batch": batch, "seed": seed}).starting_arrays()["W1"]
        assert (starts[8, 0] == starts["full", 0]).all()
        assert (starts[8, 1] == starts["full", 1]).all()
        assert (starts[8, 0] != starts[8, 1]).any()

    def test_the_split_stays_whatever_the_seed(self) -> None:
        problem = two_classes(split={"test": 0.5})
        found = compare_settings(problem, {"batch": [8]}, seeds=3)
        tested = [row.outcome.scores["test"]["accuracy"] * len(problem.parts.test) for row in found.rows]
        assert [round(hits, 6) == round(hits) for hits in tested] == [True] * 3
        assert changed(problem, {"seed": 1}).parts.test.tolist() != problem.parts.test.tolist()
        run = train_problem(changed(problem, {"seed": 1}), Training(parts=problem.parts, threads=1))
        assert found.rows[1].outcome.scores["test"] == run.test

    def test_it_says_the_same_every_time_and_from_several_processes(self) -> None:
        problem, over = two_classes(), {"activation": ["tanh", "relu"]}
        here = compare_settings(problem, over, seeds=2, parallel=1)
        assert outcomes(here) == outcomes(compare_settings(problem, over, seeds=2, parallel=1))
        beside = compare_settings(problem, over, seeds=2, parallel=2)
        assert outcomes(here) == outcomes(beside)
        assert here.conclusion == beside.conclusion


class TestKeys:
    @pytest.mark.parametrize(
        "over",
        [
            {"units": [3, [5, 4]]},
            {"layers": [0, 2]},
            {"optimizer": ["adam", {"name": "momentum", "learning_rate": 0.1}]},
            {"dropout": [0.25]},
            {"l2": [0.01], "l1": [0, 0.1]},
            {"initial": ["zeros", "uniform(-1, 1)"]},
            {"scale": ["standard", "none"]},
            {"schedule": ["cosine", "constant"]},
            {"network.layers.0.units": [2, 3]},
            {"learning_rate": [0.1], "optimizer": ["adam", "sgd"]},
        ],
    )
    def test_any_key_can_be_varied(self, over: dict[str, Any]) -> None:
        found = compare_settings(two_classes(epochs=1), over)
        assert [row.outcome.stopped for row in found.rows] == ["epochs"] * len(found.settings)

    def test_what_holds_another_is_changed_before_it(self) -> None:
        problem = changed(two_classes(), {"learning_rate": 0.25, "optimizer": "adam", "units": [5, 4], "layers": 1})
        assert problem.keys.optimizer.name == "adam"
        assert problem.keys.optimizer.settings["learning_rate"] == 0.25
        assert problem.keys.network is not None
        assert [layer.units for layer in problem.keys.network.layers] == [5, 4, 1]

    def test_data_can_be_varied(self, tmp_path: Path) -> None:
        for name, slope in (("one", 1), ("two", -3)):
            (tmp_path / f"{name}.csv").write_text("x,y\n" + "".join(f"{k},{slope * k}\n" for k in range(5)))
        sources = [{"csv": str(tmp_path / f"{name}.csv"), "target": "y"} for name in ("one", "two")]
        line = Problem.from_layers(1, [{"units": 1}], loss="mse", data=sources[0], epochs=3)
        found = compare_settings(line, {"data": sources})
        losses = [row.outcome.history["loss"] for row in found.rows]
        assert losses[0] != losses[1]
        assert "measured on different samples" in " ".join(found.notes)

    @pytest.mark.parametrize(
        ("over", "code"),
        [
            ({"activaton": ["relu"]}, "unknown-key"),
            ({"seed": [1, 2]}, "not-a-comparison"),
            ({"batch": [object()]}, "not-a-value"),
        ],
    )
    def test_what_no_run_could_be_made_of_is_refused(self, over: dict[str, Any], code: str) -> None:
        with pytest.raises(UsageError) as caught:
            compare_settings(two_classes(), over)
        assert caught.value.code == code

    @pytest.mark.parametrize(
        ("how", "code"), [(Training(engine="nump"), "unknown-engine"), (Training(dtype="float16"), "unknown-dtype")]
    )
    def test_a_wrong_call_is_refused_at_once(self, how: Training, code: str) -> None:
        with pytest.raises(UsageError) as caught:
            compare_settings(two_classes(), {"batch": [4]}, how=how)
        assert caught.value.code == code

    def test_a_formula_without_data_is_compared_by_its_own_value(self, tmp_path: Path) -> None:
        parabola = Problem.from_formula("J = w^2", given={"w": -2}, epochs=5)
        for _ in range(2):
            found = compare_settings(parabola, {"learning_rate": [0.1, 1]}, seeds=2, folder=tmp_path)
        assert found.conclusion == (
            "The seeds change nothing in these runs, which says nothing about other starts, so no difference is shown; "
            "0.1 has the lowest training loss (0.4295)."
        )
        assert found.data()["better"] == []

    def test_without_data_there_is_nothing_to_compare(self) -> None:
        problem = Problem.from_layers(1, [{"units": 1}], loss="mse")
        with pytest.raises(ProblemError) as caught:
            compare_settings(problem, {"learning_rate": [0.1]})
        assert caught.value.code == "no-data"

    def test_wrong_data_are_said_once_and_at_once(self, tmp_path: Path) -> None:
        source = {"csv": str(tmp_path / "missing.csv"), "target": "y"}
        problem = Problem.from_layers(1, [{"units": 1}], loss="mse", data=source)
        with pytest.raises(ProblemError, match=r"missing\.csv"):
            compare_settings(problem, {"learning_rate": [0.1, 1]})

    def test_nodes_are_compared_in_this_process(self) -> None:
        from chalkgrad.core.node import variable

        x, w = variable("x"), variable("w")
        data = [{"x": k, "y": 2 * k} for k in range(4)]
        problem = Problem.from_nodes({"p": x * w}, loss="1/2 (p - y)^2", data=data, given={"w": 1}, batch=1)
        found = compare_settings(problem, {"learning_rate": [0.1, 0.01]}, parallel=2)
        assert [row.outcome.stopped for row in found.rows] == ["epochs", "epochs"]


class TestFailures:
    def test_a_setting_that_makes_no_sense_is_a_row(self) -> None:
        found = compare_settings(two_classes(), {"activation": ["tanh", "tnh"]}, seeds=2)
        failed = [row for row in found.rows if not row.outcome.is_good]
        assert [(row.setting.name, row.seed, row.outcome.code) for row in failed] == [
            ("tnh", 0, "unknown-activation"),
            ("tnh", 1, "unknown-activation"),
        ]
        assert "tnh failed in every run" in found.conclusion

    def test_a_run_that_diverges_is_a_row_with_the_place(self) -> None:
        data = [{"x": k, "y": 2 * k} for k in range(5)]
        line = Problem.from_layers(1, [{"units": 1}], loss="mse", data=data, epochs=200)
        found = compare_settings(line, {"learning_rate": [0.01, 1e20]}, seeds=2)
        reasons = {row.setting.name: row.outcome.reason for row in found.rows}
        assert [row.outcome.stopped for row in found.rows] == ["epochs", "epochs", "diverged", "diverged"]
        assert "in step 1 of epoch" in reasons["1e+20"]
        assert "1e+20 failed in every run" in found.conclusion
        json.dumps(found.data(), allow_nan=False)

    def test_what_goes_wrong_inside_is_a_row_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(problem: Problem, how: Training) -> Any:
            raise MemoryError("too much")

        monkeypatch.setattr("chalkgrad.training.comparing.outcome.train_problem", broken)
        found = compare_settings(two_classes(), {"batch": [4, 8]}, parallel=1)
        assert [(row.outcome.code, row.outcome.reason) for row in found.rows] == [
            ("crashed", "MemoryError: too much")
        ] * 2


class _StopAfter(Exception):
    pass


class TestGoingOn:
    def test_only_what_is_missing_is_run_again(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        problem, over = two_classes(), {"batch": [4, 8], "activation": ["tanh", "relu"]}

        def stop(done: int, total: int, row: Row) -> None:
            if done == 3:
                raise _StopAfter

        with pytest.raises(_StopAfter):
            compare_settings(problem, over, seeds=2, parallel=1, folder=tmp_path, progress=stop)
        ran: list[int] = []
        run_jobs = comparing.run_jobs
        monkeypatch.setattr(comparing, "run_jobs", lambda jobs, *rest: ran.append(len(jobs)) or run_jobs(jobs, *rest))
        found = compare_settings(problem, over, seeds=2, parallel=1, folder=tmp_path)
        assert ran == [5]
        assert outcomes(found) == outcomes(compare_settings(problem, over, seeds=2, parallel=1))
        compare_settings(problem, over, seeds=2, parallel=1, folder=tmp_path)
        assert ran == [5, 8]  # the last one had nothing left to do

    def test_values_and_seeds_can_be_added(self, tmp_path: Path) -> None:
        problem = two_classes()
        compare_settings(problem, {"batch": [4]}, seeds=1, folder=tmp_path)
        seen: list[int] = []
        compare_settings(
            problem, {"batch": [8, 4]}, seeds=2, folder=tmp_path, progress=lambda *done: seen.append(done[0])
        )
        lines = (tmp_path / "comparison.jsonl").read_text().splitlines()
        assert len(lines) == 4
        assert seen == [1, 2, 3, 4]

    @pytest.mark.parametrize("change", [{"epochs": 5}, {"scale": "standard"}, {"split": {"test": 0.4}}])
    def test_another_problem_is_not_taken_for_this_one(self, tmp_path: Path, change: dict[str, Any]) -> None:
        problem = two_classes()
        compare_settings(problem, {"batch": [4]}, folder=tmp_path)
        compare_settings(changed(problem, change), {"batch": [4]}, folder=tmp_path)
        assert len((tmp_path / "comparison.jsonl").read_text().splitlines()) == 2

    def test_other_samples_are_not_taken_for_these(self, tmp_path: Path) -> None:
        problem = two_classes()
        data = problem.dataset
        compare_settings(problem, {"batch": [4]}, folder=tmp_path)
        other = problem.with_dataset(Dataset(data.x + 1, data.y))
        compare_settings(other, {"batch": [4]}, folder=tmp_path)
        assert len((tmp_path / "comparison.jsonl").read_text().splitlines()) == 2

    def test_another_engine_or_type_is_not_taken_for_this_one(self, tmp_path: Path) -> None:
        for dtype in ("float32", "float64"):
            compare_settings(two_classes(), {"batch": [4]}, folder=tmp_path, how=Training(dtype=dtype))
        assert len((tmp_path / "comparison.jsonl").read_text().splitlines()) == 2

    def test_a_diverged_run_is_kept_and_a_crash_is_not(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        problem = two_classes()
        fates = iter([Outcome("failed", code="crashed", reason="killed"), Outcome("diverged", code="diverged")])
        monkeypatch.setattr("chalkgrad.training.comparing.workers.outcome_of", lambda problem, how: next(fates))
        compare_settings(problem, {"batch": [4, 8]}, folder=tmp_path, parallel=1)
        (line,) = (tmp_path / "comparison.jsonl").read_text().splitlines()
        assert json.loads(line)["outcome"]["stopped"] == "diverged"

    def test_two_processes_do_not_write_to_one_folder(self, tmp_path: Path) -> None:
        def inside(done: int, total: int, row: Row) -> None:
            with pytest.raises(UsageError) as caught:
                compare_settings(two_classes(), {"batch": [4]}, folder=tmp_path)
            assert caught.value.code == "folder-in-use"

        compare_settings(two_classes(), {"batch": [4]}, folder=tmp_path, progress=inside)


class TestInterruption:
    def test_what_is_finished_stays(self) -> None:
        def interrupt(epoch: int, logs: Any) -> None:
            if len(seen) == 2 and epoch == 2:
                os.kill(os.getpid(), signal.SIGINT)

        seen: list[Row] = []
        how = Training(callbacks=[LambdaCallback(on_epoch_end=interrupt)])
        over = {"batch": [4, 8, 16]}
        found = compare_settings(two_classes(), over, how=how, progress=lambda done, total, row: seen.append(row))
        assert not found.is_done
        assert [row.setting.name for row in found.rows] == ["4", "8"]
        assert found.data()["done"] is False

    def test_processes_are_ended(self) -> None:
        def interrupt(done: int, total: int, row: Row) -> None:
            raise KeyboardInterrupt

        problem = two_classes(epochs=1)
        found = compare_settings(problem, {"batch": [4, 8, 16, 32]}, parallel=2, progress=interrupt)
        assert not found.is_done
        assert len(found.rows) == 1
