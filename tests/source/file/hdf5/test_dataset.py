"""Laws of reading: a selection is what numpy would select, however values are stored; order is natural."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weightscope.source.escape import escape
from weightscope.source.file import inspect_file
from weightscope.source.file.hdf5 import dataset
from weightscope.source.natural_order import in_natural_order

SHAPES = st.lists(st.integers(0, 6), min_size=0, max_size=4).map(tuple)
DTYPES = st.sampled_from(["<f4", ">f4", "<f8", "<f2", "i1", ">i8", "?"])


@st.composite
def selections(draw: st.DrawFn, shape: tuple[int, ...]) -> tuple[slice, ...]:
    ends = st.one_of(st.none(), st.integers(-8, 8))
    axes = draw(st.integers(0, len(shape)))
    return tuple(slice(draw(ends), draw(ends)) for _ in range(axes))


@settings(max_examples=200, deadline=None)
@given(data=st.data(), shape=SHAPES, dtype=DTYPES, run_bytes=st.sampled_from([1, 64, 1 << 18]))
def test_a_selection_is_what_numpy_selects(
    data: st.DataObject, shape: tuple[int, ...], dtype: str, run_bytes: int
) -> None:
    values = (np.arange(int(np.prod(shape))) % 100).reshape(shape).astype(dtype)
    options: dict[str, Any] = {}
    if shape and 0 not in shape and data.draw(st.booleans()):
        options["chunks"] = tuple(data.draw(st.integers(1, length)) for length in shape)
        options["shuffle"] = data.draw(st.booleans())
        options["compression"] = data.draw(st.sampled_from([None, "gzip"]))
    selection = data.draw(selections(shape))
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(dataset, "RUN_BYTES", run_bytes)
        path = Path(folder, "model.weights.h5")
        with h5py.File(path, "w") as file:
            file.create_dataset("layers/dense/vars/0", data=values, **options)
        (variable,) = inspect_file(str(path)).variables
        found = variable.read(selection)
    assert found.dtype == values.dtype.newbyteorder("=")
    np.testing.assert_array_equal(found, values[selection])


@given(st.lists(st.integers(0, 10**12), unique=True))
def test_numbers_in_names_sort_as_numbers(numbers: list[int]) -> None:
    names = [f"dense_{number}" for number in numbers]
    assert in_natural_order(names) == [f"dense_{number}" for number in sorted(numbers)]


@given(st.lists(st.text(max_size=12)))
def test_every_name_can_be_sorted(names: list[str]) -> None:
    assert sorted(in_natural_order(names)) == sorted(names)


@given(st.text())
def test_what_errors_show_of_a_name_is_one_printable_line(name: str) -> None:
    assert escape(name).isprintable()
    assert len(escape(name)) < 130
