"""A densely connected layer."""

from __future__ import annotations

from typing import Any

from weightscope.source.live.framework import keras
from weightscope.source.live.registry import register_layer


@register_layer(package="weightscope", defaults={"units": 64, "activation": "relu"})
class CustomDense(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Computes `activation(inputs @ kernel + bias)` over the last axis.

    Inputs: `(..., features)`. Outputs: `(..., units)`.
    Variables: `kernel` `(features, units)` and `bias` `(units,)`, both trainable.
    """

    def __init__(self, units: int, activation: Any = None, **options: Any) -> None:
        """Takes the number of outputs and a Keras activation (a name, a function, or None for none)."""
        super().__init__(**options)
        if not isinstance(units, int) or units < 1:
            raise ValueError(f"units must be a whole number of 1 or more, not {units!r}")
        self.units = units
        self.activation = keras.activations.get(activation)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates the variables for inputs of this shape."""
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], self.units), initializer="glorot_uniform")
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, inputs: Any) -> Any:
        """Returns the layer's outputs."""
        return self.activation(keras.ops.matmul(inputs, self.kernel) + self.bias)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape of the outputs."""
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "units": self.units, "activation": activation}
