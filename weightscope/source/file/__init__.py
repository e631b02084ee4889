"""Readers of saved models: no TensorFlow, no code of the model run."""

from __future__ import annotations

from pathlib import Path

from weightscope.errors import FileError
from weightscope.inspection import Inspection
from weightscope.source.identify import Format, identify

__all__ = ["inspect_file"]


def inspect_file(location: str, *, with_optimizer: bool = False) -> Inspection:
    """Returns what the saved model at `location` holds: read, never run, never unpickled, nothing written.

    Args:
        location: A file or folder; what it is, is decided by its content.
        with_optimizer: Whether the optimizer's variables are listed too, each named after its weight.

    Raises:
        FileError: It is missing, damaged, hostile, or nothing that Keras saves.
    """
    path = Path(location)
    try:
        return _read(identify(location), path, location, with_optimizer)
    except OSError as error:
        raise FileError(
            location, f"cannot be read: {error.strerror or error}", "check its permissions"
        ) from error


def _read(kind: Format, path: Path, location: str, with_optimizer: bool) -> Inspection:
    """Each reader is imported when it is needed: `pyfive` alone takes 0.1 s."""
    from weightscope.source.file import keras_archive

    match kind:
        case Format.KERAS:
            return keras_archive.read_archive(path, location, with_optimizer=with_optimizer)
        case Format.KERAS_FOLDER:
            return keras_archive.read_folder(path, location, with_optimizer=with_optimizer)
        case _:
            raise FileError(location, f"{kind.value} is not read yet", "save the model as .keras")
