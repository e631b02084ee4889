"""Whether far files are fetched whole before they are read: for servers that do not send ranges."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_is_downloading = ContextVar("weightscope_is_downloading", default=False)


def is_downloading() -> bool:
    """Whether far files are fetched whole before they are read."""
    return _is_downloading.get()


@contextmanager
def downloading() -> Iterator[None]:
    """Fetches far files that are opened in the body whole, into temporary files, before they are read."""
    before = _is_downloading.set(True)
    try:
        yield
    finally:
        _is_downloading.reset(before)
