"""The colours of values."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from weightscope.inspection import Array
from weightscope.view.pictures.color_map import ANCHORS, NAN_CODE, color_at, encode, largest_magnitude


def lightness(color: str) -> float:
    red, green, blue = (int(color[start : start + 2], 16) for start in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_anchors_are_met() -> None:
    assert tuple(color_at(place) for place in np.linspace(-1, 1, len(ANCHORS))) == ANCHORS


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from([-1, 1]))
def test_the_further_from_zero_the_darker(one: float, other: float, sign: int) -> None:
    near, far = sorted((one, other))
    assert lightness(color_at(sign * near)) >= lightness(color_at(sign * far)) - 1  # colours are whole numbers


@given(arrays.arrays("float64", st.integers(1, 30)))
def test_a_level_tells_the_sign_and_grows_with_the_value(values: Array) -> None:
    scale = largest_magnitude(values)
    finite = np.isfinite(values)
    codes = encode(values, scale, 5, shows_all=True)
    np.testing.assert_array_equal(np.sign(codes[finite]), np.sign(values[finite]))
    assert np.abs(codes[finite]).max(initial=0) == (5 if scale else 0)
    for levels in (codes, encode(values, scale, 64)):
        in_order = np.argsort(values[finite])
        assert (np.diff(levels[finite][in_order]) >= 0).all()
        np.testing.assert_array_equal(levels == NAN_CODE, np.isnan(values))
        assert (levels[~finite] > 64).all()
