"""Arguments of Keras 2 that Keras 3 refuses, and the values with which they change nothing: they can be left out."""

from __future__ import annotations

from typing import Any, Final

#: Any value: the argument had no effect on what the layer computes.
ANY: Final = object()

_SEPARABLE: Final = {"groups": 1, "kernel_initializer": ANY, "kernel_regularizer": ANY, "kernel_constraint": ANY}
_RECURRENT: Final = {"time_major": False, "implementation": ANY}
_ATTENTION: Final = {"query_shape": ANY, "key_shape": ANY, "value_shape": ANY, "softmax_robust_masking": False}
_NORMALIZATION: Final = {"fused": ANY, "virtual_batch_size": None, "adjustment": None}

#: By class: an argument, and the value with which it can be left out.
DROPPED: Final[dict[str, dict[str, Any]]] = {
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D"), _SEPARABLE),
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN", "RNN", "LSTMCell", "GRUCell", "SimpleRNNCell"), _RECURRENT),
    "MultiHeadAttention": _ATTENTION,
    "BatchNormalization": _NORMALIZATION,
    "Embedding": {"input_length": ANY, "batch_input_shape": ANY},
    "InputLayer": {"ragged": False},
}


def can_be_dropped(class_name: str, argument: str, value: Any) -> bool:
    """Whether a layer computes the same without this argument of Keras 2."""
    known = DROPPED.get(class_name, {})
    return argument in known and (known[argument] is ANY or known[argument] == value)
