"""A layer that keeps statistics of its inputs."""

from __future__ import annotations

from typing import Any

from weightscope.source.live.framework import keras
from weightscope.source.live.registry import register_layer


@register_layer(package="weightscope")
class CustomStatsLayer(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Returns its inputs and keeps a moving average of each feature, over all axes except the last.

    Inputs and outputs: `(..., features)`. Variables: `moving_avg` `(features,)`, not trainable.

    Each call, in training and at inference, sets `moving_avg` to `momentum * moving_avg + (1 - momentum) * batch_mean`.
    With the default momentum of 0, it is the mean of the latest batch.
    """

    def __init__(self, momentum: float = 0.0, **options: Any) -> None:
        """Takes the weight of the old average, in [0, 1)."""
        super().__init__(**options)
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum must be in [0, 1), not {momentum!r}")
        self.momentum = momentum

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates the variable for inputs of this shape."""
        self.moving_avg = self.add_weight(
            name="moving_avg", shape=(input_shape[-1],), initializer="zeros", trainable=False
        )

    def call(self, inputs: Any) -> Any:
        """Updates the average and returns `inputs`."""
        every_axis_but_last = tuple(range(len(inputs.shape) - 1))
        batch_mean = keras.ops.mean(keras.ops.cast(inputs, self.moving_avg.dtype), axis=every_axis_but_last)
        self.moving_avg.assign(self.momentum * self.moving_avg + (1 - self.momentum) * batch_mean)
        return inputs

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape of the outputs, which equals that of the inputs."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "momentum": self.momentum}
