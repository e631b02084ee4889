"""The errors of asking a server for bytes: what a user reads of them. None names more than the location."""

from __future__ import annotations

import http.client
from http import HTTPStatus

from weightscope.errors import FileError, changed_since, wrong_address
from weightscope.source.bytes.far.http_answer import BrokenAnswerError

_DOWNLOAD = "add --download, which fetches the whole file into a temporary file first"
_LATER = "try again later"

#: What `http.client` raises where the connection ends too early.
_CUT_OFF = (http.client.RemoteDisconnected, http.client.IncompleteRead)


class Busy(BrokenAnswerError):  # noqa: N818 - what the server says, not what is wrong with it
    """The server answers that it cannot answer now.

    Attributes:
        pause: Seconds that it asks to wait; None if it asks for none.
    """

    def __init__(self, response: http.client.HTTPResponse) -> None:
        super().__init__(f"the server answers {status_text(response.status)}")
        seconds = response.getheader("Retry-After") or ""
        self.pause = float(seconds) if seconds.isdecimal() and len(seconds) < 6 else None


def status_text(status: int) -> str:
    """Returns a status with its usual name; what the server calls it is not shown."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def absent(location: str) -> FileError:
    """There is no such file."""
    return wrong_address(location, "the server has no such file")


def refused(location: str, status: int) -> FileError:
    """The server does not give the file."""
    hint = "check the address, and whether you may read it"
    if location.startswith("hf://"):
        hint = "check the name; for a private or gated repository, set HF_TOKEN to a token that may read it"
    return FileError(location, f"the server refuses to send it ({status_text(status)})", hint)


def no_ranges(location: str) -> FileError:
    """The server sends whole files alone."""
    return FileError(location, "the server does not send ranges of files", _DOWNLOAD)


def wrong_answer(location: str) -> FileError:
    """The server does not send the range that was asked for."""
    return FileError(location, "the server sends other bytes than those that were asked for", _DOWNLOAD)


def not_whole(location: str) -> FileError:
    """The server sends a part of a file where all of it was asked for."""
    return FileError(location, "the server sends a part of the file instead of all of it", _LATER)


def changed(location: str) -> FileError:
    """The file is not the one of the first answer."""
    return changed_since(location)


def unverified(location: str) -> FileError:
    """The server does not prove that it is the one of this name."""
    return FileError(location, "the server's certificate cannot be verified", "check the address and the network")


def gave_up(location: str, problem: Exception) -> FileError:
    """Three tries failed."""
    if isinstance(problem, BrokenAnswerError):
        return FileError(location, f"{problem}, three times", _LATER)
    if isinstance(problem, TimeoutError):
        return FileError(location, "the server sends nothing for ten seconds, three times", _LATER)
    if isinstance(problem, http.client.HTTPException) and not isinstance(problem, _CUT_OFF):
        return FileError(location, "the server's answers are not valid HTTP, three times", "check the address")
    reason = problem.strerror if isinstance(problem, OSError) else None
    what = f"cannot be reached: {reason}" if reason else "the connection broke, three times"
    return FileError(location, what, "check the address and the network, or try again later")
