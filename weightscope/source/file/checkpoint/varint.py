"""Numbers of variable length, as protobuf and LevelDB's tables have them."""

from __future__ import annotations

from weightscope.errors import damaged


def varint(data: bytes, place: int, location: str) -> tuple[int, int]:
    """Returns the number of variable length at `place`, below 2**64, and where what follows begins.

    Raises:
        FileError: There is none.
    """
    number = 0
    for position, byte in enumerate(data[place : place + 10]):
        number |= (byte & 0x7F) << (7 * position)
        if byte < 0x80:
            if number >= 1 << 64:
                break
            return number, place + position + 1
    raise damaged(location, "it is damaged: a number has no end")
