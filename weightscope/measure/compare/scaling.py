"""Decodes quantized values, to compare them with the values before quantization."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from math import prod

import numpy as np

from weightscope.inspection import Array, Selection, Variable
from weightscope.inspection.variable import Values
from weightscope.measure.reading.blocks import block_selections

#: Elements that are read at once.
BLOCK = 1 << 16

#: Half a step of the grid, and the error from rounding the product.
HALF_STEP = 0.501

#: Bounds above any kernel's number of axes in Keras, and above the unnamed variables that quantization adds to a layer.
_MOST_AXES, _MOST_SCALES = 6, 8

#: The dtypes of values before quantization, and of scales.
FLOATS = ("float16", "float32", "float64", "bfloat16")


@dataclass(frozen=True, slots=True)
class Scaled:
    """Integers divided by a scale: the numbers that they represent.

    Source: `abs_max_quantize` in `keras/src/quantizers/quantizers.py`, Keras 3.15.

    Attributes:
        integers: The stored integers.
        scale: Has as many axes; each is as long as that of the integers, or 1.
    """

    integers: Values
    scale: Array

    @property
    def chunk_shape(self) -> tuple[int, ...] | None:
        """The shape of the chunks that the integers are stored in."""
        return self.integers.chunk_shape

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:
        """Returns the selected numbers: float32."""
        return np.asarray(self.integers.read(selection, scratch) / part_of(self.scale, selection), np.float32)


@dataclass(frozen=True, slots=True)
class Quantized:
    """A pair in which the integers of one side represent the numbers of the other.

    Attributes:
        a: The values of A, as numbers if integers are stored.
        b: The values of B, likewise.
        scales: The variables that the integers are decoded with.
    """

    a: Variable
    b: Variable
    scales: tuple[Variable, ...]


def scaled(a: Variable, b: Variable, near_a: Sequence[Variable], near_b: Sequence[Variable]) -> Quantized | None:
    """Returns A and B, the quantized one as numbers; None if neither is the other one quantized.

    One side holds the rounded products of the other side and a scale that is stored beside them: each product lies
    within half a step of its integer.

    Args:
        a: A variable of A.
        b: Its partner in B.
        near_a: The variables of A's layer without a partner.
        near_b: The variables of B's layer without a partner.
    """
    for integers, floats, near in ((b, a, near_b), (a, b, near_a)):
        if a.info.shape != b.info.shape or integers.info.dtype != "int8" or floats.info.dtype not in FLOATS:
            continue
        for one in _named_as_its_scale(integers, near):
            scales = scales_along_axes(integers.info.shape, one)
            scale = next((each for each in scales if _is_rounded(floats, integers, each)), None)
            if scale is not None:
                numbers = replace(integers, values=Scaled(integers.values, scale))
                return Quantized(a, numbers, (one,)) if integers is b else Quantized(numbers, b, (one,))
    return None


def _named_as_its_scale(integers: Variable, near: Sequence[Variable]) -> list[Variable]:
    """Returns the candidates for the scale: by its name in Keras, or all of a few variables if names are not stored."""
    if integers.info.name.isdecimal():
        return list(near) if len(near) <= _MOST_SCALES else []
    return [one for one in near if one.info.name == f"{integers.info.name}_scale"]


def part_of(scale: Array, selection: Selection) -> Array:
    """Returns the scale of a box of the integers."""
    parts = (slice(None) if size == 1 else part for part, size in zip(selection, scale.shape, strict=False))
    return scale[tuple(parts)]


def scales_along_axes(shape: tuple[int, ...], scale: Variable) -> Iterator[Array]:
    """Yields the values of `scale` along each choice of axes of a kernel that have the same sizes.

    Args:
        shape: The shape of the kernel.
        scale: The candidate for its scale.
    """
    info = scale.info
    if info.dtype not in FLOATS or info.parameters >= prod(shape) or len(shape) > _MOST_AXES:
        return
    sizes = tuple(size for size in info.shape if size != 1)
    for axes in permutations(range(len(shape)), len(sizes)):
        if tuple(shape[axis] for axis in axes) == sizes:
            values = np.asarray(scale.read(), np.float32).reshape(sizes)
            ordered = values.transpose(np.argsort(axes)) if axes else values
            yield ordered.reshape([shape[axis] if axis in axes else 1 for axis in range(len(shape))])


def _is_rounded(floats: Variable, integers: Variable, scale: Array) -> bool:
    """Whether each integer is the float at its position, multiplied by the scale and rounded, and not all are zero."""
    is_zero = True
    for box in block_selections(integers.info.shape, integers.values.chunk_shape, BLOCK):
        rounded = np.asarray(integers.read(box), np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            products = np.asarray(floats.read(box), np.float64) * part_of(scale, box)
            if not (np.abs(products - rounded) <= HALF_STEP).all():
                return False
        is_zero = is_zero and not rounded.any()
    return not is_zero
