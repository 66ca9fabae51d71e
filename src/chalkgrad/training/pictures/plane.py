"""A plane through the space of all parameters, and paths seen on it.

Parameters are one long vector here. A plane has an origin and two directions of length 1 at right angles; a path is
projected onto it at right angles, and how far it leaves the plane is measured, not hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Deviation",
    "Plane",
    "arrays_of",
    "deviation_of",
    "plane_of_both",
    "plane_spanned",
    "principal_plane",
    "surface_on",
    "vector_of",
    "window_around",
]

Vector = NDArray[np.float64]
_NOTHING = 1e-12  # of a length of 1, more than rounding leaves of it


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """A plane in the space of parameters.

    Args:
        origin: a point of it, one entry a parameter.
        directions: two vectors of length 1 at right angles, 2 by parameters.
        exact: whether the space is the plane: there are two parameters, and these are its axes.
    """

    origin: Vector
    directions: NDArray[np.float64]
    exact: bool = False

    def coordinates(self, points: ArrayLike) -> NDArray[np.float64]:
        """Where the points lie on the plane, points by 2, seen at right angles to it."""
        shift = np.atleast_2d(np.asarray(points, dtype=np.float64)) - self.origin
        return np.asarray(shift @ self.directions.T)

    def points(self, coordinates: ArrayLike) -> NDArray[np.float64]:
        """The points of the plane at coordinates, points by parameters."""
        return np.asarray(self.origin + np.atleast_2d(np.asarray(coordinates, dtype=np.float64)) @ self.directions)

    def distances(self, points: ArrayLike) -> Vector:
        """How far the points are from the plane."""
        there = np.atleast_2d(np.asarray(points, dtype=np.float64))
        return np.asarray(np.linalg.norm(there - self.points(self.coordinates(there)), axis=1))


@dataclass(frozen=True, slots=True)
class Deviation:
    """How well a plane shows paths.

    Args:
        largest: the largest distance of a point from the plane.
        reach: the largest distance of a point from the origin of the plane, to compare with.
        shares: of the squared distances from the origin, the share along each direction.
        share_left: the share that lies outside the plane.
    """

    largest: float
    reach: float
    shares: tuple[float, float]
    share_left: float


def vector_of(arrays: Mapping[str, ArrayLike]) -> Vector:
    """Parameters by name as one vector, in the order of the mapping, each row by row.

    >>> vector_of({"W1": [[1, 2], [3, 4]], "b1": 5}).tolist()
    [1.0, 2.0, 3.0, 4.0, 5.0]
    """
    return np.concatenate([np.ravel(np.asarray(array, dtype=np.float64)) for array in arrays.values()])


def arrays_of(vector: ArrayLike, like: Mapping[str, ArrayLike]) -> dict[str, NDArray[np.float64]]:
    """A vector as parameters by name again, in the shapes of `like`.

    >>> arrays_of([1, 2, 3], {"w": [[0, 0]], "b": 0})
    {'w': array([[1., 2.]]), 'b': array(3.)}
    """
    shapes = {name: np.shape(array) for name, array in like.items()}
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes.values()])
    parts = np.split(np.asarray(vector, dtype=np.float64), ends[:-1])
    return {name: part.reshape(shape) for (name, shape), part in zip(shapes.items(), parts, strict=True)}


def plane_of_both() -> Plane:
    """The plane of a network with exactly two parameters: every point lies on it."""
    return Plane(np.zeros(2), np.eye(2), exact=True)


def plane_spanned(origin: ArrayLike, first: ArrayLike, second: ArrayLike) -> Plane:
    """The plane through a point along two directions, which are made of length 1 and at right angles.

    Raises:
        ValueError: where the directions do not span a plane.
    """
    one, other = (np.asarray(direction, dtype=np.float64) for direction in (first, second))
    if one.any() and other.any():
        one = _unit(one)
        other = _without(_unit(other), [one])
    if not one.any() or np.linalg.norm(other) <= _NOTHING:
        raise ValueError("two directions that differ are needed to span a plane")
    return Plane(np.asarray(origin, dtype=np.float64), np.stack([one, _unit(other)]))


def principal_plane(points: ArrayLike, centre: ArrayLike) -> Plane:
    """The plane through a centre that leaves the least of the points: their two principal components around it.

    Points with an entry that is not finite are left out. Of each direction, the entry that is largest without its sign
    is positive, so that the same paths give the same picture. Where the points lie on a line, or all in the centre, the
    missing directions are taken along single parameters.

    Args:
        points: points by parameters, at least two of these.
        centre: one entry a parameter; usually where a descent ended.

    Source: Li et al., Visualizing the Loss Landscape of Neural Nets (2018), section 7.2.
    """
    middle = np.asarray(centre, dtype=np.float64)
    shift = np.atleast_2d(np.asarray(points, dtype=np.float64)) - middle
    shift = shift[np.isfinite(shift).all(axis=1)]
    _, lengths, rows = np.linalg.svd(shift, full_matrices=False)
    directions = [row for row, length in zip(rows[:2], lengths[:2], strict=True) if length > _NOTHING * lengths[0]]
    while len(directions) < 2:
        directions.append(_another(directions, middle.size))
    return Plane(middle, np.stack([_turned(direction) for direction in directions]))


def deviation_of(plane: Plane, points: ArrayLike) -> Deviation:
    """How far points leave a plane; those with an entry that is not finite are left out."""
    there = np.atleast_2d(np.asarray(points, dtype=np.float64))
    there = there[np.isfinite(there).all(axis=1)]
    away = plane.distances(there)
    squares = (plane.coordinates(there) ** 2).sum(axis=0)
    total = float(squares.sum() + (away**2).sum())
    along = squares / total if total else np.zeros(2)
    reach = float(np.linalg.norm(there - plane.origin, axis=1).max(initial=0.0))
    left = float((away**2).sum()) / total if total else 0.0
    return Deviation(float(away.max(initial=0.0)), reach, (float(along[0]), float(along[1])), left)


def window_around(coordinates: ArrayLike, points: int = 41, margin: float = 0.2) -> tuple[Vector, Vector]:
    """The grid of a part of the plane that holds all coordinates.

    Args:
        coordinates: points by 2; those that are not finite are left out.
        points: how many grid points an axis has.
        margin: the room around, as a share of the width.

    Returns:
        The grid along each direction; the narrower one spans at least half of the wider one.
    """
    there = np.atleast_2d(np.asarray(coordinates, dtype=np.float64))
    there = there[np.isfinite(there).all(axis=1)]
    low, high = (there.min(axis=0), there.max(axis=0)) if len(there) else (np.zeros(2), np.zeros(2))
    widest = float((high - low).max()) or 1.0
    half = np.maximum(high - low, widest / 2) * (0.5 + margin)
    middle = (low + high) / 2
    first, second = (np.linspace(middle[axis] - half[axis], middle[axis] + half[axis], points) for axis in (0, 1))
    return first, second


def surface_on(loss: Callable[[Vector], float], plane: Plane, first: Vector, second: Vector) -> NDArray[np.float64]:
    """The loss at each point of a grid on the plane.

    Args:
        loss: the loss of a full vector of parameters.
        plane: where the grid lies.
        first: the grid along the first direction.
        second: the grid along the second one.

    Returns:
        Losses, a row for each entry of `second` and a column for each of `first`; NaN where a loss is not finite.
    """
    across, up = np.meshgrid(first, second)
    points = plane.points(np.stack([across.ravel(), up.ravel()], axis=1))
    values = np.array([float(loss(point)) for point in points]).reshape(across.shape)
    return np.where(np.isfinite(values), values, np.nan)


def _unit(vector: Vector) -> Vector:
    # The largest entry goes out first, so that squares neither overflow nor vanish.
    scaled = vector / np.abs(vector).max()
    return np.asarray(scaled / np.linalg.norm(scaled))


def _without(vector: Vector, directions: list[Vector]) -> Vector:
    """What is left of a vector at right angles to directions; done twice, since the first time leaves rounding."""
    for direction in directions * 2:
        vector = vector - (vector @ direction) * direction
    return vector


def _turned(direction: Vector) -> Vector:
    return -direction if direction[np.argmax(np.abs(direction))] < 0 else direction


def _another(directions: list[Vector], parameters: int) -> Vector:
    """A direction at right angles to those, along the parameter that they use least."""
    use = np.abs(np.stack(directions)).max(axis=0) if directions else np.zeros(parameters)
    single = np.zeros(parameters)
    single[np.argmin(use)] = 1.0
    return _unit(_without(single, directions))
