"""The axes of an EinsumDense, which its option `equation` defines: `abc,cd->abd`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: The input axes and the output axes of a kernel.
Axes = tuple[tuple[int, ...], tuple[int, ...]]


def einsum_axes(equation: Any, rank: int) -> Axes | None:
    """Returns the input and output axes of an `EinsumDense` kernel: output axes are those that the output has too.

    Keras 3.15 makes the values by them, Keras 3.6 as those of a convolution.

    Args:
        equation: `abc,cd->abd`; it comes from a file.
        rank: The number of axes of the kernel.
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
    """Returns the meaning of each axis of an `EinsumDense`'s variable; empty if the config does not define it.

    Args:
        config: The layer's config. For a projection of an attention layer it has the names of the axes, `kernel_axes`.
        name: The name of the variable: `kernel`, `lora_kernel_a` or `bias`.
        rank: The number of its axes.
    """
    if name == "bias":
        outputs = tuple(axis for axis in config.get("kernel_axes") or () if axis != "in") or ("out",) * rank
        return outputs[-rank:] if 0 < rank <= len(outputs) else ()
    kernel = config.get("kernel_axes") or _names_of_kernel(config.get("equation"))
    if name == "lora_kernel_a":
        kernel = (*kernel[:-1], "rank")
    return tuple(kernel) if len(kernel) == rank else ()


def _names_of_kernel(equation: Any) -> tuple[str, ...]:
    kernel = equation.partition("->")[0].rpartition(",")[2] if isinstance(equation, str) else ""
    axes = einsum_axes(equation, len(kernel))
    return () if axes is None else tuple("in" if axis in axes[0] else "out" for axis in range(len(kernel)))
