"""What datasets declare together is bounded by what the file holds."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.source.file.hdf5.oracle import PLACE, Write, assert_read_as_h5py_reads, dataset, written
from weightscope.errors import FileError
from weightscope.source.file import inspect_file


def _overlapping(count: int) -> Write:
    """Writes datasets of which one is stored; their addresses are filled in afterwards."""

    def write(file: h5py.File) -> None:
        for index in range(count):
            file.create_dataset(f"layers/dense_{index}/vars/0", (1 << 18,), np.float32)
        file["layers/dense_0/vars/0"][...] = 1

    return write


@pytest.mark.parametrize(("count", "is_sound"), [(1, True), (2, False), (60, False)])
def test_datasets_that_overlap_are_refused(count: int, is_sound: bool, tmp_path: Path) -> None:
    path = written(tmp_path / "model.weights.h5", _overlapping(count))
    with h5py.File(path) as file:
        address = file["layers/dense_0/vars/0"].id.get_offset()
    unstored = b"\x03\x01" + b"\xff" * 8
    data = path.read_bytes()
    assert data.count(unstored) == count - 1
    path.write_bytes(data.replace(unstored, b"\x03\x01" + address.to_bytes(8, "little")))
    if is_sound:
        assert_read_as_h5py_reads(path)
    else:
        with pytest.raises(FileError, match="declare more than the"):
            inspect_file(str(path))


def test_a_dataset_may_have_two_names_but_not_a_thousand(tmp_path: Path) -> None:
    path = written(tmp_path / "model.weights.h5", dataset((1 << 10, 1 << 10)))
    with h5py.File(path, "a") as file:
        file["layers/again/vars/0"] = file[PLACE]
    assert_read_as_h5py_reads(path)
    with h5py.File(path, "a") as file:
        for index in range(1000):
            file[f"layers/dense_{index}/vars/0"] = file[PLACE]
    with pytest.raises(FileError, match="declare more than the"):
        inspect_file(str(path))
