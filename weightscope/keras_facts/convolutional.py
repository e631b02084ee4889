"""Convolutions: plain, transposed, depthwise and separable; and those of Keras 2 that are local.

Source: `build` of `keras/src/layers/convolutional`, Keras 3.6 to 3.15.
"""

from __future__ import annotations

from typing import Final

from weightscope.keras_facts.constructor_arguments import (
    BIAS,
    DEPTHWISE,
    KERNEL,
    LAYER,
    POINTWISE,
    Takes,
    takes,
)
from weightscope.keras_facts.core import bias, kernel
from weightscope.keras_facts.example import Example, each
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

#: The arguments that the constructors take, some in `**kwargs`.
ARGUMENTS: Final[tuple[Takes, ...]] = (
    takes(
        "Conv1D Conv2D Conv3D",
        LAYER | KERNEL | BIAS,
        "activation data_format dilation_rate filters groups kernel_size lora_alpha lora_rank padding strides use_bias",
    ),
    takes(
        "Conv1DTranspose Conv2DTranspose Conv3DTranspose",
        LAYER | KERNEL | BIAS,
        "activation data_format dilation_rate filters kernel_size output_padding padding strides use_bias",
    ),
    takes(
        "DepthwiseConv1D DepthwiseConv2D",
        LAYER | DEPTHWISE | BIAS,
        "activation data_format depth_multiplier dilation_rate kernel_size padding strides use_bias",
    ),
    takes(
        "SeparableConv1D SeparableConv2D",
        LAYER | POINTWISE | DEPTHWISE | BIAS,
        "activation data_format depth_multiplier dilation_rate filters kernel_size padding strides use_bias",
    ),
)

#: How each can be built and called.
EXAMPLES: Final[dict[str, Example]] = dict(
    (
        *each(
            "Conv1D Conv1DTranspose Convolution1D Convolution1DTranspose SeparableConv1D SeparableConvolution1D",
            inputs=("1,10,8",),
            arguments=("filters=8", "kernel_size=3"),
        ),
        *each(
            "Conv2D Conv2DTranspose Convolution2D Convolution2DTranspose SeparableConv2D SeparableConvolution2D",
            inputs=("1,28,28,3",),
            arguments=("filters=8", "kernel_size=3"),
        ),
        *each(
            "Conv3D Conv3DTranspose Convolution3D Convolution3DTranspose",
            inputs=("1,16,16,16,3",),
            arguments=("filters=8", "kernel_size=3"),
        ),
        *each("DepthwiseConv1D", inputs=("1,10,8",), arguments=("kernel_size=3",)),
        *each("DepthwiseConv2D", inputs=("1,28,28,3",), arguments=("kernel_size=3",)),
    )
)
