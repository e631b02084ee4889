"""Records the masks of all layer calls, to find masks that operations between layers lose silently."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.live.keras_internals import internal
from weightscope.source.live.replaced import replaced


@dataclass(frozen=True, slots=True)
class LayerCall:
    """One call of a layer.

    Attributes:
        layer: The layer.
        steps: The batch size and the number of time steps of each input tensor.
        is_masked: Whether an input had a mask, or a mask was passed as an argument.
        made: The batch size and the number of time steps of each mask of the outputs.
    """

    layer: Any
    steps: frozenset[tuple[int, ...]]
    is_masked: bool
    made: frozenset[tuple[int, ...]]

    @property
    def takes_a_mask(self) -> bool:
        """Whether the layer's call has an argument for a mask."""
        return any(name.endswith("mask") for name in self.layer.call_signature_parameters)


@contextmanager
def watched_masks() -> Iterator[list[LayerCall]]:
    """In the context, adds every finished layer call to the yielded list."""
    calls: list[LayerCall] = []
    call = keras.layers.Layer.__call__

    def call_watched(self: Any, *arguments: Any, **options: Any) -> Any:
        tensors = [one for one in keras.tree.flatten((arguments, options)) if tensorflow.is_tensor(one)]
        passed = any(name.endswith("mask") and value is not None for name, value in options.items())
        is_masked = passed or any(_mask(one) is not None for one in tensors)
        outputs = call(self, *arguments, **options)
        masks = [_mask(one) for one in keras.tree.flatten(outputs) if tensorflow.is_tensor(one)]
        made = frozenset(tuple(one.shape) for one in masks if one is not None)
        steps = frozenset(tuple(one.shape[:2]) for one in tensors if one.shape.rank and one.shape.rank > 2)
        calls.append(LayerCall(self, steps, is_masked, made))
        return outputs

    with replaced(keras.layers.Layer, "__call__", call_watched):
        yield calls


def unmasked_calls(calls: list[LayerCall]) -> Iterator[Any]:
    """Yields the layers that take a mask and got none, although an earlier layer created a mask of the same shape."""
    made: set[tuple[int, ...]] = set()
    for one in calls:
        if one.takes_a_mask and not one.is_masked and one.steps & made:
            yield one.layer
        made |= one.made


def _mask(tensor: Any) -> Any:
    return internal("backend.get_keras_mask")(tensor)
