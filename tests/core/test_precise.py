"""Fifty digits: numbers, edges of functions, threads."""

import threading
from fractions import Fraction

import mpmath
import numpy
import pytest

from chalkgrad.core.precise import DIGITS, precise

xp = precise()


def test_constants_and_arrays_are_exact():
    assert DIGITS == 50
    assert str(xp.exact_number(Fraction(1, 3)))[:52] == "0." + "3" * 50
    array = xp.array([[Fraction(1, 10), 2], [0.5, -1]])
    assert array.shape == (2, 2)
    assert array[0, 0] == xp.context.mpf(1) / 10
    assert isinstance(xp.array(Fraction(1, 2)), xp.context.mpf)


def test_the_global_precision_of_mpmath_is_left_alone():
    before = mpmath.mp.dps
    precise(80).exp(precise(80).exact_number(Fraction(1)))
    assert mpmath.mp.dps == before


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (xp.divide(xp.array(1), xp.array(0)), "+inf"),
        (xp.divide(xp.array(-1), xp.array(0)), "-inf"),
        (xp.divide(xp.array(0), xp.array(0)), "nan"),
        (xp.log(xp.array(0)), "-inf"),
        (xp.log(xp.array(-1)), "nan"),
        (xp.sqrt(xp.array(-1)), "nan"),
        (xp.power(xp.array(0), xp.array(-1)), "+inf"),
        (xp.power(xp.array(-8), xp.array(Fraction(1, 3))), "nan"),
        (xp.power(xp.array(-8), xp.array(3)), "-512.0"),
        (xp.power(xp.array(2), xp.context.inf), "+inf"),
        (xp.power(xp.context.nan, xp.array(2)), "nan"),
        (xp.maximum(xp.array(0), xp.context.nan), "nan"),
        (xp.minimum(xp.context.nan, xp.array(0)), "nan"),
        (xp.heaviside(xp.array(0), 0.5), "0.5"),
        (xp.where(True, xp.array(1), xp.array(2)), "1.0"),
    ],
)
def test_edges_give_infinities_and_nan_as_arrays_do(found, expected):
    assert str(found) == expected


def test_reductions_and_structure():
    array = xp.array([[1, 5], [3, 2]])
    assert xp.sum(array) == 11
    assert xp.sum(array, axis=(0,), keepdims=True).tolist() == [[4, 7]]
    assert xp.max(array) == 5
    assert xp.max(array, axis=(1,), keepdims=True).tolist() == [[5], [3]]
    assert xp.broadcast_to(xp.array(2), (1, 2)).tolist() == [[2, 2]]
    assert xp.stack([xp.array(1), xp.array(2)]).dtype == xp.result_type(1, 2) == numpy.dtype(object)


def test_a_thread_has_a_context_of_its_own():
    contexts = [precise(), precise()]
    thread = threading.Thread(target=lambda: contexts.append(precise()))
    thread.start()
    thread.join()
    assert contexts[0] is contexts[1]
    assert contexts[2] is not contexts[0]
    assert precise(30).context.dps == 30


class TestNumbersBeyondAnyUse:
    """Towers of powers are infinite at once, instead of filling the memory with digits."""

    @pytest.mark.parametrize("sign", [1, -1])
    def test_exp(self, sign: int) -> None:
        xp = precise()
        assert xp.exp(xp.context.mpf(sign) * 10**6) == (xp.context.inf if sign > 0 else 0)

    @pytest.mark.parametrize(
        ("base", "exponent", "wanted"),
        [(2, 10**6, "+inf"), ("0.5", 10**6, 0), (2, -(10**6), 0), (-2, 10**6 + 1, "-inf"), (-2, 10**6, "+inf")],
    )
    def test_powers(self, base: object, exponent: int, wanted: object) -> None:
        xp = precise()
        assert xp.power(xp.context.mpf(base), xp.context.mpf(exponent)) == xp.context.mpf(wanted)

    def test_powers_below_stay_exact(self) -> None:
        xp = precise()
        assert xp.power(xp.context.mpf(2), xp.context.mpf(999)) == 2**999

    def test_angles_whose_turns_are_lost_have_no_value(self) -> None:
        xp = precise()
        assert xp.context.isnan(xp.sin(xp.context.mpf(10) ** 20))
        assert xp.sin(xp.context.mpf(0)) == 0


class TestMatrixProducts:
    def test_are_exact_and_rounded_once(self):
        # 10^40 + 1 - 10^40 keeps its 1 only if nothing is rounded on the way.
        left = xp.array([[Fraction(10**60), 1, Fraction(-(10**60))]])
        right = xp.array([[1], [Fraction(1, 3)], [1]])
        assert xp.matmul(left, right)[0, 0] == xp.exact_number(Fraction(1, 3))

    def test_are_those_of_the_operator(self):
        chance = numpy.random.default_rng(3)
        left, right = (xp.exp(xp.array(chance.normal(size=size))) for size in ((3, 7), (7, 4)))
        left[:, 2] = xp.array([0, 0, 0])
        assert abs(xp.matmul(left, right) - left @ right).max() < 1e-46

    def test_take_floats_as_they_are(self):
        left = numpy.array([[0.1, 2.0**-300, -3.0]])
        found = xp.matmul(left, xp.array([[1], [1], [0]]))[0, 0]
        assert found == xp.context.mpf(0.1) + xp.context.mpf(2) ** -300

    def test_of_nothing_but_zeros(self):
        assert xp.matmul(xp.array([[0, 0]]), xp.array([[1], [2]])).tolist() == [[0]]

    @pytest.mark.parametrize("odd", [xp.context.inf, xp.context.nan])
    def test_with_infinities_are_left_to_the_operator(self, odd):
        found = xp.matmul(xp.array([[odd, 1]]), xp.array([[1], [1]]))[0, 0]
        assert not xp.context.isfinite(found)
        with numpy.errstate(invalid="ignore"):
            found = xp.matmul(numpy.array([[float(odd)]]), xp.array([[1]]))[0, 0]
        assert not xp.context.isfinite(found)

    def test_of_numbers_far_apart(self):
        left = xp.array([[1, 1]])
        left[0, 1] = xp.context.mpf(2) ** -9000
        assert xp.matmul(left, xp.array([[1], [1]]))[0, 0] == 1


def test_arrays_of_floats_are_exact():
    values = numpy.array([[0.1, -0.0, 2.0**-1074], [1e300, 3.0, -7.25]])
    assert [float(entry) for entry in xp.array(values).flat] == values.ravel().tolist()
    assert xp.array(numpy.array([numpy.inf]))[0] == xp.context.inf
