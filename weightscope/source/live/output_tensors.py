"""The tensors among what a layer's `call()` returned, which may be of any structure and hold anything."""

from __future__ import annotations

from typing import Any

from weightscope.source.live.framework import keras, tensorflow


def output_tensors(outputs: Any) -> list[Any]:
    """Returns the tensors of `outputs`, in Keras' order; a variable that was returned counts with its value."""
    tensors = []
    for leaf in keras.tree.flatten(outputs):
        if isinstance(leaf, (keras.Variable, tensorflow.Variable)):
            tensors.append(tensorflow.convert_to_tensor(leaf))
        elif tensorflow.is_tensor(leaf):
            tensors.append(leaf)
    return tensors
