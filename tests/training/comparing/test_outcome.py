"""What a run came to, as plain data."""

import json
import math
from typing import Any

import pytest
from tests.training.conftest import two_classes

from chalkgrad.errors import Fault, Place, ProblemError
from chalkgrad.reading.changing import changed
from chalkgrad.training.comparing.outcome import Outcome, from_json, outcome_of, outcome_of_run, to_json
from chalkgrad.training.training import Training, train_problem


class TestOfARun:
    def test_scores_are_those_of_the_chosen_parameters(self) -> None:
        problem = two_classes(epochs=12, stop_early={"patience": 2})
        run = train_problem(problem)
        outcome = outcome_of_run(run)
        assert outcome.scores["train"] == run.evaluate_rows(run.data.parts.train)
        assert outcome.scores["test"] == run.test
        assert outcome.best_epoch == run.watch.best_epoch
        assert outcome.epochs == len(run.history["epoch"])
        assert outcome.seconds == pytest.approx(sum(run.history["seconds"]))

    def test_without_early_stopping_the_last_epoch_is_chosen(self) -> None:
        assert outcome_of(two_classes(), Training()).best_epoch == 4

    def test_a_part_that_is_not_there_has_no_score(self) -> None:
        assert set(outcome_of(two_classes(split={"test": 0.5}), Training()).scores) == {"train", "test"}

    def test_a_diverged_run_has_a_reason_and_no_scores(self) -> None:
        problem = changed(two_classes(), {"optimizer": {"name": "sgd", "learning_rate": 1e30}, "activation": "linear"})
        outcome = outcome_of(changed(problem, {"loss": "mse", "epochs": 50}), Training())
        assert (outcome.stopped, outcome.code, dict(outcome.scores)) == ("diverged", "diverged", {})
        assert "step" in outcome.reason
        assert not outcome.is_good
        assert outcome.is_for_good


class TestOfAnError:
    def test_a_fault_says_what_and_where(self) -> None:
        place = Place("a.yaml", 3, 1, "activation: tnh")
        outcome = Outcome.of_error(ProblemError(Fault("unknown-activation", "no tnh", place)))
        assert (outcome.code, outcome.reason, outcome.is_for_good) == ("unknown-activation", "no tnh (line 3)", True)

    def test_anything_else_may_go_well_another_time(self) -> None:
        outcome = Outcome.of_error(MemoryError())
        assert (outcome.code, outcome.reason, outcome.is_for_good) == ("crashed", "MemoryError", False)


class TestJson:
    def test_it_comes_back_to_the_bit(self) -> None:
        outcome = outcome_of(two_classes(), Training())
        said = json.dumps(to_json(outcome), allow_nan=False)
        assert from_json(json.loads(said)) == outcome

    def test_infinities_and_nan_come_back(self) -> None:
        outcome = Outcome("epochs", {"test": {"loss": math.inf}}, {"loss": [math.nan, -math.inf]}, epochs=2)
        back = from_json(json.loads(json.dumps(to_json(outcome), allow_nan=False)))
        assert back.scores["test"]["loss"] == math.inf
        assert math.isnan(back.history["loss"][0])
        assert back.history["loss"][1] == -math.inf

    @pytest.mark.parametrize(
        "plain",
        [
            {},
            {"stopped": 3},
            {"stopped": "epochs", "unknown": 1},
            {"stopped": "epochs", "scores": {"test": 3}},
            {"stopped": "epochs", "scores": {"test": {"loss": "much"}}},
            {"stopped": "epochs", "scores": []},
            {"stopped": "epochs", "history": {"loss": [1, 2]}, "epochs": 1},
            {"stopped": "epochs", "history": {"loss": 3}},
        ],
    )
    def test_what_is_none_is_refused(self, plain: Any) -> None:
        with pytest.raises(ValueError, match="this is no outcome of a run"):
            from_json(plain)
