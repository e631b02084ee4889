"""The axes of an EinsumDense, which its option `equation` defines: `abc,cd->abd`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: The axes of a kernel that count inputs, and those that count outputs.
Axes = tuple[tuple[int, ...], tuple[int, ...]]


def einsum_axes(equation: Any, rank: int) -> Axes | None:
    """Returns the axes of the kernel of an `EinsumDense`: those that its output has too count outputs.

    Keras 3.15 makes the values by them, Keras 3.6 as those of a convolution.

    Args:
        equation: `abc,cd->abd`; it comes from a file.
        rank: How many axes the kernel has.
    """
    if not isinstance(equation, str):
        return None
    inputs, _, outputs = equation.partition("->")
    kernel = inputs.rpartition(",")[2]
    if len(kernel) != rank:
        return None
    is_output = [letter in outputs for letter in kernel]
    return (
        tuple(axis for axis in range(rank) if not is_output[axis]),
        tuple(axis for axis in range(rank) if is_output[axis]),
    )


def einsum_axis_names(config: Mapping[str, Any], name: str, rank: int) -> tuple[str, ...]:
    """Returns the meaning of each axis of an `EinsumDense`'s variable; nothing where the config does not define it.

    Args:
        config: Of the layer. The projections of an attention layer have `kernel_axes` in theirs: the names themselves.
        name: Of the variable: `kernel` or `bias`.
        rank: How many axes it has.
    """
    kernel_axes = config.get("kernel_axes")
    if kernel_axes is not None and name == "kernel":
        return tuple(kernel_axes) if len(kernel_axes) == rank else ()
    if kernel_axes is not None:
        names = tuple(axis for axis in kernel_axes if axis != "in")
        return names[-rank:] if name == "bias" and 0 < rank <= len(names) else ()
    if name == "bias":
        return ("out",) * rank
    axes = einsum_axes(config.get("equation"), rank)
    return () if name != "kernel" or axes is None else tuple("in" if axis in axes[0] else "out" for axis in range(rank))
