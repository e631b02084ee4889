"""A `.keras` file written again with groups named as another version of Keras names them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py

Move = Callable[[str], str]


def rewritten(source: Path, target: Path, version: str, moved: Move) -> Path:
    """Writes `source` again: every dataset where `moved` puts it, and the version of Keras changed.

    Args:
        source: A `.keras` file.
        target: The file to write.
        version: What `metadata.json` gives as the version.
        moved: Returns the new path of a dataset.
    """
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w") as copy:
        for name in archive.namelist():
            data = archive.read(name)
            if name == "metadata.json":
                data = json.dumps({**json.loads(data), "keras_version": version}).encode()
            if name == "model.weights.h5":
                data = _with_moved_datasets(data, moved)
            copy.writestr(name, data)
    return target


def _with_moved_datasets(data: bytes, moved: Move) -> bytes:
    weights = io.BytesIO()
    with h5py.File(io.BytesIO(data)) as old, h5py.File(weights, "w") as new:

        def copy(path: str, found: h5py.Group | h5py.Dataset) -> None:
            if isinstance(found, h5py.Dataset):
                new[moved(path)] = found[()]

        old.visititems(copy)
    return weights.getvalue()
