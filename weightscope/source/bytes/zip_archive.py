"""The zip of a `.keras` or `.npz` file: its members found, checked, and read in place.

Nothing is extracted: a stored member is a byte range of the archive (reading it through `zipfile.ZipExtFile`
seeks by reading everything before, and mixed up two members on Python 3.12.1 and 3.13.0); a deflated one,
which Keras never writes, is inflated to a temporary file of bounded size.
"""

from __future__ import annotations

import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass

from weightscope.errors import FileError, damaged, not_from_keras
from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.bytes.inflated import inflate, inflate_start
from weightscope.source.bytes.stored_file import TemporaryFile

_LOCAL_HEADER_BYTES = 30
_LOCAL_SIGNATURE = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Archive:
    """The members of a zip, the last one of each name as Keras takes it.

    Attributes:
        whole: The zip file itself.
        members: By name.
        repeated: Names that occur more than once.
        comment: What stands at the end of the zip.
    """

    whole: ByteRange
    members: dict[str, zipfile.ZipInfo]
    repeated: tuple[str, ...]
    comment: bytes = b""

    def range_of(self, name: str, into: TemporaryFile | None = None) -> ByteRange:
        """Returns where the bytes of the member `name` are, inflated to a temporary file if packed: `into` if given.

        Raises:
            FileError: The member is damaged, encrypted, packed in another way, or inflates to more than it
                may.
        """
        member = self.members[name]
        packed = self.packed_range(name)
        if member.compress_type == zipfile.ZIP_STORED:
            if member.file_size != member.compress_size:
                raise self._damaged(name)
            return packed
        if member.compress_type != zipfile.ZIP_DEFLATED:
            raise damaged(self.whole.location, f"{name} is packed in a way that Keras cannot read")
        if member.file_size > limits.INFLATED_BYTES:
            raise FileError(
                self.whole.location,
                f"{name} would take {member.file_size:,} bytes",
                "unzip it, inspect the folder",
            )
        if member.file_size > limits.most_unpacked(member.compress_size):
            raise not_from_keras(
                self.whole.location, f"{name} declares {member.file_size:,} bytes and stores {member.compress_size:,}"
            )
        plain = inflate(packed, member.file_size, into)
        if plain.length != member.file_size:
            raise self._damaged(name)
        return plain

    def read(self, name: str, most: int) -> bytes:
        """Returns the bytes of the member `name`, which is a small one.

        Raises:
            FileError: It is damaged, or has more than `most` bytes.
        """
        member = self.members[name]
        if member.file_size > most:
            raise not_from_keras(self.whole.location, f"{name} has {member.file_size:,} bytes, more than any model's")
        plain = self.range_of(name)
        data = plain.read(0, plain.length)
        if zlib.crc32(data) != member.CRC:
            raise self._damaged(name)
        return data

    def first_bytes(self, name: str, count: int) -> bytes:
        """Returns the first `count` bytes of the member `name`, without inflating the rest.

        Raises:
            FileError: The member is damaged, encrypted, or packed in another way.
        """
        packed = self.packed_range(name)
        if self.members[name].compress_type == zipfile.ZIP_DEFLATED:
            return inflate_start(packed, count)
        return self.range_of(name).read(0, min(count, packed.length))

    def packed_range(self, name: str) -> ByteRange:
        """Returns where the bytes of a member are as they are stored.

        Reads the local header, whose lengths may differ from the directory's. Source: APPNOTE.TXT of PKWARE, 4.3.7.

        Raises:
            FileError: The member is damaged or encrypted.
        """
        member = self.members[name]
        if member.flag_bits & 1:
            raise FileError(self.whole.location, f"{member.filename} is encrypted", "decrypt the file first")
        whole = self.whole
        if member.header_offset + _LOCAL_HEADER_BYTES > whole.length:
            raise self._damaged(member.filename)
        header = whole.read(member.header_offset, _LOCAL_HEADER_BYTES)
        name_bytes = int.from_bytes(header[26:28], "little")
        extra_bytes = int.from_bytes(header[28:30], "little")
        start = member.header_offset + _LOCAL_HEADER_BYTES + name_bytes + extra_bytes
        if header[:4] != _LOCAL_SIGNATURE or start + member.compress_size > whole.length:
            raise self._damaged(member.filename)
        return whole.part(start, member.compress_size)

    def _damaged(self, name: str) -> FileError:
        return damaged(self.whole.location, f"a damaged zip: {name} is not what its directory says")


def open_archive(whole: ByteRange) -> Archive:
    """Returns the members of a zip, without reading any.

    Raises:
        FileError: It is truncated or damaged, or its directory is larger than a model's.
    """
    try:
        with (
            whole.open(limits.ZIP_DIRECTORY_BYTES, limits.HDF5_METADATA_READS) as file,
            zipfile.ZipFile(file) as archive,
        ):
            members, comment = archive.infolist(), archive.comment
    except FileError:
        raise
    except Exception as error:  # a damaged directory can make the library raise any exception
        raise damaged(whole.location, "a zip that is truncated or damaged") from error
    by_name = {member.filename: member for member in members}
    count = Counter(member.filename for member in members)
    return Archive(whole, by_name, tuple(name for name, times in count.items() if times > 1), comment)
