"""Loss and accuracy over the epochs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalkgrad.training.pictures import curves, to_png, to_svg
from chalkgrad.training.pictures.curves import column, thinned


def line_named(axes, name):
    (line,) = (line for line in axes.lines if line.get_label() == name)
    return line


def test_two_panels_with_both_parts(moons_run, texts):
    history = moons_run["history"]
    figure = curves(history, "Two clouds")
    loss, accuracy = figure.axes
    for axes, key in ((loss, "loss"), (accuracy, "accuracy")):
        np.testing.assert_array_equal(line_named(axes, "training").get_ydata(), history[key])
        np.testing.assert_array_equal(line_named(axes, "validation").get_ydata(), history[f"val_{key}"])
        np.testing.assert_array_equal(line_named(axes, "training").get_xdata(), history["epoch"])
        assert axes.get_xlabel() == "Epoch"
    assert (loss.get_ylabel(), accuracy.get_ylabel()) == ("Loss", "Accuracy")
    assert [text.get_text() for text in loss.get_legend().get_texts()] == ["training", "validation", "best epoch: 30"]
    assert "Two clouds" in texts(figure)
    assert any(text.endswith("%") for text in texts(figure))


def test_lines_differ_in_more_than_their_colour():
    axes = curves({"loss": [3.0, 2.0, 1.0], "val_loss": [3.0, 2.0, 2.5]}).axes[0]
    assert line_named(axes, "training").get_linestyle() != line_named(axes, "validation").get_linestyle()


def test_one_panel_without_accuracy():
    assert len(curves({"loss": [2.0, 1.0]}).axes) == 1
    assert len(curves({"loss": [2.0, 1.0], "accuracy": []}).axes) == 1


@pytest.mark.parametrize(
    ("history", "best"),
    [
        ({"loss": [3.0, 2.0, 1.0], "val_loss": [3.0, 1.0, 2.0]}, 2),
        ({"loss": [3.0, 2.0, 1.0]}, 3),
        ({"loss": [3.0, 2.0, 1.0], "val_loss": [None, None, None]}, 3),
        ({"epoch": [10, 20, 30], "loss": [3.0, float("nan"), 5.0]}, 10),
    ],
)
def test_the_best_epoch_is_marked(history, best):
    axes = curves(history).axes[0]
    mark = line_named(axes, f"best epoch: {best}")
    assert mark.get_xdata() == [best]


@pytest.mark.parametrize(
    ("losses", "scale"),
    [([2.0, 0.021], "linear"), ([2.0, 0.019], "log"), ([2.0, 0.0], "linear"), ([2.0, -0.001], "linear")],
)
def test_the_loss_is_logarithmic_beyond_two_decades(losses, scale):
    assert curves({"loss": losses}).axes[0].get_yscale() == scale


def test_one_epoch_is_a_dot_in_the_middle():
    figure = curves({"loss": [0.7], "val_loss": [0.71], "accuracy": [0.5], "val_accuracy": [0.5]})
    for axes in figure.axes:
        assert axes.get_xlim() == (0, 2)
        assert line_named(axes, "training").get_marker() == "o"
    low, high = figure.axes[0].get_ylim()
    assert low < 0.7 < 0.71 < high
    low, high = figure.axes[1].get_ylim()
    assert high - low >= 0.1


def test_gaps_and_the_end_of_the_numbers():
    losses = [1.0, 0.9, None, 0.8, float("inf"), float("nan"), None]
    figure = curves({"loss": losses})
    axes = figure.axes[0]
    line = line_named(axes, "training")
    np.testing.assert_array_equal(
        np.isnan(line.get_ydata()), [value is None or not np.isfinite(value) for value in losses]
    )
    assert axes.get_title(loc="left") == "not a finite number from epoch 5 on"
    assert axes.get_xlim()[1] > 7
    assert curves({"loss": [1.0, None, 0.5]}).axes[0].get_title(loc="left") == ""


def test_a_point_between_gaps_has_a_dot():
    losses = [1.0] * 20 + [None, 0.5, None] + [1.0] * 20
    line = line_named(curves({"loss": losses}).axes[0], "training")
    assert line.get_markevery() == [21]
    assert line_named(curves({"loss": [1.0] * 40}).axes[0], "training").get_marker() in ("None", "none", "")


@pytest.mark.parametrize("losses", [[], [None], [float("nan")] * 3])
def test_no_number_at_all_is_drawn_as_such(losses):
    assert to_png(curves({"loss": losses})).startswith(b"\x89PNG")


def test_ten_thousand_epochs_stay_small():
    noise = np.random.default_rng(0).random(10_000)
    figure = curves({"loss": list(3 * np.exp(-np.arange(10_000) / 1500) * (1 + noise) + 1e-3)})
    assert len(to_svg(figure)) < 200_000
    assert figure.axes[0].get_xlim()[1] >= 10_000


@given(st.integers(0, 2**32 - 1), st.integers(1, 6_000))
def test_a_thinner_line_keeps_its_extremes_and_gaps(seed, count):
    drawn = np.random.default_rng(seed)
    x, y = np.arange(float(count)), drawn.normal(size=count)
    y[drawn.random(count) < 0.01] = np.nan
    fewer_x, fewer_y = thinned(x, y, 300)
    assert len(fewer_x) <= max(300, min(count, 300))
    assert fewer_x[0] == x[0]
    assert fewer_x[-1] == x[-1]
    assert np.isnan(fewer_y).any() == np.isnan(y).any()
    if np.isfinite(y).any():
        assert (np.nanmin(fewer_y), np.nanmax(fewer_y)) == (np.nanmin(y), np.nanmax(y))
    np.testing.assert_array_equal(y[fewer_x.astype(int)], fewer_y)


def test_what_is_missing_is_not_a_number():
    np.testing.assert_array_equal(column({"a": [1, None, float("inf")]}, "a"), [1, np.nan, np.nan])
    assert column({}, "a").size == 0


def test_a_title_is_text(hostile_names, texts):
    name = " ".join(hostile_names)
    figure = curves({"loss": [1.0, 2.0]}, name)
    assert name.replace("\n", " ") in texts(figure)
    assert to_svg(figure) == to_svg(curves({"loss": [1.0, 2.0]}, name))
