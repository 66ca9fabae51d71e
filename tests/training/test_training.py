"""Runs: their course, their end, and that they go on as if nothing had been."""

import os
import signal
from pathlib import Path
from typing import Any

import numpy
import pytest

from chalkgrad.api import read
from chalkgrad.errors import ProblemError, UsageError
from chalkgrad.reading.changing import changed
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.training.events import Callback, LambdaCallback
from chalkgrad.training.keeping.folder import RunFolder
from chalkgrad.training.run import Run
from chalkgrad.training.training import Training, train_problem

from .conftest import random_problem


def split_problem(**keys: Any) -> Problem:
    """A hundred points of two classes, with parts for validation and test."""
    chance = numpy.random.default_rng(0)
    x = chance.normal(size=(100, 2))
    y = (x[:, 0] * x[:, 1] > 0).astype(numpy.int64)
    layers = [{"units": 8, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}]
    defaults = {
        "loss": "binary_cross_entropy",
        "optimizer": {"name": "adam", "learning_rate": 0.05},
        "split": {"validation": 0.2, "test": 0.2},
        "order": "shuffled",
        "batch": 16,
        "epochs": 6,
    }
    problem = Problem.from_layers(2, layers, data=[{"x": [0, 0], "y": 0}] * 5, **{**defaults, **keys})
    return problem.with_dataset(Dataset(x, y, class_names=("different", "same")))


def bits(run: Run) -> dict[str, bytes]:
    state = run.engine.state
    return {name: value.tobytes() for name, value in {**run.last, **state.memory}.items()}


def without_time(run: Run) -> dict[str, list[Any]]:
    return {name: column for name, column in run.history.items() if name != "seconds"}


class Interrupt(Callback):
    """Presses Ctrl-C at a batch, counted over all epochs."""

    def __init__(self, batch: int) -> None:
        self.left = batch

    def on_batch_end(self, batch: int, logs: Any) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGINT)


class TestTheCourse:
    def test_each_epoch_has_a_row(self) -> None:
        run = train_problem(split_problem())
        assert list(run.history) == [
            "epoch",
            "loss",
            "accuracy",
            "val_loss",
            "val_accuracy",
            "learning_rate",
            "seconds",
        ]
        assert run.history["epoch"] == [1, 2, 3, 4, 5, 6]
        assert run.stopped == "epochs"
        assert run.steps == 6 * 4
        assert run.history["loss"][-1] < run.history["loss"][0]
        assert set(run.test or {}) == {"loss", "accuracy"}

    def test_short_epochs_are_taken_together_and_say_the_same(self) -> None:
        problem = random_problem(3, loss="mse", epochs=300, batch="full")
        seen = []
        alone = train_problem(
            problem, Training(callbacks=[LambdaCallback(on_epoch_end=lambda e, logs: seen.append(e))])
        )
        together = train_problem(problem)
        assert seen == list(range(1, 301))
        assert bits(alone) == bits(together)
        assert without_time(alone) == without_time(together)

    def test_what_is_watched_is_the_loss_of_numpy(self) -> None:
        run = train_problem(split_problem(epochs=2), Training(dtype="float64"))
        rows, data = run.data.parts.validation, run.data
        output = run.predict(data.x[rows])[:, 0]
        truth = data.labels[rows]
        wanted = -numpy.mean(truth * numpy.log(output) + (1 - truth) * numpy.log(1 - output))
        assert run.history["val_loss"][-1] == pytest.approx(wanted, rel=1e-10)
        assert run.history["val_accuracy"][-1] == numpy.mean((output >= 0.5) == truth)

    def test_it_stops_early_and_goes_back_to_the_best_epoch(self) -> None:
        stop = {"monitor": "val_loss", "patience": 3}
        run = train_problem(
            split_problem(epochs=500, stop_early=stop, optimizer={"name": "adam", "learning_rate": 0.3})
        )
        assert run.stopped == "early"
        epoch = int(numpy.argmin(run.history["val_loss"])) + 1
        assert run.watch.best_epoch == epoch
        assert len(run.history["epoch"]) == epoch + 3
        assert run.evaluate_rows(run.data.parts.validation)["loss"] == pytest.approx(min(run.history["val_loss"]))
        again = train_problem(split_problem(epochs=epoch, optimizer={"name": "adam", "learning_rate": 0.3}))
        for name, value in again.last.items():
            numpy.testing.assert_array_equal(run.parameters[name], value)

    def test_a_callback_may_end_it(self) -> None:
        class Enough(Callback):
            def on_epoch_end(self, epoch: int, logs: Any) -> None:
                self.stop_training = epoch == 2

        assert len(train_problem(split_problem(), Training(callbacks=[Enough()])).history["epoch"]) == 2

    def test_the_seed_fixes_everything(self) -> None:
        dropout = {
            "network": {"input": 2, "layers": [{"units": 6, "activation": "relu", "dropout": 0.4}, {"units": 1}]}
        }
        one, same, other = (
            train_problem(changed(split_problem(), {**dropout, "loss": "mse", "seed": seed})) for seed in (1, 1, 2)
        )
        assert bits(one) == bits(same)
        assert bits(one) != bits(other)

    def test_a_trial_takes_one_batch_of_each_part(self) -> None:
        run = train_problem(split_problem(epochs=100), Training(fast_dev_run=True))
        assert run.steps == 1
        assert [len(rows) for rows in (run.data.parts.train, run.data.parts.validation)] == [16, 16]


