"""Foreign code's exceptions on damaged bytes, turned into ours in one place."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from weightscope.errors import FileError
from weightscope.source.shown import shown


@contextmanager
def damage_as_file_errors(location: str) -> Iterator[None]:
    """Turns whatever a damaged file makes pyfive raise into a `FileError`, and drops its warnings."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except FileError:
        raise
    except Exception as error:
        reason = shown(" ".join(str(error).split())) or type(error).__name__
        raise FileError(
            location, f"a damaged HDF5 file ({reason})", "copy the file again, or save the model again"
        ) from error
