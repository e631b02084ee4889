"""Large matrices made small: numpy is the oracle of cells and norms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.records import InMemory, variable
from weightscope.inspection import Array, Selection, Variable
from weightscope.inspection.closeup import Pool
from weightscope.measure.closeup.downsample import Downsampled, downsampled
from weightscope.measure.closeup.folding import Folding
from weightscope.measure.reading import gather

POOLS: tuple[Pool, ...] = ("rms", "mean", "max")
SHAPES = arrays.array_shapes(min_dims=1, max_dims=2, max_side=40)
MATRICES = st.sampled_from(["float16", "float32", "float64"]).flatmap(lambda dtype: arrays.arrays(dtype, SHAPES))


def stored(values: Array, chunk: int | None = None) -> Variable:
    one = variable("dense/kernel", values.shape, values=values, dtype=str(values.dtype))
    return replace(one, values=InMemory(values, None if chunk is None else (chunk,) * values.ndim))


def small(values: Array, size: tuple[int, int], pool: Pool = "rms", chunk: int | None = None) -> Downsampled:
    folding = Folding.of(values.shape, ("in", "heads", "features") if values.ndim == 3 else ())
    assert folding is not None
    return downsampled(stored(values, chunk), folding, size, pool)


def expected(part: Array, pool: Pool) -> float:
    """Returns what numpy makes of the values of a cell."""
    if np.isnan(part).any():
        return np.nan
    if np.isinf(part).any():
        return float(part[np.isinf(part)].max())
    largest = float(np.abs(part).max())
    if pool == "max":
        return largest if largest in part else -largest
    scale = largest or 1.0
    mean = np.mean((part / scale) ** 2) ** 0.5 if pool == "rms" else np.mean(part / scale)
    return float(mean) * scale


def magnitude(values: Array) -> float:
    return float(np.abs(values).max(initial=0.0, where=np.isfinite(values)))


@settings(deadline=None)
@given(MATRICES, st.integers(1, 50), st.integers(1, 50), st.integers(1, 9), st.sampled_from(POOLS))
def test_a_cell_is_what_numpy_makes_of_its_values_however_they_are_stored(
    values: Array, rows: int, columns: int, chunk: int, pool: Pool
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gather, "READ_BYTES", 64)  # many blocks
        patch.setattr(gather, "TASK_BYTES", 256)  # in several tasks, which are merged
        found = small(values, (rows, columns), pool, chunk)
    matrix = np.atleast_2d(values).astype(float)
    assert found.values.shape <= (rows, columns)
    assert found.values.shape[1] <= columns
    for (row, column), cell in np.ndenumerate(found.values):
        down = slice(row * found.row_step, (row + 1) * found.row_step)
        across = slice(column * found.column_step, (column + 1) * found.column_step)
        # next to a value of 1e300, one of 1e-300 has no colour
        exact = pool == "max" or found.is_whole
        tolerance = 0.0 if exact else magnitude(matrix) * 1e-13
        wanted = expected(matrix[down, across], "max" if exact else pool)
        np.testing.assert_allclose(cell, wanted, 0 if exact else 1e-9, tolerance)
    assert found.values.shape[0] * found.row_step >= matrix.shape[0]
    assert found.values.shape[1] * found.column_step >= matrix.shape[1]


@settings(deadline=None)
@given(MATRICES, st.integers(1, 9), st.sampled_from(POOLS))
def test_the_margins_are_the_norms_of_rows_and_columns(values: Array, rows: int, pool: Pool) -> None:
    found = small(values, (rows, 50), pool)
    matrix = np.atleast_2d(values).astype(float)
    scale = magnitude(matrix) or 1.0
    with np.errstate(invalid="ignore", over="ignore"):
        by_row = np.linalg.norm(matrix / scale, axis=1)
        of_rows = [
            np.sqrt(np.mean(by_row[start : start + found.row_step] ** 2)) * scale
            for start in range(0, len(by_row), found.row_step)
        ]
        of_columns = np.linalg.norm(matrix / scale, axis=0) * scale
    np.testing.assert_allclose(found.row_norms, of_rows, 1e-9, scale * 1e-13)
    np.testing.assert_allclose(found.column_norms, of_columns, 1e-9, scale * 1e-13)


@given(arrays.arrays("float64", (5, 7)), st.sampled_from(POOLS))
def test_what_fits_is_not_changed(values: Array, pool: Pool) -> None:
    found = small(values, (5, 7), pool)
    assert found.is_whole
    assert found.has_signs
    np.testing.assert_array_equal(found.values, values)


@pytest.mark.parametrize("pool", POOLS)
def test_one_nan_wins_over_all_other_values(pool: Pool) -> None:
    values = np.full((100, 100), 1.0)
    values[3, 4], values[60, 60], values[99, 0] = np.nan, np.inf, -np.inf
    found = small(values, (2, 2), pool)
    np.testing.assert_array_equal(found.values, [[np.nan, 1.0], [-np.inf, np.inf]])
    np.testing.assert_array_equal(found.row_norms, [np.nan, np.inf])
    np.testing.assert_array_equal(found.column_norms, [np.nan, np.inf])


@settings(deadline=None)
@given(arrays.arrays("float32", st.tuples(st.integers(1, 12), st.integers(1, 5), st.integers(1, 9))), st.integers(1, 4))
def test_heads_are_folded_into_the_axis_of_their_features(values: Array, chunk: int) -> None:
    folding = Folding.of(values.shape, ("in", "heads", "features"))
    assert folding is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gather, "READ_BYTES", 64)
        found = downsampled(stored(values, chunk), folding, (100, 100))
    np.testing.assert_array_equal(found.values, values.reshape(len(values), -1).astype(float))
    folding = Folding.of(values.shape, ("heads", "features", "out"))
    assert folding is not None
    found = downsampled(stored(values, chunk), folding, (100, 100))
    np.testing.assert_array_equal(found.values, values.reshape(-1, values.shape[2]).astype(float))


def test_three_axes_without_heads_are_no_matrix() -> None:
    assert Folding.of((2, 3, 4), ("length", "in", "out")) is None
    assert Folding.of((2, 3, 4)) is None


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint64", "float16"])
def test_every_dtype_of_numbers_is_reduced(dtype: str) -> None:
    values = np.asarray([[0, 1, 0, 0], [1, 0, 0, 0]], dtype)
    assert small(values, (1, 2), "max").values.tolist() == [[1.0, 0.0]]
    assert small(values, (1, 2), "mean").values.tolist() == [[0.5, 0.0]]
    assert small(values, (1, 2)).values.tolist() == [[0.5**0.5, 0.0]]


class Huge:
    """A kernel of 8192 x 8192 that is in no memory; it remembers how much was asked for at once."""

    chunk_shape = None
    most = 0

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:
        sizes = [part.stop - part.start for part in selection]
        Huge.most = max(Huge.most, int(np.prod(sizes)))
        return np.broadcast_to(np.float32(selection[0].start), sizes)


def test_a_huge_kernel_is_read_in_blocks() -> None:
    one = replace(variable("dense/kernel", (8192, 8192)), values=Huge())
    found = downsampled(one, Folding(one.info.shape, (0,), (1,)), (8, 8))
    assert Huge.most <= gather.READ_BYTES
    assert np.all(np.diff(found.values, axis=0) > 0)
