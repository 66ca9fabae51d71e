"""A plane through the space of parameters, held against NumPy's SVD and against plain geometry."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalkgrad.training.pictures.plane import (
    arrays_of,
    deviation_of,
    plane_of_both,
    plane_spanned,
    principal_plane,
    surface_on,
    vector_of,
    window_around,
)

SEEDS = st.integers(0, 2**32 - 1)
# Squares of numbers near 1 in float64, some dozens of them.
CLOSE = {"rtol": 1e-9, "atol": 1e-9}


@given(SEEDS, st.integers(3, 30), st.integers(3, 12))
def test_the_principal_plane_is_that_of_the_svd(seed, count, parameters):
    drawn = np.random.default_rng(seed)
    points = drawn.normal(size=(count, parameters)) * np.linspace(3, 0.1, parameters)
    plane = principal_plane(points, points[-1])
    _, lengths, rows = np.linalg.svd(points - points[-1])
    np.testing.assert_allclose(np.abs(plane.directions @ rows[:2].T), np.eye(2), **CLOSE)
    off = deviation_of(plane, points)
    np.testing.assert_allclose(off.shares, lengths[:2] ** 2 / (lengths**2).sum(), **CLOSE)
    np.testing.assert_allclose(off.share_left, (lengths[2:] ** 2).sum() / (lengths**2).sum(), **CLOSE)
    left = points - points[-1] - (points - points[-1]) @ rows[:2].T @ rows[:2]
    np.testing.assert_allclose(plane.distances(points), np.linalg.norm(left, axis=1), **CLOSE)
    assert off.largest == pytest.approx(np.linalg.norm(left, axis=1).max(), abs=1e-9)


@given(SEEDS)
def test_no_other_plane_leaves_less(seed):
    drawn = np.random.default_rng(seed)
    points = drawn.normal(size=(20, 6)) * [4, 3, 2, 1, 1, 1]
    best = deviation_of(principal_plane(points, points[-1]), points).share_left
    other = plane_spanned(points[-1], *drawn.normal(size=(2, 6)))
    assert deviation_of(other, points).share_left >= best - 1e-12


@given(SEEDS)
def test_there_and_back(seed):
    drawn = np.random.default_rng(seed)
    plane = plane_spanned(drawn.normal(size=7), *drawn.normal(size=(2, 7)))
    np.testing.assert_allclose(plane.directions @ plane.directions.T, np.eye(2), **CLOSE)
    coordinates = drawn.normal(size=(5, 2)) * 10
    np.testing.assert_allclose(plane.coordinates(plane.points(coordinates)), coordinates, **CLOSE)
    np.testing.assert_allclose(plane.distances(plane.points(coordinates)), 0, atol=1e-9)
    away = drawn.normal(size=7)
    away -= plane.directions.T @ (plane.directions @ away)
    there = plane.points([[1.0, 2.0]]) + away
    assert plane.distances(there)[0] == pytest.approx(np.linalg.norm(away))


@given(SEEDS)
def test_the_same_paths_give_the_same_plane(seed):
    drawn = np.random.default_rng(seed)
    points = drawn.normal(size=(9, 5))
    one, other = principal_plane(points, points[0]), principal_plane(2 * points[0] - points, points[0])
    np.testing.assert_allclose(one.directions, other.directions, **CLOSE)
    for direction in one.directions:
        assert direction[np.argmax(np.abs(direction))] > 0


def test_two_parameters_are_their_own_plane():
    plane = plane_of_both()
    points = [[1.0, -2.0], [0.5, 3.0]]
    np.testing.assert_array_equal(plane.coordinates(points), points)
    assert deviation_of(plane, points).largest == 0
    assert plane.exact


def test_a_straight_path_gets_a_second_direction():
    points = np.outer(np.arange(5.0), [0.0, 3.0, 4.0])
    plane = principal_plane(points, points[-1])
    np.testing.assert_allclose(plane.directions, [[0, 0.6, 0.8], [1, 0, 0]], atol=1e-15)
    assert deviation_of(plane, points).shares == pytest.approx((1, 0))


def test_a_path_that_never_moves_gets_both():
    plane = principal_plane(np.ones((4, 3)), np.ones(3))
    np.testing.assert_allclose(plane.directions @ plane.directions.T, np.eye(2))
    off = deviation_of(plane, np.ones((4, 3)))
    assert (off.largest, off.reach, off.shares, off.share_left) == (0, 0, (0, 0), 0)


def test_points_that_are_not_finite_are_left_out():
    points = np.vstack([np.random.default_rng(0).normal(size=(6, 4)), np.full((2, 4), np.nan), np.full((1, 4), np.inf)])
    np.testing.assert_array_equal(
        principal_plane(points, points[0]).directions, principal_plane(points[:6], points[0]).directions
    )
    plane = principal_plane(points, points[0])
    assert deviation_of(plane, points) == deviation_of(plane, points[:6])


def test_paths_without_a_finite_point_have_some_plane():
    plane = principal_plane(np.full((3, 4), np.nan), np.zeros(4))
    np.testing.assert_array_equal(plane.directions, np.eye(4)[:2])


@pytest.mark.parametrize("second", [[2.0, 4.0, 6.0], [0.0, 0.0, 0.0], [-1.0, -2.0, -3.0]])
def test_one_direction_spans_no_plane(second):
    with pytest.raises(ValueError, match="two directions that differ"):
        plane_spanned(np.zeros(3), [1.0, 2.0, 3.0], second)


def test_a_direction_of_nothing_spans_no_plane():
    with pytest.raises(ValueError, match="two directions that differ"):
        plane_spanned(np.zeros(3), [0.0, 0.0, 0.0], [1.0, 2.0, 3.0])


def test_huge_and_tiny_directions_span_planes():
    plane = plane_spanned(np.zeros(2), [1e200, 0], [1e-200, 1e-200])
    np.testing.assert_allclose(plane.directions, np.eye(2))


def test_the_window_holds_everything_and_is_no_sliver():
    first, second = window_around([[0, 0], [10, 1], [np.nan, 5]], 11, 0.2)
    assert (first[0], first[-1], len(first)) == (-2, 12, 11)
    assert second[0] == pytest.approx(-3)
    assert second[-1] == pytest.approx(4)
    still, _ = window_around([[3, 3]], 5)
    assert still[0] < 3 < still[-1]


def test_the_surface_is_the_loss_at_each_point():
    plane = plane_spanned([1.0, 0, 0], [0, 1.0, 0], [0, 0, 2.0])
    surface = surface_on(lambda v: v[0] + 10 * v[1] + 100 * v[2], plane, np.array([0.0, 1, 2]), np.array([0.0, 1]))
    np.testing.assert_allclose(surface, [[1, 11, 21], [101, 111, 121]])
    broken = surface_on(lambda v: float("inf") if v[1] > 1 else v[1], plane, np.array([0.0, 2]), np.array([0.0]))
    np.testing.assert_array_equal(broken, [[0, np.nan]])


def test_parameters_become_a_vector_and_come_back():
    arrays = {"W1": np.arange(6.0).reshape(2, 3), "b1": np.zeros((1, 3)), "c": np.array(7.0), "none": np.zeros((0, 2))}
    vector = vector_of(arrays)
    assert vector.tolist() == [0, 1, 2, 3, 4, 5, 0, 0, 0, 7]
    back = arrays_of(vector, arrays)
    assert list(back) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(back[name], array)
        assert back[name].shape == array.shape
