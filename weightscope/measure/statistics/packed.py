"""Previews and statistics as bytes: those of a hundred thousand variables take a few megabytes of memory."""

from __future__ import annotations

import os
import pickle
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from io import BytesIO
from operator import attrgetter
from typing import Any, BinaryIO, Generic, TypeVar, cast
from weakref import finalize

from weightscope.errors import WeightscopeError
from weightscope.inspection.lazy import Lazy
from weightscope.inspection.measured import Preview
from weightscope.inspection.statistics import Histogram, Statistics, ValueGrid

Item = TypeVar("Item")

#: Bytes that one sequence keeps in memory; a longer one is in a temporary file. 20,000 previews take one megabyte.
_MEMORY_BYTES = 4 << 20


class _Packed(Generic[Item]):
    """Items as bytes, one behind the other; each is made anew when it is asked for.

    Threads may ask at once, and so may forked processes, which share the place in a file that they have open.

    Args:
        items: The items.
        pack: Returns an item as plain values: numbers, texts, None, and tuples of them.
        unpack: Returns the item of these plain values.

    Raises:
        WeightscopeError: The temporary file cannot be made or written.
    """

    def __init__(self, items: Iterable[Item], pack: Callable[[Item], Any], unpack: Callable[[Any], Item]) -> None:
        self._unpack = unpack
        self._file: BinaryIO = BytesIO()
        self._ends = array("Q", [0])
        for item in items:
            data = pickle.dumps(pack(item), pickle.HIGHEST_PROTOCOL)
            self._ends.append(self._ends[-1] + len(data))
            self._add(data)
        with _room_for_it():
            self._file.flush()

    def _add(self, data: bytes) -> None:
        if self._ends[-1] <= _MEMORY_BYTES:
            self._file.write(data)
            return
        with _room_for_it():
            if isinstance(self._file, BytesIO):
                self._file = _on_disk(self._file)
                finalize(self, self._file.close)
            self._file.write(data)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def item(self, place: int) -> Item:
        start, end = self._ends[place : place + 2]
        if isinstance(self._file, BytesIO):
            return self._unpack(pickle.loads(self._file.getbuffer()[start:end]))
        return self._unpack(pickle.loads(os.pread(self._file.fileno(), end - start, start)))


def _on_disk(file: BytesIO) -> BinaryIO:
    import tempfile  # takes 10 ms, and few models are so large

    found = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - open as long as the items
    found.write(file.getbuffer())
    return found


def packed(items: Iterable[Item], pack: Callable[[Item], Any], unpack: Callable[[Any], Item]) -> Sequence[Item]:
    """Returns the same items, kept as bytes; arguments are those of `_Packed`."""
    found = _Packed(items, pack, unpack)
    return Lazy(len(found), found.item)


def packed_previews(previews: Iterable[Preview | None]) -> Sequence[Preview | None]:
    """Returns the same previews, kept as bytes."""
    return packed(previews, _preview_values, _preview)


def packed_statistics(statistics: Iterable[Statistics | None]) -> Sequence[Statistics | None]:
    """Returns the same statistics, kept as bytes."""
    return packed(statistics, _statistics_values, _statistics)


def _preview_values(preview: Preview | None) -> Any:
    return preview and (preview.values, preview.is_whole)


def _preview(values: Any) -> Preview | None:
    return values and Preview(*values)


#: Returns the fields of statistics that are plain values: all but the last two, the histogram and the grid.
_plain_fields = attrgetter(*(one.name for one in fields(Statistics)[:-2]))


def _statistics_values(statistics: Statistics | None) -> Any:
    if statistics is None:
        return None
    histogram, grid = statistics.histogram, statistics.grid
    return (
        *_plain_fields(statistics),
        histogram and (histogram.edges, histogram.counts),
        grid and (grid.distinct, grid.step),
    )


def _statistics(values: Any) -> Statistics | None:
    if values is None:
        return None
    *plain, histogram, grid = values
    return Statistics(*(*plain, histogram and Histogram(*histogram), grid and ValueGrid(*grid)))


@contextmanager
def _room_for_it() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"too little room for a temporary file: {error.strerror}"
        raise WeightscopeError("TMPDIR", what, "TMPDIR=/a/folder/with/room weightscope ...") from error
