"""THE specification: which variables each layer class of Keras owns, in the order in which it saves them.

A row lists variables in the order of the keys `vars/0`, `vars/1`, ... of a file. How to read it:

    kernel              declared trainable
    -moving_mean        declared not trainable
    bias?use_bias       owned if that option is set (present and neither null, false, zero nor empty)
    mean?!mean          owned unless that option is set
    x?mode=concat       owned if that option has this value; `?mode!=real`: unless it has
    ^kernel_scale       stored here, but made before the others: `model.variables` has it first
    (kernel)            an alias of a sub-layer's variable, stored once more
    ~lora_kernel_a      stored by legacy files alone; Keras makes it anew when it loads another

Source: `build` and `save_own_variables` of `keras/src/layers`, Keras 3.15.1; every row is held against Keras
    itself by `tests/source/file/test_agreement_with_keras.py`. A class of Keras without a row owns none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from weightscope.source.file.config.json_config import Config, part

_KERNEL_AND_BIAS = "kernel bias?use_bias"
_SEPARABLE = "depthwise_kernel pointwise_kernel bias?use_bias"
_RECURRENT = "kernel recurrent_kernel bias?use_bias"
_EMBEDDING = "embeddings"

ROWS: Final[dict[str, str]] = {
    # core
    "Dense": _KERNEL_AND_BIAS,
    "EinsumDense": "kernel bias?bias_axes",
    "Embedding": _EMBEDDING,
    "ReversibleEmbedding": "embeddings reverse_embeddings?!tie_weights",
    # convolutional
    "Conv1D": _KERNEL_AND_BIAS,
    "Conv2D": _KERNEL_AND_BIAS,
    "Conv3D": _KERNEL_AND_BIAS,
    "Conv1DTranspose": _KERNEL_AND_BIAS,
    "Conv2DTranspose": _KERNEL_AND_BIAS,
    "Conv3DTranspose": _KERNEL_AND_BIAS,
    "DepthwiseConv1D": _KERNEL_AND_BIAS,
    "DepthwiseConv2D": _KERNEL_AND_BIAS,
    "SeparableConv1D": _SEPARABLE,
    "SeparableConv2D": _SEPARABLE,
    # normalization
    "BatchNormalization": (
        "gamma?scale beta?center -moving_mean -moving_variance"
        " -moving_stddev?renorm -renorm_mean?renorm -renorm_stddev?renorm"
    ),
    "LayerNormalization": "gamma?scale beta?center",
    "GroupNormalization": "gamma?scale beta?center",
    "RMSNormalization": "scale",
    "SpectralNormalization": "(kernel) -vector_u",
    # activation
    "PReLU": "alpha",
    # of ConvNeXt; its weight has no name, and what Keras makes up differs from session to session
    "LayerScale": "0",
    # attention
    "Attention": "scale?use_scale concat_score_weight?score_mode=concat",
    "AdditiveAttention": "scale?use_scale",
    # recurrent
    "LSTMCell": _RECURRENT,
    "GRUCell": _RECURRENT,
    "SimpleRNNCell": _RECURRENT,
    "ConvLSTMCell": _RECURRENT,
    # preprocessing
    "Normalization": "-mean?!mean -variance?!mean -count?!mean",
    "STFTSpectrogram": "real_kernel?mode!=imag imag_kernel?mode!=real",
}

#: Rows of classes of Keras 2 that Keras 3 does not have.
ROWS_OF_KERAS_2: Final[dict[str, str]] = {
    "LocallyConnected1D": _KERNEL_AND_BIAS,
    "LocallyConnected2D": _KERNEL_AND_BIAS,
    "CuDNNLSTM": "kernel recurrent_kernel bias",
    "CuDNNGRU": "kernel recurrent_kernel bias",
    "SyncBatchNormalization": "gamma?scale beta?center -moving_mean -moving_variance",
}

_FLOAT8 = (
    " ^inputs_scale ^inputs_amax_history ^kernel_scale ^kernel_amax_history"
    " ^outputs_grad_scale ^outputs_grad_amax_history"
)
_REVERSE = " -reverse_embeddings?!tie_weights -reverse_embeddings_scale?!tie_weights"

#: Rows under a quantized dtype policy, by class and mode; `block` is set where scales are kept for blocks of
#: a kernel.
QUANTIZED_ROWS: Final[dict[tuple[str, str], str]] = {
    ("Dense", "int8"): "-kernel bias?use_bias -kernel_scale",
    ("Dense", "int4"): "-kernel bias?use_bias -kernel_scale -kernel_zero?block -g_idx?block",
    ("Dense", "float8"): "kernel bias?use_bias" + _FLOAT8,
    ("EinsumDense", "int8"): "-kernel bias?bias_axes -kernel_scale",
    ("EinsumDense", "int4"): "-kernel bias?bias_axes -kernel_scale -kernel_zero?block -g_idx?block",
    ("EinsumDense", "float8"): "kernel bias?bias_axes" + _FLOAT8,
    ("Embedding", "int8"): "-embeddings -embeddings_scale",
    ("Embedding", "int4"): "-embeddings -embeddings_scale -embeddings_zero?block -g_idx?block",
    ("ReversibleEmbedding", "int8"): "-embeddings -embeddings_scale" + _REVERSE,
    ("ReversibleEmbedding", "int4"): (
        "-embeddings -embeddings_scale -embeddings_zero?block -g_idx?block"
        + _REVERSE
        + " -reverse_embeddings_zero?reverse_block"
    ),
    ("Dense", "gptq"): "bias?use_bias -kernel -kernel_scale -kernel_zero -g_idx",
    ("Dense", "awq"): "bias?use_bias -kernel -kernel_scale -kernel_zero -awq_scales -g_idx",
    ("EinsumDense", "gptq"): "bias?bias_axes -kernel -kernel_scale -kernel_zero -g_idx",
    ("EinsumDense", "awq"): "bias?bias_axes -kernel -kernel_scale -kernel_zero -awq_scales -g_idx",
}

#: With LoRA a weight is frozen, and these factors follow. Legacy files store all three; others store the merged
#: weight in the place of the frozen one.
LORA_ROWS: Final[dict[str, str]] = {
    "kernel": "~lora_kernel_a ~lora_kernel_b",
    "embeddings": "~lora_embeddings_a ~lora_embeddings_b",
}

#: What an alias may be of: the first of these that the sub-layer owns.
ALIASED: Final = frozenset({"kernel", "embeddings"})

#: What an option is where a config, written before it existed, lacks it.
_DEFAULTS: Final[Config] = {
    "use_bias": True,
    "scale": True,
    "center": True,
    "tie_weights": True,
    "mode": "log",
}


@dataclass(frozen=True, slots=True)
class Declared:
    """A variable as its layer declares it.

    Attributes:
        name: Keras' name of it.
        trainable: As declared, before any layer is frozen.
        alias: Whether it is a sub-layer's variable, held and stored once more.
        made_first: Whether it stands before the others in the layer's own order.
        frozen: Whether the layer has frozen it since, which leaves its place among the trainable ones.
        legacy_only: Whether legacy files alone store it.
    """

    name: str
    trainable: bool = True
    alias: bool = False
    made_first: bool = False
    frozen: bool = False
    legacy_only: bool = False

    @property
    def rank(self) -> tuple[bool, bool]:
        """Sorts a layer's variables as `layer.variables` does: declared trainable ones first."""
        return not self.made_first, not self.trainable


