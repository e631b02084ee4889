"""Layers in which there is nothing to find: they train, are saved, and come back, whatever they look like."""

from __future__ import annotations

from typing import Any

from weightscope.source.live.framework import keras, tensorflow

registered = keras.saving.register_keras_serializable("sound")


class Kernel(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """`inputs @ kernel`, which the others build on."""

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight(shape=(input_shape[-1], 4), name="kernel")

    def call(self, inputs: Any) -> Any:
        return inputs @ self.kernel


@registered
class TrainedByAddLoss(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    def build(self, input_shape: Any) -> None:
        self.center = self.add_weight(shape=(input_shape[-1],), name="center")

    def call(self, inputs: Any) -> Any:
        self.add_loss(tensorflow.reduce_mean((inputs - self.center) ** 2))
        return inputs


@registered
class ReturnsAVariable(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Learned queries: `call()` returns the variable itself."""

    def build(self, input_shape: Any) -> None:
        self.queries = self.add_weight(shape=(3, 4), name="queries")

    def call(self, inputs: Any) -> Any:
        return self.queries


@registered
class AnnouncesATensorShape(Kernel):
    def compute_output_shape(self, input_shape: Any) -> Any:
        return tensorflow.TensorShape((*input_shape[:-1], 4))


@registered
class AnnouncesAnyShape(Kernel):
    def compute_output_shape(self, input_shape: Any) -> Any:
        return (None, 4)


@registered
class ConfigUnderAnotherName(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    def __init__(self, units: int = 4, **options: Any) -> None:
        super().__init__(**options)
        self.size = units

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight(shape=(input_shape[-1], self.size), name="kernel")

    def call(self, inputs: Any) -> Any:
        return inputs @ self.kernel

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        return cls(units=config.pop("size"), **config)


@registered
class PositionalVariableArguments(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Passes `trainable` to `keras.Variable` by position, as its signature allows."""

    def build(self, input_shape: Any) -> None:
        self.scale = keras.Variable("ones", (input_shape[-1],), "float32", False, name="scale")

    def call(self, inputs: Any) -> Any:
        return inputs * self.scale


@registered
class CallSetOnItself(Kernel):
    """Chooses what it does in the constructor, by an attribute `call` of its own."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.call = self.doubled  # type: ignore[method-assign]

    def doubled(self, inputs: Any) -> Any:
        return 2.0 * (inputs @ self.kernel)
