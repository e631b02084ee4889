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

    It lies in the folder of `name`, or of what the link of this name leads to, and has no name while it is written,
    where the file system can do that: nothing is left behind, however the program ends. It gets the mode and the
    owner of the file that it replaces. A device or a pipe is written directly.

    Args:
        name: As the user typed it.
        force: Whether a file of this name may be replaced.

    Raises:
        UsageError: It cannot be written, or a file of this name has appeared.
    """
    path = Path(os.path.realpath(name))
    if path.exists() and not path.is_file():
        with _writer(_open(path, os.O_WRONLY, name), name) as out:
            yield out
        return
    beside = path.with_name(f".weightscope-{os.urandom(8).hex()}")
    try:
        with _writer(_open_unnamed(path.parent, beside, name), name) as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
            if not beside.exists():
                _give_name(out.fileno(), beside)
        _rename(beside, path, force=force)
    except OSError as error:
        raise cannot_be_written(name, error) from error
    finally:
        with suppress(OSError):
            beside.unlink()


def _writer(descriptor: int, name: str) -> WholeWriter:
    return WholeWriter(io.FileIO(descriptor, "wb"), name, _HINT)


def _open(path: Path, flags: int, name: str) -> int:
    try:
        return os.open(path, flags, 0o666)
    except OSError as error:
        raise cannot_be_written(name, error) from error


def _open_unnamed(folder: Path, beside: Path, name: str) -> int:
    """Opens a new file without a name in a folder; under the name `beside` where that cannot be done."""
    if hasattr(os, "O_TMPFILE") and Path("/proc/self/fd").is_dir():
        with suppress(OSError):  # not every file system can
            return os.open(folder, os.O_TMPFILE | os.O_WRONLY, 0o666)
    return _open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, name)


def _give_name(descriptor: int, path: Path) -> None:
    """Gives an open file without a name one. Source: `man 2 open`, O_TMPFILE."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:  # Python follows the link in /proc, which the file is reached by, only if it is given a folder
        os.link(f"/proc/self/fd/{descriptor}", path, src_dir_fd=folder, follow_symlinks=True)
    finally:
        os.close(folder)


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
