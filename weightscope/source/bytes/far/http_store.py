"""Files on servers of the web: they are found by their first bytes, and there are no listings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, cast
from urllib.parse import quote, unquote

from weightscope.errors import FileError, changed_since
from weightscope.source import limits
from weightscope.source.bytes.far.http_address import HttpAddress
from weightscope.source.bytes.far.http_answer import Version
from weightscope.source.bytes.far.http_client import HttpClient
from weightscope.source.bytes.far.http_request import RangeRequest
from weightscope.source.bytes.far.hub import read_listing
from weightscope.source.bytes.far.sparse_copy import SparseCopy
from weightscope.source.bytes.far.store import SMALL_FILE_BYTES, FarFile, Piece
from weightscope.source.bytes.far.traffic import Traffic
from weightscope.source.bytes.location import shown_location

#: Bytes that the first request for a file asks for. The description of most models begins in them.
HEAD_BYTES = 1 << 17


@dataclass(frozen=True, slots=True)
class HttpFile:
    """A file on a server.

    Attributes:
        address: Where redirects led.
        version: What the server said of it at first.
    """

    address: HttpAddress
    version: Version

    @property
    def length(self) -> int:
        """Number of bytes."""
        return self.version.length or 0


class Addresses(Protocol):
    """The addresses of files by their keys.

    Attributes:
        key: What the user named.
    """

    key: str

    def of_file(self, key: str) -> HttpAddress:
        """Returns the address of a file."""
        ...

    def of_listing(self) -> HttpAddress | None:
        """Returns the address of the list of all files; None where there is no such list."""
        ...

    def is_folder(self, key: str) -> bool:
        """Whether what the user named is a folder by its form, and has this key."""
        ...

    def shown(self, key: str) -> str:
        """Returns a file's location as a user would type it, without secrets."""
        ...


class HttpStore:
    """The files of one server that lie beside, or below, what the user named."""

    def __init__(self, addresses: Addresses, location: str, traffic: Traffic, *, is_whole: bool = False) -> None:
        """Prepares to find files.

        Args:
            addresses: Of the files.
            location: What the user named, without secrets.
            traffic: Counts what is transferred.
            is_whole: Whether each file is fetched whole, by one request without a range.
        """
        self._addresses = addresses
        self._location = location
        self._client = HttpClient(location, traffic)
        self._is_whole = is_whole
        self._folders: set[str] = set()
        self._listed: Mapping[str, int] = {}

    def find(self, keys: Mapping[str, SparseCopy]) -> list[FarFile | None]:
        """Returns the file of each key, with its first bytes; see `FarStore`."""
        stop = None if self._is_whole else HEAD_BYTES
        requests = [
            RangeRequest(
                self._addresses.of_file(key), 0, stop, copy.put, SMALL_FILE_BYTES, is_guess=not self._is_named(key)
            )
            for key, copy in keys.items()
        ]
        found: list[FarFile | None] = []
        for (key, copy), answer in zip(keys.items(), self._client.exchange(requests), strict=True):
            if answer.address.is_folder:  # servers answer so with a page that lists it
                self._folders.add(key)
            if answer.version is None or answer.address.is_folder:
                found.append(None)
                continue
            copy.extents.add(0, answer.received)
            found.append(HttpFile(answer.address, answer.version))
        return found

    def fetch(self, pieces: Sequence[Piece]) -> None:
        """Fetches all pieces side by side; see `FarStore`."""
        requests = []
        for piece in pieces:
            file = cast(HttpFile, piece.file)
            requests.append(RangeRequest(file.address, piece.start, piece.stop, piece.copy.put, version=file.version))
        for answer in self._client.exchange(requests):
            if answer.version is None:
                raise changed_since(self._location, "the file vanished while it was read")

    def is_folder(self, key: str) -> bool | None:
        """Whether the address of a key is known to be that of a folder; None if not."""
        return True if key in self._folders or self._addresses.is_folder(key) else None

    def listing(self, key: str) -> Mapping[str, int] | None:  # noqa: ARG002 - a hub lists all of a repository
        """Returns the sizes of all files by their keys, if the server lists them; see `FarStore`."""
        address = self._addresses.of_listing()
        if address is None:
            return None
        content = bytearray()

        def put(offset: int, data: bytes) -> None:
            if offset + len(data) > limits.HUB_LIST_BYTES:
                raise FileError(self._location, "a list of files that is larger than any hub's", "name a single file")
            content[offset:] = data  # a further try begins anew, and its pieces end elsewhere

        (answer,) = self._client.exchange([RangeRequest(address, 0, None, put)])
        if answer.version is None:
            return None
        listed = read_listing(bytes(content))
        self._listed = listed or {}
        return listed

    def shown(self, key: str) -> str:
        """Returns a file's location as a user would type it, without secrets."""
        return self._addresses.shown(key)

    def _is_named(self, key: str) -> bool:
        """Whether the user or a list names a file; others are looked for in case that they are there."""
        return key == self._addresses.key or key in self._listed


class WebAddresses:
    """The addresses of what lies beside, or below, an address."""

    def __init__(self, address: HttpAddress) -> None:
        self._named = address
        path, _, query = address.target.partition("?")
        self._query = f"?{query}" if query else ""
        self.key = unquote(path).rstrip("/")

    def of_file(self, key: str) -> HttpAddress:
        """Returns the address of a file; that of the user stays as it was typed, and its query serves for all."""
        if key == self.key:
            return self._named
        return replace(self._named, target=quote(key, safe="/") + self._query)

    def of_listing(self) -> None:
        """None: servers of the web have no lists."""

    def is_folder(self, key: str) -> bool:
        """Whether the user named this key with a slash at its end."""
        return key == self.key and self._named.is_folder

    def shown(self, key: str) -> str:
        """Returns an address without user, password and query."""
        return shown_location(self.of_file(key).url)
