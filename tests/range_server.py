"""A loopback server of files by byte ranges, which counts, delays, breaks off and lies as a test asks."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


@dataclass
class Asked:
    """A request that the server received.

    Attributes:
        path: With its query.
        headers: By lower-case name.
        number: How many requests came before it.
    """

    path: str
    headers: dict[str, str]
    number: int

    @property
    def span(self) -> tuple[int, int] | None:
        """The first byte that is asked for, and the one after the last; None for the whole file."""
        found = _RANGE.fullmatch(self.headers.get("range", ""))
        return (int(found[1]), int(found[2]) + 1) if found else None


@dataclass
class Given:
    """An answer, which a test may change before it is sent.

    Attributes:
        status: Such as 206.
        headers: By name; the length is added.
        body: Its bytes.
        declared: The length that the header declares; None: that of the body.
        pause: Seconds before it is sent.
        breaks_off: Whether the connection is closed when the body is sent.
        drip: Seconds between each ten bytes of the body.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    declared: int | None = None
    pause: float = 0.0
    breaks_off: bool = False
    drip: float = 0.0


Change = Callable[[Asked, Given], Given]


class RangeServer:
    """The server.

    Attributes:
        files: Folder, or contents by path.
        change: Changes answers; None leaves them as they are.
        delay: Seconds before each answer.
        rate: Bytes a second of each connection; 0 for no limit.
        asked: All requests so far.
        sent: Bytes of bodies that were sent.
        connections: Connections so far.
        at_once: The most connections that were open at the same time.
    """

    def __init__(
        self, files: Path | dict[str, bytes], change: Change | None = None, delay: float = 0.0, rate: float = 0.0
    ) -> None:
        self.files = files
        self.change = change
        self.delay = delay
        self.rate = rate
        self.asked: list[Asked] = []
        self.sent = 0
        self.connections = 0
        self.at_once = 0
        self.open_now = 0
        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"files": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """The address of the folder that it serves, with a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def length(self, path: str) -> int | None:
        """Returns the size of a file; None if there is none."""
        name = unquote(path.partition("?")[0]).lstrip("/")
        if isinstance(self.files, dict):
            return len(self.files[name]) if name in self.files else None
        file = self.files / name
        return file.stat().st_size if file.is_file() else None

    def content(self, path: str, start: int, stop: int) -> bytes:
        """Returns bytes of a file."""
        name = unquote(path.partition("?")[0]).lstrip("/")
        if isinstance(self.files, dict):
            return self.files[name][start:stop]
        with (self.files / name).open("rb") as file:
            file.seek(start)
            return file.read(stop - start)

    def answer(self, asked: Asked) -> Given:
        """Returns the answer of an honest server."""
        length = self.length(asked.path)
        if length is None:
            return Given(404, body=b"nothing here")
        headers = {"ETag": f'"{length}"', "Accept-Ranges": "bytes"}
        if asked.span is None:
            return Given(200, headers, self.content(asked.path, 0, length))
        start, stop = asked.span[0], min(asked.span[1], length)
        if start >= length:
            return Given(416, {**headers, "Content-Range": f"bytes */{length}"})
        span = f"bytes {start}-{stop - 1}/{length}"
        return Given(206, {**headers, "Content-Range": span}, self.content(asked.path, start, stop))

    def start(self) -> None:
        """Begins to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Ends."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def serving(
    files: Path | dict[str, bytes], change: Change | None = None, delay: float = 0.0, rate: float = 0.0
) -> Iterator[RangeServer]:
    """Yields a server of these files while the body runs."""
    server = RangeServer(files, change, delay, rate)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class _Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    files: RangeServer

    def setup(self) -> None:
        super().setup()
        with self.files.lock:
            self.files.connections += 1
            self.files.open_now += 1
            self.files.at_once = max(self.files.at_once, self.files.open_now)

    def finish(self) -> None:
        with self.files.lock:
            self.files.open_now -= 1
        super().finish()

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.files.lock:
            asked = Asked(self.path, headers, len(self.files.asked))
            self.files.asked.append(asked)
        given = self.files.answer(asked)
        if self.files.change is not None:
            given = self.files.change(asked, given)
        time.sleep(self.files.delay + given.pause)
        with self.files.lock:
            self.files.sent += len(given.body)
        try:
            self._send(given)
        except OSError:
            self.close_connection = True

    def _send(self, given: Given) -> None:
        if given.status:
            self.send_response(given.status)
            for name, value in given.headers.items():
                self.send_header(name, value)
            length = len(given.body) if given.declared is None else given.declared
            if length >= 0:
                self.send_header("Content-Length", str(length))
            self.end_headers()
            piece, pause = 10, given.drip
            if not pause:
                piece, pause = 1 << 16, (1 << 16) / self.files.rate if self.files.rate else 0.0
            for start in range(0, len(given.body), piece):
                self.wfile.write(given.body[start : start + piece])
                time.sleep(pause)
        self.close_connection = self.close_connection or given.breaks_off or not given.status

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        pass
