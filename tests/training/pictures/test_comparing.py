"""Several runs in one picture."""

import numpy as np
import pytest

from chalkgrad.training.pictures import comparison_bars, comparison_curves, fold_curves, rate_curve, to_svg


def history(*losses):
    return {"epoch": list(range(1, len(losses) + 1)), "loss": list(losses), "val_loss": [2 * x for x in losses if x]}


def band_of(axes, place=0):
    """Lowest and highest value of a band at each epoch."""
    vertices = axes.collections[place].get_paths()[0].vertices
    epochs = np.unique(vertices[:, 0])
    return [(vertices[vertices[:, 0] == e, 1].min(), vertices[vertices[:, 0] == e, 1].max()) for e in epochs]


def legend(figure):
    return [text.get_text().replace("\\$", "$") for text in figure.legends[0].get_texts()]


def test_the_mean_in_a_band_from_lowest_to_highest():
    settings = {"relu": [history(3.0, 2.0), history(5.0, 1.0)], "$tanh$": [history(4.0, 4.0), history(4.0, 3.0)]}
    figure = comparison_curves(settings, "loss")
    axes = figure.axes[0]
    np.testing.assert_array_equal(axes.lines[0].get_xydata(), [[1, 4], [2, 1.5]])
    assert band_of(axes) == [(3, 5), (1, 2)]
    assert legend(figure) == ["relu", "$tanh$"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Epoch", "Loss")
    assert figure.get_supxlabel() == "Mean of 2 seeds, in a band from the lowest to the highest."
    assert axes.lines[0].get_linestyle() != axes.lines[-1].get_linestyle()


@pytest.mark.parametrize("short", [(5.0, 1.0), (5.0, 1.0, None, None), (5.0, 1.0, float("nan"), float("inf"))])
def test_the_mean_ends_where_a_run_ends(short):
    figure = comparison_curves({"relu": [history(3.0, 2.0, 1.0, 0.5), history(*short)]}, "loss")
    axes = figure.axes[0]
    mean, rest = axes.lines[0], axes.lines[1]
    np.testing.assert_array_equal(mean.get_ydata(), [4, 1.5, np.nan, np.nan])
    np.testing.assert_array_equal(rest.get_ydata(), [np.nan, 2, 1, 0.5])
    assert rest.get_linewidth() < mean.get_linewidth()
    assert len(axes.lines) == 2


def test_one_seed_has_no_band():
    figure = comparison_curves({"relu": [history(3.0, 2.0)]}, "loss")
    assert len(figure.axes[0].collections) == 0
    assert figure.get_supxlabel() == ""


def test_settings_may_have_different_numbers_of_seeds():
    figure = comparison_curves({"a": [history(3.0)], "b": [history(2.0), history(1.0)], "c": []}, "loss")
    assert figure.get_supxlabel() == "Mean of 0 to 2 seeds, in a band from the lowest to the highest."


def test_many_settings_can_be_told_apart():
    figure = comparison_curves({f"setting {i}": [history(3.0 + i, 2.0)] for i in range(20)}, "loss")
    looks = {(line.get_color(), str(line.get_linestyle()), str(line._dash_pattern)) for line in figure.axes[0].lines}
    assert len(looks) == 20


@pytest.mark.parametrize(("key", "scale"), [("loss", "log"), ("accuracy", "linear")])
def test_losses_over_decades_are_logarithmic_and_accuracies_never(key, scale):
    figure = comparison_curves({"a": [{key: [1.0, 0.001]}], "b": [{key: [0.9, 0.5]}]}, key)
    assert figure.axes[0].get_yscale() == scale


def test_thousands_of_epochs_stay_small():
    drawn = np.random.default_rng(0)
    runs = [{"loss": list(drawn.random(10_000))} for _ in range(3)]
    assert len(to_svg(comparison_curves({"a": runs}, "loss"))) < 600_000


def test_nothing_to_compare_can_be_drawn():
    assert to_svg(comparison_curves({}, "loss"))
    assert to_svg(comparison_curves({"a": [{}], "b": [{"loss": [None]}]}, "loss"))


def test_folds_show_both_parts():
    figure = fold_curves([history(3.0, 2.0), history(5.0, 1.0)])
    axes = figure.axes[0]
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), [4, 1.5])
    np.testing.assert_array_equal(axes.lines[1].get_ydata(), [8, 3])
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["training", "held out"]
    assert figure.get_supxlabel() == "Mean of 2 folds, in a band from the lowest to the highest."


def ticks(figure):
    return [label.get_text().replace("\\$", "$") for label in figure.axes[0].get_yticklabels()]


def test_results_stand_in_order_with_their_spread():
    values = {"relu": [0.9, 0.8], "$tanh$": [0.95, 0.97], "sigmoid": [0.1, None], "none": [None, float("nan")]}
    figure = comparison_bars(values, "test accuracy", larger_is_better=True, percent=True)
    axes = figure.axes[0]
    assert ticks(figure) == ["$tanh$", "relu", "sigmoid\n1 of 2 failed", "none\n2 of 2 failed"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]
    spread, dots, mean = axes.lines[:3]
    np.testing.assert_array_equal(spread.get_xdata(), [0.95, 0.97])
    np.testing.assert_array_equal(dots.get_xdata(), [0.95, 0.97])
    assert mean.get_xdata() == pytest.approx([0.96])
    assert axes.get_xlabel() == "test accuracy (larger is better)"
    assert any("no result" in text.get_text() for text in axes.texts)


def test_the_smaller_loss_stands_on_top():
    figure = comparison_bars({"a": [3.0], "b": [1.0], "c": [2.0]}, "test loss")
    assert ticks(figure) == ["b", "c", "a"]
    assert figure.axes[0].get_xlabel() == "test loss (smaller is better)"


def test_a_long_name_stands_on_two_lines_and_is_cut_behind_them():
    names = ["activation sigmoid with batch full", "learning_rate 0.1 with batch full and activation relu", "ab " * 40]
    figure = comparison_bars({name: [1.0] for name in names}, "test loss")
    assert ticks(figure)[:2] == [names[0], "learning_rate 0.1 with batch full\nand activation relu"]
    assert ticks(figure)[2].count("\n") == 1
    assert ticks(figure)[2].endswith(" …")


def test_the_search_for_a_rate():
    rates, losses = np.geomspace(1e-5, 10, 50), np.concatenate([np.linspace(2, 0.5, 40), np.geomspace(1, 1e9, 10)])
    figure = rate_curve(rates, losses, 0.01)
    axes = figure.axes[0]
    assert axes.get_xscale() == "log"
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Learning rate", "Loss")
    assert axes.get_ylim()[0] < 0.5 < 2 < axes.get_ylim()[1] < 5
    assert list(axes.lines[1].get_xdata()) == [0.01, 0.01]
    assert axes.get_legend().get_texts()[0].get_text() == "suggested: 0.01"


@pytest.mark.parametrize("losses", [[1.0, 1.0, 1.0], [np.nan] * 3, [0.0, 0.0, 5.0], [-1.0, -2.0, np.inf]])
def test_odd_searches_can_be_drawn(losses):
    figure = rate_curve([0.001, 0.01, 0.1], losses)
    assert figure.axes[0].get_legend() is None
    assert to_svg(figure)


def test_names_are_text(hostile_names):
    settings = {name: [history(3.0 + place, 2.0)] for place, name in enumerate(hostile_names)}
    assert "$x$ for $5" in legend(comparison_curves(settings, "loss"))
    bars = comparison_bars({name: [1.0] for name in hostile_names}, hostile_names[0])
    assert "<script>alert(1)</script>" in ticks(bars)
    assert to_svg(bars)
