"""Reads far files in rounds: what several reads lack is noted, and then fetched together.

A read that lacks bytes is interrupted and repeated after the round, so reads have no effect but their result.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from weightscope.source.bytes.byte_source import Read
from weightscope.source.bytes.extents import Extent


class Fetched(Protocol):
    """A source whose bytes are fetched."""

    @property
    def is_whole(self) -> bool:
        """Whether all of it was fetched."""
        ...


Source = TypeVar("Source", bound=Fetched)


class MissingBytesError(BaseException):
    """A read lacks bytes. It is no `Exception`, because parsers take those for damage.

    Attributes:
        is_noted: Whether the bytes will be there after the round; those of a large read are not fetched ahead.
    """

    def __init__(self, *, is_noted: bool) -> None:
        super().__init__()
        self.is_noted = is_noted


class _Notes(threading.local):
    """What the reads of this thread lack, by source; None while nothing is tried."""

    noted: dict[Any, list[Extent]] | None = None


class Rounds(Generic[Source]):
    """Runs reads in rounds, over one source or several; several threads may do so at the same time.

    Attributes:
        fetch: Fetches ranges of sources.
    """

    def __init__(self, fetch: Callable[[Mapping[Source, Sequence[Extent]]], None]) -> None:
        self.fetch = fetch
        self._notes = _Notes()

    @property
    def is_trying(self) -> bool:
        """Whether this thread tries reads: what is missing is noted."""
        return self._notes.noted is not None

    def note(self, source: Source, extents: Iterable[Extent]) -> None:
        """Notes what of a source is missing."""
        assert self._notes.noted is not None
        self._notes.noted.setdefault(source, []).extend(extents)

    def run(self, reads: Iterable[Read]) -> None:
        """Runs reads, and those that follow from them, until none lacks bytes.

        Args:
            reads: A read returns a list of the reads that follow from it, or anything else. An error that one raises
                ends it alone: whoever reads the bytes for use meets the same error.

        Raises:
            FileError: The bytes cannot be fetched.
        """
        if self.is_trying:  # inside of another run: these reads are repeated with the one that announces them
            self._try(list(reads))
            return
        pending = list(reads)
        while pending:
            self._notes.noted = {}
            try:
                pending = self._try(pending)
                noted = self._notes.noted
            finally:
                self._notes.noted = None
            self.fetch(noted)
            if all(source.is_whole for source in noted):
                return

    def _try(self, pending: list[Read]) -> list[Read]:
        """Runs reads and what follows from them; returns those that lack bytes."""
        again: list[Read] = []
        while pending:
            read = pending.pop()
            try:
                following = read()
            except MissingBytesError as missing:
                if missing.is_noted:
                    again.append(read)
            except Exception:
                continue
            else:
                if isinstance(following, list):
                    pending.extend(following)
        return again