class TestDropout:
    def problem(self, share: float) -> Problem:
        layers = [{"units": 200, "activation": "relu", "dropout": share}, {"units": 1}]
        data = [{"x": [1, 2], "y": 1}] * 50
        return Problem.from_layers(
            2, layers, loss="mse", data=data, optimizer={"name": "sgd", "learning_rate": 0}, epochs=40
        )

    def test_the_mean_stays_and_prediction_leaves_nothing_out(self) -> None:
        with_dropout, without = (train_problem(self.problem(share)) for share in (0.5, 0))
        numpy.testing.assert_array_equal(with_dropout.predict(numpy.ones((3, 2))), without.predict(numpy.ones((3, 2))))
        output, loss = without.predict(numpy.array([[1.0, 2.0]]))[0, 0], numpy.mean(with_dropout.history["loss"])
        weights, hidden = (
            without.parameters["W2"][:, 0],
            numpy.maximum(numpy.array([1, 2]) @ without.parameters["W1"], 0),
        )
        # Inverted dropout adds the variance (1/share - 1) Σ (w h)² to the squared error.
        wanted = (output - 1) ** 2 + numpy.sum((weights * hidden) ** 2)
        assert loss == pytest.approx(wanted, rel=0.1)

    def test_masks_differ_from_step_to_step(self) -> None:
        losses = train_problem(self.problem(0.5)).history["loss"]
        assert len(set(losses)) == len(losses)


class TestGoingOn:
    @pytest.mark.parametrize("batch", [1, 3, 4, 5, 11, 23])
    def test_an_interrupted_run_ends_with_the_bits_of_one_that_was_not(self, batch: int, tmp_path: Path) -> None:
        problem = split_problem(stop_early={"patience": 5, "restore_best_weights": False})
        whole = train_problem(problem)
        folder = RunFolder(tmp_path / "run")
        first = train_problem(problem, Training(folder=folder, callbacks=[Interrupt(batch)]))
        assert first.stopped == "interrupted"
        assert first.steps == batch
        second = train_problem(problem, Training(folder=folder, resume=True))
        assert second.stopped == whole.stopped
        assert bits(second) == bits(whole)
        assert without_time(second) == without_time(whole)
        assert second.test == whole.test

    def test_a_finished_run_has_nothing_left_to_do(self, tmp_path: Path) -> None:
        folder = RunFolder(tmp_path / "run")
        first = train_problem(split_problem(), Training(folder=folder))
        again = train_problem(split_problem(), Training(folder=folder, resume=True))
        assert bits(first) == bits(again)
        assert again.history == first.history

    def test_a_run_that_had_stopped_early_takes_no_epoch_more(self, tmp_path: Path) -> None:
        problem, folder = split_problem(epochs=500, stop_early={"patience": 1}), RunFolder(tmp_path / "run")
        first = train_problem(problem, Training(folder=folder))
        again = train_problem(problem, Training(folder=folder, resume=True))
        assert (first.stopped, again.stopped) == ("early", "early")
        assert again.history == first.history
        assert again.test == first.test

    def test_another_problem_is_refused(self, tmp_path: Path) -> None:
        folder = RunFolder(tmp_path / "run")
        train_problem(split_problem(), Training(folder=folder))
        with pytest.raises(UsageError, match=r"another problem: it differs in .*batch"):
            train_problem(split_problem(batch=8), Training(folder=folder, resume=True))

    @pytest.mark.parametrize("how", [{"dtype": "float64"}])
    def test_other_settings_are_refused(self, how: dict[str, str], tmp_path: Path) -> None:
        folder = RunFolder(tmp_path / "run")
        train_problem(split_problem(), Training(folder=folder))
        with pytest.raises(UsageError, match="the run was trained with dtype float32, and now asks for float64"):
            train_problem(split_problem(), Training(folder=folder, resume=True, **how))

    def test_a_folder_with_a_run_is_not_written_over(self, tmp_path: Path) -> None:
        folder = RunFolder(tmp_path / "run")
        train_problem(split_problem(), Training(folder=folder))
        with pytest.raises(UsageError, match="holds a run already"):
            train_problem(split_problem(), Training(folder=folder))


