"""Statistics against numpy on float64 copies, and histograms against counting, however the values are cut up."""

from __future__ import annotations

import math
import subprocess
import sys
from typing import Any, Literal

import ml_dtypes
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.conftest import clean_environment
from tests.measure.counting import use_processors
from tests.records import InMemory, variable
from weightscope.inspection import Array, Variable
from weightscope.inspection.statistics import Statistics
from weightscope.measure.reading import gather
from weightscope.measure.statistics import histogram, statistics
from weightscope.measure.statistics.moments import dot_product
from weightscope.measure.statistics.statistics import StatisticsGatherer, as_numbers

DTYPES = ["float32", "float64", "float16", "int8", "uint8", "int32", "int64", "uint64", "bool"]

#: Numbers at which float64 changes its ways: squares that overflow or vanish, denormals, neighbours of powers of two.
STRANGE = [0.0, -0.0, 1.0, -1.0, 5e-324, -5e-324, 2e-310, 1e-200, 1e200, -1e200, 1.7e308, -1.7e308, 0.1, 1 - 2**-53]


def statistics_of(values: Array, chunk: tuple[int, ...] | None = None) -> Statistics:
    whole = variable("w", values.shape, dtype=str(values.dtype), values=values)
    gathered = gather.gather([Variable(whole.info, InMemory(values, chunk))], lambda _: StatisticsGatherer())
    return gathered[0].statistics()


def assert_agrees_with_numpy(values: Array) -> None:
    found = statistics_of(values)
    with np.errstate(invalid="ignore"):  # a signalling NaN becomes a quiet one
        numbers = values.astype(np.float64).ravel()
    finite = numbers[np.isfinite(numbers)]
    assert found.elements == values.size
    assert found.finite == finite.size
    assert found.nan == np.count_nonzero(np.isnan(numbers))
    assert found.positive_infinity == np.count_nonzero(numbers == np.inf)
    assert found.negative_infinity == np.count_nonzero(numbers == -np.inf)
    assert found.zeros == np.count_nonzero(numbers == 0)
    if finite.size == 0:
        moments = (found.minimum, found.maximum, found.mean, found.standard_deviation, found.l2_norm)
        assert moments == (None,) * 5
        assert found.histogram is None
        return
    assert found.minimum == finite.min()
    assert found.maximum == finite.max()
    assert_moments_are_exact(found, finite)
    assert_counts_are_exact(found, finite)


def assert_moments_are_exact(found: Statistics, finite: Array) -> None:
    """Compares with numpy, whose own sums are scaled here so that nothing overflows or vanishes."""
    assert found.mean is not None
    assert found.standard_deviation is not None
    assert found.l2_norm is not None
    largest = float(np.abs(finite).max())
    exponent = math.frexp(largest)[1] if largest else 0
    scaled = np.ldexp(finite, -exponent)
    mean = math.fsum(scaled.tolist()) / scaled.size
    size = float(np.sqrt(np.mean(np.square(scaled))))
    least = math.ldexp(5e-324, max(-exponent, 0))  # half of the smallest number is rounded away
    assert math.ldexp(found.mean, -exponent) == pytest.approx(mean, rel=1e-12, abs=max(least, 1e-13 * size))
    deviation = math.sqrt(math.fsum((number - mean) ** 2 for number in scaled.tolist()) / scaled.size)
    # below the spacing of float64 itself there is nothing to compare: 1e-16 of the largest value
    assert math.ldexp(found.standard_deviation, -exponent) == pytest.approx(deviation, rel=1e-9, abs=max(least, 3e-16))
    norm = math.sqrt(math.fsum(number * number for number in scaled.tolist()))
    expected = math.ldexp(norm, exponent) if math.frexp(norm)[1] + exponent <= 1024 else math.inf
    assert found.l2_norm == pytest.approx(expected, rel=1e-12, abs=5e-324)


def assert_counts_are_exact(found: Statistics, finite: Array) -> None:
    assert found.histogram is not None
    edges, counts = np.array(found.histogram.edges), found.histogram.counts
    assert sum(counts) == finite.size
    assert 1 <= len(counts) <= histogram.BINS
    if len(set(edges)) == 1:
        assert edges[0] == finite.min() == finite.max()
        return
    assert len(counts) > histogram.BINS // 2 or edges[1] - edges[0] == 5e-324
    assert np.all(np.diff(edges) > 0)
    assert tuple(np.histogram(finite, edges)[0]) == counts


def all_floats(dtype: str) -> st.SearchStrategy[Any]:
    widths: dict[str, Literal[16, 32, 64]] = {"float16": 16, "float32": 32, "float64": 64}
    return st.floats(width=widths[dtype])


@st.composite
def some_values(draw: st.DrawFn) -> Array:
    dtype = draw(st.sampled_from(DTYPES))
    shape = draw(arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=6))
    if dtype == "float64" and draw(st.booleans()):
        return draw(arrays.arrays(dtype, shape, elements=st.sampled_from([*STRANGE, math.nan, math.inf, -math.inf])))
    return draw(arrays.arrays(dtype, shape, elements=all_floats(dtype) if dtype.startswith("float") else None))


