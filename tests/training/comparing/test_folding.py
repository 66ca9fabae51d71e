"""Cross-validation: what a fold sees, and that it sees nothing of what is held out."""

import json
from pathlib import Path
from typing import Any

import numpy
import pytest
from tests.training.conftest import two_classes

from chalkgrad.errors import ProblemError, UsageError
from chalkgrad.reading.changing import changed
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.render import write
from chalkgrad.training.comparing.folding import Fold, Folds, fold_parts, train_folds
from chalkgrad.training.comparing.outcome import Outcome
from chalkgrad.training.keeping.folder import RunFolder
from chalkgrad.training.run import Run
from chalkgrad.training.training import Training


def trained(problem: Problem, folds: int = 3) -> list[Run]:
    """The runs of all folds."""
    runs: list[Run] = []
    train_folds(problem, folds, Training(dtype="float64"), on_run=lambda number, run: runs.append(run))
    return runs


class TestTheParts:
    def test_every_sample_outside_the_test_part_is_held_out_once(self) -> None:
        problem = two_classes()
        parts = fold_parts(problem, 4)
        held_out = numpy.concatenate([each.test for each in parts])
        assert sorted(held_out.tolist()) == problem.parts.not_test.tolist()
        for each in parts:
            together = numpy.concatenate([each.train, each.validation, each.test])
            assert sorted(together.tolist()) == problem.parts.not_test.tolist()

    def test_sizes_are_those_of_scikit_learn(self) -> None:
        selection = pytest.importorskip("sklearn.model_selection")
        problem = two_classes(split={"folds": 7})
        rows = numpy.arange(60)
        expected = sorted(len(test) for _, test in selection.KFold(7, shuffle=True, random_state=0).split(rows))
        assert sorted(len(parts.test) for parts in fold_parts(problem)) == expected

    def test_stratified_folds_have_the_classes_that_scikit_learn_gives_them(self) -> None:
        selection = pytest.importorskip("sklearn.model_selection")
        problem = two_classes(split={"folds": 5, "stratify": True})
        labels = problem.classes
        assert labels is not None
        theirs = selection.StratifiedKFold(5, shuffle=True, random_state=0).split(numpy.zeros(60), labels)
        expected = sorted(tuple(numpy.bincount(labels[test])) for _, test in theirs)
        ours = sorted(tuple(numpy.bincount(labels[parts.test])) for parts in fold_parts(problem))
        for one, other in zip(ours, expected, strict=True):
            assert abs(numpy.array(one) - numpy.array(other)).max() <= 1  # both cut each class as evenly as they can

    @pytest.mark.parametrize(
        ("keys", "size"),
        [
            ({"split": {"folds": 3}}, 0),
            ({"split": {"folds": 3, "validation": 0.25}}, 10),
            ({"split": {"folds": 3}, "stop_early": {"patience": 2}}, 4),
            ({"split": {"folds": 3}, "stop_early": {"patience": 2, "monitor": "loss"}}, 0),
        ],
    )
    def test_what_is_watched_is_cut_from_the_training_rows(self, keys: dict[str, Any], size: int) -> None:
        for parts in fold_parts(two_classes(**keys)):
            assert (len(parts.validation), len(parts.train)) == (size, 40 - size)

    @pytest.mark.parametrize("folds", [None, 0, 1])
    def test_there_are_at_least_two(self, folds: int | None) -> None:
        with pytest.raises(UsageError, match="at least 2 folds"):
            fold_parts(two_classes(), folds)

    def test_more_folds_than_samples_are_refused(self) -> None:
        with pytest.raises(ProblemError) as caught:
            fold_parts(two_classes(), 61)
        assert caught.value.code == "empty-part"

    def test_without_data_there_are_none(self) -> None:
        with pytest.raises(ProblemError) as caught:
            fold_parts(Problem.from_formula("f = w^2", given={"w": 1}), 3)
        assert caught.value.code == "no-data"


class TestNothingLeaks:
    """Whatever stands in the rows held out, the network that is trained without them is the same to the bit."""

    def changed_rows(self, problem: Problem, rows: Any, labels: bool) -> Problem:
        data = problem.dataset
        assert data.y is not None
        x, y = numpy.array(data.x), numpy.array(data.y)
        x[rows] = numpy.random.default_rng(1).normal(size=x[rows].shape) * 1e6 + 1e7
        if labels:
            y[rows] = 1 - y[rows]
        return problem.with_dataset(Dataset(x, y, data.feature_names, data.class_names))

    @pytest.mark.parametrize("stratify", [False, True])
    @pytest.mark.parametrize("scale", ["standard", "0..1"])
    def test_the_held_out_rows_decide_nothing(self, scale: str, stratify: bool) -> None:
        problem = two_classes(
            scale=scale,
            split={"test": 0.2, "stratify": stratify},
            stop_early={"patience": 1, "monitor": "loss"},
            epochs=8,
        )
        problem = changed(
            problem, {"split": {"test": 0.2, "stratify": stratify, "folds": 3}, "stop_early": {"patience": 1}}
        )
        runs = trained(problem)
        for place, parts in enumerate(fold_parts(problem, 3)):
            # Stratified folds are cut by the labels, so only inputs may change there without moving the folds.
            other = trained(self.changed_rows(problem, parts.test, labels=not stratify))[place]
            assert other.history["loss"] == runs[place].history["loss"]
            assert other.history["val_loss"] == runs[place].history["val_loss"]
            for name, value in runs[place].parameters.items():
                assert (other.parameters[name] == value).all()
            assert other.test != runs[place].test

    def test_the_test_part_decides_nothing(self) -> None:
        problem = two_classes(scale="standard")
        other = self.changed_rows(problem, problem.parts.test, labels=True)
        for one, another in zip(trained(problem), trained(other), strict=True):
            assert one.test == another.test
            assert (one.parameters["W1"] == another.parameters["W1"]).all()

    def test_a_leak_would_be_seen(self) -> None:
        problem = two_classes(scale="standard")
        parts = fold_parts(problem, 3)[0]
        other = trained(self.changed_rows(problem, parts.train[:1], labels=False))[0]
        assert (other.parameters["W1"] != trained(problem)[0].parameters["W1"]).any()


