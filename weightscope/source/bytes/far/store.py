"""The protocol of what far files are fetched from: servers of the web, and the filesystems of fsspec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from weightscope.source import limits
from weightscope.source.bytes.far.sparse_copy import SparseCopy

#: A file of no more than this is fetched whole.
SMALL_FILE_BYTES = 8 * limits.MIB

#: The rest of a file of no more than this is fetched when most of it is there after a round of so many pieces: further
#: rounds would take longer.
LARGE_FILE_BYTES = 64 * limits.MIB
MANY_PIECES = 16


class FarFile(Protocol):
    """A file that was found."""

    @property
    def length(self) -> int:
        """Number of bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Piece:
    """A range of a file that is to be fetched.

    Attributes:
        file: The file.
        copy: Where its bytes go.
        start: Offset of the first byte.
        stop: Offset after the last byte.
    """

    file: FarFile
    copy: SparseCopy
    start: int
    stop: int


class FarStore(Protocol):
    """Finds and fetches files. A key is the path of a file or folder, with `/` between its parts."""

    def find(self, keys: Mapping[str, SparseCopy]) -> list[FarFile | None]:
        """Returns the file of each key, None for what is no file; bytes that come along are put into the copies.

        Raises:
            FileError: It cannot be found out.
        """
        ...

    def fetch(self, pieces: Sequence[Piece]) -> None:
        """Fetches all pieces side by side, and puts their bytes into the copies.

        Raises:
            FileError: It cannot, or a file changed since it was found.
        """
        ...

    def is_folder(self, key: str) -> bool | None:
        """Whether the key is that of a folder; None if the store does not know folders."""
        ...

    def listing(self, key: str) -> Mapping[str, int] | None:
        """Returns the sizes of all files below a folder, or of more, by their keys; None if the store lists none."""
        ...

    def shown(self, key: str) -> str:
        """Returns the location of a key as a user would type it, without secrets."""
        ...
