"""Which units dropout leaves out: the same for every engine, and known for any step without those before it."""

from __future__ import annotations

from typing import Any

import numpy
from numpy.typing import NDArray

from chalkgrad.solving.order import generator_of

__all__ = ["draw_mask"]


def draw_mask(seed: int, epoch: int, step: int, layer: int, share: float, into: NDArray[Any]) -> None:
    """Fill a mask with 0 for units left out, and with 1/share for the others.

    Args:
        seed: the seed of the problem.
        epoch: from 1.
        step: the number of the step in its epoch, from 0.
        layer: the place of the mask among all masks of a step.
        share: the share of the units that is kept.
        into: the mask.
    """
    drawn = generator_of(seed, "dropout", epoch, step, layer).random(into.shape, dtype=numpy.float32)
    numpy.multiply(drawn < share, 1 / share, out=into, casting="same_kind")
