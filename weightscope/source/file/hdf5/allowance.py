"""What the datasets of one file may declare together, so that reading them all takes no more than the file warrants."""

from __future__ import annotations

from weightscope.errors import not_from_keras
from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.escape import escape
from weightscope.source.file.hdf5.dataset import Chunked, Contiguous, Dataset


class Allowance:
    """What is left of three sums: bytes that lie in the file, bytes that reading makes of less, and chunks.

    Plainly stored values of a sound file never overlap, so they are at most as many bytes as the file. What is packed
    or not stored, and a dataset that several names lead to, counts against a bound of its own.
    """

    def __init__(self, source: ByteRange) -> None:
        self._source = source
        self._stored_left = source.length
        self._made_left = limits.most_unpacked(source.length)
        self._chunks_left = limits.CHUNKS
        self._met: set[int] = set()

    def take(self, dataset: Dataset, address: int) -> None:
        """Takes what a dataset declares.

        Args:
            dataset: Any, each once.
            address: Of its header; the same for a second name of a dataset.

        Raises:
            FileError: There is not enough left.
        """
        is_met_again = address in self._met
        self._met.add(address)
        self._made_left -= max(dataset.unstored_bytes, dataset.bytes * is_met_again)
        match dataset.storage:
            case Contiguous() if not is_met_again:
                self._stored_left -= dataset.bytes
            case Chunked(chunks):
                self._chunks_left -= chunks.count
        if min(self._stored_left, self._made_left, self._chunks_left) < 0:
            raise not_from_keras(
                self._source.location,
                f"with {escape(dataset.path)} its datasets declare more than the {self._source.length:,} bytes of the"
                " file can hold",
            )
