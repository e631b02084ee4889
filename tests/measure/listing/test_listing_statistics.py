"""Statistics of a listing: sorted by, summed by layer, read only where they are asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.records import inspection, variable
from weightscope.inspection.statistics import STATISTICS
from weightscope.measure import Choice, bytes_to_read, list_measured

NUMBERS = st.lists(st.floats(width=32), max_size=9)


def model_of(*values: Any) -> Any:
    return inspection(
        *(
            variable(f"layer_{number % 2}/w{number}", np.shape(one), values=np.asarray(one, "float32"))
            for number, one in enumerate(values)
        )
    )


@settings(deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=5), st.sampled_from(tuple(STATISTICS)), st.none() | st.integers(1, 4))
def test_sorting_by_a_statistic_puts_the_largest_first_and_none_last(
    values: list[list[float]], sort: str, top: int | None
) -> None:
    model = model_of(*values)
    everything = list_measured(model, Choice(statistics=True)).rows
    rows = list_measured(model, Choice(statistics=True, sort=sort, top=top)).rows
    numbers = [getattr(row.statistics, sort) for row in everything]
    expected = sorted((number for number in numbers if number is not None), reverse=True)
    expected += [None] * numbers.count(None)
    assert [getattr(row.statistics, sort) for row in rows] == expected[:top]


@settings(deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=6))
@example([[1.5], [], [4503599627370496.0, -4503599358935040.0]])
def test_a_layers_statistics_are_those_of_all_its_values_together(values: list[list[float]]) -> None:
    layers = list_measured(model_of(*values), Choice(by="layer", statistics=True)).groups or ()
    for number, layer in enumerate(layers):
        together = np.concatenate([np.asarray(one, "float32") for one in values[number::2]])
        (row,) = list_measured(model_of(together), Choice(statistics=True)).rows
        found, expected = layer.statistics, row.statistics
        assert found is not None
        assert expected is not None
        # large values that cancel each other leave a mean with fewer digits
        largest = max(1.0, *np.abs(together[np.isfinite(together)]).tolist(), 0.0)
        for name in (*STATISTICS, "elements"):
            one, other = getattr(found, name), getattr(expected, name)
            assert one == other if one is None else one == pytest.approx(other, rel=1e-9, abs=1e-9 * largest)
        assert found.histogram == expected.histogram


def test_nothing_is_read_but_what_is_listed() -> None:
    model = model_of([1.0, 2.0], [3.0], [4.0])
    assert bytes_to_read(model, Choice()) == 0
    assert bytes_to_read(model, Choice(statistics=True)) == 16
    assert bytes_to_read(model, Choice(statistics=True, sort="path", top=1)) == 8
    assert bytes_to_read(model, Choice(statistics=True, sort="maximum", top=1)) == 16
