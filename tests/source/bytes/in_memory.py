"""Bytes in memory: a second implementation of what readers read from."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from weightscope.source.bytes.byte_source import Near


@dataclass(frozen=True, slots=True)
class BytesInMemory(Near):
    """Bytes that lie in no file."""

    data: bytes
    location: str = "in memory"
    path: Path | None = None

    @property
    def length(self) -> int:
        return len(self.data)

    def read_into(self, offset: int, memory: memoryview) -> int:
        found = self.data[offset : offset + len(memory)]
        memory[: len(found)] = found
        return len(found)

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        with io.BytesIO(self.data) as file:
            yield file