@settings(max_examples=400, deadline=None)
@given(some_values())
@example(np.array([5e-324, 0.0]))
@example(np.array([5e-324, 5e-324, 1e-323]))
def test_they_are_those_of_numpy_on_a_float64_copy(values: Array) -> None:
    assert_agrees_with_numpy(values)


@pytest.mark.parametrize("dtype", ["bfloat16", "float8_e4m3fn", "float8_e5m2", "int4", "uint4", "float16"])
def test_a_dtype_that_numpy_does_not_know_is_widened_without_change(dtype: str) -> None:
    bits = 4 if "int4" in dtype else 8 if "8" in dtype and dtype != "bfloat16" else 16
    kind = np.dtype(getattr(ml_dtypes, dtype, dtype))
    if bits == 4:
        values = np.arange(-8 if dtype == "int4" else 0, 8 if dtype == "int4" else 16).astype(kind)
    else:
        values = np.arange(2**bits, dtype=f"u{bits // 8}").view(kind)
    assert_agrees_with_numpy(values)
    with np.errstate(invalid="ignore"):  # a signalling NaN becomes a quiet one
        np.testing.assert_array_equal(as_numbers(values).astype(np.float64), values.astype(np.float64))


@pytest.mark.parametrize("scale", [1.0, 1e-30, 1e30, 1e300, 1e-300, 1e-310])
@pytest.mark.parametrize("offset", [0.0, 1.0, 1e4])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_they_are_exact_over_many_pieces(
    scale: float, offset: float, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics, "PIECE", 1000)
    generator = np.random.default_rng(0)
    with np.errstate(over="ignore"):
        values = ((generator.standard_normal(5007) + offset) * scale).astype(dtype)
    values[5] = np.nan
    values[1003] = np.inf
    assert_agrees_with_numpy(values)


@settings(max_examples=100, deadline=None)
@given(
    arrays.array_shapes(min_dims=1, max_dims=3, max_side=9).flatmap(
        lambda shape: st.tuples(
            st.just(shape), st.tuples(*(st.integers(1, 4) for _ in shape)), st.integers(min_value=1, max_value=40)
        )
    )
)
def test_they_do_not_depend_on_how_the_values_are_stored(drawn: tuple[tuple[int, ...], tuple[int, ...], int]) -> None:
    shape, chunk, read_bytes = drawn
    values = np.random.default_rng(1).standard_normal(shape).astype(np.float32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gather, "READ_BYTES", 4 * read_bytes)
        patch.setattr(gather, "TASK_BYTES", 16 * read_bytes)
        cut = statistics_of(values, chunk=chunk)
    whole = statistics_of(values)
    assert cut.histogram == whole.histogram
    assert cut.mean == pytest.approx(whole.mean, rel=1e-12, abs=1e-15)
    assert cut.standard_deviation == pytest.approx(whole.standard_deviation, rel=1e-12)


def test_the_same_values_give_the_same_bits_however_many_threads_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(2).standard_normal((1000, 1000)).astype(np.float32)
    monkeypatch.setattr(gather, "TASK_BYTES", 1 << 18)
    monkeypatch.setattr(gather, "READ_BYTES", 1 << 16)
    found = []
    for threads in (1, 2, 7):
        use_processors(threads, monkeypatch)
        found.append(statistics_of(values))
    assert found[0] == found[1] == found[2]


PRINTS_MOMENTS = """
import numpy
from weightscope.measure.reading.gather import Block
from weightscope.measure.statistics.moments import dot_product
from weightscope.measure.statistics.statistics import StatisticsGatherer
gatherer = StatisticsGatherer()
gatherer.add(Block((), numpy.random.default_rng(0).normal(size=1 << 17)))
found = gatherer.statistics()
print(repr(found.standard_deviation), repr(found.l2_norm))
"""


def test_the_same_values_give_the_same_bits_however_many_threads_openblas_has() -> None:
    printed = {
        subprocess.run(
            [sys.executable, "-c", PRINTS_MOMENTS],
            capture_output=True,
            text=True,
            check=True,
            env=clean_environment(OPENBLAS_NUM_THREADS=threads),
        ).stdout
        for threads in ("1", "2")
    }
    assert len(printed) == 1


@pytest.mark.parametrize("size", [0, 1, 8191, 8192, 20_000])
def test_products_are_added_up_to_the_last_value(size: int) -> None:
    one, other = np.random.default_rng(size).normal(size=(2, size))
    assert dot_product(one, other) == pytest.approx(math.fsum(one * other), rel=1e-11)


def test_whole_numbers_keep_their_extremes() -> None:
    values = np.array([2**63 - 1, -(2**63), 2**53 + 1])
    found = statistics_of(values)
    assert (found.minimum, found.maximum) == (-(2**63), 2**63 - 1)


def test_a_constant_has_no_deviation_and_is_its_own_mean() -> None:
    found = statistics_of(np.full(100_001, 0.1, np.float32))
    assert found.standard_deviation == 0.0
    assert found.mean == float(np.float32(0.1))
    assert found.histogram is not None
    assert found.histogram.counts == (100_001,)
