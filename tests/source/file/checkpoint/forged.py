"""Checkpoints changed behind their checksums, which are right again: an attacker can compute them."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import google_crc32c

from tests.source.file.checkpoint.table import entry, masked, table, varint
from weightscope.source.bytes.stored_file import whole_file
from weightscope.source.file.checkpoint.bundle import open_bundle
from weightscope.source.file.checkpoint.index_table import read_table

GRAPH = b"_CHECKPOINTABLE_OBJECT_GRAPH"
_STRING = 7


class Forger:
    """Changes entries of a checkpoint's index, and the graph of its objects."""

    def __init__(self, index: Path) -> None:
        prefix = index.with_suffix("")
        self._index = index
        self._rows = dict(read_table(whole_file(index, str(index))))
        self._graph = open_bundle(prefix, str(index)).read_text(GRAPH.decode())
        self._data = next(iter(sorted(index.parent.glob(f"{prefix.name}.data-00000-of-*"))))

    def forge(self, change: Callable[[bytes], bytes], chance: random.Random) -> None:
        """Changes an entry, or the graph."""
        rows = dict(self._rows)
        if self._graph is not None and chance.random() < 0.5:
            written = text(change(self._graph))
            data = self._data.read_bytes()
            self._data.write_bytes(data + written)
            rows[GRAPH] = entry(_STRING, (), len(data), len(written), text_checksum(written))
        else:
            key = chance.choice(list(rows))
            value = rows.pop(key)
            rows[change(key) if chance.random() < 0.1 else key] = change(value)
        self._index.write_bytes(table(rows, is_packed=chance.random() < 0.5))


def text(content: bytes) -> bytes:
    """Returns a text as data shards hold it."""
    length = google_crc32c.value(len(content).to_bytes(4, "little"))
    return varint(len(content)) + masked(length).to_bytes(4, "little") + content


def text_checksum(written: bytes) -> int:
    """Returns the checksum of what `text` returned; it takes the length as four bytes."""
    place = next(place for place, byte in enumerate(written) if byte < 0x80) + 1
    content = written[place + 4 :]
    return int(google_crc32c.value(len(content).to_bytes(4, "little") + written[place : place + 4] + content))
