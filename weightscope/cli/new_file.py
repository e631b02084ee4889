"""A file of `-o`: written whole, or not at all; a device or a pipe is written directly."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from weightscope.cli.streams import WholeWriter
from weightscope.errors import WeightscopeError, cannot_be_written
from weightscope.writer.new_file import new_file as complete_file

_HINT = "-o ANOTHER_FILE"


@contextmanager
def new_file(name: str, *, force: bool) -> Iterator[BinaryIO]:
    """Yields a file to write; afterwards it stands under `name`, and after an error what stood there before.

    Args:
        name: As the user typed it; a link is followed.
        force: Whether a file of this name may be replaced.

    Raises:
        UsageError: It cannot be written, or a file of this name has appeared.
    """
    path = Path(os.path.realpath(name))
    try:
        if path.exists() and not path.is_file():
            with WholeWriter(io.FileIO(os.open(path, os.O_WRONLY), "wb"), name, _HINT) as out:
                yield out
            return
        with complete_file(path, force=force) as made:
            out = WholeWriter(made.file, name, _HINT)
            try:
                yield out
                out.flush()
            finally:
                with suppress(WeightscopeError, OSError, ValueError):
                    out.detach()
    except OSError as error:
        raise cannot_be_written(name, error) from error
