"""Asks HTTP servers for ranges: redirects, tries, time limits, and the checks of what is answered."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager, nullcontext
from dataclasses import replace
from http import HTTPStatus
from ssl import SSLCertVerificationError

from weightscope.errors import wrong_address
from weightscope.source.bytes.far import http_errors as errors
from weightscope.source.bytes.far.http_address import HttpAddress
from weightscope.source.bytes.far.http_answer import (
    TOO_SLOW,
    Body,
    BrokenAnswerError,
    SlowAnswerError,
    Version,
    body_of,
    ignore_body,
)
from weightscope.source.bytes.far.http_connection import Loan, abort_all, connection_to, proxy_for, workers
from weightscope.source.bytes.far.http_request import Answer, RangeRequest, headers_of
from weightscope.source.bytes.far.traffic import Traffic

TRIES = 3

#: Seconds before the second and the third try, unless the server asks for more.
_PAUSES = (0.25, 1.0)
_LONGEST_PAUSE = 10.0

#: A try may take so many seconds, and one more for each `_BYTES_A_SECOND`.
_SECONDS = 10.0
_BYTES_A_SECOND = 1 << 16

_MOST_REDIRECTS = 5
_PIECE_BYTES = 1 << 16
_REDIRECTS = (301, 302, 303, 307, 308)
_ABSENT = (404, 410)
_REFUSED = (401, 403)
_WITH_BODY = (200, 206, 416)
_BUSY = (408, 425, 429)

#: Answers that came too slowly are asked for again a few at a time: side by side they share a slow line.
_FEW = threading.BoundedSemaphore(2)


class HttpClient:
    """Sends requests about one location."""

    def __init__(self, location: str, traffic: Traffic) -> None:
        self.location = location
        self._traffic = traffic
        self._stopped = threading.Event()

    def exchange(self, requests: Sequence[RangeRequest]) -> list[Answer]:
        """Sends all requests at once, and returns their answers.

        Raises:
            FileError: An answer cannot be had after three tries, or is wrong.
        """
        futures: list[Future[Answer]] = [workers().submit(self._answered, request) for request in requests]
        try:
            with self._traffic.shown():
                answers = [future.result() for future in futures]
        except BaseException:  # also an interrupt: the other answers are not needed, and may take long
            self._stopped.set()
            for future in futures:
                future.cancel()
            abort_all()
            raise
        self._traffic.add(rounds=max((answer.turns for answer in answers), default=0))
        return answers

    def _answered(self, request: RangeRequest) -> Answer:
        problem: Exception = BrokenAnswerError("interrupted")
        turns = 0
        for attempt in range(TRIES):
            pause = getattr(problem, "pause", None)
            if attempt and self._stopped.wait(_PAUSES[attempt - 1] if pause is None else min(pause, _LONGEST_PAUSE)):
                break
            try:
                with _FEW if isinstance(problem, SlowAnswerError) else nullcontext():
                    answer = self._followed(request)
            except SSLCertVerificationError as error:
                raise errors.unverified(self.location) from error
            except (BrokenAnswerError, OSError, http.client.HTTPException) as error:
                problem, turns = error, turns + 1
            else:
                return replace(answer, turns=answer.turns + turns)
        raise errors.gave_up(self.location, problem) from problem

    def _followed(self, request: RangeRequest) -> Answer:
        """Sends a request, and follows redirects."""
        for turn in range(1, _MOST_REDIRECTS + 2):
            found = self._sent(request)
            if isinstance(found, HttpAddress):
                request = replace(request, address=found)
            else:
                version, received = found or (None, 0)
                return Answer(request.address, version, received, turn)
        raise wrong_address(self.location, "redirects that lead nowhere")

    def _sent(self, request: RangeRequest) -> HttpAddress | tuple[Version, int] | None:
        """Returns where a redirect leads, or the version of the file and where the bytes end; None without a file."""
        wanted = 0 if request.stop is None else request.stop - request.start
        with connection_to(request.address, _SECONDS + wanted / _BYTES_A_SECOND) as loan, _slowness(loan):
            proxy = proxy_for(request.address) if request.address.scheme == "http" else None
            target = request.address.target if proxy is None else request.address.url
            self._traffic.add(requests=1)
            loan.connection.request("GET", target, headers=headers_of(request, proxy))
            with closing(loan.connection.getresponse()) as response:
                found = self._understood(request, response, loan)
                is_read = response.isclosed() or response.length == 0
                loan.is_reusable = is_read and not response.will_close
        return found

    def _understood(
        self, request: RangeRequest, response: http.client.HTTPResponse, loan: Loan
    ) -> HttpAddress | tuple[Version, int] | None:
        status = response.status
        if status in _REDIRECTS:
            self._traffic.add(bytes_read=ignore_body(response))
            return self._redirected(request.address, response.getheader("Location") or "")
        if status in _ABSENT or (request.is_guess and status in _REFUSED):
            self._traffic.add(bytes_read=ignore_body(response))
            return None
        if status in _BUSY or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self._traffic.add(bytes_read=ignore_body(response))
            raise errors.Busy(response)
        if status not in _WITH_BODY:
            raise errors.refused(self.location, status)
        body = body_of(response)
        if body is None:
            raise errors.wrong_answer(self.location)
        if request.version is not None and body.version.differs_from(request.version):
            raise errors.changed(self.location)
        if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and not body.version.length:
            return body.version, 0  # of a file without bytes no range can be had
        return self._received(request, body, response, loan)

    def _redirected(self, address: HttpAddress, where: str) -> HttpAddress:
        try:
            return address.redirected(where)
        except ValueError as error:
            raise wrong_address(
                self.location, "a redirect that leads to no web address, or from https to http"
            ) from error

    def _most(self, request: RangeRequest, body: Body) -> int | None:
        """Returns where a body ends at most; None if it may have any length.

        Raises:
            FileError: It brings other bytes than those that were asked for.
        """
        if not body.is_range:
            if request.stop is None:
                return body.stop
            if (body.stop or 0) > request.most_whole:
                raise errors.no_ranges(self.location)
            return request.most_whole
        total = body.version.length or 0
        if request.stop is None and (body.start, body.stop) != (0, total):
            raise errors.not_whole(self.location)
        if request.stop is not None and (body.start, body.stop) != (request.start, min(request.stop, total)):
            raise errors.wrong_answer(self.location)
        return body.stop

    def _received(
        self, request: RangeRequest, body: Body, response: http.client.HTTPResponse, loan: Loan
    ) -> tuple[Version, int]:
        """Reads a body, and puts it; returns the version of the file, and where the bytes end.

        A whole file may take as long as its bytes that came, which is not known before.
        """
        most = self._most(request, body)
        is_whole = request.stop is None or not body.is_range
        offset, begun = body.start, time.monotonic()
        while data := response.read1(_PIECE_BYTES):
            self._traffic.add(bytes_read=len(data))
            if most is not None and offset + len(data) > most:
                raise errors.no_ranges(self.location)
            request.put(offset, data)
            offset += len(data)
            if is_whole:
                loan.extend(begun + _SECONDS + offset / _BYTES_A_SECOND)
        if loan.is_cut:  # which looks like the end of a body without a length
            raise SlowAnswerError(TOO_SLOW)
        if body.stop is not None and offset != body.stop:
            raise BrokenAnswerError(f"the answer ended after {offset - body.start:,} bytes")
        return replace(body.version, length=body.version.length if body.is_range else offset), offset


@contextmanager
def _slowness(loan: Loan) -> Iterator[None]:
    """Turns what is raised because a connection was broken off into the error that says so."""
    try:
        yield
    except (BrokenAnswerError, OSError, http.client.HTTPException) as error:
        if loan.is_cut:
            raise SlowAnswerError(TOO_SLOW) from error
        raise
