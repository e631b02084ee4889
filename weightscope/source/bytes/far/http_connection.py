"""Connections to HTTP servers: at most as many as this process may have, which are used again."""

from __future__ import annotations

import http.client
import math
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from weightscope.source.bytes.far.connections import connections
from weightscope.source.bytes.far.http_address import HttpAddress

#: Seconds without a byte after which a try has failed.
SILENCE = 10.0

Connection = http.client.HTTPConnection


class _Pool:
    """The connections that are open."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[tuple[tuple[str, str, int], Connection]] = []
        self._used: set[Connection] = set()

    def take(self, address: HttpAddress) -> Connection:
        """Returns a connection to a server: the idle one that was used last, or a new one."""
        with self._lock:
            for index in reversed(range(len(self._idle))):
                origin, connection = self._idle[index]
                if origin == address.origin:
                    del self._idle[index]
                    break
            else:
                connection = _connect(address)
                if len(self._idle) + len(self._used) >= connections() and self._idle:
                    self._idle.pop(0)[1].close()
            self._used.add(connection)
        if connection.sock is not None and _has_news(connection.sock):
            connection.close()  # the server closed it meanwhile; the next request opens it again
        return connection

    def give_back(self, address: HttpAddress, connection: Connection, *, is_reusable: bool) -> None:
        """Takes a connection back after use."""
        with self._lock:
            self._used.discard(connection)
            if is_reusable:
                self._idle.append((address.origin, connection))
        if not is_reusable:
            connection.close()

    def abort(self) -> None:
        """Breaks all connections that are in use, so that their threads end at once."""
        with self._lock:
            used = tuple(self._used)
        for connection in used:
            _shut(connection)


_pool = _Pool()
abort_all = _pool.abort


@cache
def workers() -> ThreadPoolExecutor:
    """Returns the threads that talk to servers; no other thread does."""
    return ThreadPoolExecutor(connections(), "weightscope-far")


class Loan:
    """A connection that is lent for one request, and broken off when its time is over.

    Attributes:
        connection: The connection.
        is_reusable: Whether the whole answer was read, so that it can take another request.
        is_cut: Whether the time is over.
    """

    def __init__(self, connection: Connection, most_seconds: float) -> None:
        self.connection = connection
        self.is_reusable = False
        self.is_cut = False
        self._end = time.monotonic() + most_seconds
        self._start_clock(most_seconds)

    def extend(self, end: float) -> None:
        """Lets the request take longer: until `end`, as `time.monotonic` has it."""
        self._end = end

    def stop_clock(self) -> None:
        """Ends the loan: the connection is not broken off any more."""
        self._end = math.inf
        self._clock.cancel()

    def _start_clock(self, seconds: float) -> None:
        self._clock = threading.Timer(seconds, self._ring)
        self._clock.daemon = True
        self._clock.start()

    def _ring(self) -> None:
        rest = self._end - time.monotonic()
        if rest > 0:
            if rest < math.inf:
                self._start_clock(rest)
            return
        self.is_cut = True
        _shut(self.connection)


@contextmanager
def connection_to(address: HttpAddress, most_seconds: float) -> Iterator[Loan]:
    """Yields a connection to a server, for one request; it is broken off after a time."""
    loan = Loan(_pool.take(address), most_seconds)
    try:
        yield loan
    finally:
        loan.stop_clock()
        _pool.give_back(address, loan.connection, is_reusable=loan.is_reusable and not loan.is_cut)


def _has_news(connected: socket.socket) -> bool:
    """Whether there is something to read, which on an idle connection is its end."""
    with selectors.DefaultSelector() as selector:  # `select.select` takes no more than 1,024 open files
        selector.register(connected, selectors.EVENT_READ)
        return bool(selector.select(0))


def _shut(connection: Connection) -> None:
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def _connect(address: HttpAddress) -> Connection:
    """Returns a new connection, through the proxy that the environment names, if it names one."""
    proxy = proxy_for(address)
    host, port = (address.host, address.port) if proxy is None else (proxy.host, proxy.port)
    if address.scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=SILENCE)
    connection = http.client.HTTPSConnection(host, port, timeout=SILENCE, context=_trust())
    if proxy is not None:
        headers = {"Proxy-Authorization": proxy.authorization} if proxy.authorization else {}
        connection.set_tunnel(address.host, address.port, headers)
    return connection


@cache
def _trust() -> ssl.SSLContext:
    """Returns the certificates that are trusted; reading them takes 20 ms."""
    return ssl.create_default_context()


def proxy_for(address: HttpAddress) -> HttpAddress | None:
    """Returns the proxy that `http_proxy`, `https_proxy` and `no_proxy` name for a server; None for none."""
    url = getproxies_environment().get(address.scheme)
    if not url or proxy_bypass(f"{address.host}:{address.port}"):
        return None
    return HttpAddress.parse(url if urlsplit(url).scheme in ("http", "https") else f"http://{url}")
