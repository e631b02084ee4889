"""An event file of TensorBoard: the measures of a training as scalars.

Source: `event.proto` and `summary.proto` in `tensorflow/core`, and `tensorflow/core/lib/io/record_writer.h`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import google_crc32c

from weightscope.inspection.trend import Trend

#: The name of the file in its folder; TensorBoard reads files whose names hold `tfevents`.
EVENT_FILE = "events.out.tfevents.0000000000.weightscope"

_VERSION = b"brain.Event:2"


def event_file(trend: Trend) -> Iterator[bytes]:
    """Yields the records of an event file: one scalar `MEASURE/PATH` for each variable and step."""
    yield _record(_event(0, _bytes_field(3, _VERSION)))
    for place in range(len(trend.locations)):
        values = [
            _bytes_field(1, _bytes_field(1, f"{name}/{variable.info.path}".encode("utf-8", "replace")) + _float(2, one))
            for variable in trend.variables
            for name in trend.measures
            if (one := variable.numbers(name)[place]) is not None
        ]
        yield _record(_event(place + 1, _bytes_field(5, b"".join(values))))


def _event(step: int, what: bytes) -> bytes:
    """Returns an event; the time is that of its step, so that the same training is the same file."""
    return b"\x09" + struct.pack("<d", float(step)) + b"\x10" + _varint(step) + what


def _record(content: bytes) -> bytes:
    length = struct.pack("<Q", len(content))
    return length + _checksum(length) + content + _checksum(content)


def _checksum(content: bytes) -> bytes:
    """Returns a masked CRC-32C."""
    crc = google_crc32c.value(content)
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


def _bytes_field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _float(number: int, value: float) -> bytes:
    try:
        return bytes([number << 3 | 5]) + struct.pack("<f", value)
    except OverflowError:  # beyond float32
        return bytes([number << 3 | 5]) + struct.pack("<f", float("inf") if value > 0 else float("-inf"))


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)