class TestDivergence:
    def problem(self, **keys: Any) -> Problem:
        layers = [{"units": 3, "activation": "relu"}, {"units": 1}]
        data = [{"x": [i, i * i], "y": i} for i in range(8)]
        return Problem.from_layers(2, layers, loss="mse", data=data, **keys)

    def test_it_is_found_again_and_the_last_good_weights_are_kept(self, tmp_path: Path) -> None:
        problem = self.problem(optimizer={"name": "sgd", "learning_rate": 50}, batch=3, epochs=50)
        run = train_problem(problem, Training(folder=RunFolder(tmp_path / "run")))
        assert run.stopped == "diverged"
        assert run.divergence is not None
        assert str(run.divergence).startswith(run.divergence.quantity + " became ")
        assert all(numpy.isfinite(value).all() for value in run.parameters.values())
        assert (tmp_path / "run" / "weights.safetensors").exists()
        assert run.test is None
        # The steps up to there, taken again, give the same weights; one more gives none.
        steps = (run.divergence.epoch - 1) * 3 + run.divergence.step - 1
        assert run.steps == steps

    def test_a_sample_is_named(self) -> None:
        problem = self.problem(optimizer={"name": "sgd", "learning_rate": 1e-3}, batch=2, epochs=2)
        x = numpy.array([[1.0, 1], [2, 4], [3e38, 3e38], [1, 2]])
        run = train_problem(problem.with_dataset(Dataset(x, numpy.ones((4, 1)))))
        assert run.divergence is not None
        assert run.divergence.row == 2
        assert run.divergence.step == 2
        assert run.divergence.kind == "forward"

    def test_many_short_epochs_are_searched_too(self) -> None:
        # w ← (1 − 2·1.02) w: 4 % larger every step, so that w² leaves float32 after ln(3.4e38)/(2 ln 1.04) steps.
        layers = [{"units": 1, "bias": "none", "weights": [["w"]]}]
        optimizer = {"name": "sgd", "learning_rate": 1.02}
        data = [{"x": 1, "y": 0}]
        problem = Problem.from_layers(
            1, layers, loss="mse", data=data, given={"w": 1}, optimizer=optimizer, epochs=3000
        )
        run = train_problem(problem)
        assert run.stopped == "diverged"
        assert run.divergence is not None
        assert run.divergence.epoch == pytest.approx(numpy.log(3.4e38) / (2 * numpy.log(1.04)), abs=2)
        assert len(run.history.get("epoch", ())) == run.divergence.epoch - 1


class TestMisuse:
    def test_without_data(self) -> None:
        with pytest.raises(ProblemError, match="nothing to train on"):
            train_problem(Problem.from_layers(2, [{"units": 1}], loss="mse"))

    def test_without_a_loss(self) -> None:
        with pytest.raises(ProblemError, match="there is no loss"):
            train_problem(read("symbolic-deltas"))

    @pytest.mark.parametrize(
        ("how", "words"),
        [({"dtype": "float16"}, "dtype cannot be 'float16'"), ({"engine": "torch"}, "there is no engine `torch`")],
    )
    def test_unknown_settings(self, how: dict[str, str], words: str) -> None:
        with pytest.raises(UsageError, match=words):
            train_problem(split_problem(), Training(**how))

    def test_an_accuracy_where_there_are_no_classes(self) -> None:
        problem = random_problem(3, loss="mse", stop_early={"monitor": "accuracy"}, epochs=2)
        with pytest.raises(ProblemError, match="stop_early watches accuracy, and there are no classes"):
            train_problem(problem)

    def test_parameters_that_do_not_fit(self) -> None:
        with pytest.raises(UsageError, match="no parameter `W9`"):
            train_problem(split_problem(), Training(start={"W9": numpy.zeros(3)}))
        with pytest.raises(UsageError, match=r"`W1` is 3 here, and 2 × 8 in the problem"):
            train_problem(split_problem(), Training(start={"W1": numpy.zeros(3)}))


def test_real_digits_are_learned() -> None:
    pytest.importorskip("sklearn")
    run = train_problem(read("digits"))
    assert run.test is not None
    # One seed; over many, the mean is 0.975 with a spread of 0.01.
    assert run.test["accuracy"] >= 0.96
