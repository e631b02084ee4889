"""What an export writes: each variable under its key, in its dtype; and the stream of their values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from weightscope.inspection import Variable
from weightscope.inspection.dtype import storage_bytes
from weightscope.inspection.export_report import CastLoss
from weightscope.measure.reading.gather import READ_BYTES, Progress
from weightscope.measure.reading.plain_values import plain_blocks, plain_bytes
from weightscope.writer.cast import Cast


@dataclass(frozen=True, slots=True)
class Entry:
    """A variable to write.

    Attributes:
        key: Its name, or its place, in the new file.
        variable: The variable.
        dtype: Its dtype in the new file.
    """

    key: str
    variable: Variable
    dtype: str

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape, in elements."""
        return self.variable.info.shape

    @property
    def bytes(self) -> int:
        """The bytes of its values in the new file."""
        return storage_bytes(self.dtype, self.variable.info.parameters)


class Stream:
    """Reads the values of entries, as they are to be written.

    Attributes:
        losses: What casts lost, by the key of the entry.
    """

    def __init__(self, progress: Progress | None = None) -> None:
        self.losses: dict[str, CastLoss] = {}
        self._progress = progress
        self._scratch = bytearray(READ_BYTES)

    def blocks(self, entry: Entry) -> Iterator[memoryview]:
        """Yields the values of an entry as plain bytes, little-endian and in C order; each is valid until the next."""
        info = entry.variable.info
        cast = Cast(info.dtype, entry.dtype) if info.dtype != entry.dtype else None
        for values in plain_blocks(entry.variable, self._scratch, by_bits=cast is None):
            yield plain_bytes(cast.apply(values) if cast is not None else values, entry.dtype)
            if self._progress is not None:
                self._progress(values.nbytes)
        if cast is not None:
            self.losses[entry.key] = cast.loss
