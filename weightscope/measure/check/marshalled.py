"""Reads code objects in Python's marshal format without `marshal`, which untrusted data can crash.

Source: `Python/marshal.c` of Python 3.6 to 3.13.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

#: The most levels of nested objects.
_DEPTH: Final = 40

_NUMBER_BYTES: Final = {"i": 4, "I": 8, "g": 8, "y": 16}
_SINGLETONS: Final = frozenset("NTF.S0")


@dataclass(frozen=True, slots=True)
class Code:
    """A code object.

    Attributes:
        code: Its instructions, two bytes each.
        names: The globals and attributes that it names.
        is_of_3_8_to_3_10: Whether the layout is that of Python 3.8 to 3.10.
    """

    code: bytes
    names: tuple[str, ...]
    is_of_3_8_to_3_10: bool


def code_objects(data: bytes) -> tuple[Code, ...]:
    """Returns the code object in `data` and the code objects inside it, up to the first unreadable byte."""
    reader = _Reader(data)
    with suppress(_UnreadableError):
        reader.read(0)
    return tuple(reader.found)


class _UnreadableError(Exception):
    """The bytes are not a marshalled object, or come from an unsupported version."""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0
        self._references: list[Any] = []
        self.found: list[Code] = []

    def read(self, depth: int) -> Any:
        """Returns the next object; None for an object of a type that is not needed."""
        if depth > _DEPTH:
            raise _UnreadableError
        (byte,) = self._take(1)
        kind, is_referred_to = chr(byte & 0x7F), bool(byte & 0x80)
        index = len(self._references)
        if is_referred_to:
            self._references.append(None)
        value = self._value(kind, depth)
        if is_referred_to:
            self._references[index] = value
        return value

    def _value(self, kind: str, depth: int) -> Any:
        if kind in _SINGLETONS:
            return None
        if kind in _NUMBER_BYTES:
            self._take(_NUMBER_BYTES[kind])
        elif kind == "l":
            self._take(2 * abs(self._size(4, signed=True)))
        elif kind in "suaAtzZ":
            data = self._take(self._size(1 if kind in "zZ" else 4))
            return data if kind == "s" else data.decode("utf-8", "replace")
        elif kind in "()[<>":
            return tuple(self.read(depth + 1) for _ in range(self._size(1 if kind == ")" else 4)))
        elif kind == "r":
            return self._referred_to(self._size(4))
        elif kind == "c":
            self._code(depth)
        else:
            raise _UnreadableError
        return None

    def _referred_to(self, index: int) -> Any:
        if index >= len(self._references):
            raise _UnreadableError
        return self._references[index]

    def _code(self, depth: int) -> None:
        """Reads a code object: five numbers in Python 3.6, 3.7 and since 3.11, six in those between; then the code."""
        start = self._place
        numbers = next((count for count in (5, 6) if self._is_text_at(start + 4 * count)), None)
        if numbers is None:
            raise _UnreadableError
        self._place = start + 4 * numbers
        code = self.read(depth + 1)
        self.read(depth + 1)  # constants, among them the code inside
        names = self.read(depth + 1)
        if isinstance(code, bytes) and isinstance(names, tuple):
            texts = tuple(name if isinstance(name, str) else "" for name in names)
            self.found.append(Code(code, texts, is_of_3_8_to_3_10=numbers == 6))
        rest = [self.read(depth + 1) for _ in range(5)]
        self._take(4)  # the number of its first line
        self.read(depth + 1)
        if isinstance(rest[1], bytes):  # since Python 3.11: the kinds of the local names
            self.read(depth + 1)

    def _is_text_at(self, place: int) -> bool:
        """Whether the next object is a string of bytes that fits into the data."""
        if place + 5 > len(self._data) or self._data[place] & 0x7F != ord("s"):
            return False
        return place + 5 + int.from_bytes(self._data[place + 1 : place + 5], "little") <= len(self._data)

    def _size(self, count: int, *, signed: bool = False) -> int:
        return int.from_bytes(self._take(count), "little", signed=signed)

    def _take(self, count: int) -> bytes:
        if count < 0 or self._place + count > len(self._data):
            raise _UnreadableError
        self._place += count
        return self._data[self._place - count : self._place]
