"""Values in rows: those of the array, aligned, in lines that fit; of a variable no more is read than is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.records import variable
from weightscope.inspection import Array, Selection, Variable
from weightscope.view.tables.array_text import array_text, corners_text, index_shown

SHAPES = st.lists(st.integers(0, 9), max_size=8).map(tuple).filter(lambda shape: prod(shape) < 50_000)


@dataclass
class Watched:
    array: Array
    chunk_shape: tuple[int, ...] | None = None
    elements: int = 0

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:
        self.elements += self.array[selection].size
        return self.array[selection]


def numbers_in(text: str) -> list[int]:
    return [int(word) for word in re.findall(r"\d+", text)]


@settings(deadline=None)
@given(SHAPES, st.integers(30, 200))
def test_a_variable_looks_like_the_array_of_its_values_and_little_of_it_is_read(
    shape: tuple[int, ...], width: int
) -> None:
    values = np.arange(prod(shape)).reshape(shape)
    watched = Watched(values)
    text = corners_text(Variable(variable("w", shape).info, watched), width)
    assert text == array_text(values, width)
    shown = numbers_in(text)
    assert shown == sorted(shown)
    assert watched.elements == len(shown) <= 216
    assert max(map(len, text.splitlines())) <= width
    if values.size <= 120:
        assert shown == list(range(values.size))
    elif not index_shown(shape):
        assert ("..." in text) is (len(shown) < values.size)
        assert (shown[0], shown[-1]) == (0, values.size - 1)


def test_of_many_axes_the_last_five_are_shown_and_that_is_told() -> None:
    shape = (3,) * 9
    values = np.arange(3**9).reshape(shape)
    assert index_shown(shape) == "[0,0,0,0,:,:,:,:,:]"
    assert array_text(values, 100) == array_text(values[0, 0, 0, 0], 100)
    assert index_shown(shape[:5]) == index_shown((1,) * 9) == ""


@pytest.mark.parametrize("dtype", ["float32", "int64", "bool"])
def test_columns_are_aligned(dtype: str) -> None:
    values = np.asarray([[0.001, -12.5, 1e10], [1, 0, -1]]).astype(dtype)
    assert len({len(line.rstrip("]")) for line in array_text(values, 100).splitlines()}) == 1


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_row_of_a_matrix_takes_one_line_in_narrow_terminals_too(width: int) -> None:
    values = np.random.default_rng(0).normal(size=(30, 40)).astype("float32")
    lines = array_text(values, width).splitlines()
    assert all(len(line) <= width for line in lines)
    assert all(line.lstrip().startswith(("[", "...")) for line in lines)
