"""Servers that are slow, busy, wrong, or change their files: the values are right, or there is an error."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import SAMPLES
from tests.range_server import Asked, Change, Given, RangeServer, serving
from tests.source.file.large_files import write_weights
from weightscope import api
from weightscope.errors import FileError
from weightscope.source.bytes.far import http_client, http_connection
from weightscope.source.bytes.far.downloading import downloading

NAME = "model.weights.h5"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    write_weights(folder / NAME, 9)
    return folder


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits shorter than a user does."""
    monkeypatch.setattr(http_client, "_PAUSES", (0.01, 0.01))
    monkeypatch.setattr(http_connection, "SILENCE", 0.4)
    monkeypatch.setattr(http_client, "_SECONDS", 0.8)
    monkeypatch.setattr(http_client, "_BYTES_A_SECOND", 1 << 20)


def values_of(server: RangeServer, query: str = "") -> list[object]:
    """Reads all values of the served model, and returns the sums of its variables."""
    found = api.inspect_model(f"{server.url}{NAME}{query}")
    return [float(variable.read().sum(dtype=np.float64)) for variable in found.variables]


def error_of(folder: Path, change: Change) -> tuple[str, str, int]:
    """Returns message and hint of the error that a server causes, and the number of requests."""
    with serving(folder, change) as server, pytest.raises(FileError) as caught:
        values_of(server)
    assert caught.value.location == f"{server.url}{NAME}"
    return caught.value.message, caught.value.hint, len(server.asked)


@pytest.fixture(scope="module")
def right(folder: Path) -> list[object]:
    found = api.inspect_model(folder / NAME)
    return [float(variable.read().sum(dtype=np.float64)) for variable in found.variables]


def first_time(fault: Change) -> Change:
    """Applies a fault to the first request for each range."""
    seen: set[object] = set()
    lock = threading.Lock()

    def change(asked: Asked, given: Given) -> Given:
        with lock:
            is_new = asked.span not in seen
            seen.add(asked.span)
        return fault(asked, given) if is_new else given

    return change


