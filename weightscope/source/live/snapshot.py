"""Stores the values of variables, to show them later and to undo a forward pass."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from weightscope.errors import NoValuesError
from weightscope.inspection import Array, Selection
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.live.keras_internals import tensor_of


class Snapshot:
    """Stores the values of variables as TensorFlow tensors, which takes no memory until a variable is assigned.

    A tensor read from a `tf.Variable` shares its buffer, and TensorFlow copies the buffer on the next assignment. A
    snapshot of the 320 variables of ResNet50 (98 MiB) takes 30 ms and 0 MiB.
    """

    def __init__(self, variables: Iterable[Any]) -> None:
        """Stores the values of `variables`, which are Keras or TensorFlow variables."""
        self._taken: dict[int, tuple[Any, Any]] = {}
        self.take_all(variables)

    def take_all(self, variables: Iterable[Any]) -> None:
        """Stores the values of more variables; newer values replace older values."""
        for variable in variables:
            self.take(variable)

    def take(self, variable: Any) -> None:
        """Stores the value of one variable."""
        self._taken[id(variable)] = (variable, _tensor(variable))

    def take_missing(self, variables: Iterable[Any]) -> None:
        """Stores the values of those variables that are not in the snapshot yet."""
        self.take_all(variable for variable in variables if id(variable) not in self._taken)

    def read(self, variable: Any, selection: Selection) -> Array:
        """Returns the selected stored values of `variable`, in its dtype; bfloat16 becomes float32.

        Raises:
            NoValuesError: The variable has no values.
        """
        if id(variable) not in self._taken:
            raise NoValuesError(str(variable.name), "it has a shape but no values", "build it without --symbolic")
        values: Array = np.asarray(np.asarray(self._taken[id(variable)][1])[selection])  # one text is bytes
        return values.astype(np.float32) if values.dtype.name == "bfloat16" else values

    def restore(self) -> set[int]:
        """Restores every value that changed since it was stored. Returns the `id` of each changed variable."""
        changed = set()
        for identity, (variable, tensor) in self._taken.items():
            if not _same_bits(np.asarray(tensor), np.asarray(_tensor(variable))):
                variable.assign(tensor)
                changed.add(identity)
        return changed


def _tensor(variable: Any) -> Any:
    # not `variable.value`, which is float16 in a layer that computes in float16
    return tensorflow.convert_to_tensor(tensor_of(variable) if isinstance(variable, keras.Variable) else variable)


def _same_bits(before: Array, after: Array) -> bool:
    if before.__array_interface__["data"] == after.__array_interface__["data"]:
        return True  # one buffer: nothing was assigned
    return before.tobytes() == after.tobytes()
