"""Makes the tensors of a dummy call: repeatable, valid as indices of embeddings, and of limited size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from weightscope.inspection import TensorInfo
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.shapes import Shape, check_memory

#: The size of open dimensions other than the batch: large enough for most stacks of strided layers.
OPEN_DIMENSION = 32


@dataclass(frozen=True, slots=True)
class Call:
    """The arguments of one dummy call, with the shape and dtype of each input."""

    inputs: tuple[TensorInfo, ...]
    positional: tuple[Any, ...] = ()
    named: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dummies:
    """How the tensors of a dummy call are made.

    Attributes:
        dtype: The dtype of inputs that have no dtype of their own.
        seed: The seed of the random numbers.
        symbolic: Whether to make symbolic tensors, which have shapes and no values.
    """

    dtype: str
    seed: int = 0
    symbolic: bool = False

    def maker(self, shapes: list[tuple[Shape, str]]) -> Callable[[Shape, str], Any]:
        """Checks the total memory of `shapes`, and returns a function that makes one tensor for each call.

        Raises:
            UsageError: The tensors would take too much memory.
        """
        return _symbolic if self.symbolic else tensor_maker(shapes, self.seed)


def _symbolic(shape: Shape, dtype: str) -> Any:
    return keras.KerasTensor(shape, dtype)


def closed(shape: Sequence[int | None], batch: int = 1) -> Shape:
    """Returns the shape with `batch` for an open first size, and `OPEN_DIMENSION` for other open sizes."""
    return tuple(
        size if size is not None else batch if axis == 0 else OPEN_DIMENSION for axis, size in enumerate(shape)
    )


def tensor_maker(shapes: list[tuple[Shape, str]], seed: int) -> Callable[[Shape, str], Any]:
    """Checks the total memory of `shapes`, and returns a function that makes one tensor for each call.

    Floating-point values are uniform in [0, 1), so that they select entry 0 of an embedding. Integers are 0, which is
    in every vocabulary. Booleans are True, so that a mask removes nothing.

    Raises:
        UsageError: The tensors would take too much memory.
    """
    check_memory(shapes)
    generator = np.random.default_rng(seed)

    def make(shape: Shape, dtype: str) -> Any:
        if dtype == "string":
            return tensorflow.fill(shape, "")
        if dtype == "bool":
            return tensorflow.ones(shape, "bool")
        if "int" in dtype:
            return tensorflow.zeros(shape, dtype)
        return tensorflow.cast(generator.random(shape, "float32"), dtype)

    return make
