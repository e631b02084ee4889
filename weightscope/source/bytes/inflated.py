"""A deflated member of a zip, inflated into a temporary file of bounded size."""

from __future__ import annotations

import zlib

from weightscope.errors import FileError, damaged, not_from_keras
from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.bytes.stored_file import TemporaryFile

#: Bytes of a packed stream that are read at once for its beginning.
_START_BYTES = 16 * limits.KIB


def inflate(packed: ByteRange, most: int, into: TemporaryFile | None = None) -> ByteRange:
    """Returns the range of a temporary file with the raw deflate stream `packed`, inflated.

    Args:
        packed: The stream.
        most: The most bytes that it may inflate to.
        into: The file to append to; None makes one.

    Raises:
        FileError: It is damaged, or inflates to more than `most` bytes.
    """
    packed.ahead([(0, packed.length)])
    file = into or TemporaryFile(packed.location)
    start = file.length
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    written, offset = 0, 0
    while not inflater.eof and (inflater.unconsumed_tail or offset < packed.length):
        data = inflater.unconsumed_tail
        if not data:
            data = packed.read(offset, min(limits.MIB, packed.length - offset))
            offset += len(data)
        try:
            plain = inflater.decompress(data, limits.MIB)
        except zlib.error as error:
            raise damaged(packed.location, f"a damaged zip ({error})") from error
        written += len(plain)
        if written > most:
            raise not_from_keras(
                packed.location, f"a zip member inflates to more than the {most:,} bytes that it declares or may have"
            )
        try:
            file.write(plain)
        except OSError as error:
            raise FileError(
                packed.location, f"cannot be inflated: {error.strerror}", "unzip it, inspect the folder"
            ) from error
    return ByteRange(file, start, written)


def inflate_start(packed: ByteRange, count: int) -> bytes:
    """Returns the first `count` bytes of the raw deflate stream `packed`, or all if it has fewer.

    Raises:
        FileError: It is damaged.
    """
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    found, offset = b"", 0
    while len(found) < count and not inflater.eof and offset < packed.length:
        data = packed.read(offset, min(_START_BYTES, packed.length - offset))
        offset += len(data)
        try:
            found += inflater.decompress(data, count - len(found))
        except zlib.error as error:
            raise FileError(packed.location, f"a damaged zip ({error})", "copy the file again") from error
    return found