PASSING: dict[str, Change] = {
    "the connection breaks before the answer": lambda asked, given: Given(0),
    "the connection breaks in the body": lambda asked, given: replace(
        given, body=given.body[: len(given.body) // 2], declared=len(given.body), breaks_off=True
    ),
    "busy": lambda asked, given: Given(429, {"Retry-After": "0"}, b"slow down"),
    "failing": lambda asked, given: Given(503, body=b"<html>" * 50_000),
    "silent": lambda asked, given: replace(given, pause=0.6 if asked.number < 3 else 0.0),
}


@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_that_passes_is_tried_again(fault: str, folder: Path, right: list[object]) -> None:
    with serving(folder, first_time(PASSING[fault])) as server:
        assert values_of(server) == right


LASTING: dict[str, tuple[Change, str, int]] = {
    "the connection breaks": (lambda asked, given: Given(0), "broke", 3),
    "the body is cut off": (
        lambda asked, given: replace(given, body=given.body[:100], declared=len(given.body), breaks_off=True),
        "ended after 100 bytes, three times",
        3,
    ),
    "busy": (lambda asked, given: Given(429), "429 Too Many Requests, three times", 3),
    "failing": (lambda asked, given: Given(502), "502 Bad Gateway, three times", 3),
    "silent": (lambda asked, given: replace(given, pause=1.0), "nothing", 3),
    "forbidden": (lambda asked, given: Given(403), "403 Forbidden", 1),
    "login": (lambda asked, given: Given(401), "401 Unauthorized", 1),
    "absent": (lambda asked, given: Given(404), "no such file", 6),
    "redirects in a circle": (lambda asked, given: Given(302, {"Location": asked.path}), "nowhere", 6),
    "a redirect to a file": (lambda asked, given: Given(302, {"Location": "file:///etc/passwd"}), "no web address", 1),
    "no range is named": (lambda asked, given: replace(given, headers={}), "other bytes", 1),
    "packed": (
        lambda asked, given: replace(given, headers={**given.headers, "Content-Encoding": "gzip"}),
        "other bytes",
        1,
    ),
    "a redirect to a wrong host": (lambda asked, given: Given(302, {"Location": "http://ho st/"}), "no web address", 1),
    "a redirect to a wrong port": (
        lambda asked, given: Given(302, {"Location": "http://h:99999/"}),
        "no web address",
        1,
    ),
    "a header without end": (
        lambda asked, given: with_header("X-Long", "a" * 70_000)(asked, given),
        "not valid HTTP",
        3,
    ),
    "many headers": (
        lambda asked, given: replace(given, headers={**given.headers, **{f"X-{i}": "a" for i in range(150)}}),
        "not valid HTTP",
        3,
    ),
    "no such range": (lambda asked, given: Given(416, {"Content-Range": "bytes */9000000"}), "other bytes", 1),
    "no content": (lambda asked, given: Given(204), "204 No Content", 1),
    "several ranges": (
        lambda asked, given: replace(given, headers={"Content-Type": "multipart/byteranges; boundary=x"}),
        "other bytes",
        1,
    ),
    "no ranges": (lambda asked, given: replace(given, status=200, body=bytes(9 << 20), headers={}), "ranges", 1),
    "no end": (
        lambda asked, given: replace(given, status=200, body=bytes(9 << 20), declared=-1, breaks_off=True),
        "ranges",
        1,
    ),
}


@pytest.mark.parametrize("fault", LASTING)
def test_a_fault_that_lasts_is_an_error_of_the_location(fault: str, folder: Path) -> None:
    change, saying, most_requests = LASTING[fault]
    message, hint, requests = error_of(folder, change)
    assert saying in message
    assert hint
    assert requests <= most_requests


def in_chunks(asked: Asked, given: Given) -> Given:
    """Sends a body without its length, in two chunks."""
    chunks = (given.body[:1000], given.body[1000:], b"")
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return replace(given, body=body, declared=-1, headers={**given.headers, "Transfer-Encoding": "chunked"})


def part_of_whole(asked: Asked, given: Given) -> Given:
    """Answers a request for the whole file as one for a range: with all of it."""
    span = f"bytes 0-{len(given.body) - 1}/{len(given.body)}"
    return replace(given, status=206, headers={**given.headers, "Content-Range": span})


UNUSUAL: dict[str, tuple[Change, bool]] = {
    "chunks": (in_chunks, False),
    "chunks of a whole file": (in_chunks, True),
    "a part that is the whole": (part_of_whole, True),
    "ETags that are weak at times": (
        lambda asked, given: with_header("ETag", 'W/"1"' if asked.number % 2 else '"1"')(asked, given),
        False,
    ),
    "a cookie": (lambda asked, given: with_header("Set-Cookie", "session=1")(asked, given), False),
}


@pytest.mark.parametrize("kind", UNUSUAL)
def test_an_unusual_answer_that_is_right_is_read(kind: str, folder: Path, right: list[object]) -> None:
    change, is_whole = UNUSUAL[kind]
    with serving(folder, change) as server, downloading() if is_whole else nullcontext():
        assert values_of(server) == right
    assert not [asked for asked in server.asked if "cookie" in asked.headers]


def endless_size(asked: Asked, given: Given) -> Given:
    """Sends the size of a chunk, digit by digit: no byte of the body comes, and the connection is never silent."""
    return replace(given, body=b"0" * 2000, declared=-1, headers={"Transfer-Encoding": "chunked"}, drip=0.2)


WHOLE_FAULTS: dict[str, tuple[Change, str]] = {
    "half of it": (
        lambda asked, given: replace(
            given, status=206, body=given.body[:1000], headers={"Content-Range": f"bytes 0-999/{len(given.body)}"}
        ),
        "a part of the file instead of all",
    ),
    "a size that never ends": (endless_size, "too slowly"),
}


@pytest.mark.parametrize("fault", WHOLE_FAULTS)
def test_a_download_ends_whatever_the_server_sends(fault: str, folder: Path) -> None:
    change, saying = WHOLE_FAULTS[fault]
    with downloading():
        message, hint, _ = error_of(folder, change)
    assert saying in message
    assert "--download" not in hint


def shifted(asked: Asked, given: Given) -> Given:
    start, _, total = given.headers["Content-Range"].removeprefix("bytes ").replace("-", " ").replace("/", " ").split()
    span = f"bytes {int(start) + 8}-{int(start) + 7 + len(given.body)}/{total}"
    return replace(given, headers={**given.headers, "Content-Range": span})


def shorter(asked: Asked, given: Given) -> Given:
    start, _, total = given.headers["Content-Range"].removeprefix("bytes ").replace("-", " ").replace("/", " ").split()
    body = given.body[:-8]
    span = f"bytes {start}-{int(start) + len(body) - 1}/{total}"
    return replace(given, body=body, headers={**given.headers, "Content-Range": span})


def with_header(name: str, value: str) -> Change:
    return lambda asked, given: replace(given, headers={**given.headers, name: value})


LIES: dict[str, tuple[Change, str]] = {
    "another range": (shifted, "other bytes"),
    "a shorter range": (shorter, "other bytes"),
    "the whole file": (lambda asked, given: Given(200, given.headers, bytes(9 << 20)), "changed|ranges"),
    "another ETag": (with_header("ETag", '"new"'), "changed"),
    "another date": (with_header("Last-Modified", "Tue, 24 Nov 2026 00:00:00 GMT"), "changed"),
    "another length": (
        lambda asked, given: replace(
            given,
            headers={**given.headers, "Content-Range": given.headers["Content-Range"].partition("/")[0] + "/99999999"},
        ),
        "changed",
    ),
    "nothing any more": (lambda asked, given: Given(404), "vanished"),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_differs_from_the_first_answer_is_an_error(lie: str, folder: Path) -> None:
    change, saying = LIES[lie]
    dated = with_header("Last-Modified", "Mon, 23 Nov 2026 00:00:00 GMT")
    message, _, _ = error_of(
        folder, lambda asked, given: dated(asked, given) if asked.number == 0 else change(asked, dated(asked, given))
    )
    assert any(one in message for one in saying.split("|"))


@pytest.mark.slow
def test_bytes_that_drip_are_not_waited_for_longer_than_they_may_take(folder: Path) -> None:
    def slowly(asked: Asked, given: Given) -> Given:
        return replace(given, drip=0.2)

    start = time.monotonic()
    message, _, requests = error_of(folder, slowly)
    assert message == "the answer comes too slowly, three times"
    assert requests == 3
    assert time.monotonic() - start < 60  # 128 KiB at ten bytes a second would take hours


def test_redirects_are_followed_once_and_another_server_gets_no_password(folder: Path, right: list[object]) -> None:
    with serving(folder) as storage:
        to_storage: Callable[[Asked, Given], Given] = lambda asked, given: Given(  # noqa: E731
            307, {"Location": f"{storage.url}{NAME}?signature=geheimnis"}, b"over there"
        )
        with serving(folder, to_storage) as front:
            location = front.url.replace("http://", "http://user:geheimnis@")
            found = api.inspect_model(f"{location}{NAME}")
            assert [float(one.read().sum(dtype=np.float64)) for one in found.variables] == right
            remote = found.source.remote
    assert remote is not None
    assert len(front.asked) == 1
    assert "authorization" in front.asked[0].headers
    assert not [asked for asked in storage.asked if "authorization" in asked.headers]
    assert remote.requests == len(front.asked) + len(storage.asked)
    assert remote.rounds >= 3


def test_requests_and_bytes_are_counted_with_those_of_failed_tries(folder: Path) -> None:
    with serving(folder, first_time(PASSING["the connection breaks in the body"])) as server:
        found = api.inspect_model(f"{server.url}{NAME}")
        found.to_dict()
        remote = found.source.remote
    assert remote is not None
    assert (remote.requests, remote.bytes_read) == (len(server.asked), server.sent)


def test_the_bodies_of_answers_that_say_busy_are_counted_too(folder: Path) -> None:
    with serving(folder, first_time(lambda asked, given: Given(503, body=b"<html>" * 1000))) as server:
        remote = api.inspect_model(f"{server.url}{NAME}").source.remote
    assert remote is not None
    assert (remote.requests, remote.bytes_read) == (len(server.asked), server.sent)


def test_the_bodies_of_answers_without_a_file_are_counted_too() -> None:
    with serving(SAMPLES) as server:
        remote = api.inspect_model(f"{server.url}cnn_savedmodel").source.remote
    assert remote is not None
    assert (remote.requests, remote.bytes_read) == (len(server.asked), server.sent)


def test_a_server_that_closes_each_connection_is_read_as_any(folder: Path, right: list[object]) -> None:
    with serving(folder, lambda asked, given: replace(given, breaks_off=True)) as server:
        assert values_of(server) == right
        assert server.at_once <= 16


def test_a_small_file_needs_no_ranges(folder: Path) -> None:
    small = {NAME: (folder / NAME).read_bytes()[:1000]}
    with (
        serving(small, lambda asked, given: Given(200, {}, small[NAME])) as server,
        pytest.raises(FileError, match="truncated HDF5 file: 1,000 of"),
    ):
        values_of(server)


def test_an_empty_file_is_told_from_one_that_is_absent() -> None:
    with serving({NAME: b""}) as server, pytest.raises(FileError, match="the file is empty"):
        values_of(server)


def test_the_proxy_of_the_environment_is_asked(
    folder: Path, right: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def from_absolute(asked: Asked, given: Given) -> Given:
        assert asked.path == f"http://models.invalid/{NAME}"
        return server.answer(replace(asked, path=f"/{NAME}"))

    with serving(folder, from_absolute) as server:
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.setenv("http_proxy", server.url)
        found = api.inspect_model(f"http://models.invalid/{NAME}")
        assert [float(one.read().sum(dtype=np.float64)) for one in found.variables] == right


def test_an_object_store_that_refuses_what_is_absent_is_read_like_others() -> None:
    def refuse(asked: Asked, given: Given) -> Given:
        return Given(403) if given.status == 404 else given

    with serving(SAMPLES, refuse) as server:
        near = api.inspect_model(SAMPLES / "cnn_savedmodel")
        assert api.inspect_model(f"{server.url}cnn_savedmodel/").variables == near.variables
        assert api.inspect_model(f"{server.url}cnn_checkpoint/ckpt-1").totals.variables
        with pytest.raises(FileError, match="403 Forbidden"):
            api.inspect_model(f"{server.url}nothing.keras")


def test_an_error_does_not_wait_for_answers_that_are_late(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_connection, "SILENCE", 20.0)
    monkeypatch.setattr(http_client, "_SECONDS", 20.0)

    def change(asked: Asked, given: Given) -> Given:
        if asked.number < 2:
            return given
        return Given(403) if asked.number == 2 else replace(given, pause=10.0)

    start = time.monotonic()
    message, _, _ = error_of(folder, change)
    assert "403" in message
    http_connection.workers().submit(lambda: None).result()
    assert time.monotonic() - start < 9


def test_a_whole_file_may_take_longer_than_one_range(folder: Path) -> None:
    with serving(folder, rate=8e6) as server, downloading():
        found = api.inspect_model(f"{server.url}{NAME}")  # 9.4 MB take a second, and a range may take 0.8
    assert found.source.remote is not None
    assert (found.source.remote.requests, found.source.remote.rounds) == (1, 1)


def test_a_server_that_answers_with_a_page_for_what_is_absent_has_no_model_there(folder: Path) -> None:
    page = Given(200, {"Content-Type": "text/html"}, b"<html>not found</html>")
    with serving(folder, lambda asked, given: page if given.status == 404 else given) as server:
        with pytest.raises(FileError, match="a web page, not a model"):
            api.inspect_model(f"{server.url}models/classifier")
        assert api.inspect_model(f"{server.url}{NAME}").variables
