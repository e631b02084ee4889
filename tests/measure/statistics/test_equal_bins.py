from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.measure.statistics.test_statistics import some_values
from tests.records import variable
from weightscope.inspection import Array
from weightscope.inspection.statistics import Histogram
from weightscope.measure.reading.gather import gather
from weightscope.measure.statistics.equal_bins import equal_bins
from weightscope.measure.statistics.statistics import StatisticsGatherer


def bins_of(values: Array, bins: int) -> Histogram | None:
    one = variable("w", values.shape, dtype=str(values.dtype), values=values)
    (gatherer,) = gather([one], lambda _: StatisticsGatherer())
    return equal_bins(one, gatherer.statistics(), bins)


@settings(max_examples=300, deadline=None)
@given(some_values(), st.integers(1, 30))
def test_every_finite_value_is_in_the_bin_that_its_edges_say(values: Array, bins: int) -> None:
    numbers = values.astype(np.float64).ravel()
    finite = numbers[np.isfinite(numbers)]
    found = bins_of(values, bins)
    if not finite.size:
        assert found is None
        return
    assert found is not None
    edges = np.array(found.edges)
    assert np.isfinite(edges).all()
    assert len(found.counts) == bins
    assert edges[0] <= finite.min()
    assert edges[-1] >= finite.max()
    assert sum(found.counts) == finite.size
    assert found.counts == tuple(np.histogram(finite, edges)[0])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_they_are_those_of_numpy(dtype: str) -> None:
    values = np.random.default_rng(0).standard_normal((300, 1000)).astype(dtype)
    counts, edges = np.histogram(values.astype(np.float64), 40)
    assert bins_of(values, 40) == Histogram(tuple(edges), tuple(counts))


def test_values_that_are_all_the_same_lie_in_the_middle() -> None:
    assert bins_of(np.full(7, 2.0), 3) == Histogram((1.5, 1.5 + 1 / 3, 1.5 + 2 / 3, 2.5), (0, 7, 0))
    huge = bins_of(np.full(7, 1.7976931348623157e308), 3)
    assert huge is not None
    assert sum(huge.counts) == 7
    assert all(math.isfinite(edge) for edge in huge.edges)
