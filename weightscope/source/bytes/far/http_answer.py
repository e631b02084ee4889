"""What the answer to a request for a range says: which bytes it brings, and of which version of the file."""

from __future__ import annotations

import http.client
import re
from dataclasses import dataclass

_CONTENT_RANGE = re.compile(r"bytes (?:(\d{1,18})-(\d{1,18})|\*)/(\d{1,18})")

#: A body that is of no interest is read up to this size, so that the connection can be used again.
_MOST_IGNORED = 1 << 16


class BrokenAnswerError(Exception):
    """An answer that is worth another try: it is cut off, late, or says that the server is busy."""


class SlowAnswerError(BrokenAnswerError):
    """An answer that takes longer than its bytes may take."""


TOO_SLOW = "the answer comes too slowly"


@dataclass(frozen=True, slots=True)
class Version:
    """What distinguishes a file from what it was before; None for what the server does not send."""

    length: int | None
    etag: str | None = None
    modified: str | None = None

    def differs_from(self, other: Version) -> bool:
        """Whether any of what both know is different."""
        etags = (_opaque(self.etag), _opaque(other.etag))
        pairs = ((self.length, other.length), etags, (self.modified, other.modified))
        return any(None not in pair and pair[0] != pair[1] for pair in pairs)


def _opaque(etag: str | None) -> str | None:
    """Returns an ETag without its mark for being weak, which servers behind one address set or not."""
    return None if etag is None else etag.removeprefix("W/")


@dataclass(frozen=True, slots=True)
class Body:
    """What an answer with content brings.

    Attributes:
        start: Offset of its first byte in the file.
        stop: Offset after the last byte; None if the answer does not say.
        version: Of the file.
        is_range: Whether the server obeyed the request for a range.
    """

    start: int
    stop: int | None
    version: Version
    is_range: bool


def body_of(response: http.client.HTTPResponse) -> Body | None:
    """Returns what an answer with status 200, 206 or 416 brings; None if it contradicts itself."""
    if response.getheader("Content-Encoding", "identity") != "identity":  # it was asked not to pack the bytes
        return None
    etag, modified = response.getheader("ETag"), response.getheader("Last-Modified")
    if response.status == http.client.OK:
        length = response.length  # None if the body is sent in chunks
        return Body(0, length, Version(length, etag, modified), is_range=False)
    found = _CONTENT_RANGE.fullmatch((response.getheader("Content-Range") or "").strip())
    if found is None:
        return None
    total = int(found[3])
    if found[1] is None:
        return Body(0, 0, Version(total, etag, modified), is_range=True)
    start, stop = int(found[1]), int(found[2]) + 1
    sent = stop - start if response.length is None else response.length
    if not start < stop <= total or sent != stop - start:
        return None
    return Body(start, stop, Version(total, etag, modified), is_range=True)


def ignore_body(response: http.client.HTTPResponse) -> int:
    """Reads a short body away and returns its bytes; a long one is left, and its connection cannot be used again."""
    return len(response.read(_MOST_IGNORED))
