"""Finds the tensors in the outputs of a layer's `call()`, which may have any structure and contain any object."""

from __future__ import annotations

from typing import Any

from weightscope.source.live.framework import keras, tensorflow


def output_tensors(outputs: Any) -> list[Any]:
    """Returns the tensors of `outputs` in the order of Keras. A returned variable is converted to a tensor."""
    tensors = []
    for leaf in keras.tree.flatten(outputs):
        if isinstance(leaf, (keras.Variable, tensorflow.Variable)):
            tensors.append(tensorflow.convert_to_tensor(leaf))
        elif tensorflow.is_tensor(leaf):
            tensors.append(leaf)
    return tensors
