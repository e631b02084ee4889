"""Readers read from anything that has a length and reads by offset, not from files on disk alone."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.source.bytes.in_memory import BytesInMemory
from tests.source.file import hostile
from weightscope.errors import FileError
from weightscope.inspection.file_format import FileFormat
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.bytes.zip_archive import open_archive
from weightscope.source.file.hdf5.hdf5_file import open_hdf5, read_root
from weightscope.source.file.keras3.keras_archive import read_archive
from weightscope.source.file.keras3.weights_h5 import read_weights_file
from weightscope.source.identified import Identified
from weightscope.source.wanted import MODEL_ALONE

VALUES = np.arange(6000, dtype=np.float32).reshape(60, 100)


def hdf5_bytes() -> bytes:
    written = io.BytesIO()
    with h5py.File(written, "w") as file:
        file["layers/dense/vars/0"] = VALUES
        file.create_dataset("layers/dense/vars/1", data=VALUES, chunks=(7, 30), compression="gzip")
    return written.getvalue()


def archive_bytes() -> bytes:
    weights, written = io.BytesIO(), io.BytesIO()
    with h5py.File(weights, "w") as file:
        file["layers/dense/vars/0"], file["layers/dense/vars/1"] = VALUES, VALUES[0]
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("config.json", json.dumps(hostile.sequential(hostile.layer(units=100))))
        archive.writestr("model.weights.h5", weights.getvalue())
    return written.getvalue()


def test_an_hdf5_file_in_memory_is_read_as_one_on_disk() -> None:
    with open_hdf5(read_root(ByteRange.whole(BytesInMemory(hdf5_bytes())))) as file:
        datasets = dict(file.datasets)
    for dataset in datasets.values():
        np.testing.assert_array_equal(dataset.read(), VALUES)
        np.testing.assert_array_equal(dataset.read((slice(5, 9), slice(20, 70))), VALUES[5:9, 20:70])
    assert list(datasets) == ["layers/dense/vars/0", "layers/dense/vars/1"]


def test_readers_read_what_was_opened_and_not_the_path(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    whole = ByteRange.whole(BytesInMemory(hdf5_bytes()))
    found = read_weights_file(Identified(FileFormat.WEIGHTS_H5, nowhere, "far away", read_root(whole)), MODEL_ALONE)
    assert [one.info.path for one in found.variables] == ["layers/dense/0", "layers/dense/1"]
    archive = open_archive(ByteRange.whole(BytesInMemory(archive_bytes())))
    found = read_archive(Identified(FileFormat.KERAS, nowhere, "far away", archive), MODEL_ALONE)
    assert (found.source.location, [one.info.path for one in found.variables]) == (
        "far away",
        ["dense/kernel", "dense/bias"],
    )
    np.testing.assert_array_equal(found.variables[0].read(), VALUES)


def test_a_file_in_memory_that_ends_too_early_is_an_error_of_that_file() -> None:
    whole = ByteRange.whole(BytesInMemory(hdf5_bytes()[:-100], location="far away"))
    with pytest.raises(FileError, match="far away: a truncated HDF5 file"):
        read_root(whole)


def test_advice_on_bytes_without_a_path_names_the_file_inside_the_zip() -> None:
    written = io.BytesIO()
    with h5py.File(written, "w") as file:
        file.create_dataset("layers/dense/vars/0", data=VALUES, chunks=(7, 30), scaleoffset=2)
    with pytest.raises(FileError) as caught, open_hdf5(read_root(ByteRange.whole(BytesInMemory(written.getvalue())))):
        pass
    assert "model.weights.h5" in caught.value.hint
