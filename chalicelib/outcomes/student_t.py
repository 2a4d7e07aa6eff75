"""Quantiles of Student's t distribution, without adding SciPy to the Lambda package."""

from __future__ import annotations

import math

CONFIDENCE = 0.95
"""The level of every interval."""
_TERMS = 300
"""The continued fraction converges in far fewer for the degrees of freedom that occur."""
_TINY = 1e-300
_PRECISION = 1e-15
_STEPS = 200
_NORMAL_FROM = 1e10
"""Degrees of freedom from which the normal distribution is the same to ten digits."""


def critical_value(freedom: float) -> float:
    """The two-sided 95 % quantile with ``freedom`` degrees of freedom, by bisection."""
    freedom = min(freedom, _NORMAL_FROM)
    low, high = 0.0, 1.0
    while _two_sided(high, freedom) > 1 - CONFIDENCE:
        high *= 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if _two_sided(middle, freedom) > 1 - CONFIDENCE:
            low = middle
        else:
            high = middle
    return high


def _two_sided(t: float, freedom: float) -> float:
    """P(\\|T\\| > ``t``): the regularized incomplete beta function (Abramowitz and Stegun, 26.7.1)."""
    x = freedom / (freedom + t * t)
    return _incomplete_beta(x, t * t / (freedom + t * t), freedom / 2, 0.5)


def _incomplete_beta(x: float, rest: float, a: float, b: float) -> float:
    """I_x(a, b); ``rest`` is 1 - x, which would lose digits if it were computed from x."""
    if x <= 0 or rest <= 0:
        return 0.0 if x <= 0 else 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(rest))
    if x < (a + 1) / (a + b + 2):
        return front * _continued_fraction(x, a, b) / a
    return 1 - front * _continued_fraction(rest, b, a) / b


def _continued_fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of I_x(a, b) (Numerical Recipes, 3rd edition, 6.4.5), by the modified Lentz method."""
    c, d = 1.0, _inverse(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, _TERMS):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d, c = _inverse(1 + term * d), _nonzero(1 + term / c)
            found *= c * d
        if abs(c * d - 1) < _PRECISION:
            break
    return found


def _nonzero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def _inverse(value: float) -> float:
    return 1 / _nonzero(value)
