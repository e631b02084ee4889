"""The journal of a scan: the parts that are finished, with checksums of their rows."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from zlib import crc32

from weightscope.many.counts import Counts

_PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Finished:
    """A part whose rows are there.

    Attributes:
        checksum: The CRC-32 of its rows; None if they are not there after all.
        counts: What was read.
    """

    checksum: int | None
    counts: Counts

    def line(self, number: int) -> str:
        """Returns the line of the journal about it."""
        return json.dumps([number, self.checksum, *asdict(self.counts).values()]) + "\n"


def read_journal(path: Path) -> dict[int, Finished]:
    """Returns the finished parts by number; a line that was cut is of a part that is read again."""
    found = {}
    with suppress(FileNotFoundError, ValueError, TypeError, RecursionError), path.open(encoding="ascii") as file:
        for line in file:
            number, checksum, *counts = json.loads(line)
            found[int(number)] = Finished(int(checksum), Counts(*map(int, counts)))
    return found


def checksum(path: Path) -> int | None:
    """Returns the CRC-32 of a file; None if there is none."""
    found = 0
    with suppress(FileNotFoundError), path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            found = crc32(piece, found)
        return found
    return None
