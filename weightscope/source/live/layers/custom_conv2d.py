"""A 2-D convolution."""

from __future__ import annotations

from typing import Any

from weightscope.source.live.framework import keras
from weightscope.source.live.registry import register_layer


@register_layer(package="weightscope", defaults={"filters": 32, "kernel_size": (3, 3), "padding": "same"})
class CustomConv2D(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Convolves images of channels-last layout with `filters` kernels and adds a bias.

    Inputs: `(batch, height, width, channels)`. Outputs: `(batch, new_height, new_width, filters)`.
    Variables: `conv_kernel` `(kernel_height, kernel_width, channels, filters)` and `conv_bias` `(filters,)`, trainable.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, int],
        strides: int | tuple[int, int] = (1, 1),
        padding: str = "valid",
        **options: Any,
    ) -> None:
        """Takes arguments in Keras' conventions: a size is one or two numbers, `padding` is `valid` or `same`."""
        super().__init__(**options)
        if not isinstance(filters, int) or filters < 1:
            raise ValueError(f"filters must be a whole number of 1 or more, not {filters!r}")
        if str(padding).lower() not in {"valid", "same"}:
            raise ValueError(f"padding must be 'valid' or 'same', not {padding!r}")
        self.filters = filters
        self.kernel_size = _pair(kernel_size, "kernel_size")
        self.strides = _pair(strides, "strides")
        self.padding = str(padding).lower()
        self.input_spec = keras.layers.InputSpec(ndim=4)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates the variables for inputs of this shape."""
        shape = (*self.kernel_size, input_shape[-1], self.filters)
        self.conv_kernel = self.add_weight(name="conv_kernel", shape=shape, initializer="glorot_uniform")
        self.conv_bias = self.add_weight(name="conv_bias", shape=(self.filters,), initializer="zeros")

    def call(self, inputs: Any) -> Any:
        """Returns the convolved images."""
        convolved = keras.ops.conv(
            inputs, self.conv_kernel, strides=self.strides, padding=self.padding, data_format="channels_last"
        )
        return convolved + self.conv_bias

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape of the outputs."""
        batch, *image, _ = input_shape
        sizes = (
            self._output_size(size, kernel, stride)
            for size, kernel, stride in zip(image, self.kernel_size, self.strides, strict=True)
        )
        return (batch, *sizes, self.filters)

    def _output_size(self, size: int | None, kernel: int, stride: int) -> int | None:
        if size is None:
            return None
        positions = size if self.padding == "same" else size - kernel + 1
        return (positions + stride - 1) // stride

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
        }


def _pair(sizes: int | tuple[int, int], name: str) -> tuple[int, int]:
    pair = (sizes, sizes) if isinstance(sizes, int) else tuple(sizes)
    if len(pair) != 2 or not all(isinstance(size, int) and size >= 1 for size in pair):
        raise ValueError(f"{name} must be a whole number of 1 or more, or two of them, not {sizes!r}")
    return pair[0], pair[1]
