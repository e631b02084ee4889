"""Models whose structure is the difficulty: nested, shared, frozen at every level, subclassed, compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.source.file.keras_oracle import keras

layers = keras.layers
Model = Any


@keras.saving.register_keras_serializable("tests")
class Block(keras.layers.Layer):  # type: ignore[misc] # Keras ships no types
    """A custom layer: two variables, two layers of Keras that its config has, and a list of layers."""

    def __init__(self, units: int = 3, **options: Any) -> None:
        super().__init__(**options)
        self.units = units
        self.inner = layers.Dense(units, name="inner_dense")
        self.steps = [layers.Dense(units, name="first"), layers.BatchNormalization(name="second")]

    def build(self, shape: Any) -> None:
        self.gain = self.add_weight(shape=(1,), name="gain")
        self.count = self.add_weight(shape=(1,), name="count", trainable=False)
        self.inner.build(shape)
        for step in self.steps:
            step.build((None, self.units))

    def call(self, inputs: Any) -> Any:
        outputs = self.inner(inputs) * self.gain
        for step in self.steps:
            outputs = step(outputs)
        return outputs

    def get_config(self) -> dict[str, Any]:
        inside = {"inner": self.inner, "steps": self.steps}
        serialized = {key: keras.saving.serialize_keras_object(value) for key, value in inside.items()}
        return {**super().get_config(), "units": self.units, **serialized}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Block:
        return cls(**{key: value for key, value in config.items() if key not in ("inner", "steps")})


@keras.saving.register_keras_serializable("tests")
class OwnLayer(keras.layers.Layer):  # type: ignore[misc] # Keras ships no types
    """A custom layer: no variables, and a layer of Keras that its config does not have."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.inner = layers.Dense(4)

    def build(self, shape: Any) -> None:
        self.inner.build(shape)

    def call(self, inputs: Any) -> Any:
        return self.inner(inputs)


@keras.saving.register_keras_serializable("tests")
class OwnModel(keras.Model):  # type: ignore[misc] # Keras ships no types
    """A custom model: its config does not have its layers, and one of them is custom too."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.encoder = layers.Dense(4)
        self.own = OwnLayer()
        self.heads = [layers.Dense(2)]

    def call(self, inputs: Any) -> Any:
        return self.heads[0](self.own(self.encoder(inputs)))


def nested() -> Model:
    """A Functional in a Sequential in a Functional, names repeated inside."""
    inputs = keras.Input((4,))
    outputs = layers.Dense(3, name="same")(inputs)
    outputs = layers.BatchNormalization()(outputs)
    inner = keras.Model(inputs, outputs, name="inner")
    middle = keras.Sequential([keras.Input((4,)), inner, layers.Dense(4, name="same")], name="middle")
    outer = keras.Input((4,))
    return keras.Model(outer, layers.Dense(2, name="same")(middle(layers.Dense(4)(outer))), name="outer")


def nested_and_frozen() -> Model:
    """The middle model is frozen, and one layer inside it freed again."""
    model = nested()
    middle = model.get_layer("middle")
    middle.trainable = False
    middle.layers[-1].trainable = True
    return model


def frozen_functional_root() -> Model:
    """Frozen as a whole, with one layer freed: a loaded Functional lets nothing through."""
    model = nested()
    model.trainable = False
    model.layers[1].trainable = True
    return model


def frozen_sequential_root() -> Model:
    """Frozen as a whole, with one layer freed: a loaded Sequential forgets that it was frozen."""
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2), layers.BatchNormalization(), layers.Dense(2)])
    model.trainable = False
    model.layers[-1].trainable = True
    return model


def shared() -> Model:
    """One layer used twice in a model, and once more in a model inside."""
    dense = layers.Dense(4, name="shared")
    inner_input = keras.Input((4,))
    inner = keras.Model(inner_input, layers.Dense(4, name="own")(dense(inner_input)), name="inner")
    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.add([dense(dense(inputs)), inner(inputs), layers.Dense(4)(inputs)]))


def siamese() -> Model:
    """One model used for two inputs."""
    tower = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.LayerNormalization()], name="tower")
    left, right = keras.Input((4,)), keras.Input((4,))
    return keras.Model([left, right], layers.Concatenate()([tower(left), tower(right)]))


def operations() -> Model:
    """Operations of `keras.ops` stand among the layers."""
    inputs = keras.Input((4,))
    outputs = keras.ops.add(layers.Dense(4)(inputs), 1.0)
    outputs = layers.Add()([keras.ops.relu(outputs), inputs])
    return keras.Model(inputs, layers.Dense(2)(keras.ops.multiply(outputs, 2.0)))


def transformer() -> Model:
    """What a small language model is made of."""
    tokens = keras.Input((6,), dtype="int32")
    outputs = layers.Embedding(11, 8)(tokens)
    for _ in range(2):
        attended = layers.MultiHeadAttention(2, 4, dropout=0.1)(outputs, outputs)
        outputs = layers.LayerNormalization()(layers.add([outputs, attended]))
        outputs = layers.LayerNormalization()(layers.add([outputs, layers.Dense(8)(layers.Dense(16)(outputs))]))
    return keras.Model(tokens, layers.Dense(11)(outputs))


def many_of_a_kind() -> Model:
    """More than ten of a class: groups count dense, dense_1, ..., dense_10."""
    return keras.Sequential([keras.Input((2,)), *(layers.Dense(2, name=f"d{12 - i}") for i in range(12))])


@keras.saving.register_keras_serializable("tests")
class Tower(keras.Model):  # type: ignore[misc] # Keras ships no types
    """A model class of one's own that is built like a Functional."""


def custom_functional() -> Model:
    """A custom model: its layers are of Keras, and its config has them."""
    inputs = keras.Input((4,))
    return Tower(inputs, layers.BatchNormalization()(layers.Dense(3)(inputs)), name="tower")


MODELS: dict[str, Callable[[], Model]] = {
    make.__name__: make
    for make in (
        nested,
        nested_and_frozen,
        frozen_functional_root,
        frozen_sequential_root,
        shared,
        siamese,
        operations,
        transformer,
        many_of_a_kind,
        custom_functional,
    )
}


def with_custom_layer() -> Model:
    """A layer of one's own between two of Keras."""
    return keras.Sequential([keras.Input((4,)), layers.Dense(4), Block(3, name="block"), layers.Dense(2)])
