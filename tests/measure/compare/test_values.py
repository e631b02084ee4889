"""The values of two variables, compared: numpy says how far they are apart."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.records import InMemory, variable
from weightscope.errors import UsageError
from weightscope.inspection import Array, Variable
from weightscope.inspection.difference import Numbers
from weightscope.measure.compare.settings import Tolerance
from weightscope.measure.compare.values import compare_values

FLOATS = st.floats(-1e6, 1e6, width=32) | st.sampled_from([0.0, -0.0, math.nan, math.inf, -math.inf])
DTYPES = ["float16", "float32", "float64", "int8", "int64", "uint64", "bool"]


def numbers_of(a: Variable, b: Variable, tolerance: Tolerance | None = None) -> Numbers:
    (found,) = compare_values([(a, b)], tolerance or Tolerance())
    return found.numbers()


def stored(values: Array, chunk_shape: tuple[int, ...] | None = None) -> Variable:
    one = variable("layer/kernel", values.shape, dtype=str(values.dtype), values=values)
    return replace(one, values=InMemory(values, chunk_shape))


def compared(a: Array, b: Array, tolerance: Tolerance | None = None) -> Numbers:
    return numbers_of(stored(a), stored(b), tolerance)


@st.composite
def two_arrays(draw: st.DrawFn) -> tuple[Array, Array]:
    shape = draw(hnp.array_shapes(max_dims=3, max_side=6))
    a: Array = draw(hnp.arrays("float32", shape, elements=FLOATS))
    b: Array = draw(hnp.arrays("float32", shape, elements=FLOATS))
    keep: Array = draw(hnp.arrays(bool, shape))
    return a, np.where(keep, a, b)


def expected(a: Array, b: Array) -> dict[str, float | None]:
    x, y = a.astype("float64"), b.astype("float64")
    same = (x == y) | (np.isnan(x) & np.isnan(y))
    with np.errstate(invalid="ignore"):
        distances = np.where(same, 0.0, np.abs(x - y))
    finite = np.isfinite(x) & np.isfinite(y)
    fx, fy = x[finite], y[finite]
    norm_a, norm_b = np.linalg.norm(fx), np.linalg.norm(fy)
    expected = {"maximum_absolute": float(distances.max()), "changed": float((~same).mean())}
    if (~finite & ~same).any():
        return {**expected, "relative_l2": math.nan, "cosine": math.nan}
    return {
        **expected,
        "relative_l2": float(np.linalg.norm(fx - fy) / norm_a) if norm_a else None,
        "cosine": float(fx @ fy / (norm_a * norm_b)) if norm_a and norm_b else None,
    }


@given(two_arrays())
def test_the_numbers_are_those_of_numpy(pair: tuple[Array, Array]) -> None:
    found, wanted = compared(*pair), expected(*pair)
    if not found.changed:
        assert found == Numbers(0.0, 0.0, None, 0.0)
        assert wanted["changed"] == 0.0
        return
    for name, number in wanted.items():
        actual = getattr(found, name)
        assert actual is None if number is None else actual == pytest.approx(number, rel=1e-12, abs=1e-12, nan_ok=True)


@given(two_arrays())
def test_the_other_way_round_the_symmetric_numbers_are_the_same(pair: tuple[Array, Array]) -> None:
    a, b = pair
    there, back = compared(a, b), compared(b, a)
    np.testing.assert_equal(
        (there.maximum_absolute, there.cosine, there.changed), (back.maximum_absolute, back.cosine, back.changed)
    )


@given(two_arrays(), st.floats(0, 10), st.floats(0, 1))
def test_what_changed_is_what_numpy_calls_not_close(
    pair: tuple[Array, Array], absolute: float, relative: float
) -> None:
    a, b = (one.astype("float64") for one in pair)
    is_close = np.isclose(a, b, rtol=relative, atol=absolute, equal_nan=True)
    assert compared(a, b, Tolerance(relative, absolute)).changed == pytest.approx(float((~is_close).mean()))


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_is_compared(dtype: str) -> None:
    a = np.asarray([0, 1, 0, 1], dtype)
    b = np.asarray([0, 1, 1, 0], dtype)
    found = compared(a, b)
    assert (found.maximum_absolute, found.changed) == (1.0, 0.5)
    assert found.cosine == pytest.approx(0.5)


def test_complex_values_are_compared() -> None:
    a, b = np.asarray([3 + 4j, 1j], "complex64"), np.asarray([0j, 1j], "complex64")
    found = compared(a, b)
    assert found.maximum_absolute == 5.0
    assert found.relative_l2 == pytest.approx(math.sqrt(25 / 26))
    assert found.cosine == pytest.approx(1 / math.sqrt(26))


def test_text_is_compared_without_numbers() -> None:
    a, b = (np.asarray(words, object) for words in (["one", "two"], ["one", "three"]))
    one, other = (replace(stored(each), info=replace(stored(each).info, dtype="string")) for each in (a, b))
    assert numbers_of(one, other) == Numbers(None, None, None, 0.5)


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
def test_whole_numbers_beyond_float64_are_told_apart(one: int, other: int) -> None:
    found = compared(np.asarray([one], "int64"), np.asarray([other], "int64"))
    assert found.changed == (one != other)
    assert found.maximum_absolute == float(abs(one - other))


@given(two_arrays(), st.sampled_from([-1000, -600, 600, 880]))
def test_numbers_whose_squares_float64_does_not_hold_are_as_far_apart(pair: tuple[Array, Array], power: int) -> None:
    a, b = (np.nan_to_num(np.round(one.astype("float64")), posinf=7.0, neginf=-7.0) for one in pair)
    plain, scaled = compared(a, b), compared(np.ldexp(a, power), np.ldexp(b, power))
    assert scaled.changed == plain.changed
    for name in ("relative_l2", "cosine"):
        one, other = getattr(plain, name), getattr(scaled, name)
        assert one is None if other is None else one == pytest.approx(other, rel=1e-12)


@pytest.mark.parametrize("chunks_a", [None, (64, 100), (1000, 7)])
@pytest.mark.parametrize("chunks_b", [None, (64, 100), (1000, 7)])
def test_however_they_are_stored_the_numbers_are_the_same(chunks_a: Any, chunks_b: Any) -> None:
    a = np.random.default_rng(0).normal(size=(1000, 700)).astype("float32")
    b = a.copy()
    b[600:] += 1.0  # the first blocks are equal
    found, wanted = numbers_of(stored(a, chunks_a), stored(b, chunks_b)), expected(a, b)
    assert {name: getattr(found, name) for name in wanted} == pytest.approx(wanted, rel=1e-9)


def test_distances_beyond_float64_are_infinite_without_a_warning() -> None:
    numbers = compared(np.array([1e300, 1e308]), np.array([-1e308, -1.7e308]))
    assert numbers.maximum_absolute == math.inf


def test_a_wider_dtype_with_the_same_values_is_equal() -> None:
    a = np.random.default_rng(0).normal(size=(300, 7)).astype("float32")
    assert compared(a, a.astype("float64")).changed == 0.0
    assert compared(a.astype("float64"), a).changed == 0.0


@pytest.mark.parametrize("shape", [(), (0,), (3, 0)])
def test_scalars_and_empty_variables_are_compared(shape: tuple[int, ...]) -> None:
    assert compared(np.ones(shape, "float32"), np.ones(shape, "float32")) == Numbers(0.0, 0.0, None, 0.0)


@pytest.mark.parametrize("number", [-1e-9, math.nan, math.inf])
def test_what_is_no_tolerance_is_refused(number: float) -> None:
    with pytest.raises(UsageError):
        Tolerance(number)
    with pytest.raises(UsageError):
        Tolerance(absolute=number)
