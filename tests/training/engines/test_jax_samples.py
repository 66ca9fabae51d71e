"""Which steps are sent together."""

import numpy

from chalkgrad.training.engines import jax_samples
from chalkgrad.training.engines.engine import EpochWork
from chalkgrad.training.engines.jax_samples import Window, windows_of

WORK = EpochWork(1, numpy.arange(11)[::-1], 2, [0.1] * 6, 0)


def test_all_steps_go_together_and_the_last_smaller_one_alone() -> None:
    assert list(windows_of(WORK, 0, 0)) == [Window(0, 5, 0, 5, 2), Window(5, 1, 5, 6, 1)]


def test_an_interrupted_epoch_goes_on_within_the_same_pieces() -> None:
    assert list(windows_of(WORK, 3, 0)) == [Window(0, 5, 3, 5, 2), Window(5, 1, 5, 6, 1)]
    assert list(windows_of(WORK, 5, 0)) == [Window(5, 1, 5, 6, 1)]


def test_what_is_large_is_sent_in_pieces_of_one_size(monkeypatch) -> None:
    monkeypatch.setattr(jax_samples, "_SENT_AT_A_TIME", 100)
    assert [(w.begin, w.size, w.start, w.stop) for w in windows_of(WORK, 1, 50)] == [
        (0, 2, 1, 2),
        (2, 2, 2, 4),
        (4, 2, 4, 5),
        (5, 1, 5, 6),
    ]
    # A step that is larger still goes alone.
    assert [w.size for w in windows_of(WORK, 0, 1000)] == [1] * 6


def test_the_rows_of_a_window() -> None:
    first, last = windows_of(WORK, 0, 0)
    assert first.order(WORK).tolist() == [[10, 9], [8, 7], [6, 5], [4, 3], [2, 1]]
    assert last.order(WORK).tolist() == [[0]]


def test_a_batch_larger_than_all_rows() -> None:
    assert list(windows_of(EpochWork(1, numpy.arange(3), 8, [0.1], 0), 0, 0)) == [Window(0, 1, 0, 1, 3)]
