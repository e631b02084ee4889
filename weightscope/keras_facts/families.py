"""The modules that the layers of Keras are spread over: what is true of a layer stands in one of them."""

from __future__ import annotations

from typing import Final

from weightscope.keras_facts import (
    attention,
    convolutional,
    core,
    image_layers,
    normalization,
    other_layers,
    recurrent,
    without_weights,
)

#: The modules; each has LAYERS, ARGUMENTS and EXAMPLES.
FAMILIES: Final = (
    core,
    convolutional,
    normalization,
    recurrent,
    attention,
    other_layers,
    without_weights,
    image_layers,
)
