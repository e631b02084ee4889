"""Dense, EinsumDense and the embeddings, with their quantized and LoRA forms.

Source: `build` and `save_own_variables` of `keras/src/layers/core`, Keras 3.6 to 3.15.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from weightscope.keras_facts.constructor_arguments import (
    BIAS,
    EMBEDDINGS,
    KERNEL,
    LAYER,
    Takes,
    takes,
)
from weightscope.keras_facts.example import Example, each
from weightscope.keras_facts.records import IN, LayerFacts, LoraFactors, Not, Option, Size, Weight

USE_BIAS: Final = Option("use_bias", default=True)
_BIAS_AXES: Final = Option("bias_axes")
_UNTIED: Final = Not(Option("tie_weights", default=True))

#: Set in the config of `owned_weights` where int4 scales are kept for blocks of a kernel.
BLOCK: Final = Option("block")
REVERSE_BLOCK: Final = Option("reverse_block")

#: Axes that the option `equation` defines.
FROM_EQUATION: Final = ("equation",)


def kernel(*shape: Size, axes: tuple[str, ...]) -> Weight:
    """Returns the facts of a kernel that `kernel_initializer` initializes."""
    return Weight("kernel", axes, shape or None, made_by="kernel_initializer")


def bias(*shape: Size) -> Weight:
    """Returns the facts of a bias that the option `use_bias` asks for."""
    return Weight("bias", ("out",), shape or None, made_by="bias_initializer", when=USE_BIAS)


_DENSE = kernel(IN, "units", axes=("in", "out"))
_EINSUM = Weight("kernel", FROM_EQUATION, made_by="kernel_initializer")
_EINSUM_BIAS = Weight("bias", FROM_EQUATION, made_by="bias_initializer", when=_BIAS_AXES)
_EMBEDDINGS = Weight("embeddings", ("token", "feature"), ("input_dim", "output_dim"), made_by="embeddings_initializer")
_REVERSE = Weight(
    "reverse_embeddings",
    ("feature", "token"),
    ("output_dim", "input_dim"),
    made_by="embeddings_initializer",
    when=_UNTIED,
)

#: Ranges that an FP8 layer measures; Keras creates them before the layer's other variables.
_FLOAT8 = tuple(
    Weight(name, axes, shape, starts_at=start, made_first=True, moved_by_call=False)
    for name, axes, shape, start in (
        ("inputs_scale", (), (), 1.0),
        ("inputs_amax_history", ("step",), None, 0.0),
        ("kernel_scale", (), (), 1.0),
        ("kernel_amax_history", ("step",), None, 0.0),
        ("outputs_grad_scale", (), (), 1.0),
        ("outputs_grad_amax_history", ("step",), None, 0.0),
    )
)


def _integers(name: str, when: Option | Not | None = None) -> Weight:
    """Returns the facts of a variable of quantized values or of their scales: their layout depends on the mode."""
    return Weight(name, trainable=False, when=when)


def _quantized_kernel(bias: Weight) -> dict[str, tuple[Weight, ...]]:
    values, scale, zero = _integers("kernel"), _integers("kernel_scale"), _integers("kernel_zero")
    groups = _integers("g_idx")
    return {
        "int8": (values, bias, scale),
        "int4": (values, bias, scale, replace(zero, when=BLOCK), replace(groups, when=BLOCK)),
        "gptq": (bias, values, scale, zero, groups),
        "awq": (bias, values, scale, zero, _integers("awq_scales"), groups),
    }


def _quantized_embeddings(*more: Weight, block: tuple[Weight, ...] = ()) -> dict[str, tuple[Weight, ...]]:
    values, scale = _integers("embeddings"), _integers("embeddings_scale")
    zero, groups = _integers("embeddings_zero", BLOCK), _integers("g_idx", BLOCK)
    return {"int8": (values, scale, *more), "int4": (values, scale, zero, groups, *more, *block)}


_DENSE_BIAS = bias("units")
_LORA_KERNEL = LoraFactors(
    "kernel",
    (
        Weight("lora_kernel_a", ("in", "rank"), legacy_only=True),
        Weight("lora_kernel_b", ("rank", "out"), legacy_only=True),
    ),
)
_LORA_EMBEDDINGS = LoraFactors(
    "embeddings",
    (
        Weight("lora_embeddings_a", ("token", "rank"), legacy_only=True),
        Weight("lora_embeddings_b", ("rank", "feature"), legacy_only=True),
    ),
)
_LORA_EINSUM = LoraFactors(
    "kernel",
    (
        Weight("lora_kernel_a", FROM_EQUATION, legacy_only=True),
        Weight("lora_kernel_b", ("rank", "out"), legacy_only=True),
    ),
)

LAYERS: Final = (
    LayerFacts(
        "Dense",
        (_DENSE, _DENSE_BIAS),
        quantized={**_quantized_kernel(_DENSE_BIAS), "float8": (_DENSE, _DENSE_BIAS, *_FLOAT8)},
        lora=_LORA_KERNEL,
    ),
    LayerFacts(
        "EinsumDense",
        (_EINSUM, _EINSUM_BIAS),
        quantized={**_quantized_kernel(_EINSUM_BIAS), "float8": (_EINSUM, _EINSUM_BIAS, *_FLOAT8)},
        lora=_LORA_EINSUM,
    ),
    LayerFacts("Embedding", (_EMBEDDINGS,), quantized=_quantized_embeddings(), lora=_LORA_EMBEDDINGS),
    LayerFacts(
        "ReversibleEmbedding",
        (_EMBEDDINGS, _REVERSE),
        quantized=_quantized_embeddings(
            _integers("reverse_embeddings", _UNTIED),
            _integers("reverse_embeddings_scale", _UNTIED),
            block=(_integers("reverse_embeddings_zero", REVERSE_BLOCK),),
        ),
        lora=_LORA_EMBEDDINGS,
    ),
)

#: The arguments that the constructors take, some in `**kwargs`.
ARGUMENTS: Final[tuple[Takes, ...]] = (
    takes(
        "EinsumDense",
        LAYER | KERNEL | BIAS,
        "activation bias_axes equation gptq_unpacked_column_size lora_alpha lora_rank output_shape quantization_config",
    ),
    takes("Dense", LAYER | KERNEL | BIAS, "activation lora_alpha lora_rank quantization_config units use_bias"),
    takes(
        "Embedding",
        LAYER | EMBEDDINGS,
        "input_length lora_alpha lora_rank mask_zero output_dim quantization_config weights",
    ),
    takes(
        "ReversibleEmbedding",
        LAYER | EMBEDDINGS,
        "input_length logit_soft_cap lora_alpha lora_rank mask_zero output_dim quantization_config reverse_dtype "
        "tie_weights weights",
    ),
)

#: How each can be built and called.
EXAMPLES: Final[dict[str, Example]] = dict(
    (
        *each("Dense", inputs=("1,16",), arguments=("units=8",)),
        *each("EinsumDense", inputs=("1,16",), arguments=("equation=ab,bc->ac", "output_shape=8")),
        *each("Embedding ReversibleEmbedding", inputs=("1,10:int32",), arguments=("input_dim=100", "output_dim=8")),
    )
)