class TestTheRuns:
    def test_the_held_out_fold_is_scored_with_the_chosen_parameters(self) -> None:
        problem = two_classes(stop_early={"patience": 1}, epochs=10)
        runs: list[Run] = []
        found = train_folds(problem, 3, on_run=lambda number, run: runs.append(run))
        for fold, run in zip(found.folds, runs, strict=True):
            assert fold.outcome.scores["test"] == run.evaluate_rows(fold.parts.test)

    def test_mean_and_spread_are_those_of_the_folds(self) -> None:
        found = train_folds(two_classes(), 4, parallel=1)
        losses = numpy.array([fold.outcome.scores["test"]["loss"] for fold in found.folds])
        spread = found.spread("loss")
        assert spread.mean == pytest.approx(losses.mean())
        assert spread.deviation == pytest.approx(losses.std(ddof=1))
        assert found.has_accuracy

    def test_several_processes_say_the_same(self) -> None:
        here, beside = (train_folds(two_classes(), 2, parallel=count) for count in (1, 2))
        for one, other in zip(here.folds, beside.folds, strict=True):
            assert one.outcome.scores == other.outcome.scores
            assert one.parts.test.tolist() == other.parts.test.tolist()

    def test_progress_is_told(self) -> None:
        seen: list[tuple[int, int, int]] = []
        train_folds(two_classes(), 3, progress=lambda done, total, fold: seen.append((done, total, fold.number)))
        assert seen == [(1, 3, 1), (2, 3, 2), (3, 3, 3)]

    def test_each_fold_may_be_kept(self, tmp_path: Path) -> None:
        train_folds(two_classes(), 2, Training(folder=RunFolder(tmp_path)))
        for number in (1, 2):
            assert len(RunFolder(tmp_path / f"fold-{number}").load_history()["epoch"]) == 4

    def test_they_may_be_kept_in_a_numbered_folder(self, tmp_path: Path) -> None:
        train_folds(two_classes(), 2, Training(runs=tmp_path))
        assert sorted(path.name for path in (tmp_path / "problem-1").iterdir()) == ["fold-1", "fold-2"]

    def test_a_trial_takes_one_batch_of_each_part(self) -> None:
        problem = two_classes(batch=8)
        found = train_folds(problem, 2, Training(fast_dev_run=True))
        assert [(len(fold.parts.train), len(fold.parts.test), fold.outcome.epochs) for fold in found.folds] == [
            (8, 8, 1)
        ] * 2

    def test_the_number_of_folds_may_stand_in_the_file(self) -> None:
        assert train_folds(two_classes(split={"folds": 2})).count == 2


class TestTheDocument:
    def test_it_says_mean_spread_and_sizes(self) -> None:
        found = train_folds(two_classes(), 3)
        text = " ".join(str(write(found.document(pictures=False), "text")).split())
        assert "Mean accuracy" in text
        assert "was looked at once" in text

    def test_it_has_pictures(self) -> None:
        pytest.importorskip("matplotlib")
        assert str(write(train_folds(two_classes(), 2).document(), "html")).count("<img") == 2

    def test_data_are_plain_json(self) -> None:
        data = json.loads(json.dumps(train_folds(two_classes(), 2).data(), allow_nan=False))
        assert data["folds"][0]["held_out"] == 24
        assert data["accuracy"]["mean"] == pytest.approx(sum(data["accuracy"]["values"]) / 2)

    def test_failed_folds_are_named(self) -> None:
        parts = fold_parts(two_classes(), 2)
        good = Outcome("epochs", {"test": {"loss": 0.5}}, epochs=1)
        bad = Outcome("diverged", code="diverged", reason="the loss became nan")
        found = Folds("Digits", 3, [Fold(1, parts[0], good), Fold(2, parts[1], bad)])
        text = " ".join(str(write(found.document(), "text")).split())
        assert "Mean loss 0.5 (0.5) (1 of 2 folds failed)." in text
        assert "Fold 2: the loss became nan." in text
        assert "Interrupted: 2 of 3 folds are done." in text
        assert not found.is_done
        nothing = Folds("Digits", 3, [Fold(1, parts[0], bad)])
        assert "No fold has a finite loss." in str(write(nothing.document(), "text"))
