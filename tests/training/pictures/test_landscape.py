"""The loss along two directions, with the paths of descents."""

import numpy as np
import pytest

from chalkgrad.training.pictures import landscape, plane_for, plane_in_words, to_svg
from chalkgrad.training.pictures.plane import deviation_of, plane_spanned


def bowl(parameters):
    return float((parameters**2 * np.arange(1, len(parameters) + 1)).sum())


def descent(start, rate, steps, noise=0.0, seed=0):
    drawn, path = np.random.default_rng(seed), [np.asarray(start, dtype=float)]
    for _ in range(steps):
        slope = 2 * np.arange(1, len(start) + 1) * path[-1]
        path.append(path[-1] - rate * (slope + noise * drawn.normal(size=len(start))))
    return np.array(path)


def line_named(axes, name):
    (line,) = (line for line in axes.lines if str(line.get_label()).startswith(name))
    return line


def caption(figure):
    return " ".join(figure.get_supxlabel().split())


def test_two_parameters_are_shown_exactly():
    paths = {"batch": descent([2, 1], 0.1, 20), "stochastic": descent([2, 1], 0.1, 30, 1.0)}
    figure = landscape(bowl, paths, parameter_names=["w", "$b$"], title="A bowl", points=21)
    axes, bar = figure.axes
    np.testing.assert_array_equal(line_named(axes, "batch").get_xydata(), paths["batch"])
    np.testing.assert_array_equal(line_named(axes, "stochastic").get_xydata(), paths["stochastic"])
    assert (axes.get_xlabel(), axes.get_ylabel().replace("\\$", "$"), bar.get_ylabel()) == ("w", "$b$", "Loss")
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "batch (20 steps)",
        "stochastic (30 steps)",
        "start",
        "end",
    ]
    assert caption(figure) == "The loss over both parameters, exactly; the paths lie on it."
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    every = np.concatenate(list(paths.values()))
    assert left < every[:, 0].min() < every[:, 0].max() < right
    assert bottom < every[:, 1].min() < every[:, 1].max() < top


def test_the_lines_of_equal_loss_are_where_the_loss_is():
    from matplotlib.contour import ContourSet

    figure = landscape(bowl, {"batch": descent([2, 1], 0.1, 20)}, points=81)
    lines = next(drawn for drawn in figure.axes[0].findobj(ContourSet) if not drawn.filled)
    for level, path in zip(lines.levels, lines.get_paths(), strict=True):
        inner = [vertex for vertex in path.vertices if level > 0.1]
        for vertex in inner:
            assert bowl(vertex) == pytest.approx(level, rel=0.02)


def test_more_parameters_are_projected_and_it_is_said_how_far():
    paths = {"batch": descent([2, 1, 1, 3, 0.5], 0.05, 40), "mini-batch": descent([2, 1, 1, 3, 0.5], 0.05, 40, 2.0)}
    figure = landscape(bowl, paths, points=11)
    plane = plane_for(paths)
    np.testing.assert_array_equal(plane.origin, paths["batch"][-1])
    np.testing.assert_allclose(line_named(figure.axes[0], "batch").get_xydata(), plane.coordinates(paths["batch"]))
    off = deviation_of(plane, np.concatenate(list(paths.values())))
    assert caption(figure) == plane_in_words(plane, paths)
    assert f"leave the plane by at most {off.largest:.2g} and reach {off.reach:.2g} from its origin" in caption(figure)
    assert f"{off.share_left:.1%} is left" in caption(figure)
    assert figure.axes[0].get_xlabel() == f"First direction ({off.shares[0]:.1%} of the variance)"


def test_the_surface_is_that_of_the_plane():
    asked = []

    def loss(parameters):
        asked.append(parameters)
        return bowl(parameters)

    paths = {"batch": descent([2, 1, 3], 0.05, 20)}
    landscape(loss, paths, points=7)
    assert len(asked) == 49
    np.testing.assert_allclose(plane_for(paths).distances(asked), 0, atol=1e-12)


def test_directions_can_be_given():
    plane = plane_spanned(np.zeros(3), [1, 0, 0], [0, 0, 1])
    paths = {"batch": descent([2, 1, 3], 0.05, 20)}
    figure = landscape(bowl, paths, plane, points=7)
    np.testing.assert_allclose(line_named(figure.axes[0], "batch").get_xydata(), paths["batch"][:, [0, 2]])
    assert "leave the plane by at most 1 and reach 3.7" in caption(figure)


def test_thousands_of_steps_keep_their_ends():
    path = descent([2, 1], 0.001, 9_000, 5.0)
    figure = landscape(bowl, {"stochastic": path}, points=7)
    line = line_named(figure.axes[0], "stochastic").get_xydata()
    assert len(line) < 5_000
    np.testing.assert_array_equal(line[[0, -1]], path[[0, -1]])


@pytest.mark.parametrize(
    "loss",
    [
        lambda v: 1.0,
        lambda v: float("nan"),
        lambda v: float("inf") if v[0] > 1 else bowl(v),
        lambda v: -bowl(v),
        lambda v: float(np.exp(40 * v[0])),
    ],
)
def test_losses_of_every_kind_can_be_drawn(loss):
    assert to_svg(landscape(loss, {"batch": descent([2, 1], 0.1, 5)}, points=9))


def test_a_path_that_diverged_or_never_moved():
    broken = np.vstack([descent([2, 1, 1], 0.1, 5), np.full((2, 3), np.nan)])
    assert to_svg(landscape(bowl, {"batch": broken}, points=5))
    still = landscape(bowl, {"batch": np.ones((1, 3))}, points=5)
    assert "batch (0 steps)" in [text.get_text() for text in still.axes[0].get_legend().get_texts()]


@pytest.mark.parametrize("paths", [{}, {"a": np.ones((3, 2)), "b": np.ones((3, 4))}, {"a": np.ones((3, 1))}])
def test_paths_must_fit_together(paths):
    with pytest.raises(ValueError, match="paths of vectors of one length"):
        landscape(bowl, paths)


def test_names_are_text(hostile_names):
    paths = {name: descent([2, 1], 0.1, 5, 1.0, seed) for seed, name in enumerate(hostile_names)}
    figure = landscape(bowl, paths, None, hostile_names[:2], 5, hostile_names[2])
    named = [text.get_text().replace("\\$", "$") for text in figure.axes[0].get_legend().get_texts()]
    assert "$x$ for $5 (5 steps)" in named
    assert to_svg(figure) == to_svg(landscape(bowl, paths, None, hostile_names[:2], 5, hostile_names[2]))
