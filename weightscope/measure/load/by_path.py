"""Filling a model from arrays by name (`.npz`, `.safetensors`): each variable takes the array that has its path.

Keras' `load_weights` reads no such file: code that assigns the arrays does.
"""

from __future__ import annotations

from weightscope.inspection import SourceInfo
from weightscope.measure.load.readings import Infos, Readings

#: The formats of arrays by name.
_ARRAYS = ("npz", "safetensors")


def is_of_arrays(source: SourceInfo) -> bool:
    """Whether a file has arrays by name, and nothing of Keras' layers."""
    return source.format in _ARRAYS


def read_by_path(stored: Infos, target: Infos) -> Readings:
    """Returns the readings of assigning each array to the variable of its name."""
    readings = Readings()
    for path, info in target.items():
        if path in stored and stored[path].shape == info.shape:
            readings.fill(path, path)
        elif path in stored:
            readings.mismatched[path] = path
    return readings
