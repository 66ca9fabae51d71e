"""What happens while a run trains, told to whoever wants to know: callbacks with the names and arguments of Keras.

The order of one run:

    on_train_begin
      on_epoch_begin        epoch, counted from 1 as everywhere here
        on_batch_begin      batch of the epoch, counted from 1
        on_batch_end
      on_epoch_end          with a row of the history
    on_train_end            also after an interruption, and after a stop that was asked for

`logs` is a dict of numbers: of an epoch its row of the history, of a batch its `loss`. What a callback raises ends the
run.

Source of the names: Keras 3, `keras.callbacks.Callback`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

__all__ = ["Callback", "CallbackList", "LambdaCallback", "Logs", "RunHistory"]

Logs = Mapping[str, Any]
EpochFunction = Callable[[int, Logs], object]
TrainFunction = Callable[[Logs], object]


class Callback:
    """Hears of what happens while a run trains. Override what you need.

    To end the run behind the current epoch (or batch, where one was told of), set `self.stop_training` to True; nothing
    is lost by it, the run ends as after its last epoch.

    >>> class UntilGoodEnough(Callback):
    ...     def on_epoch_end(self, epoch, logs):
    ...         self.stop_training = logs["loss"] < 0.1
    """

    stop_training: bool = False

    def on_train_begin(self, logs: Logs) -> None:
        """Before the first epoch; `logs` says `first_epoch`, more than 1 in a run that is resumed, and `epochs`."""

    def on_train_end(self, logs: Logs) -> None:
        """After the last epoch, however the run ended; `logs` are those of the last epoch."""

    def on_epoch_begin(self, epoch: int, logs: Logs) -> None:
        """Before an epoch, counted from 1."""

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """After an epoch; `logs` are its row of the history, such as `loss` and `val_loss`."""

    def on_batch_begin(self, batch: int, logs: Logs) -> None:
        """Before a batch, counted from 1 in its epoch."""

    def on_batch_end(self, batch: int, logs: Logs) -> None:
        """After a batch; `logs` hold its `loss`."""


class LambdaCallback(Callback):
    """A callback of plain functions; each takes what the method of its name takes.

    >>> seen = []
    >>> callback = LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append((epoch, logs["loss"])))
    >>> callback.on_epoch_end(1, {"loss": 0.5})
    >>> seen
    [(1, 0.5)]
    """

    def __init__(
        self,
        *,
        on_train_begin: TrainFunction | None = None,
        on_train_end: TrainFunction | None = None,
        on_epoch_begin: EpochFunction | None = None,
        on_epoch_end: EpochFunction | None = None,
        on_batch_begin: EpochFunction | None = None,
        on_batch_end: EpochFunction | None = None,
    ) -> None:
        given = {name: function for name, function in locals().items() if name.startswith("on_") and function}
        # On the object itself, so that only what was given counts as overridden.
        self.__dict__.update(given)


class RunHistory(Callback):
    """Keeps the row of each epoch.

    >>> history = RunHistory()
    >>> history.on_epoch_end(1, {"loss": 0.5})
    >>> history.epoch, history.history
    ([1], {'loss': [0.5]})
    """

    def __init__(self) -> None:
        self.epoch: list[int] = []
        self.history: dict[str, list[Any]] = {}

    def on_train_begin(self, logs: Logs) -> None:
        """Forget an earlier run."""
        self.epoch, self.history = [], {}

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Add a row; a column that begins late, or that an epoch lacks, is None there."""
        before = len(self.epoch)
        self.epoch.append(epoch)
        for name in logs:
            self.history.setdefault(name, [None] * before)
        for name, column in self.history.items():
            column.append(logs.get(name))


class CallbackList:
    """Several callbacks as one, called in their order.

    Args:
        callbacks: who wants to know.
    """

    def __init__(self, callbacks: Iterable[Callback] = ()) -> None:
        self.callbacks = tuple(callbacks)
        self._at_batches = tuple(callback for callback in self.callbacks if _hears_of_batches(callback))

    @property
    def wants_batches(self) -> bool:
        """Whether any of them hears of batches; if not, an engine need not come up for air between them."""
        return bool(self._at_batches)

    @property
    def stop_training(self) -> bool:
        """Whether any of them asked for the end of the run."""
        return any(callback.stop_training for callback in self.callbacks)

    def on_train_begin(self, logs: Logs) -> None:
        """Before the first epoch; what was asked for in an earlier run is forgotten."""
        for callback in self.callbacks:
            callback.stop_training = False
        for callback in self.callbacks:
            callback.on_train_begin(logs)

    def on_train_end(self, logs: Logs) -> None:
        """After the last epoch. All of them hear of it, and then the first error is raised: files must be closed."""
        errors: list[Exception] = []
        for callback in self.callbacks:
            try:
                callback.on_train_end(logs)
            except Exception as error:
                errors.append(error)
        if errors:
            raise errors[0]

    def on_epoch_begin(self, epoch: int, logs: Logs) -> None:
        """Before an epoch."""
        for callback in self.callbacks:
            callback.on_epoch_begin(epoch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """After an epoch."""
        for callback in self.callbacks:
            callback.on_epoch_end(epoch, logs)

    def on_batch_begin(self, batch: int, logs: Logs) -> None:
        """Before a batch."""
        for callback in self._at_batches:
            callback.on_batch_begin(batch, logs)

    def on_batch_end(self, batch: int, logs: Logs) -> None:
        """After a batch."""
        for callback in self._at_batches:
            callback.on_batch_end(batch, logs)


def _hears_of_batches(callback: Callback) -> bool:
    """Whether a callback has a batch method of its own, by its class or on the object."""
    return any(
        name in vars(callback) or getattr(type(callback), name) is not getattr(Callback, name)
        for name in ("on_batch_begin", "on_batch_end")
    )
