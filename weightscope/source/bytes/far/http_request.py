"""A request for bytes of a file on an HTTP server, and its outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from weightscope.source.bytes.far.http_address import HttpAddress
from weightscope.source.bytes.far.http_answer import Version

#: Takes the bytes that lie at an offset of the file.
Put = Callable[[int, bytes], None]


@dataclass(frozen=True, slots=True)
class RangeRequest:
    """A request for bytes of a file.

    Attributes:
        address: Of the file.
        start: Offset of the first byte.
        stop: Offset after the last byte, or beyond the end of the file; None asks for the whole file.
        put: Takes the bytes; what a failed try brought is put again.
        most_whole: Bytes of the whole file that are taken where a server sends that instead of a range.
        version: Of the file, if it is known; another one is an error.
        is_guess: Whether the file was not named by the user: one that is refused is taken for one that is absent, since
            object stores refuse what is not there.
    """

    address: HttpAddress
    start: int
    stop: int | None
    put: Put
    most_whole: int = 0
    version: Version | None = None
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a request.

    Attributes:
        address: Where the file was in the end.
        version: Of the file; None if the server has no such file.
        received: Offset after the last byte that was put.
        turns: Requests that it took, each sent after the answer to the one before.
    """

    address: HttpAddress
    version: Version | None
    received: int
    turns: int


def headers_of(request: RangeRequest, proxy: HttpAddress | None) -> dict[str, str]:
    """Returns the headers of a request, which may go through a proxy."""
    headers = {"Host": request.address.host_header, "Accept-Encoding": "identity", "User-Agent": "weightscope"}
    if request.stop is not None:
        headers["Range"] = f"bytes={request.start}-{request.stop - 1}"
    if request.address.authorization:
        headers["Authorization"] = request.address.authorization
    if proxy is not None and proxy.authorization:
        headers["Proxy-Authorization"] = proxy.authorization
    return headers
