"""Decodes kernels that are quantized to 4 bits, two values in a byte.

Source: `pack_int4` and `abs_max_quantize_grouped_with_zero_point` in `keras/src/quantizers/quantizers.py`,
`_int4_build` in `keras/src/layers/core/dense.py`, `einsum_dense.py` and `embedding.py`, Keras 3.15. A kernel of more
than two axes is reshaped to rows and columns, and packed along the columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from weightscope.inspection import Array, Selection, Variable
from weightscope.inspection.variable import Values
from weightscope.measure.compare.scaling import BLOCK, FLOATS, HALF_STEP, Quantized, part_of, scales_along_axes
from weightscope.measure.reading.blocks import block_selections

_LOWEST, _HIGHEST = -8, 7

#: The most elements of a kernel that is flattened in memory.
_MOST_FLAT = 1 << 22


@dataclass(frozen=True, slots=True)
class Unpacked:
    """Values of 4 bits; each byte holds two neighbours, the first one in its low half.

    Attributes:
        packed: The bytes.
        shape: The shape of the values.
        axis: The axis along which values share a byte.
    """

    packed: Values
    shape: tuple[int, ...]
    axis: int

    @property
    def chunk_shape(self) -> None:
        """None: any box is as good."""
        return None

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:  # noqa: ARG002 - unpacked
        """Returns the selected values: int8, from -8 to 7."""
        box = [
            slice(*part.indices(size)[:2])
            for part, size in zip(selection or (slice(None),) * 2, self.shape, strict=True)
        ]
        wanted = box[self.axis]
        first = wanted.start // 2
        box[self.axis] = slice(first, -(-wanted.stop // 2))
        both = self.packed.read(tuple(box)).view(np.uint8)
        halves = np.stack([both & 0x0F, both >> 4], axis=self.axis + 1).astype(np.int8)
        values = ((halves ^ 8) - 8).reshape(
            [2 * size if axis == self.axis else size for axis, size in enumerate(both.shape)]
        )
        return values[(slice(None),) * self.axis + (slice(wanted.start - 2 * first, wanted.stop - 2 * first),)]


@dataclass(frozen=True, slots=True)
class Lattice:
    """The number that an integer of a kernel represents: `(integer - zero) * step`.

    Attributes:
        steps: Has the kernel's number of axes; each is as long as the kernel's, or 1, or as the number of groups.
        zeros: Likewise; None for 0.
        groups: The group of each position along `axis`; None without groups.
        axis: The axis along which neighbours form groups.
    """

    steps: Array
    zeros: Array | None = None
    groups: npt.NDArray[np.intp] | None = None
    axis: int = 0

    def at(self, box: Selection) -> tuple[Array, Array | int]:
        """Returns the steps and zeros for a box of the kernel."""
        return self._part(self.steps, box), 0 if self.zeros is None else self._part(self.zeros, box)

    def _part(self, values: Array, box: Selection) -> Array:
        if self.groups is None:
            return part_of(values, box)
        whole = tuple(slice(None) if axis == self.axis else part for axis, part in enumerate(box))
        return np.take(values[whole], self.groups[box[self.axis]], axis=self.axis)


@dataclass(frozen=True, slots=True)
class Dequantized:
    """The numbers that the integers of a kernel represent."""

    integers: Unpacked
    lattice: Lattice

    @property
    def chunk_shape(self) -> None:
        """None: any box is as good."""
        return None

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:  # noqa: ARG002 - unpacked
        """Returns the selected numbers: float32."""
        box = selection or tuple(slice(0, size) for size in self.integers.shape)
        steps, zeros = self.lattice.at(box)
        return np.asarray((self.integers.read(box) - np.asarray(zeros, np.float64)) * steps, np.float32)


def unpacked(a: Variable, b: Variable, near_a: Sequence[Variable], near_b: Sequence[Variable]) -> Quantized | None:
    """Returns A and B, the packed one as numbers; None if neither is the other one packed.

    Args:
        a: A variable of A.
        b: Its partner in B.
        near_a: The variables of A's layer without a partner.
        near_b: The variables of B's layer without a partner.
    """
    for packed, floats, near in ((b, a, near_b), (a, b, near_a)):
        if packed.info.dtype != "int8" or floats.info.dtype not in FLOATS or len(packed.info.shape) != 2:
            continue
        named = {one.info.name: one for one in near}
        around = [named.get(name) for name in (f"{packed.info.name}_scale", f"{packed.info.name}_zero", "g_idx")]
        matrix = _as_matrix(floats, packed.info.shape[0])
        numbers = None if matrix is None else _numbers(packed, matrix, around)
        if numbers is not None:
            shape, scales = floats.info.shape, tuple(one for one in around if one is not None)
            if len(shape) != 2:
                numbers = Variable(replace(packed.info, shape=shape), _Held(numbers.read().reshape(shape)))
            return Quantized(a, numbers, scales) if packed is b else Quantized(numbers, b, scales)
    return None


@dataclass(frozen=True, slots=True)
class _Held:
    """Values in memory."""

    array: Array

    @property
    def chunk_shape(self) -> None:
        """None: any box is as good."""
        return None

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:  # noqa: ARG002 - in memory
        """Returns the selected values."""
        return self.array[selection]


def _as_matrix(kernel: Variable, rows: int) -> Variable | None:
    """Returns a kernel with two axes, as Keras flattens it; None if that takes much memory or is impossible."""
    info = kernel.info
    if len(info.shape) == 2:
        return kernel
    if len(info.shape) < 2 or not 0 < info.parameters <= _MOST_FLAT or info.parameters % max(rows, 1):
        return None
    flat = kernel.read().reshape(rows, -1)
    return Variable(replace(info, shape=flat.shape), _Held(flat))


def _packed_axis(packed: tuple[int, ...], shape: tuple[int, ...]) -> int | None:
    """Returns the axis that is half as long when it is packed; None if there is no such axis, or several."""
    axes = [axis for axis, size in enumerate(packed) if size != shape[axis]]
    return axes[0] if len(axes) == 1 and packed[axes[0]] == -(-shape[axes[0]] // 2) else None


def _numbers(packed: Variable, floats: Variable, around: Sequence[Variable | None]) -> Variable | None:
    """Returns the numbers that packed integers of two axes represent; None if they are not the floats, rounded."""
    shape = floats.info.shape
    axis = _packed_axis(packed.info.shape, shape)
    if axis is None:
        return None
    integers = Unpacked(packed.values, shape, axis)
    for lattice in _lattices(shape, *around):
        if _is_rounded(floats, integers, lattice):
            return Variable(replace(packed.info, shape=shape), Dequantized(integers, lattice))
    return None


def _lattices(
    shape: tuple[int, ...], scale: Variable | None, zero: Variable | None, groups: Variable | None
) -> Iterator[Lattice]:
    """Yields possible meanings of the integers: scales of channels to divide by, or steps and zeros of groups."""
    if scale is None or scale.info.dtype not in FLOATS:
        return
    if zero is None or groups is None:
        with np.errstate(divide="ignore"):
            yield from (Lattice(1 / one) for one in scales_along_axes(shape, scale))
        return
    for axis in range(len(shape)):
        size = scale.info.shape[axis] if len(scale.info.shape) == len(shape) else 0
        others_fit = scale.info.shape == tuple(size if one == axis else length for one, length in enumerate(shape))
        if not size or not others_fit or zero.info.shape != scale.info.shape or groups.info.shape != (shape[axis],):
            continue
        places = np.asarray(groups.read(), np.float64)
        if ((places >= 0) & (places < size)).all():
            yield Lattice(scale.read(), zero.read(), places.astype(np.intp), axis)


def _is_rounded(floats: Variable, integers: Unpacked, lattice: Lattice) -> bool:
    """Whether each integer is the 4-bit integer nearest to the float at its position, and not all are zero."""
    is_zero = True
    for box in block_selections(integers.shape, None, BLOCK):
        rounded = np.asarray(integers.read(box), np.float64)
        steps, zeros = lattice.at(box)
        with np.errstate(all="ignore"):
            places = np.clip(np.asarray(floats.read(box), np.float64) / steps + zeros, _LOWEST, _HIGHEST)
            if not (np.abs(places - rounded) <= HALF_STEP).all():
                return False
        is_zero = is_zero and not rounded.any()
    return not is_zero
