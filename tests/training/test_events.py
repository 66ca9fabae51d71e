"""Callbacks: who is called, when, with what."""

from typing import Any

import pytest

from chalkgrad.training.events import Callback, CallbackList, LambdaCallback, Logs, RunHistory

NAMES = ("on_train_begin", "on_epoch_begin", "on_batch_begin", "on_batch_end", "on_epoch_end", "on_train_end")


class Teller(Callback):
    """Writes down everything it is told."""

    def __init__(self, name: str, told: list[Any]) -> None:
        self.name, self.told = name, told

    def __getattribute__(self, name: str) -> Any:
        if name in NAMES:
            return lambda *arguments: self.told.append((self.name, name, *arguments))
        return super().__getattribute__(name)


class OfBatches(Callback):
    def on_batch_end(self, batch: int, logs: Logs) -> None:
        pass


def test_all_are_called_in_their_order() -> None:
    told: list[Any] = []
    callbacks = CallbackList([Teller("a", told), Teller("b", told)])
    callbacks.on_train_begin({"epochs": 1})
    callbacks.on_epoch_begin(1, {})
    callbacks.on_epoch_end(1, {"loss": 0.5})
    callbacks.on_train_end({"loss": 0.5})
    expected = [
        ("on_train_begin", {"epochs": 1}),
        ("on_epoch_begin", 1, {}),
        ("on_epoch_end", 1, {"loss": 0.5}),
        ("on_train_end", {"loss": 0.5}),
    ]
    assert told == [(name, *event) for event in expected for name in "ab"]


class TestBatches:
    def test_only_those_that_hear_of_batches_are_called(self) -> None:
        told: list[Any] = []
        watching = LambdaCallback(
            on_batch_begin=lambda batch, logs: told.append(batch), on_batch_end=lambda batch, logs: told.append(logs)
        )
        callbacks = CallbackList([Callback(), watching, RunHistory()])
        callbacks.on_batch_begin(1, {})
        callbacks.on_batch_end(1, {"loss": 2.0})
        assert told == [1, {"loss": 2.0}]

    @pytest.mark.parametrize(
        ("callbacks", "wants"),
        [
            ([], False),
            ([Callback(), RunHistory(), LambdaCallback(on_epoch_end=print)], False),
            ([OfBatches()], True),
            ([type("Heir", (OfBatches,), {})()], True),
            ([Callback(), LambdaCallback(on_batch_begin=print)], True),
        ],
    )
    def test_whether_anyone_wants_them(self, callbacks: list[Callback], wants: bool) -> None:
        assert CallbackList(callbacks).wants_batches is wants


class TestStopping:
    def test_any_of_them_may_ask_for_the_end(self) -> None:
        def stop(epoch: int, logs: Logs) -> None:
            good.stop_training = logs["loss"] < 0.1

        good = LambdaCallback(on_epoch_end=stop)
        callbacks = CallbackList([Callback(), good])
        callbacks.on_epoch_end(1, {"loss": 0.5})
        assert not callbacks.stop_training
        callbacks.on_epoch_end(2, {"loss": 0.05})
        assert callbacks.stop_training
        callbacks.on_train_begin({})  # another run with the same callbacks
        assert not callbacks.stop_training


class TestErrors:
    def test_an_error_goes_up(self) -> None:
        def fail(epoch: int, logs: Logs) -> None:
            raise KeyError("loss")

        with pytest.raises(KeyError):
            CallbackList([LambdaCallback(on_epoch_end=fail)]).on_epoch_end(1, {})

    def test_at_the_end_all_are_told_before_it_goes_up(self) -> None:
        def fail(logs: Logs) -> None:
            raise KeyError("first")

        told: list[Any] = []
        callbacks = CallbackList([LambdaCallback(on_train_end=fail), Teller("b", told)])
        with pytest.raises(KeyError, match="first"):
            callbacks.on_train_end({})
        assert told == [("b", "on_train_end", {})]


def test_every_function_of_a_lambda_callback() -> None:
    told: list[Any] = []
    callback = LambdaCallback(**{name: lambda *arguments, name=name: told.append((name, arguments)) for name in NAMES})
    for name in NAMES:
        arguments = ({},) if "train" in name else (1, {})
        getattr(callback, name)(*arguments)
    assert [name for name, _ in told] == list(NAMES)


def test_a_history_with_a_column_that_begins_late() -> None:
    history = RunHistory()
    history.on_epoch_end(1, {"loss": 1.0})
    history.on_epoch_end(2, {"loss": 0.5, "accuracy": 0.9})
    history.on_epoch_end(3, {"accuracy": 1.0})
    assert history.epoch == [1, 2, 3]
    assert history.history == {"loss": [1.0, 0.5, None], "accuracy": [None, 0.9, 1.0]}
    history.on_train_begin({})
    assert history.history == {}
