"""The process's streams: what is written to stdout or a file arrives whole, or an error says that it does not.

Python alone does not promise that: with `PYTHONUNBUFFERED=1` a write to a full disk stores a part and reports nothing.
"""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from weightscope.cli.failure import ClosedPipeError
from weightscope.errors import cannot_be_written

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class WholeWriter(io.BufferedWriter):
    """Writes all bytes that it is given.

    Raises:
        UsageError: They could not be written, named by what the user calls the file.
        ClosedPipeError: The reader of a pipe has ended.
    """

    def __init__(self, raw: io.RawIOBase, name: str, hint: str) -> None:
        super().__init__(raw)
        self._user_name = name
        self._hint = hint

    def write(self, data: ReadableBuffer, /) -> int:
        """Writes `data`, now or when it is flushed."""
        with self._errors():
            return super().write(data)

    def flush(self) -> None:
        """Writes what was held back."""
        with self._errors():
            super().flush()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError as error:
            raise ClosedPipeError from error
        except OSError as error:
            raise cannot_be_written(self._user_name, error, self._hint) from error


class _Unheard(io.FileIO):
    """A stream whose errors are of no consequence: what cannot be written to stderr must not change the exit code."""

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def take_over_streams() -> None:
    """Replaces stdout by one that is written whole, stderr by one that never fails, and closed ones by the null device.

    What is written to a closed stdout is an error, since the result is lost. For the process's own streams; in-process
    callers have theirs.
    """
    for name, mode in (("stdin", "r"), ("stdout", "r"), ("stderr", "r+")):
        if getattr(sys, name) is None:  # closed by whoever started us (2>&-); the next file opened takes its number
            nowhere = Path(os.devnull).open(mode)  # noqa: SIM115 - stays open, as the stream would have
            setattr(sys, name, nowhere)
            setattr(sys, f"__{name}__", nowhere)  # as Python keeps the streams that it opened itself
    out, err = sys.stdout, sys.stderr
    sys.stdout = io.TextIOWrapper(_whole(out.fileno()), out.encoding, out.errors, line_buffering=out.isatty())
    unheard = io.BufferedWriter(_Unheard(err.fileno(), "wb", closefd=False))
    sys.stderr = io.TextIOWrapper(unheard, err.encoding, err.errors, line_buffering=True)


class _ResultStream(io.TextIOWrapper):
    """Leads to stdout, and to stderr for what other threads print: they run the user's code."""

    def write(self, text: str) -> int:
        if threading.current_thread() is not threading.main_thread():
            return sys.stderr.write(text)
        return super().write(text)


def keep_stdout_to_ourselves() -> None:
    """Moves stdout to another descriptor and leads its own to stderr: other code, and its threads, write there."""
    out = sys.stdout
    try:
        own = os.dup(out.fileno())
    except (OSError, ValueError):
        return
    sys.stdout = _ResultStream(_whole(own), out.encoding, out.errors, line_buffering=out.isatty())
    os.dup2(sys.stderr.fileno(), out.fileno())


def _whole(descriptor: int) -> WholeWriter:
    return WholeWriter(io.FileIO(descriptor, "wb", closefd=False), "stdout", "> FILE, on a disk with free space")
