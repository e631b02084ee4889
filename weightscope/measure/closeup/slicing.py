"""The slice of a variable that a user writes as in numpy, `:,:,0,3`: parsed, never evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np

from weightscope.errors import UsageError
from weightscope.inspection import Array, Variable
from weightscope.inspection.closeup import Slice
from weightscope.measure.reading.blocks import block_selections

#: The most elements to show: as JSON, each takes some 200 bytes of memory.
MOST_ELEMENTS = 1 << 18

#: Elements that are read at once.
PIECE_ELEMENTS = 1 << 20

_PART = re.compile(r"\s*+([+-]?\d{1,18})?\s*+(?:(:)\s*+([+-]?\d{1,18})?\s*+(?:(:)\s*+([+-]?\d{1,18})?\s*+)?)?")
_EXAMPLE = "as in numpy: --slice ':,0' takes the first column of a matrix"

#: An index, which drops its axis, or a slice, which keeps it.
Part = int | slice


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a variable.

    Attributes:
        positions: The positions on each axis of the variable, in the order asked for.
        kept: The axes that are axes of the result; each other axis has one position.
    """

    positions: tuple[range, ...]
    kept: tuple[int, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the result."""
        return tuple(len(self.positions[axis]) for axis in self.kept)

    def pieces(self, variable: Variable) -> Iterator[tuple[tuple[int, ...], Array]]:
        """Reads the values piece by piece, in C order; one empty piece when there are none.

        Yields the index in the result of a piece's first value, and the piece, which has the axes of the result.
        """
        lengths = tuple(map(len, self.positions))
        if 0 in lengths:
            nothing = variable.read((slice(0, 0),) * len(lengths))
            yield (0,) * len(self.kept), np.zeros(self.shape, nothing.dtype)
        skipped = prod(min(abs(own.step), size) for own, size in zip(self.positions, variable.info.shape, strict=True))
        for box in block_selections(lengths, None, max(1, PIECE_ELEMENTS // max(1, skipped))):
            taken = [own[part] for own, part in zip(self.positions, box, strict=True)]
            around = tuple(slice(min(one[0], one[-1]), max(one[0], one[-1]) + 1) for one in taken)
            values = variable.read(around)[tuple(slice(None, None, one.step) for one in taken)]
            yield tuple(box[axis].start for axis in self.kept), values.reshape([len(taken[axis]) for axis in self.kept])


def whole(shape: tuple[int, ...]) -> Cut:
    """Returns the cut of the whole variable."""
    return Cut(tuple(map(range, shape)), tuple(range(len(shape))))


def parse_slice(selection: str, shape: tuple[int, ...]) -> Cut:
    """Returns the part that `selection` takes of a variable of this shape.

    Args:
        selection: Whole numbers, `start:stop:step` and one `...`, joined by commas: one for each axis.
        shape: The shape of the variable.

    Raises:
        UsageError: It is not a valid slice, has another number of axes, or is out of bounds.
    """
    parts = _with_ellipsis_filled(selection, len(shape))
    positions = tuple(
        _positions(selection, axis, part, size) for axis, (part, size) in enumerate(zip(parts, shape, strict=True))
    )
    return Cut(positions, tuple(axis for axis, part in enumerate(parts) if isinstance(part, slice)))


def read_slice(variable: Variable, selection: str, axes: tuple[str, ...]) -> Slice:
    """Returns the values of `variable` that `selection` names, to be shown.

    Args:
        variable: A variable of any shape.
        selection: A slice as in `parse_slice`.
        axes: The meaning of its axes, or empty.

    Raises:
        UsageError: It is not a valid slice, has another number of axes, is out of bounds, or takes too many values.
    """
    cut = parse_slice(selection, variable.info.shape)
    if prod(cut.shape) > MOST_ELEMENTS:
        message = f"{prod(cut.shape):,} values are too many to show, {MOST_ELEMENTS:,} can be"
        raise UsageError(f"--slice {selection}", message, "-o FILE.npy writes them all")
    values: Array | None = None
    for start, piece in cut.pieces(variable):
        if values is None:
            values = np.zeros(cut.shape, piece.dtype)
        values[tuple(slice(at, at + size) for at, size in zip(start, piece.shape, strict=True))] = piece
    return Slice(selection, np.asarray(values), tuple(axes[axis] for axis in cut.kept if axes))


def _with_ellipsis_filled(selection: str, rank: int) -> list[Part]:
    words = selection.split(",") if selection.strip() else []
    if sum(word.strip() == "..." for word in words) > 1:
        raise UsageError(f"--slice {selection}", "there is more than one ...", _EXAMPLE)
    parts: list[Part] = []
    for word in words:
        if word.strip() == "...":
            parts += [slice(None)] * (rank - len(words) + 1)
        else:
            parts.append(_part(word, selection))
    if len(parts) != rank:
        raise UsageError(
            f"--slice {selection}",
            f"it has {len(parts)} axes, the variable has {rank}",
            f"--slice '{','.join([':'] * rank)}' takes everything",
        )
    return parts


def _part(word: str, selection: str) -> Part:
    match = _PART.fullmatch(word)
    if match is None or not word.strip():
        raise UsageError(f"--slice {selection}", f"{word.strip() or 'nothing'} is no index and no slice", _EXAMPLE)
    start, colon, stop, _, step = match.groups()
    if not colon:
        return int(start)
    if step is not None and int(step) == 0:
        raise UsageError(f"--slice {selection}", "a step of 0 leads nowhere", _EXAMPLE)
    return slice(*(None if number is None else int(number) for number in (start, stop, step)))


def _positions(selection: str, axis: int, part: Part, size: int) -> range:
    """Returns the positions that a part takes of an axis of `size`."""
    allowed = f"0 to {size - 1:,}" if size else "the axis is empty"
    if isinstance(part, int):
        index = part + size if part < 0 else part
        if not 0 <= index < size:
            message = f"index {part} is outside of axis {axis}, which has {size:,}"
            raise UsageError(f"--slice {selection}", message, allowed)
        return range(index, index + 1)
    taken = range(size)[part]
    if size and not taken:
        raise UsageError(f"--slice {selection}", f"it takes nothing of axis {axis}, which has {size:,}", allowed)
    return taken
