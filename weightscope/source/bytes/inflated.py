"""A deflated member of a zip, inflated into a temporary file of bounded size."""

from __future__ import annotations

import zlib

from weightscope.errors import FileError, damaged, not_from_keras
from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.bytes.stored_file import TemporaryFile


def inflate(packed: ByteRange, most: int) -> ByteRange:
    """Returns the range of a temporary file with the raw deflate stream `packed`, inflated.

    Raises:
        FileError: It is damaged, or inflates to more than `most` bytes.
    """
    file = TemporaryFile(packed.location)
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
    return ByteRange.whole(file)
