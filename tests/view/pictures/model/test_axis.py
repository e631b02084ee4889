"""The axis of the values of a whole model."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from weightscope.view.pictures.model.axis import ValueAxis

MAGNITUDES = st.lists(st.floats(5e-324, 1.7e308), min_size=1, max_size=5)


@given(MAGNITUDES, st.floats(-1, 1), st.floats(-1, 1))
def test_places_are_ordered_as_values_are_and_symmetric(magnitudes: list[float], one: float, other: float) -> None:
    axis = ValueAxis.of(magnitudes)
    low, high = (share * axis.largest for share in sorted((one, other)))
    assert -1 <= axis.place(low) <= axis.place(high) <= 1
    assert axis.place(-high) == -axis.place(high)
    assert axis.place(0.0) == 0
    assert math.isclose(axis.place(axis.largest), 1)


@given(MAGNITUDES)
@example([4.450147717014403e-308, 5e-323])
def test_ticks_are_on_the_axis_and_far_enough_from_each_other(magnitudes: list[float]) -> None:
    ticks = ValueAxis.of(magnitudes).ticks()
    places = [ValueAxis.of(magnitudes).place(tick) for tick in ticks]
    assert 0.0 in ticks
    assert len(ticks) <= 9
    assert all(-1 <= place <= 1 for place in places)
    assert all(after - before > 0.05 for before, after in pairwise(places))


@pytest.mark.parametrize(
    ("magnitudes", "ticks"),
    [
        ([0.5, 1.5], (-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5)),
        ([0.02, 12.0], (-10.0, -1.0, -0.1, 0.0, 0.1, 1.0, 10.0)),
        ([], (-1.0, -0.5, 0.0, 0.5, 1.0)),
        ([0.0], (-1.0, -0.5, 0.0, 0.5, 1.0)),
    ],
)
def test_values_of_one_size_have_equal_steps_and_others_powers_of_ten(
    magnitudes: list[float], ticks: tuple[float, ...]
) -> None:
    assert ValueAxis.of(magnitudes).ticks() == pytest.approx(ticks)
