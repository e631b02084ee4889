"""A file that takes its name only when it is complete."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from weightscope.cli.streams import WholeWriter, cannot_be_written
from weightscope.errors import UsageError

_HINT = "-o ANOTHER_FILE"


@contextmanager
def new_file(name: str, *, force: bool) -> Iterator[BinaryIO]:
    """Yields a file to write; afterwards it stands under `name`, and after an error what stood there before.

    It is written beside `name`, or beside what the link of this name leads to, and renamed. It gets the mode and the
    owner of the file that it replaces. A device or a pipe is written directly.

    Args:
        name: As the user typed it.
        force: Whether a file of this name may be replaced.

    Raises:
        UsageError: It cannot be written, or a file of this name has appeared.
    """
    path = Path(os.path.realpath(name))
    if path.exists() and not path.is_file():
        with _opened(path, os.O_WRONLY, name) as out:
            yield out
        return
    beside = path.with_name(f".weightscope-{os.urandom(8).hex()}")
    try:
        with _opened(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, name) as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        _rename(beside, path, force=force)
    except OSError as error:
        raise cannot_be_written(name, error) from error
    finally:
        with suppress(OSError):
            beside.unlink()


def _opened(path: Path, flags: int, name: str) -> WholeWriter:
    try:
        return WholeWriter(io.FileIO(os.open(path, flags, 0o666), "wb"), name, _HINT)
    except OSError as error:
        raise cannot_be_written(name, error) from error


def _rename(complete: Path, path: Path, *, force: bool) -> None:
    if not force:
        try:
            os.link(complete, path)  # unlike a rename, it fails where a file has appeared meanwhile
        except FileExistsError as error:
            raise UsageError(str(path), "the file exists", "--force overwrites it") from error
        except OSError:  # a file system without hard links
            complete.rename(path)
        return
    with suppress(OSError):  # another user's file, or a file system without owners
        before = path.stat()
        os.chown(complete, before.st_uid, before.st_gid)
    with suppress(FileNotFoundError):
        complete.chmod(path.stat().st_mode & 0o7777)
    complete.replace(path)
