"""Files that h5py writes, and what it reads of them: the oracle for HDF5."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from weightscope.source.file import inspect_file

Write = Callable[[h5py.File], None]

PLACE = "layers/dense/vars/0"


def assert_read_as_h5py_reads(path: Path) -> None:
    """Compares dtype and values of every listed variable with h5py's."""
    variables = inspect_file(str(path)).variables
    assert variables
    with h5py.File(path, locking=False) as file:
        for variable in variables:
            stored_at = variable.info.stored_at
            assert stored_at is not None
            expected = file[stored_at.encode("utf-8", "surrogateescape")][()]
            found = variable.read()
            assert found.dtype == expected.dtype.newbyteorder("=")
            np.testing.assert_array_equal(found, expected)


def written(path: Path, write: Write, **options: Any) -> Path:
    with h5py.File(path, "w", **options) as file:
        write(file)
    return path


def dataset(shape: tuple[int, ...], **options: Any) -> Write:
    def write(file: h5py.File) -> None:
        values = np.arange(int(np.prod(shape)), dtype=np.float32).reshape(shape)
        file.create_group("layers/dense/vars").create_dataset("0", data=values, **options)

    return write
