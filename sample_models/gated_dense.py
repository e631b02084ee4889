"""A layer as one writes it at first: it builds, it trains, and it does not come back from its file.

`weightscope layer sample_models/gated_dense.py:GatedDense --input-shape 8,16 --doctor` reports why.
"""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("samples")
class GatedDense(keras.layers.Layer):
    """A dense layer, scaled by a gate."""

    def __init__(self, units=4, sharpness=2.0, **options):
        super().__init__(**options)
        self.units = units
        self.sharpness = sharpness
        self.dense = keras.layers.Dense(units)
        self.gate = tf.Variable(0.5, name="gate")

    def build(self, _):
        """Makes the offset, and forgets the dense layer."""
        self.offset = self.add_weight(name="offset", shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        """Returns `(batch, units)`, and forgets the offset."""
        return self.dense(inputs) * tf.sigmoid(self.sharpness * self.gate)

    def get_config(self):
        """Returns the constructor's arguments, and forgets one."""
        return {**super().get_config(), "units": self.units}
