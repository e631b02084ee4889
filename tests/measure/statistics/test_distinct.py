"""Few distinct values are counted, and the grid that they lie on is found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.conftest import Run, parse_documents
from weightscope.inspection import Array
from weightscope.inspection.statistics import ValueGrid
from weightscope.measure.statistics.distinct import MOST_DISTINCT, DistinctValues


def grid(*blocks: Array) -> ValueGrid | None:
    """Returns what is found in blocks that two gatherers take in turn."""
    first, second = DistinctValues(), DistinctValues()
    for place, block in enumerate(blocks):
        (first, second)[place % 2].add(block)
    first.merge(second)
    return first.grid()


@given(
    arrays(np.float32, st.integers(1, 3000), elements=st.sampled_from([-1.5, -0.25, 0.0, 0.1, 7.0])), st.integers(1, 4)
)
def test_the_count_is_that_of_numpy(values: Array, pieces: int) -> None:
    found = grid(*np.array_split(values, pieces)) if values.size >= pieces else grid(values)
    assert found is not None
    assert found.distinct == np.unique(values).size


@pytest.mark.parametrize("dtype", ["float32", "float64", "int8", "uint8", "int32"])
def test_more_values_than_are_counted_are_not_few(dtype: str) -> None:
    values = np.arange(MOST_DISTINCT).astype(dtype)
    found = grid(np.tile(values, 20))
    assert found is not None
    assert (found.distinct, found.step) == (MOST_DISTINCT, 1.0)
    if not dtype.endswith("int8"):
        assert grid(np.arange(MOST_DISTINCT + 1).astype(dtype)) is None
        assert grid(values, values + 0.5 if dtype.startswith("float") else values + 1) is None


@pytest.mark.parametrize("step", [0.125, 0.1, 1e-3, 3.7e-5, 12345.678])
@pytest.mark.parametrize("offset", [0.0, 0.31])
def test_the_step_of_a_grid_in_float32_is_found_where_places_are_empty(step: float, offset: float) -> None:
    places = np.array([-8, -5, -4, 0, 3, 7, 100])
    found = grid(((places + offset) * step).astype("float32"))
    assert found is not None
    assert found.step == pytest.approx(step, rel=1e-6)


@pytest.mark.parametrize("values", [[0.0, 1.0], [0.0, 1.0, 2.7], [1.0, 1.0 + 2**-23, 1.0 + 2**-22]])
def test_no_step_is_told_of_values_on_no_grid(values: list[float]) -> None:
    found = grid(np.array(values, "float32"))
    assert found == ValueGrid(len(values), None)


def test_values_next_to_nothing_are_on_no_grid() -> None:
    assert grid(np.array([5e-324, 1e-310, 1e300, -1e308])) == ValueGrid(4, None)


def test_values_of_a_kernel_on_a_grid_are_shown(run: Run, tmp_path: Any) -> None:
    import h5py

    rng = np.random.default_rng(0)
    with h5py.File(tmp_path / "q.weights.h5", "w") as file:
        file["layers/dense/vars/0"] = (rng.integers(-8, 8, (40, 50)) / 8).astype("float32")
        file["layers/dense/vars/1"] = rng.normal(size=500).astype("float32")
    text = run("show", tmp_path / "q.weights.h5", "layers/dense/0").stdout
    assert "16 distinct values on a grid of step 0.125" in text
    assert "distinct" not in run("show", tmp_path / "q.weights.h5", "layers/dense/1").stdout
    (document,) = parse_documents(run("inspect", tmp_path / "q.weights.h5", "--stats", "--json").stdout)
    assert [one["grid"] for one in document["variables"]] == [{"distinct": 16, "step": 0.125}, None]
