"""Large matrices made small."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.records import InMemory, variable
from weightscope.inspection import Array, Selection, Variable
from weightscope.measure import scan
from weightscope.measure.downsample import downsampled

MATRICES = arrays.arrays("float32", arrays.array_shapes(min_dims=1, max_dims=2, max_side=40))


def stored(values: Array, chunk: int | None = None) -> Variable:
    one = variable("dense/kernel", values.shape, values=values, dtype=str(values.dtype))
    return replace(one, values=InMemory(values, None if chunk is None else (chunk,) * values.ndim))


@settings(deadline=None)
@given(MATRICES, st.integers(1, 50), st.integers(1, 50), st.integers(1, 9))
def test_a_cell_is_the_value_of_largest_magnitude_however_it_is_stored(
    values: Array, rows: int, columns: int, chunk: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "READ_BYTES", 64)  # many blocks
        small = downsampled(stored(values, chunk), rows, columns)
    matrix = np.atleast_2d(values).astype(float)
    assert small.values.shape[0] <= rows
    assert small.values.shape[1] <= columns
    for (row, column), cell in np.ndenumerate(small.values):
        part = matrix[
            row * small.row_step : (row + 1) * small.row_step,
            column * small.column_step : (column + 1) * small.column_step,
        ]
        if np.isnan(part).any():
            assert np.isnan(cell)
        else:
            assert cell in part
            assert abs(cell) == np.abs(part).max()
    assert small.values.shape[0] * small.row_step >= matrix.shape[0]
    assert small.values.shape[1] * small.column_step >= matrix.shape[1]


@given(arrays.arrays("float64", (5, 7)))
def test_what_fits_is_not_changed(values: Array) -> None:
    small = downsampled(stored(values), 5, 7)
    assert small.is_whole
    np.testing.assert_array_equal(small.values, values)


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint64", "float16"])
def test_every_dtype_of_numbers_is_reduced(dtype: str) -> None:
    values = np.asarray([[0, 1, 0, 0], [1, 0, 0, 0]], dtype)
    assert downsampled(stored(values), 1, 2).values.tolist() == [[1.0, 0.0]]


class Huge:
    """A kernel of 8192 x 8192 that is in no memory; it remembers how much was asked for at once."""

    chunk_shape = None
    most = 0

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:
        sizes = [part.stop - part.start for part in selection]
        Huge.most = max(Huge.most, int(np.prod(sizes)))
        return np.broadcast_to(np.float32(selection[0].start), sizes)


def test_a_huge_kernel_is_read_in_blocks() -> None:
    small = downsampled(replace(variable("dense/kernel", (8192, 8192)), values=Huge()), 8, 8)
    assert Huge.most <= scan.READ_BYTES
    assert np.all(np.diff(small.values, axis=0) > 0)
