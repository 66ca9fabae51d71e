"""Memory that begins at a cache line."""

import numpy
import pytest

from chalkgrad.core.aligned import ALIGNMENT, aligned_empty, is_aligned


@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
@pytest.mark.parametrize("shape", [(0, 3), (1, 1), (7, 5), (1000, 3), (2, 3, 4), ()])
def test_every_size_begins_at_a_cache_line(shape: tuple[int, ...], dtype: str) -> None:
    array = aligned_empty(shape, dtype)
    assert (array.shape, array.dtype) == (shape, dtype)
    assert is_aligned(array)
    array[...] = 1
    assert array.sum() == numpy.prod(shape)


def test_what_is_not_aligned() -> None:
    array = aligned_empty((64, 4), "float32")
    assert not is_aligned(array[1:])
    assert is_aligned(array[ALIGNMENT // 16 :])
    assert not is_aligned(array.T)
