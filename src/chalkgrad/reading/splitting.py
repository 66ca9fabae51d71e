"""Which samples train, which are watched, which are kept for the end: drawn once from the seed, the same for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chalkgrad.errors import Fault, ProblemError
from chalkgrad.reading.schema_data import SplitKeys

__all__ = ["Parts", "fold_rows", "split_rows"]

Rows = NDArray[np.int64]

# Each use of randomness draws from a stream of its own, so that one of them does not shift the others.
_SPLIT_STREAM = 1
_FOLD_STREAM = 2


@dataclass(frozen=True, eq=False)
class Parts:
    """The numbers of the samples in each part, from 0 and in ascending order.

    Args:
        train: what the network learns from.
        validation: what is looked at after every epoch; may be empty.
        test: what is looked at once, at the end; may be empty.
    """

    train: Rows
    validation: Rows
    test: Rows

    @property
    def not_test(self) -> Rows:
        """The samples that folds are cut from."""
        return np.union1d(self.train, self.validation)


def split_rows(
    count: int,
    split: SplitKeys | None,
    seed: int,
    classes: NDArray[Any] | None = None,
    class_names: Sequence[str] = (),
) -> Parts:
    """Draw which samples are in which part.

    A part has its share of the samples, halves rounded up, and at least one sample. With `stratify` each class gives
    its share, as far as whole samples allow: what is left over goes to the classes with the largest remainders.

    Args:
        count: how many samples there are.
        split: the shares, or None for training on all of them.
        seed: fixes what is drawn.
        classes: the class of each sample, a whole number, or None where there are no classes.
        class_names: what the classes are called in messages; by default their numbers.

    Raises:
        ProblemError: `empty-part`, `nothing-to-stratify`, `too-few-of-class`.

    >>> from chalkgrad.reading.written_numbers import exact
    >>> parts = split_rows(10, SplitKeys(test=exact("0.2")), seed=0)
    >>> len(parts.train), len(parts.validation), len(parts.test)
    (8, 0, 2)
    """
    if split is None:
        return Parts(np.arange(count), np.arange(0), np.arange(0))
    wanted = [_size(count, split.test), _size(count, split.validation)]
    if count - sum(wanted) < 1:
        raise ProblemError(_empty_part(count, wanted))
    generator = np.random.default_rng([seed, _SPLIT_STREAM])
    order = generator.permutation(count)
    if not split.stratify:
        test, validation, train = np.split(order, np.cumsum(wanted))
    else:
        known = _known_classes(classes, order, class_names, 1 + sum(size > 0 for size in wanted), "parts")
        test, validation, train = _stratified(order, known, wanted)
    return Parts(np.sort(train), np.sort(validation), np.sort(test))


def fold_rows(
    rows: Rows, folds: int, seed: int, classes: NDArray[Any] | None = None, class_names: Sequence[str] = ()
) -> list[tuple[Rows, Rows]]:
    """Cut samples into folds; each is held out once while the others train.

    The sizes of the folds differ by at most one sample, and with classes so do the samples of each class in them.

    Args:
        rows: the numbers of the samples.
        folds: how many.
        seed: fixes what is drawn.
        classes: the class of every sample of the data (not of `rows` alone), to cut each class evenly; or None.
        class_names: what the classes are called in messages; by default their numbers.

    Returns:
        For each fold the samples that train and those that are held out, both ascending.

    Raises:
        ProblemError: `empty-part`, `too-few-of-class`.

    >>> [held_out.size for _, held_out in fold_rows(np.arange(7), 3, seed=0)]
    [3, 2, 2]
    """
    if folds > len(rows):
        message = f"{len(rows):,} samples cannot be cut into {folds} folds"
        raise ProblemError(Fault("empty-part", message, hint="take fewer folds"))
    order = np.random.default_rng([seed, _FOLD_STREAM]).permutation(rows)
    if classes is not None:
        known = _known_classes(classes, order, class_names, folds, "folds")
        order = order[np.argsort(known[order], kind="stable")]
    held_out = [np.sort(order[fold::folds]) for fold in range(folds)]
    return [(np.setdiff1d(rows, part, assume_unique=True), part) for part in held_out]


def _size(count: int, share: Fraction) -> int:
    """The share of a count, halves rounded up; never nothing of a share that is asked for."""
    return max(1, int(share * count + Fraction(1, 2))) if share else 0


def _empty_part(count: int, wanted: Sequence[int]) -> Fault:
    kept = " and ".join(f"{size} for {name}" for size, name in zip(wanted, ("test", "validation"), strict=True) if size)
    samples = "1 sample leaves" if count == 1 else f"{count:,} samples leave"
    return Fault("empty-part", f"{samples} none for training: the split keeps {kept}", hint="keep smaller shares")


def _known_classes(
    classes: NDArray[Any] | None, rows: Rows, names: Sequence[str], at_least: int, what: str
) -> NDArray[Any]:
    """The classes, each with at least so many of the rows."""
    if classes is None:
        message = "`stratify` needs classes, and the targets are not numbers of classes"
        raise ProblemError(Fault("nothing-to-stratify", message, hint="leave `stratify` out"))
    found, sizes = np.unique(classes[rows], return_counts=True)
    smallest = int(np.argmin(sizes))
    if sizes[smallest] < at_least:
        number, size = int(found[smallest]), int(sizes[smallest])
        name = names[number] if 0 <= number < len(names) else str(number)
        samples = f"{size} sample{'s' * (size > 1)}"
        message = f"class {name} has {samples}; {at_least} stratified {what} need at least {at_least}"
        raise ProblemError(Fault("too-few-of-class", message, hint=f"leave `stratify` out, or take fewer {what}"))
    return classes


def _stratified(order: Rows, classes: NDArray[Any], wanted: Sequence[int]) -> tuple[Rows, Rows, Rows]:
    """Test, validation and training rows; each class gives its share to every part."""
    members = [order[classes[order] == number] for number in np.unique(classes)]
    sizes = [len(rows) for rows in members]
    tests = _shares(sizes, sizes, wanted[0])
    left = [size - taken for size, taken in zip(sizes, tests, strict=True)]
    validations = _shares(sizes, left, wanted[1])
    cut = [np.split(rows, [t, t + v]) for rows, t, v in zip(members, tests, validations, strict=True)]
    test, validation, train = (np.concatenate(rows) for rows in zip(*cut, strict=True))
    return test, validation, train


def _shares(sizes: Sequence[int], left: Sequence[int], wanted: int) -> list[int]:
    """How many of `wanted` samples each class gives: its share of all, whole, the largest remainders first.

    Args:
        sizes: the samples of each class.
        left: how many of them have no part yet; no class gives more.
        wanted: how many samples all classes together give.
    """
    exact = [Fraction(size * wanted, sum(sizes)) for size in sizes]
    given = [int(share) for share in exact]
    # Of equal remainders the larger class goes first, then the first class.
    ranks = sorted(range(len(sizes)), key=lambda k: (given[k] - exact[k], -sizes[k], k))
    while sum(given) < wanted:
        open_ranks = [k for k in ranks if given[k] < left[k]]
        for k in open_ranks[: wanted - sum(given)]:
            given[k] += 1
    return given
