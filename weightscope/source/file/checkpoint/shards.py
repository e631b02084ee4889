"""The data shards of a checkpoint: which are there, and what may lie in them."""

from __future__ import annotations

from weightscope.errors import damaged_checkpoint
from weightscope.source.bytes.far.path import is_fetched_in_parts, look_up, whole_file
from weightscope.source.escape import escape
from weightscope.source.file.checkpoint.bundle_messages import IndexEntry
from weightscope.source.file.checkpoint.tensor_values import Shard
from weightscope.source.file_path import FilePath

#: Data shards that are looked up at once.
_MOST_AHEAD = 64


class Shards:
    """The data shards that tensors lie in, each opened once.

    Tensors never share bytes: together they declare no more than their shard holds, however many there are.
    """

    def __init__(self, prefix: FilePath, location: str, count: int) -> None:
        self._prefix = prefix
        self._location = location
        self._count = count
        self._found: dict[int, Shard | None] = {}
        self._bytes_left: dict[int, int] = {}
        look_up(prefix.with_name(self.name(number)) for number in range(min(count, _MOST_AHEAD)))

    def take(self, name: str, row: IndexEntry) -> Shard | None:
        """Returns the data shard of a tensor, and takes the tensor's bytes from it; None if its file is missing.

        Raises:
            FileError: The tensor lies beyond the shard's end, or all tensors together are larger than the shard.
        """
        if row.shard not in self._found:
            self._find(row.shard)
        shard = self._found[row.shard]
        if shard is None:
            return None
        held = shard.source.length
        if row.offset < 0 or row.size < 0 or row.offset + row.size > held:
            what = f"{escape(name)} lies beyond the end of {escape(shard.name)}, which is {held:,} bytes long"
            raise damaged_checkpoint(self._location, what)
        self._bytes_left[row.shard] -= row.size
        if self._bytes_left[row.shard] < 0:
            what = f"its tensors overlap: they declare more than the {held:,} bytes of {escape(shard.name)}"
            raise damaged_checkpoint(self._location, what)
        return shard

    def _find(self, number: int) -> None:
        if not 0 <= number < self._count:
            raise damaged_checkpoint(self._location, f"a tensor in data shard {number} of {self._count}")
        path = self._prefix.with_name(self.name(number))
        if not path.is_file():
            self._found[number] = None
            return
        whole = whole_file(path, self._location)
        shard = Shard(path.name, whole, path.is_symlink(), is_fetched_in_parts(path))
        self._found[number] = shard
        self._bytes_left[number] = shard.source.length

    def name(self, number: int) -> str:
        """Returns the file name of a data shard."""
        return f"{self._prefix.name}.data-{number:05d}-of-{self._count:05d}"

    @property
    def bytes(self) -> int:
        """The size of all data shards that are there."""
        return sum(shard.source.length for shard in self._found.values() if shard is not None)

    @property
    def missing(self) -> tuple[str, ...]:
        """The file names of the data shards that are missing."""
        return tuple(
            self.name(number) for number, shard in sorted(self._found.items(), key=lambda one: one[0]) if shard is None
        )

    @property
    def linked(self) -> tuple[str, ...]:
        """The file names of the data shards that are symbolic links."""
        return tuple(sorted(shard.name for shard in self._found.values() if shard is not None and shard.is_link))
