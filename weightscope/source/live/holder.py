"""A subclassed model that contains one layer and passes its inputs to that layer, as a user's model would."""

from __future__ import annotations

from typing import Any

from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.live.output_tensors import output_tensors


@keras.saving.register_keras_serializable(package="weightscope")
class LayerHolder(keras.Model):  # type: ignore[misc]  # Keras ships no types
    """Calls `layer` with a flat list of inputs, packed into the structure that the layer takes."""

    def __init__(self, layer: Any, positional: Any, named: Any, **options: Any) -> None:
        """Takes the layer, and the structures of its positional and its named arguments."""
        super().__init__(**options)
        self.layer = layer
        self._structure = {"positional": positional, "named": named}

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Returns the layer's outputs."""
        positional, named = self._structure["positional"], self._structure["named"]
        positional, named = keras.tree.pack_sequence_as((positional, named), keras.tree.flatten(inputs))
        return self.layer(*positional, **named, training=training)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """Returns the mean square of all floating-point outputs plus the layer's own losses. It suits every layer."""
        del x, y, sample_weight, training
        terms = [one for one in output_tensors(y_pred) if one.dtype.is_floating]
        terms = [tensorflow.reduce_mean(tensorflow.cast(one, "float32") ** 2) for one in terms]
        terms += [tensorflow.cast(tensorflow.reduce_sum(one), "float32") for one in self.losses]
        # an optimizer refuses a step in which no gradient reaches any variable: a finding of its own
        terms += [0.0 * tensorflow.cast(tensorflow.reduce_sum(one), "float32") for one in self.trainable_variables]
        return tensorflow.add_n(terms) if terms else tensorflow.constant(0.0)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        layer = keras.saving.serialize_keras_object(self.layer)
        return {**super().get_config(), "layer": layer, **self._structure}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> LayerHolder:
        """Returns a holder of the layer that the config describes."""
        return cls(keras.saving.deserialize_keras_object(config.pop("layer")), **config)
