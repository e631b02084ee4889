"""Reads a new file back, as any user of it would, and compares it with the model byte by byte."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from weightscope.errors import FileError, WeightscopeError
from weightscope.inspection import Inspection, Variable
from weightscope.source.escape import escape
from weightscope.source.file import inspect_file
from weightscope.source.file.hdf5.dataset import Contiguous, Dataset
from weightscope.source.wanted import Wanted
from weightscope.writer.entry import Entry, Stream

_HINT = "write it to another disk"


def compare_with_file(entries: Sequence[Entry], path: Path, out: str, stream: Stream) -> None:
    """Compares dtype, shape and bytes of each entry with what a file has under its key: equal ids follow from it.

    Args:
        entries: What was written.
        path: Where the file can be read.
        out: As the user calls it.
        stream: Reads the values of the entries once more.

    Raises:
        FileError: The file cannot be read, or does not have what was written.
    """
    try:
        found = _arrays(inspect_file(str(path), Wanted(optimizer=True, tree=True)))
    except WeightscopeError as error:
        raise FileError(out, f"it could not be read back: {error.message}", _HINT) from error
    for entry in entries:
        if not _is_equal(entry, found.get(entry.key), stream):
            what = f"{escape(entry.key)} was not what had been written when it was read back"
            raise FileError(out, what, _HINT)


def _is_equal(entry: Entry, found: Variable | None, stream: Stream) -> bool:
    if found is None or (found.info.dtype, found.info.shape) != (entry.dtype, entry.shape):
        return False
    values, place = found.values, 0
    for expected in stream.blocks(entry):
        # what is written here lies in one piece
        if not isinstance(values, Dataset) or not isinstance(values.storage, Contiguous):
            return False
        data = values.source.read(values.storage.offset + place, expected.nbytes)
        if not np.array_equal(np.frombuffer(data, np.uint8), np.frombuffer(expected, np.uint8)):
            return False
        place += expected.nbytes
    return place == entry.bytes


def _arrays(inspection: Inspection) -> dict[str, Variable]:
    """Returns the arrays of a new file by their keys."""
    if inspection.tree is not None:
        return dict(inspection.tree.arrays)
    return {one.info.stored_at or "": one for one in inspection.all_variables}
