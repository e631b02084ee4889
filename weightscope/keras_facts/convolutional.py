"""Convolutions: plain, transposed, depthwise and separable; and those of Keras 2 that are local.

Source: `build` of `keras/src/layers/convolutional`, Keras 3.6 to 3.15.
"""

from __future__ import annotations

from typing import Final

from weightscope.keras_facts.core import bias, kernel
from weightscope.keras_facts.records import (
    IN,
    KERNEL_SIZE,
    SPACE,
    LayerFacts,
    LoraFactors,
    PerSpatialAxis,
    Product,
    Weight,
)

_OUTPUTS = Product((IN, "depth_multiplier"))
_CONV = (kernel(KERNEL_SIZE, IN, "filters", axes=(SPACE, "in", "out")), bias("filters"))
_TRANSPOSED = (kernel(KERNEL_SIZE, "filters", IN, axes=(SPACE, "out", "in")), bias("filters"))
_DEPTHWISE = (
    Weight(
        "kernel",
        (SPACE, "in", "multiplier"),
        (KERNEL_SIZE, IN, "depth_multiplier"),
        made_by="depthwise_initializer",
        old_names=("depthwise_kernel",),
    ),
    bias(_OUTPUTS),
)
_SEPARABLE = (
    Weight(
        "depthwise_kernel",
        (SPACE, "in", "multiplier"),
        (KERNEL_SIZE, IN, "depth_multiplier"),
        made_by="depthwise_initializer",
    ),
    Weight(
        "pointwise_kernel",
        (SPACE, "in", "out"),
        (PerSpatialAxis(1), _OUTPUTS, "filters"),
        made_by="pointwise_initializer",
    ),
    bias("filters"),
)
_LORA = LoraFactors(
    "kernel",
    (
        Weight("lora_kernel_a", (SPACE, "in", "rank"), legacy_only=True),
        Weight("lora_kernel_b", ("rank", "out"), legacy_only=True),
    ),
)
#: A kernel and a bias for each place, with layouts that depend on the option `implementation`.
_LOCAL = (Weight("kernel", made_by="kernel_initializer"), Weight("bias", made_by="bias_initializer", when=bias().when))

LAYERS: Final = (
    *(LayerFacts(f"Conv{rank}D", _CONV, lora=_LORA) for rank in (1, 2, 3)),
    *(LayerFacts(f"Conv{rank}DTranspose", _TRANSPOSED) for rank in (1, 2, 3)),
    *(LayerFacts(f"DepthwiseConv{rank}D", _DEPTHWISE) for rank in (1, 2)),
    *(LayerFacts(f"SeparableConv{rank}D", _SEPARABLE) for rank in (1, 2)),
    *(LayerFacts(f"LocallyConnected{rank}D", _LOCAL, is_in_keras_3=False) for rank in (1, 2)),
)
