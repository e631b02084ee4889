from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.measure.counting import use_processors
from tests.measure.statistics.test_statistics import some_values
from tests.records import variable
from weightscope.inspection import Array
from weightscope.measure.reading import gather
from weightscope.measure.statistics.quantiles import SHARES, quantiles


def quantiles_of(values: Array, shares: tuple[float, ...] = SHARES) -> dict[float, float]:
    one = variable("w", values.shape, dtype=str(values.dtype), values=values)
    return quantiles(one, int(np.isfinite(values.astype(np.float64)).sum()), shares)


def peak_bytes_of_quantiles(values: Array) -> int:
    tracemalloc.start()
    try:
        found = quantiles_of(values)
        assert len(found) == len(SHARES)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@settings(max_examples=200, deadline=None)
@given(some_values())
def test_they_are_those_of_numpy(values: Array) -> None:
    numbers = values.astype(np.float64).ravel()
    finite = numbers[np.isfinite(numbers)]
    found = quantiles_of(values)
    if not finite.size:
        assert found == {}
        return
    scale = np.abs(finite).max()
    # numpy overflows between two huge values; halves do not
    expected = 2 * np.quantile(finite / 2, SHARES) if scale > 1e300 else np.quantile(finite, SHARES)
    np.testing.assert_allclose(list(found.values()), expected, rtol=1e-12, atol=max(1e-12 * scale, 5e-324))


@settings(max_examples=50, deadline=None)
@given(arrays.arrays("float64", st.integers(1, 50), elements=st.sampled_from([0.0, -0.0, 5e-324, -1.0, 1e308])))
def test_a_share_that_falls_on_a_value_is_that_value(values: Array) -> None:
    assert quantiles_of(values, (0.0, 1.0)) == {0.0: values.min(), 1.0: values.max()}


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int64"])
def test_they_are_exact_for_many_values(dtype: str) -> None:
    values = (np.random.default_rng(0).standard_normal((600, 1000)) * 1000).astype(dtype)
    np.testing.assert_allclose(
        list(quantiles_of(values).values()), np.quantile(values.astype(np.float64), SHARES), rtol=1e-14
    )


def test_counts_take_as_much_memory_for_many_threads_as_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "TASK_BYTES", gather.READ_BYTES)
    values = np.random.default_rng(0).standard_normal(8_000_000).astype("float32")  # 31 tasks for the threads
    use_processors(1, monkeypatch)
    alone = peak_bytes_of_quantiles(values)
    use_processors(8, monkeypatch)
    together = peak_bytes_of_quantiles(values)
    counts = 2 * len(SHARES) * (1 << 16) * 8
    assert together - alone < 8 * counts  # each thread has a scratch of 6 MiB; with counts of its own it would be 13
