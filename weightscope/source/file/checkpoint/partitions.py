"""Tensors that were saved in parts: each part has an entry of its own in the index."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod

import numpy as np

from weightscope.errors import damaged_checkpoint
from weightscope.source.escape import escape
from weightscope.source.file.checkpoint.bundle_messages import IndexEntry
from weightscope.source.file.checkpoint.ordered_code import Extent, slice_key
from weightscope.source.file.checkpoint.protobuf import as_text
from weightscope.source.file.checkpoint.tensor_values import Part, PartitionedTensor, StoredTensor
from weightscope.source.missing_values import MissingValues

#: Returns where the values of the named tensor are that a row describes.
Locate = Callable[[str, IndexEntry], StoredTensor | MissingValues]


def partitioned_tensor(
    key: bytes, whole: IndexEntry, parts: Mapping[bytes, IndexEntry], locate: Locate, location: str
) -> PartitionedTensor:
    """Returns a tensor put together from its parts.

    Args:
        key: Of the tensor.
        whole: What the index says of it.
        parts: What it says of parts, by their keys.
        locate: Finds the values of a part.
        location: As the user named it, for errors.

    Raises:
        FileError: A part is missing, or they overlap or leave gaps.
    """
    found = [_part(key, whole, extents, parts, location) for extents in whole.slices]
    covered = sum(prod(row.shape) for _, row in found)
    if covered != prod(whole.shape) or _overlap(found):
        raise damaged_checkpoint(location, f"the parts of {escape(as_text(key))} do not make a whole")
    name = as_text(key)
    return PartitionedTensor(whole.shape, [Part(starts, row.shape, locate(name, row)) for starts, row in found])


def _part(
    key: bytes, whole: IndexEntry, extents: Sequence[Extent], parts: Mapping[bytes, IndexEntry], location: str
) -> tuple[tuple[int, ...], IndexEntry]:
    """Returns where a part begins on each axis, and what the index says of it."""
    row = parts.get(slice_key(key, extents))
    name, shape = escape(as_text(key)), whole.shape
    if row is None or len(extents) != len(shape) or row.slices or row.dtype % 100 != whole.dtype % 100:
        raise damaged_checkpoint(location, f"a part of {name} is not there")
    starts = tuple(start for start, _ in extents)
    sizes = tuple(size if length < 0 else length for (_, length), size in zip(extents, shape, strict=True))
    if any(start < 0 or start + size > side for start, size, side in zip(starts, sizes, shape, strict=True)):
        raise damaged_checkpoint(location, f"a part of {name} lies outside of it")
    return starts, row._replace(shape=sizes)


def _overlap(parts: Sequence[tuple[tuple[int, ...], IndexEntry]]) -> bool:
    """Whether any two parts have an element in common."""
    both = ~np.eye(len(parts), dtype=bool)
    for axis in range(len(parts[0][0])):
        starts = np.array([begin[axis] for begin, _ in parts])
        ends = starts + np.array([row.shape[axis] for _, row in parts])
        both &= (starts[:, None] < ends) & (starts < ends[:, None])
    return bool(both.any())
