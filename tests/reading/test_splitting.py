"""Parts and folds: whole, disjoint, of the right sizes, fixed by the seed; shares of classes against scikit-learn."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalkgrad.errors import ProblemError
from chalkgrad.reading.schema_data import SplitKeys
from chalkgrad.reading.splitting import Parts, fold_rows, split_rows
from chalkgrad.reading.written_numbers import exact

LEAVE = "samples leave none for training: the split keeps"


def keys(validation="0", test="0", stratify=False, folds=None):
    written = None if folds is None else exact(str(folds))
    return SplitKeys(validation=exact(validation), test=exact(test), stratify=stratify, folds=written)


def sizes(parts: Parts) -> tuple[int, int, int]:
    return len(parts.train), len(parts.validation), len(parts.test)


def counts(classes, rows) -> list[int]:
    return [int((classes[rows] == number).sum()) for number in np.unique(classes)]


class TestSizes:
    @pytest.mark.parametrize(
        ("count", "validation", "test", "expected"),
        [
            (10, "0", "0.25", (7, 0, 3)),  # 2.5 becomes 3
            (10, "0.2", "0.2", (6, 2, 2)),
            (10, "0", "0.24", (8, 0, 2)),
            (100, "0.001", "0.001", (98, 1, 1)),  # never nothing of what is asked for
            (2, "0", "0.01", (1, 0, 1)),
            (3, "1/3", "1/3", (1, 1, 1)),
            (1797, "0.15", "0.2", (1168, 270, 359)),
            (5, "0", "0", (5, 0, 0)),
        ],
    )
    def test_halves_are_rounded_up_and_the_rest_trains(self, count, validation, test, expected):
        assert sizes(split_rows(count, keys(validation, test), seed=0)) == expected

    def test_without_a_split_all_samples_train_in_order(self):
        parts = split_rows(4, None, seed=3)
        assert parts.train.tolist() == [0, 1, 2, 3]
        assert sizes(parts) == (4, 0, 0)
        assert parts.train.dtype == parts.test.dtype == np.int64

    @pytest.mark.parametrize(
        ("count", "split", "message"),
        [
            (1, keys(test="0.5"), "1 sample leaves none for training: the split keeps 1 for test"),
            (
                2,
                keys("0.1", "0.1"),
                "2 samples leave none for training: the split keeps 1 for test and 1 for validation",
            ),
            (
                3,
                keys("0.5", "0.49"),
                "3 samples leave none for training: the split keeps 1 for test and 2 for validation",
            ),
        ],
    )
    def test_a_part_must_not_be_empty(self, count, split, message):
        with pytest.raises(ProblemError) as caught:
            split_rows(count, split, seed=0)
        fault = caught.value.faults[0]
        assert (fault.code, fault.message, fault.hint) == ("empty-part", message, "keep smaller shares")


@given(
    count=st.integers(3, 200),
    validation=st.fractions(0, Fraction(1, 3)),
    test=st.fractions(0, Fraction(1, 3)),
    seed=st.integers(0, 9),
)
def test_parts_are_the_whole_cut_once(count, validation, test, seed):
    parts = split_rows(count, keys(str(validation), str(test)), seed)
    every = np.concatenate([parts.train, parts.validation, parts.test])
    assert sorted(every.tolist()) == list(range(count))
    assert all((np.diff(part) > 0).all() for part in (parts.train, parts.validation, parts.test))
    assert len(parts.train) > 0
    assert sorted(np.concatenate([parts.not_test, parts.test]).tolist()) == list(range(count))


def test_the_seed_fixes_the_parts():
    first, again, other = (split_rows(50, keys(test="0.5"), seed) for seed in (1, 1, 2))
    assert first.test.tolist() == again.test.tolist()
    assert first.test.tolist() != other.test.tolist()


def test_every_sample_is_as_likely_to_be_kept():
    kept = np.zeros(10)
    for seed in range(2000):
        kept[split_rows(10, keys(test="0.3"), seed).test] += 1
    # 2,000 draws with probability 0.3: the standard deviation is 20.5; five of them
    assert abs(kept - 600).max() < 103


class TestStratified:
    @given(
        st.lists(st.integers(3, 60), min_size=2, max_size=6),
        st.fractions(Fraction(1, 20), Fraction(2, 5)),
        st.fractions(Fraction(1, 20), Fraction(2, 5)),
        st.integers(0, 3),
    )
    def test_each_class_gives_its_share_within_one(self, members, validation, test, seed):
        classes = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(members)), members))
        parts = split_rows(len(classes), keys(str(validation), str(test), stratify=True), seed, classes)
        assert sizes(parts) == sizes(split_rows(len(classes), keys(str(validation), str(test)), seed))
        for part in (parts.test, parts.validation):
            exact_shares = np.array(members) * len(part) / len(classes)
            assert (abs(np.array(counts(classes, part)) - exact_shares) < 1).all()
        assert sum(map(sum, (counts(classes, part) for part in (parts.train, parts.validation, parts.test)))) == len(
            classes
        )

    def test_like_scikit_learn(self):
        selection = pytest.importorskip("sklearn.model_selection")
        datasets = pytest.importorskip("sklearn.datasets")
        classes = datasets.load_digits().target
        parts = split_rows(len(classes), keys(test="0.2", stratify=True), 0, classes)
        _, theirs = selection.train_test_split(np.arange(len(classes)), test_size=359, stratify=classes, random_state=0)
        assert max(abs(a - b) for a, b in zip(counts(classes, parts.test), counts(classes, theirs), strict=True)) <= 1

    def test_the_largest_remainder_is_rounded_up(self):
        classes = np.repeat([0, 1, 2], [5, 3, 2])  # a third of ten: 1.67, 1 and 0.67 of 3.33, so 3 in all
        parts = split_rows(10, keys(test="1/3", stratify=True), 0, classes)
        assert counts(classes, parts.test) == [1, 1, 1]

    def test_classes_are_needed(self):
        with pytest.raises(ProblemError) as caught:
            split_rows(9, keys(test="1/3", stratify=True), 0)
        fault = caught.value.faults[0]
        assert (fault.code, fault.hint) == ("nothing-to-stratify", "leave `stratify` out")
        assert fault.message == "`stratify` needs classes, and the targets are not numbers of classes"

    @pytest.mark.parametrize(("names", "name"), [((), "1"), (("cat", "dog"), "dog")])
    def test_a_class_too_small_for_its_parts_is_named(self, names, name):
        classes = np.array([0] * 8 + [1, 1])
        with pytest.raises(ProblemError) as caught:
            split_rows(10, keys("0.2", "0.2", stratify=True), 0, classes, names)
        fault = caught.value.faults[0]
        assert fault.code == "too-few-of-class"
        assert fault.message == f"class {name} has 2 samples; 3 stratified parts need at least 3"
        assert fault.hint == "leave `stratify` out, or take fewer parts"


class TestFolds:
    @given(st.integers(2, 80), st.integers(2, 9), st.integers(0, 5), st.booleans())
    def test_each_sample_is_held_out_once(self, count, folds, seed, stratified):
        rows = np.arange(100, 100 + 3 * count, 3)
        classes = np.arange(100 + 3 * count) % 2 if stratified else None
        if folds > count or (stratified and folds > count // 2):
            with pytest.raises(ProblemError):
                fold_rows(rows, folds, seed, classes)
            return
        cut = fold_rows(rows, folds, seed, classes)
        assert sorted(np.concatenate([held for _, held in cut]).tolist()) == rows.tolist()
        held_sizes = [len(held) for _, held in cut]
        assert max(held_sizes) - min(held_sizes) <= 1
        for train, held in cut:
            assert sorted([*train.tolist(), *held.tolist()]) == rows.tolist()
            assert (np.diff(train) > 0).all()
        if classes is not None:
            per_class = np.array([[(classes[held] == k).sum() for k in (0, 1)] for _, held in cut])
            assert (per_class.max(axis=0) - per_class.min(axis=0) <= 1).all()

    def test_the_seed_fixes_the_folds(self):
        rows = np.arange(20)
        first, again, other = (fold_rows(rows, 4, seed)[0][1].tolist() for seed in (0, 0, 1))
        assert first == again != other

    def test_too_many_folds(self):
        with pytest.raises(ProblemError, match="3 samples cannot be cut into 4 folds"):
            fold_rows(np.arange(3), 4, 0)

    def test_a_class_with_fewer_members_than_folds(self):
        classes = np.array([0, 0, 0, 0, 1, 1])
        with pytest.raises(ProblemError, match="class b has 2 samples; 3 stratified folds need at least 3"):
            fold_rows(np.arange(6), 3, 0, classes, ("a", "b"))
