"""A file that takes its name only when it is complete."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from weightscope.errors import exists_already

_BUFFER_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that is being written.

    Attributes:
        file: Open for reading and writing.
        path: Where it can be opened until it has its name.
        folder: The folder that it will be in.
    """

    file: io.FileIO
    path: Path
    folder: Path

    @contextmanager
    def buffered(self) -> Iterator[io.BufferedRandom]:
        """Yields the file as one that writes all it is given.

        Raises:
            OSError: It cannot be written.
        """
        out = io.BufferedRandom(self.file, _BUFFER_BYTES)
        try:
            yield out
            out.flush()
        finally:
            with suppress(OSError, ValueError):  # what could not be written was raised before
                out.detach()


@contextmanager
def new_file(path: Path, *, force: bool) -> Iterator[NewFile]:
    """Yields a file to write; afterwards it stands at `path`, and after an error what stood there before.

    It lies in the folder of `path` and has no name while it is written, where the file system can do that: nothing is
    left behind, however the program ends. It gets the mode and the owner of the file that it replaces.

    Args:
        path: Of a regular file, or of none.
        force: Whether a file at this path may be replaced.

    Raises:
        UsageError: A file of this name has appeared.
        OSError: It cannot be written.
    """
    beside = path.with_name(f".weightscope-{os.urandom(8).hex()}")
    try:
        with temporary_file(path.parent, beside) as made:
            yield made
            os.fsync(made.file.fileno())
            if not beside.exists():
                _give_name(made.file.fileno(), beside)
        _rename(beside, path, force=force)
    finally:
        with suppress(OSError):
            beside.unlink()


@contextmanager
def temporary_file(folder: Path, beside: Path | None = None) -> Iterator[NewFile]:
    """Yields a new file without a name in a folder, or with the name `beside` where the file system needs one.

    Raises:
        OSError: It cannot be made.
    """
    named = beside or folder / f".weightscope-{os.urandom(8).hex()}"
    try:
        with io.FileIO(_open_unnamed(folder, named), "r+b") as file:
            yield NewFile(file, named if named.exists() else Path(f"/proc/self/fd/{file.fileno()}"), folder)
    finally:
        if beside is None:
            with suppress(OSError):
                named.unlink()


def _open_unnamed(folder: Path, beside: Path) -> int:
    """Opens a new file without a name in a folder; under the name `beside` where that cannot be done."""
    if hasattr(os, "O_TMPFILE") and Path("/proc/self/fd").is_dir():
        with suppress(OSError):  # not every file system can
            return os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o666)
    return os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)


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
            raise exists_already(str(path)) from error
        except OSError:  # a file system without hard links
            complete.rename(path)
        return
    with suppress(OSError):  # another user's file, or a file system without owners
        before = path.stat()
        os.chown(complete, before.st_uid, before.st_gid)
    with suppress(FileNotFoundError):
        complete.chmod(path.stat().st_mode & 0o7777)
    complete.replace(path)
