"""Files of any filesystem of fsspec: `s3://`, `gs://`, `memory://`, `file://` and others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar, cast

from weightscope.errors import FileError, changed_since
from weightscope.source.bytes.far.connections import connections
from weightscope.source.bytes.far.sparse_copy import SparseCopy
from weightscope.source.bytes.far.store import FarFile, Piece
from weightscope.source.bytes.far.traffic import Traffic
from weightscope.source.bytes.location import scheme_of

#: What filesystems call the facts that change with a file.
_CHANGING = (
    *("size", "ETag", "etag", "mtime", "LastModified", "last_modified", "updated", "created", "generation"),
    *("md5Hash", "content_md5", "ino", "oid"),
)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class FsspecFile:
    """A file of a filesystem.

    Attributes:
        path: In the filesystem.
        length: Its bytes.
        version: The facts that change with it.
    """

    path: str
    length: int
    version: tuple[str, ...]


class FsspecStore:
    """The files of a filesystem. Its own requests are not seen: a call is counted as one."""

    def __init__(self, filesystem: Any, key: str, location: str, traffic: Traffic) -> None:
        """Prepares to find files.

        Args:
            filesystem: Of fsspec.
            key: The path of what the user named.
            location: The same as an address, without secrets.
            traffic: Counts what is transferred.
        """
        self._filesystem = filesystem
        self.key = key
        self._location = location
        self._traffic = traffic
        self._infos: dict[str, Mapping[str, Any] | None] = {}
        self._fetched: set[FsspecFile] = set()

    def find(self, keys: Mapping[str, SparseCopy]) -> list[FarFile | None]:
        """Returns the file of each key; see `FarStore`."""
        self._traffic.add(rounds=1)
        return [_file(key, self._info(key)) for key in keys]

    def _info(self, key: str, *, again: bool = False) -> Mapping[str, Any] | None:
        """Returns what the filesystem knows of a file or folder; None if there is none."""
        if again or key not in self._infos:
            try:
                self._infos[key] = self._asked(lambda: self._filesystem.info(key))
            except FileNotFoundError:
                self._infos[key] = None
        return self._infos[key]

    def fetch(self, pieces: Sequence[Piece]) -> None:
        """Fetches all pieces, some side by side; see `FarStore`."""
        rest = iter(pieces)
        while some := list(islice(rest, connections())):
            places = zip(*((cast(FsspecFile, one.file).path, one.start, one.stop) for one in some), strict=True)
            paths, starts, stops = map(list, places)
            found = self._asked(lambda: self._filesystem.cat_ranges(paths, starts, stops, on_error="raise"), len(some))  # noqa: B023
            self._traffic.add(rounds=1)
            for piece, data in zip(some, found, strict=True):
                if len(data) != piece.stop - piece.start:
                    raise changed_since(self._location, "the file became shorter while it was read")
                self._traffic.add(bytes_read=len(data))
                piece.copy.put(piece.start, data)
        self._check_unchanged([cast(FsspecFile, piece.file) for piece in pieces])

    def _check_unchanged(self, fetched: list[FsspecFile]) -> None:
        """Asks again for files of which pieces were fetched at several times; a single piece is of one version."""
        for file in dict.fromkeys(fetched):
            is_mixed = file in self._fetched or fetched.count(file) > 1
            if is_mixed and _file(file.path, self._info(file.path, again=True)) != file:
                raise changed_since(self._location)
            self._fetched.add(file)

    def is_folder(self, key: str) -> bool | None:
        """Whether the key is that of a folder; see `FarStore`."""
        info = self._info(key)
        return info is not None and info.get("type") == "directory"

    def listing(self, key: str) -> Mapping[str, int] | None:
        """Returns the sizes of all files below a folder; see `FarStore`."""
        found = self._asked(lambda: self._filesystem.find(key, detail=True))
        return {path: info["size"] for path, info in found.items() if isinstance(info.get("size"), int)}

    def shown(self, key: str) -> str:
        """Returns the location of a key."""
        return f"{scheme_of(self._location)}://{key}"

    def _asked(self, call: Callable[[], Result], requests: int = 1) -> Result:
        with self._traffic.shown(), failures_as_file_errors(self._location):
            self._traffic.add(requests=requests)
            return call()


def _file(key: str, info: Mapping[str, Any] | None) -> FsspecFile | None:
    if info is None or info.get("type") == "directory" or not isinstance(info.get("size"), int):
        return None
    return FsspecFile(key, info["size"], tuple(str(info.get(name)) for name in _CHANGING))


@contextmanager
def failures_as_file_errors(location: str) -> Iterator[None]:
    """Turns what a filesystem raises into a `FileError` that names the exception; its text may hold secrets.

    Raises:
        FileNotFoundError: Left as it is.
    """
    try:
        yield
    except (FileNotFoundError, FileError):
        raise
    except PermissionError as error:
        raise FileError(location, "access is refused", "check the address, and whether you may read it") from error
    except Exception as error:  # filesystems raise the exceptions of their libraries
        what = f"cannot be read: its filesystem raised {type(error).__name__}"
        hint = "check the address and the credentials"
        if type(error).__name__ == "NoCredentialsError":
            hint = f"log in, or set FSSPEC_{scheme_of(location).upper()}_ANON=true if everyone may read it"
        raise FileError(location, what, hint) from error
