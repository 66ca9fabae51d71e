"""What a network of two inputs says at every point."""

import numpy as np
import pytest

from chalkgrad.training.pictures import decision_boundary, to_svg


def legend(figure):
    return [text.get_text().replace("\\$", "$") for text in figure.legends[0].get_texts()]


def boundary_lines(axes):
    """The points of all contour lines."""
    from matplotlib.contour import ContourSet

    paths = [path for drawn in axes.findobj(ContourSet) for path in drawn.get_paths()]
    return [path.vertices for path in paths if len(path.vertices)]


def test_one_output_has_the_line_at_its_threshold(moons_run):
    weights, x, y = moons_run["weights"], moons_run["x"], moons_run["y"]

    def predict(points):
        return 1 / (1 + np.exp(-(points @ weights[:2] + weights[2])))[:, None]

    figure = decision_boundary(predict, x, y, ["length", "width"], ["no", "yes"], 0.3)
    axes = figure.axes[0]
    on_the_line = np.concatenate(boundary_lines(axes))
    # The grid has 240 points an axis, between which the line is straight.
    np.testing.assert_allclose(predict(on_the_line), 0.3, atol=2e-3)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("length", "width")
    wrong = int(((predict(x)[:, 0] >= 0.3) != y).sum())
    assert legend(figure) == ["decision boundary", "no (40)", "yes (40)", f"predicted wrong ({wrong})"]
    left, right, bottom, top = axes.images[0].get_extent()
    assert left < x[:, 0].min() < x[:, 0].max() < right
    assert bottom < x[:, 1].min() < x[:, 1].max() < top


def test_several_outputs_have_the_line_where_the_largest_changes():
    centres = np.array([[0, 0], [2, 0], [1, 2]])
    x = np.repeat(centres, 5, axis=0) + np.random.default_rng(0).normal(size=(15, 2)) / 5

    def predict(points):
        return -((points[:, None] - centres) ** 2).sum(axis=2)

    figure = decision_boundary(predict, x, np.repeat([0, 1, 2], 5), (), "abc")
    vertices = np.concatenate(boundary_lines(figure.axes[0]))
    two = np.sort(predict(vertices), axis=1)[:, -2:]
    assert np.quantile(two[:, 1] - two[:, 0], 0.95) < 0.02
    pixels = figure.axes[0].images[0].get_array()
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) == 3
    assert len(figure.axes[0].collections) >= 3
    assert legend(figure)[1:] == ["a (5)", "b (5)", "c (5)"]


def test_a_network_that_sees_one_class_everywhere():
    figure = decision_boundary(lambda points: np.zeros((len(points), 1)), [[0, 0], [1, 1]], [0, 1], (), ["a", "b"])
    assert boundary_lines(figure.axes[0]) == []
    assert legend(figure)[-1] == "predicted wrong (1)"


def test_what_is_not_a_number_has_no_colour():
    def predict(points):
        return np.where(points[:, :1] > 0.5, np.nan, [[0.0, 1.0]])

    figure = decision_boundary(predict, [[0, 0], [1, 1]], [1, 1], (), ["a", "b"])
    pixels = figure.axes[0].images[0].get_array()
    assert (pixels[:, -1] == 1).all()
    assert (pixels[:, 0] < 1).any()


def test_regression_has_heights_and_true_values_on_one_scale():
    x = np.random.default_rng(0).normal(size=(30, 2))
    y = x[:, :1] * x[:, 1:]
    figure = decision_boundary(lambda points: points[:, :1] * points[:, 1:], x, y, ["a", "b"])
    axes, bar = figure.axes
    dots = axes.collections[-1]
    np.testing.assert_array_equal(dots.get_array(), y[:, 0])
    assert dots.get_clim()[0] <= y.min() <= y.max() <= dots.get_clim()[1]
    assert bar.get_ylabel() == "Output (surface) and true value (dots)"
    for vertices in boundary_lines(axes):
        heights = vertices[:, 0] * vertices[:, 1]
        assert np.isfinite(heights).all()


@pytest.mark.parametrize("value", [0.0, 5.0, np.nan])
def test_a_constant_output_can_be_drawn(value):
    constant = np.full((3, 1), value)
    figure = decision_boundary(lambda points: np.full((len(points), 1), value), [[0, 0], [1, 1], [1, 0]], constant)
    assert to_svg(figure)


def test_a_constant_feature_has_room_around():
    figure = decision_boundary(lambda points: points[:, :1], [[0, 5], [1, 5]], [0, 1], (), "ab")
    assert figure.axes[0].get_ylim() == (4, 6)


@pytest.mark.parametrize("x", [np.zeros((3, 3)), np.zeros(3), np.zeros((3, 1))])
def test_other_than_two_inputs_are_refused(x):
    with pytest.raises(ValueError, match="samples of two inputs are needed"):
        decision_boundary(lambda points: points, x, [0, 0, 0], (), "ab")


def test_several_outputs_of_regression_are_refused():
    with pytest.raises(ValueError, match="one output is needed"):
        decision_boundary(lambda points: points, np.eye(2), np.eye(2)[0])


def test_many_samples_make_no_large_file():
    x = np.random.default_rng(0).normal(size=(20_000, 2))
    figure = decision_boundary(lambda points: points[:, :1], x, (x[:, 0] > 0).astype(int), (), "ab")
    assert len(to_svg(figure)) < 1_000_000


def test_names_are_text(hostile_names):
    x, y = np.random.default_rng(0).normal(size=(14, 2)), np.arange(14) % 7

    def predict(points):
        return np.stack([np.cos(points[:, 0] + number) for number in range(7)], axis=1)

    figure = decision_boundary(predict, x, y, hostile_names[:2], hostile_names)
    assert "$x$ for $5 (2)" in legend(figure)
    assert figure.axes[0].get_ylabel() == "<script>alert(1)</script>"
    assert to_svg(figure) == to_svg(decision_boundary(predict, x, y, hostile_names[:2], hostile_names))
