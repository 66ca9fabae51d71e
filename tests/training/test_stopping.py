"""Early stopping: as Keras does it."""

from typing import Any

import pytest

from chalkgrad.training.stopping import Watch

CURVES: dict[str, list[float]] = {
    "falls": [5, 4, 3, 2, 1],
    "rises": [1, 2, 3, 4, 5, 6, 7],
    "bumps": [5, 4, 4.5, 4.4, 3.9, 4, 4, 4, 3.95, 4, 5],
    "slowly": [5, 4.99, 4.98, 4.97, 4.96, 4.95, 4.94, 4.93],
    "broken": [float("nan"), 3, float("nan"), 2, 2.5, 2.5, 2.5],
}
SETTINGS: list[dict[str, Any]] = [
    {"patience": 0},
    {"patience": 2},
    {"patience": 3, "min_delta": 0.05},
    {"patience": 2, "start_from_epoch": 3},
    {"patience": 1, "larger_is_better": True},
]


def ours(curve: list[float], larger_is_better: bool = False, **settings: Any) -> tuple[int, int]:
    watch = Watch("val_loss", larger_is_better, **settings)
    for epoch, value in enumerate(curve, start=1):
        watch.look(epoch, {"val_loss": value})
        if watch.is_over:
            break
    return epoch, watch.best_epoch


def of_keras(curve: list[float], larger_is_better: bool = False, **settings: Any) -> tuple[int, int]:
    keras = pytest.importorskip("keras", exc_type=ImportError)
    stop = keras.callbacks.EarlyStopping(
        "val_loss", mode="max" if larger_is_better else "min", restore_best_weights=True, **settings
    )

    class Model:
        stop_training = False

        def get_weights(self) -> list[float]:
            return []

        def set_weights(self, weights: list[float]) -> None:
            pass

    model = Model()
    stop.set_model(model)
    stop.on_train_begin()
    for epoch, value in enumerate(curve):
        stop.on_epoch_end(epoch, {"val_loss": value})
        if model.stop_training:
            break
    return epoch + 1, stop.best_epoch + 1


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("curve", ["falls", "rises", "bumps", "slowly"])
def test_it_stops_where_keras_stops(curve: str, settings: dict[str, Any]) -> None:
    assert ours(CURVES[curve], **settings) == of_keras(CURVES[curve], **settings)


def test_whatever_is_a_number_is_better_than_what_is_none() -> None:
    assert ours(CURVES["broken"], patience=3) == (7, 4)


def test_without_patience_it_never_stops() -> None:
    assert ours(CURVES["rises"]) == (7, 1)
