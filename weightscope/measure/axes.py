"""What the axes of a variable mean, where the class of its layer and its own name tell.

Source: `build` of the layers in `keras/src/layers`, Keras 3.6 to 3.15; Keras 2 has the same layouts.
"""

from __future__ import annotations

from weightscope.inspection import VariableInfo

_SPACE = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}

_BY_LAYER: dict[str, dict[str, tuple[str, ...]]] = {
    "Dense": {"kernel": ("in", "out"), "lora_kernel_a": ("in", "rank"), "lora_kernel_b": ("rank", "out")},
    "Embedding": {
        "embeddings": ("token", "feature"),
        "lora_embeddings_a": ("token", "rank"),
        "lora_embeddings_b": ("rank", "feature"),
    },
    "ReversibleEmbedding": {"embeddings": ("token", "feature"), "reverse_embeddings": ("feature", "token")},
}
for _rank, _space in _SPACE.items():
    _BY_LAYER |= {
        f"Conv{_rank}D": {
            "kernel": (*_space, "in", "out"),
            "lora_kernel_a": (*_space, "in", "rank"),
            "lora_kernel_b": ("rank", "out"),
        },
        f"Conv{_rank}DTranspose": {"kernel": (*_space, "out", "in")},
        f"DepthwiseConv{_rank}D": {"kernel": (*_space, "in", "multiplier")},
        f"SeparableConv{_rank}D": {
            "depthwise_kernel": (*_space, "in", "multiplier"),
            "pointwise_kernel": (*_space, "in", "out"),
        },
        f"ConvLSTM{_rank}D": {
            "kernel": (*_space, "in", "gates"),
            "recurrent_kernel": (*_space, "units", "gates"),
            "bias": ("gates",),
        },
    }

#: The gates stand one after the other, a whole layer's units each: input, forget, cell, output for LSTM; update, reset,
#: candidate for GRU.
for _name, _states in (("LSTM", "gates"), ("GRU", "gates"), ("SimpleRNN", "units")):
    _BY_LAYER[_name] = _BY_LAYER[f"{_name}Cell"] = {
        "kernel": ("in", _states),
        "recurrent_kernel": ("units", _states),
        "bias": (_states,),
    }

_CHANNEL: tuple[str, ...] = ("channel",)
_NORMALIZATION = dict.fromkeys(
    ("gamma", "beta", "moving_mean", "moving_variance", "moving_stddev", "renorm_mean", "renorm_stddev"), _CHANNEL
)
_BY_LAYER |= dict.fromkeys(("BatchNormalization", "GroupNormalization", "LayerNormalization"), _NORMALIZATION)
_BY_LAYER["RMSNormalization"] = {"scale": _CHANNEL}

#: With `reset_after`, the first row is added to what comes from the input, the second to what comes from the state.
_GRU_BIASES = ("input/recurrent", "gates")


def axes_of(info: VariableInfo) -> tuple[str, ...]:
    """Returns the meaning of each axis, such as `height, width, in, out`; nothing where it is not known for certain.

    `in` of a convolution in groups are the channels of one group. `gates` of an LSTM are input, forget, cell and
    output, one after the other, of a GRU update, reset and candidate, each as long as `units`. Whole numbers are
    quantised values, which Keras may pack or transpose: nothing is said of them, nor of an optimizer's variables.
    """
    if info.role == "optimizer" or info.dtype.startswith(("int", "uint")):
        return ()
    known = _BY_LAYER.get(_layer_of(info))
    if known is None:
        return ()
    axes = known.get(info.name, ("out",) if info.name == "bias" else ())
    if info.name == "bias" and info.layer_class in ("GRU", "GRUCell") and len(info.shape) == 2:
        axes = _GRU_BIASES
    return axes if len(axes) == len(info.shape) else ()


def _layer_of(info: VariableInfo) -> str:
    """Returns a key of `_BY_LAYER`, if there is one: the cell of a ConvLSTM is of one class for every rank."""
    if info.layer_class == "ConvLSTMCell":
        return f"ConvLSTM{max(1, len(info.shape) - 2)}D"
    return info.layer_class or ""
