import numpy
import pytest

from chalkgrad.marking.choosing import Unresolved
from chalkgrad.marking.products import added, as_value, products_of, same_value

A, B, C = numpy.array([1.0, 2.0]), numpy.array([3.0, 5.0]), numpy.array([1.0, 0.0, 2.0])
M = numpy.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


class TestProducts:
    def test_two_vectors_of_one_length_are_three_products(self) -> None:
        first, second, third = products_of(A, B, "")
        assert first.tolist() == [3, 10]
        assert second == 13
        assert third.tolist() == [[3, 5], [6, 10]]

    def test_transposition_signs_decide(self) -> None:
        assert products_of(A, B, "", is_dot=True)[0] == 13
        assert products_of(A, B, "", is_dot=False)[0].tolist() == [[3, 5], [6, 10]]

    def test_entry_by_entry_is_nothing_else(self) -> None:
        (only,) = products_of(A, B, "⊙")
        assert only.tolist() == [3, 10]

    def test_vectors_of_two_lengths_have_an_outer_product(self) -> None:
        (only,) = products_of(A, C, "×")
        assert only.shape == (2, 3)

    def test_a_vector_fits_on_either_side_of_a_matrix(self) -> None:
        assert products_of(A, M, "")[0].tolist() == [9, 12, 15]
        assert products_of(M, C, "")[0].tolist() == [7, 16]

    def test_matrices_are_transposed_until_they_fit(self) -> None:
        assert products_of(M, M, "@")[0].shape in ((2, 2), (3, 3))

    def test_what_fits_in_no_way_has_no_value(self) -> None:
        with pytest.raises(Unresolved, match="do not fit"):
            products_of(numpy.ones((2, 3)), numpy.ones((4, 5)), "")


class TestSumsAndComparisons:
    def test_a_vector_is_added_to_each_row(self) -> None:
        assert added(M, C).tolist() == [[2, 2, 5], [5, 5, 8]]

    def test_sizes_that_do_not_fit_cannot_be_added(self) -> None:
        with pytest.raises(Unresolved, match="cannot be added"):
            added(A, C)

    def test_rows_columns_and_transposes_are_the_same(self) -> None:
        assert as_value([[1.0, 2.0]]).shape == as_value([[1.0], [2.0]]).shape == (2,)
        assert same_value(M, M.T)
        assert same_value(numpy.array([[1.0, 2], [3, 4]]), numpy.array([[1.0, 3], [2, 4]]))

    def test_different_numbers_and_sizes_are_not(self) -> None:
        assert not same_value(A, B)
        assert not same_value(A, C)
        assert not same_value(1.0, numpy.nan)
