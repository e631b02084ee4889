"""Readers of saved models: no TensorFlow, no code of the model run."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from weightscope.errors import unreadable
from weightscope.inspection import Inspection
from weightscope.inspection.file_format import FileFormat
from weightscope.source.bytes.location import is_far
from weightscope.source.identified import Identified
from weightscope.source.wanted import MODEL_ALONE, Wanted

__all__ = ["inspect_file"]


def inspect_file(location: str, wanted: Wanted = MODEL_ALONE) -> Inspection:
    """Returns what the saved model at `location` holds: read, never run, never unpickled, nothing written.

    Args:
        location: A file or folder, or the address of one; what it is, is decided by its content.
        wanted: What to read besides the model's variables.

    Raises:
        FileError: It is missing, damaged, hostile, or nothing that Keras saves.
    """
    if is_far(location):
        from weightscope.source.file.far_inspection import inspect_far  # it knows HTTP

        return inspect_far(location, wanted, _read)
    from weightscope.source.file.identify import identify  # it knows HDF5, whose library takes 0.1 s to import

    try:
        return _read(identify(location), wanted)
    except OSError as error:
        raise unreadable(location, error) from error


def import_readers() -> None:
    """Imports the readers of the usual formats, for a process that is copied to read many models."""
    from weightscope.source.file.identify import READERS

    for one in (FileFormat.KERAS, FileFormat.LEGACY_H5):
        importlib.import_module(f"{__name__}.{READERS[one][0]}")


def _read(found: Identified[Any], wanted: Wanted) -> Inspection:
    from weightscope.source.file.identify import READERS

    module, function = READERS[found.format]
    read: Callable[[Identified[Any], Wanted], Inspection]
    read = getattr(importlib.import_module(f"{__name__}.{module}"), function)
    return read(found, wanted)
