"""A layer that watches what passes through it."""

from __future__ import annotations

from typing import Any

from weightscope.source.live.framework import keras
from weightscope.source.live.registry import register_layer


@register_layer(package="weightscope")
class CustomStatsLayer(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Hands its inputs on and keeps a moving average of each feature, over all axes but the last.

    Inputs and outputs: `(..., features)`. Variables: `moving_avg` `(features,)`, not trainable.

    Each call, in training and at inference alike, makes `moving_avg` what `momentum` keeps of it plus the rest of the
    batch's mean. The default momentum of 0 keeps the mean of the latest batch alone.
    """

    def __init__(self, momentum: float = 0.0, **options: Any) -> None:
        """Takes the share, from 0 up to but not including 1, that the past keeps in the average."""
        super().__init__(**options)
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum must be in [0, 1), not {momentum!r}")
        self.momentum = momentum

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the variable for inputs of this shape."""
        self.moving_avg = self.add_weight(
            name="moving_avg", shape=(input_shape[-1],), initializer="zeros", trainable=False
        )

    def call(self, inputs: Any) -> Any:
        """Returns `inputs`, having moved the average."""
        every_axis_but_last = tuple(range(len(inputs.shape) - 1))
        batch_mean = keras.ops.mean(keras.ops.cast(inputs, self.moving_avg.dtype), axis=every_axis_but_last)
        self.moving_avg.assign(self.momentum * self.moving_avg + (1 - self.momentum) * batch_mean)
        return inputs

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape of the outputs, which is that of the inputs."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "momentum": self.momentum}
