"""The error function in any array namespace, for namespaces that have none of their own.

Source: W. J. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969), 631-637.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["error_function"]

# Numerators and denominators, highest power first, for |x| ≤ 0.46875, up to 4, and beyond.
_A = (
    1.85777706184603153e-1,
    3.16112374387056560e0,
    1.13864154151050156e2,
    3.77485237685302021e2,
    3.20937758913846947e3,
)
_B = (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3)
_C = (
    2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1, 2.98635138197400131e2,
    8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
)  # fmt: skip
_D = (
    1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
    3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
)  # fmt: skip
_P = (
    1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
    1.60837851487422766e-2, 6.58749161529837803e-4,
)  # fmt: skip
_Q = (
    1.0,
    2.56852019228982242e0,
    1.87295284992346725e0,
    5.27905102951428412e-1,
    6.05183413124413191e-2,
    2.33520497626869185e-3,
)
_INVERSE_ROOT_PI = 5.6418958354775628695e-1


def error_function(xp: Any, x: Any) -> Any:
    """erf(x), by the namespace's own function if it has one, else to the last digits of float64."""
    if hasattr(xp, "erf"):
        return xp.erf(x)
    size = xp.abs(x)
    near = xp.minimum(size, 0.46875)
    middle = xp.minimum(xp.maximum(size, 0.46875), 4.0)
    # From 6 on erf is 1 in float64; a square of more could overflow.
    far = xp.minimum(xp.maximum(size, 4.0), 9.0)
    small = near * _ratio(_A, _B, near * near)
    medium = 1 - xp.exp(-middle * middle) * _ratio(_C, _D, middle)
    inverse = 1 / (far * far)
    large = 1 - xp.exp(-far * far) / far * (_INVERSE_ROOT_PI - inverse * _ratio(_P, _Q, inverse))
    return xp.sign(x) * xp.where(size <= 0.46875, small, xp.where(size <= 4.0, medium, large))


def _ratio(above: Sequence[float], below: Sequence[float], x: Any) -> Any:
    return _polynomial(above, x) / _polynomial(below, x)


def _polynomial(coefficients: Sequence[float], x: Any) -> Any:
    total = x * 0 + coefficients[0]
    for coefficient in coefficients[1:]:
        total = total * x + coefficient
    return total