@dataclass(frozen=True, slots=True)
class _Token:
    declared: Declared
    option: str = ""
    value: str | None = None
    negated: bool = False

    def holds(self, config: Config) -> bool:
        if not self.option:
            return True
        found = config.get(self.option, _DEFAULTS.get(self.option))
        fits = bool(found or found == []) if self.value is None else found == self.value
        return fits is not self.negated


def declared_variables(class_name: str, config: Config) -> tuple[Declared, ...] | None:
    """Returns what a layer of Keras owns, in the order of its keys in a file; None where no row tells.

    Args:
        class_name: Keras' name of the class.
        config: The layer's own config.
    """
    mode, blocks = _quantization(config)
    if mode is None:
        row = ROWS.get(class_name, ROWS_OF_KERAS_2.get(class_name))
    else:
        row = QUANTIZED_ROWS.get((class_name, mode), ROWS.get(class_name))
    if row is None:
        return None
    if blocks:
        config = {**config, "block": True, "reverse_block": not config.get("tie_weights", True)}
    variables = tuple(token.declared for token in _tokens(row) if token.holds(config))
    if config.get("lora_rank"):
        return _with_lora(variables)
    return variables


def _with_lora(variables: tuple[Declared, ...]) -> tuple[Declared, ...]:
    factors = (token.declared for one in variables for token in _tokens(LORA_ROWS.get(one.name, "")))
    return (*(replace(one, frozen=True) if one.name in LORA_ROWS else one for one in variables), *factors)


def _quantization(config: Config) -> tuple[str | None, bool]:
    """Returns the mode of a quantized dtype policy, and whether its scales are kept by blocks."""
    policy = part(config, "dtype")
    mode = part(policy, "config").get("mode")
    if not isinstance(mode, str):
        return None, False
    name, _, block = mode.partition("/")
    return name, name == "int4" and block.isdigit()


@cache
def _tokens(row: str) -> tuple[_Token, ...]:
    return tuple(_token(word) for word in row.split())


def _token(word: str) -> _Token:
    name, _, condition = word.partition("?")
    declared = Declared(
        name.strip("-^()~"),
        trainable=not name.startswith("-"),
        alias=name.startswith("("),
        made_first=name.startswith("^"),
        legacy_only=name.startswith("~"),
    )
    if "=" in condition:
        option, _, value = condition.partition("=")
        return _Token(declared, option.removesuffix("!"), value, option.endswith("!"))
    return _Token(declared, condition.removeprefix("!"), None, condition.startswith("!"))
