"""The first values of a variable: which they are, how many are read for them, and as what numbers."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.records import variable
from weightscope.inspection import Array, Selection, Variable
from weightscope.measure.listing.preview import leading_selection, preview_variable

SHAPES = st.lists(st.integers(0, 7), max_size=5).map(tuple)
COUNTS = st.integers(1, 40)


@given(SHAPES, COUNTS)
def test_the_first_values_are_read_in_c_order(shape: tuple[int, ...], count: int) -> None:
    values = np.arange(prod(shape)).reshape(shape)
    assert values[leading_selection(shape, count)].ravel()[:count].tolist() == values.ravel()[:count].tolist()


@given(SHAPES, COUNTS)
def test_at_most_twice_as_many_values_are_read_as_are_shown(shape: tuple[int, ...], count: int) -> None:
    assert np.zeros(shape)[leading_selection(shape, count)].size <= 2 * count


@given(SHAPES, COUNTS)
def test_a_selection_has_one_slice_an_axis_at_most_and_no_steps(shape: tuple[int, ...], count: int) -> None:
    selection = leading_selection(shape, count)
    assert len(selection) <= len(shape)
    assert all(one.step is None for one in selection)


def test_nothing_is_read_when_no_values_are_asked_for() -> None:
    class Refusing:
        chunk_shape = None

        def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:
            raise AssertionError(f"read {selection}")

    assert preview_variable(Variable(variable("a", (3,)).info, Refusing()), 0) is None


@pytest.mark.parametrize(("size", "is_whole"), [(0, True), (4, True), (5, True), (6, False)])
def test_a_preview_says_whether_it_is_all_there_is(size: int, is_whole: bool) -> None:
    preview = preview_variable(variable("a", (size,)), 5)
    assert preview is not None
    assert len(preview.values) == min(size, 5)
    assert preview.is_whole is is_whole


def test_a_scalar_is_one_value() -> None:
    preview = preview_variable(variable("step", (), values=np.asarray(7, "int64")), 5)
    assert preview is not None
    assert preview.values == (7,)
    assert preview.is_whole


@given(st.floats(width=32, allow_nan=False))
def test_a_float32_prints_as_numpy_prints_it_and_loses_nothing(number: float) -> None:
    preview = preview_variable(variable("a", (1,), values=np.asarray([number], "float32")), 1)
    assert preview is not None
    (shown,) = preview.values
    assert np.float32(shown) == np.float32(number)
    assert float(repr(shown)) == float(str(np.float32(number)))


def test_a_float32_of_a_tenth_is_a_tenth() -> None:
    preview = preview_variable(variable("a", (1,), values=np.asarray([0.1], "float32")), 5)
    assert preview is not None
    assert repr(preview.values[0]) == "0.1"


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint64", "float16", "float64", "complex64", "S5", "O"])
def test_values_of_every_kind_become_plain_python_ones(dtype: str) -> None:
    preview = preview_variable(variable("a", (1,), values=np.asarray([1]).astype(dtype)), 5)
    assert preview is not None
    assert type(preview.values[0]).__module__ == "builtins"
    assert not isinstance(preview.values[0], bytes)
