"""A model that holds one layer and hands its inputs on: for layers whose call Keras cannot trace."""

from __future__ import annotations

from typing import Any

from weightscope.source.live.framework import keras


@keras.saving.register_keras_serializable(package="weightscope")
class LayerHolder(keras.Model):  # type: ignore[misc]  # Keras ships no types
    """Calls `layer` with a flat list of inputs, put together again as it takes them."""

    def __init__(self, layer: Any, positional: Any, named: Any = (), **options: Any) -> None:
        """Takes the layer, the structure of its positional arguments, and the names of its named ones."""
        super().__init__(**options)
        self.layer = layer
        self._positional = positional
        self._named = list(named)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Returns the layer's outputs."""
        flat = keras.tree.flatten(inputs)
        count = len(keras.tree.flatten(self._positional))
        positional = keras.tree.pack_sequence_as(self._positional, flat[:count])
        return self.layer(*positional, **dict(zip(self._named, flat[count:], strict=True)), training=training)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        layer = keras.saving.serialize_keras_object(self.layer)
        return {**super().get_config(), "layer": layer, "positional": self._positional, "named": self._named}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> LayerHolder:
        """Returns a holder of the layer that the config describes."""
        return cls(keras.saving.deserialize_keras_object(config.pop("layer")), **config)
