"""Makes the tensors of a dummy call: repeatable, harmless to look-ups, and of a bounded size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from weightscope.inspection import TensorInfo
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.shapes import Shape, check_memory

#: Stands for a dimension that a model leaves open, the batch (1) apart: large enough for most pyramids of strides.
OPEN_DIMENSION = 32


@dataclass(frozen=True, slots=True)
class Call:
    """The arguments of one dummy call, and what they are."""

    inputs: tuple[TensorInfo, ...]
    positional: tuple[Any, ...] = ()
    named: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dummies:
    """How the tensors of a dummy call are made.

    Attributes:
        dtype: Of the inputs that have none of their own.
        seed: Of the random numbers.
        symbolic: Shapes alone instead of values.
    """

    dtype: str
    seed: int = 0
    symbolic: bool = False

    def maker(self, shapes: list[tuple[Shape, str]]) -> Callable[[Shape, str], Any]:
        """Returns a function that makes one tensor a call, after checking the memory of all of them.

        Raises:
            UsageError: They would take too much memory.
        """
        return _symbolic if self.symbolic else tensor_maker(shapes, self.seed)


def _symbolic(shape: Shape, dtype: str) -> Any:
    return keras.KerasTensor(shape, dtype)


def closed(shape: Sequence[int | None], batch: int = 1) -> Shape:
    """Returns the shape with this batch and `OPEN_DIMENSION` where the model leaves a size open."""
    return tuple(
        size if size is not None else batch if axis == 0 else OPEN_DIMENSION for axis, size in enumerate(shape)
    )


def tensor_maker(shapes: list[tuple[Shape, str]], seed: int) -> Callable[[Shape, str], Any]:
    """Returns a function that makes one tensor a call, after checking the memory of all of them.

    Floating numbers are uniform in [0, 1), so that an embedding that is handed them looks up entry 0; integers are 0,
    which is in every vocabulary; booleans are True, so that a mask leaves something to look at.
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
