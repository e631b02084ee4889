"""An array of a file of arrays, and the inspection that such arrays make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from weightscope.errors import FileError
from weightscope.inspection import Finding, Inspection, ModelInfo, SourceInfo, Variable, VariableInfo
from weightscope.inspection.unique_paths import UniquePaths
from weightscope.inspection.variable import Values
from weightscope.source import limits
from weightscope.source.file.arrays.export_mark import ExportMark
from weightscope.source.file.hdf5.number_type import NumberType
from weightscope.source.identified import Identified
from weightscope.source.wanted import Wanted

_NO_MODEL = Finding(
    "weights-only",
    "note",
    "arrays by name without an architecture: trainability is not stored in this file",
)


@dataclass(frozen=True, slots=True)
class StoredArray:
    """An array of a file.

    Attributes:
        name: Its name in the file.
        dtype: Keras' name of its dtype, or the file's for one that is not read.
        shape: In elements.
        values: The way to its values.
        has_values: Whether its values can be read.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    values: Values
    has_values: bool = True


def array_inspection(
    found: Identified[Any], size: int, arrays: Sequence[StoredArray], mark: ExportMark | None, wanted: Wanted
) -> Inspection:
    """Returns what a file of arrays holds.

    Args:
        found: The file.
        size: Its bytes.
        arrays: In the order of the file.
        mark: What an export of weightscope notes about the arrays; None for a file of another program.
        wanted: What to read besides the model's variables.

    Raises:
        FileError: A name is longer than any model's.
    """
    if any(len(one.name) > limits.PATH_CHARACTERS for one in arrays):
        raise FileError(found.location, "the name of an array is longer than any model's", "inspect another file")
    unique = UniquePaths()
    known = mark or ExportMark(has_keras_names=False)
    variables = [_variable(one, known, unique) for one in arrays]
    slots = tuple(one for one in variables if one.info.role == "optimizer")
    return Inspection(
        source=SourceInfo(found.location, found.format.value, size),
        read_with="file",
        model=ModelInfo(optimizer=", ".join(known.optimizers) or None),
        variables=tuple(one for one in variables if one.info.role != "optimizer"),
        optimizer=slots if wanted.optimizer else None,
        notes=(_NO_MODEL,),
        optimizer_bytes=sum(one.info.bytes for one in slots) if slots else None,
        has_keras_names=known.has_keras_names,
    )


def check_total(location: str, arrays: Sequence[tuple[int, int]]) -> None:
    """Checks that the places of arrays in a file do not overlap.

    Args:
        location: Of the file.
        arrays: First byte of each, and the byte after its last.

    Raises:
        FileError: Two overlap: reading all of them would take more than the file warrants.
    """
    end = 0
    for first, last in sorted(one for one in arrays if one[0] < one[1]):
        if first < end:
            raise FileError(location, "the places of two arrays overlap", "write the file again")
        end = last


def number_type(dtype: str, stored: str) -> NumberType:
    """Returns how numbers of a dtype are stored; `stored` is the numpy dtype that their bytes are read with."""
    import numpy as np

    return NumberType(dtype, np.dtype(stored))


def _variable(one: StoredArray, mark: ExportMark, unique: UniquePaths) -> Variable:
    path = unique(one.name)
    layer, _, name = path.rpartition("/")
    optimizer = mark.optimizer_of(one.name)
    info = VariableInfo(
        path=path,
        name=name,
        layer=layer if optimizer is None else optimizer,
        layer_class=None,
        role="weight" if optimizer is None else "optimizer",
        shape=one.shape,
        dtype=one.dtype,
        trainable=None if optimizer is None else False,
        stored_at=one.name,
    )
    return Variable(info, one.values, has_values=one.has_values)


def too_many_arrays(location: str) -> FileError:
    """Returns the error of a file that may be sound, and holds more arrays than are read from one file."""
    return FileError(location, f"more than {limits.HDF5_DATASETS:,} arrays", "write them to several files")
