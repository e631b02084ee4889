"""Files of some ten megabytes, written without Keras: those that are not fetched whole when they are far away."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from tests.source.file import hostile

#: Layers and shape of a kernel: 1 MiB each.
LAYERS, KERNEL = 24, (256, 1024)

#: Groups and datasets that Keras writes for each layer: the layer, its variables, a kernel, a bias.
OBJECTS = 4 * LAYERS


def write_weights(path: Path, layers: int = LAYERS, **storage: Any) -> Path:
    """Writes a `.weights.h5` file; `storage` is how h5py stores the kernels."""
    values = np.random.default_rng(0).standard_normal(KERNEL, np.float32)
    with h5py.File(path, "w") as file:
        for index in range(layers):
            group = file.create_group(f"layers/{_name(index)}/vars")
            group.attrs["name"] = _name(index)
            group.create_dataset("0", data=values + index, **storage)
            group.create_dataset("1", data=np.full(KERNEL[1], index, np.float32))
    return path


def write_archive(path: Path, layers: int = LAYERS, *, compression: int = zipfile.ZIP_STORED) -> Path:
    """Writes a `.keras` file with the same weights."""
    weights = write_weights(path.with_suffix(".h5"), layers)
    configs = [hostile.layer(name=_name(index), units=KERNEL[1]) for index in range(layers)]
    with zipfile.ZipFile(path, "w", compression, compresslevel=1) as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.1"}))
        archive.writestr("config.json", json.dumps(hostile.sequential(*configs)))
        archive.write(weights, "model.weights.h5")
    weights.unlink()
    return path


def _name(index: int) -> str:
    return f"dense_{index}" if index else "dense"
