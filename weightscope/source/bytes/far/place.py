"""A far location: the files there that were looked up, each once, and the counts of what that took."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence

from weightscope.source.bytes.byte_source import Read
from weightscope.source.bytes.extents import Extent
from weightscope.source.bytes.far.remote_source import RemoteSource
from weightscope.source.bytes.far.rounds import Rounds
from weightscope.source.bytes.far.sparse_copy import SparseCopy
from weightscope.source.bytes.far.store import LARGE_FILE_BYTES, MANY_PIECES, SMALL_FILE_BYTES, FarStore, Piece
from weightscope.source.bytes.far.traffic import Traffic


class FarPlace:
    """What the user named, and what lies beside or below it.

    Attributes:
        location: What the user named, without secrets.
        key: The key of that.
        traffic: What was transferred.
        rounds: Runs reads so that what they lack is fetched together.
    """

    def __init__(self, location: str, key: str, store: FarStore, traffic: Traffic, *, is_whole: bool = False) -> None:
        self.location = location
        self.key = key
        self.traffic = traffic
        self.rounds: Rounds[RemoteSource] = Rounds(self._fetch)
        self._store = store
        self._is_whole = is_whole
        self._coming: set[Piece] = set()
        self._changed = threading.Condition()
        self._sources: dict[str, RemoteSource | None] = {}
        self._folders: dict[str, bool | None] = {}
        self._listings: dict[str, Mapping[str, int]] = {}

    def look_up(self, keys: Iterable[str]) -> None:
        """Finds out in one round which of these files are there; small ones are fetched whole.

        Raises:
            FileError: It cannot be found out.
        """
        unknown = [key for key in keys if key not in self._sources and self._is_listed(key) is not False]
        if not unknown:
            return
        copies = {key: SparseCopy(self.location) for key in unknown}
        small: dict[RemoteSource, list[Extent]] = {}
        for (key, copy), file in zip(copies.items(), self._store.find(copies), strict=True):
            self._sources[key] = None
            if file is not None:
                source = RemoteSource(self.location, file, copy, self.rounds)
                self._sources[key] = source
                if self._is_whole or file.length <= SMALL_FILE_BYTES:
                    small[source] = [(0, file.length)]
        self._fetch(small)

    def run(self, reads: Iterable[Read]) -> None:
        """Runs reads that come next, in as few rounds as possible, so that what they need is there."""
        if any(source is not None and not source.is_whole for source in self._sources.values()):
            self.rounds.run(reads)

    def source(self, key: str) -> RemoteSource | None:
        """Returns the file of a key; None if there is none."""
        self.look_up([key])
        return self._sources.get(key)

    def is_file(self, key: str) -> bool:
        """Whether there is a file of this key."""
        return self._is_listed(key) or self.source(key) is not None

    def is_folder(self, key: str) -> bool | None:
        """Whether the key is that of a folder, which is then listed; None if that is unknown."""
        if self._folders.get(key) is None:
            self._folders[key] = self._store.is_folder(key)
        if self._folders[key]:
            self.listing(key)  # no file that it does not list is asked for
        return self._folders[key]

    def listing(self, key: str) -> Mapping[str, int]:
        """Returns the sizes of the files below a folder by their keys; empty if the place lists none."""
        if key not in self._listings:
            self._listings[key] = self._store.listing(key) or {}
        return self._listings[key]

    def bytes_found(self, beginning: str) -> int:
        """Returns the sum of the sizes of the files that were looked up and whose keys begin so."""
        found = (source for key, source in self._sources.items() if key.startswith(beginning))
        return sum(source.length for source in found if source is not None)

    def _is_listed(self, key: str) -> bool | None:
        """Whether a file is in the listing of a folder above it; None if there is no such listing."""
        for folder, listed in self._listings.items():
            if listed and (not folder or key.startswith(f"{folder}/")):
                return key in listed
        return None

    def shown(self, key: str) -> str:
        """Returns the location of a key as a user would type it, without secrets."""
        return self._store.shown(key)

    def _fetch(self, wanted: Mapping[RemoteSource, Sequence[Extent]]) -> None:
        """Fetches ranges of several files in one round; what is left of a file of which most is needed, in another."""
        if self._fetch_pieces(wanted) <= MANY_PIECES:
            return
        rest = {
            source: [(0, source.length)]
            for source in wanted
            if source.length <= LARGE_FILE_BYTES and 2 * source.copy.extents.size > source.length
        }
        self._fetch_pieces(rest)

    def _fetch_pieces(self, wanted: Mapping[RemoteSource, Sequence[Extent]]) -> int:
        """Fetches ranges, and waits for those that another thread fetches; returns how many this one fetched."""
        count = 0
        while True:
            with self._changed:
                pieces = self._claim(wanted)
                if not pieces:
                    if not any(source.is_missing(more) for source, more in wanted.items()):
                        return count
                    self._changed.wait()  # another thread fetches them
                    continue
            count += len(pieces)
            try:
                self._store.fetch(pieces)
                for piece in pieces:
                    piece.copy.extents.add(piece.start, piece.stop)
            finally:
                with self._changed:
                    self._coming.difference_update(pieces)
                    self._changed.notify_all()

    def _claim(self, wanted: Mapping[RemoteSource, Sequence[Extent]]) -> list[Piece]:
        """Returns the pieces that are missing and that no other thread fetches; from now on this one does."""
        pieces = []
        for source, more in wanted.items():
            coming = [(one.start, one.stop) for one in self._coming if one.copy is source.copy]
            pieces += [Piece(source.file, source.copy, *one) for one in source.lacking(more, coming)]
        self._coming.update(pieces)
        return pieces
