"""Round numbers for axes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightscope.view.pictures.ticks import round_ticks

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        (-1.0, 1.0, 9, (-1.0, -0.5, 0.0, 0.5, 1.0)),
        (-0.37, 0.37, 9, (-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3)),
        (0.0, 0.123, 5, (0.0, 0.05, 0.1)),
        (0.0, 7999.0, 9, (0.0, 1000.0, 2000.0, 3000.0, 4000.0, 5000.0, 6000.0, 7000.0)),
        (3.0, 3.0, 9, (3.0,)),
    ],
)
def test_ticks_are_what_a_person_would_write(low: float, high: float, most: int, ticks: tuple[float, ...]) -> None:
    assert round_ticks(low, high, most) == ticks


@given(FINITE, FINITE, st.integers(2, 12))
def test_ticks_lie_between_the_ends_and_0_is_one_of_them(one: float, other: float, most: int) -> None:
    low, high = sorted((one, other))
    ticks = round_ticks(low, high, most)
    assert 1 <= len(ticks) <= most
    assert low <= ticks[0] <= ticks[-1] <= high
    assert list(ticks) == sorted(set(ticks))
    if low <= 0.0 <= high and math.isfinite(high - low):
        assert 0.0 in ticks
