"""Writes what Keras 2 saved, in a process of its own: `python -m tests.source.file.saved_model.keras2 FOLDER`.

Prints what Keras 2 itself says of each model's variables. In one process with Keras 3 it would change what TensorFlow
loads.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import tf_keras as keras


class Scale(keras.layers.Layer):  # type: ignore[misc]  # Keras 2 ships no types
    """A layer of one's own, with layers in a list and a variable that was given no name."""

    def build(self, shape: Any) -> None:
        import tensorflow

        self.factor = self.add_weight(name="scale_factor", shape=(int(shape[-1]),), initializer="ones")
        self.calls = tensorflow.Variable(0.0, trainable=False)
        self.blocks = [keras.layers.Dense(3, name="first"), keras.layers.Dense(3, name="second")]

    def call(self, x: Any) -> Any:
        x = x * self.factor
        for block in self.blocks:
            x = block(x)
        return x


class Net(keras.Model):  # type: ignore[misc]
    """A model of one's own."""

    def __init__(self) -> None:
        super().__init__(name="net")
        self.stem = keras.layers.Dense(3)
        self.rest = [keras.layers.Dense(2), keras.layers.BatchNormalization()]

    def call(self, x: Any, training: bool = False) -> Any:
        x = self.stem(x)
        for layer in self.rest:
            x = layer(x)
        return x


def functional() -> Any:
    """A model with models and layers inside layers, and with a frozen layer."""
    given = keras.Input((4,))
    projected = keras.layers.Dense(5, name="projection")(given)
    encoder = keras.Model(given, keras.layers.BatchNormalization(name="norm")(projected), name="encoder")
    encoder.get_layer("projection").trainable = False
    tokens = keras.Input((6, 4), name="tokens")
    x = keras.layers.TimeDistributed(encoder, name="each")(tokens)
    x = keras.layers.Bidirectional(keras.layers.LSTM(3), name="both")(x)
    x = Scale(name="scale")(x)
    model = keras.Model(tokens, keras.layers.Dense(2, name="head")(x), name="whole")
    model.compile(keras.optimizers.Adam(), "mse", metrics=["mae"])
    model.fit(np.ones((4, 6, 4)), np.ones((4, 2)), verbose=0)
    return model


def subclassed() -> Any:
    """A model of one's own, with one of the oldest optimizers."""
    model = Net()
    model.compile(keras.optimizers.legacy.SGD(0.1, momentum=0.9), "mse")
    model.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
    return model


def with_lambda() -> Any:
    """A model with a Lambda layer, whose bytecode Keras 2 writes into its metadata."""
    inner = keras.Sequential([keras.Input((3,)), keras.layers.Lambda(lambda x: x * 2, name="twice")], name="inner")
    return keras.Sequential([keras.Input((3,)), inner, keras.layers.Dense(2)])


def write(model: Any, folder: Path) -> dict[str, bool]:
    """Saves a model as SavedModel and as checkpoint; returns the names of its variables, and which are trainable."""
    model.save(folder / "model", save_format="tf")
    model.save_weights(str(folder / "weights" / "weights"))
    trainable = {id(one) for one in model.trainable_weights}
    return {one.name.partition(":")[0]: id(one) in trainable for one in model.weights}


if __name__ == "__main__":
    root = Path(sys.argv[1])
    print(
        json.dumps(
            {make.__name__: write(make(), root / make.__name__) for make in (functional, subclassed, with_lambda)}
        )
    )
