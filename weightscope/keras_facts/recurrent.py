"""Recurrent cells. The gates follow each other; each holds all units of the layer.

The order is input, forget, cell, output for LSTM; update, reset, candidate for GRU.
Source: `build` of `keras/src/layers/rnn`, Keras 3.6 to 3.15.
"""

from __future__ import annotations

from typing import Final

from weightscope.keras_facts.constructor_arguments import (
    LAYER,
    RECURRENT,
    Takes,
    takes,
)
from weightscope.keras_facts.core import USE_BIAS
from weightscope.keras_facts.example import Example, each
from weightscope.keras_facts.records import (
    ANY,
    KERNEL_SIZE,
    SPACE,
    Both,
    LayerFacts,
    Not,
    Option,
    Product,
    Size,
    Weight,
)

_RESET_AFTER = Option("reset_after", default=True)


def _cell(states: str, size: Size) -> tuple[Weight, Weight]:
    return (
        Weight("kernel", ("in", states), (ANY, size), made_by="kernel_initializer"),
        Weight("recurrent_kernel", ("units", states), ("units", size), made_by="recurrent_initializer"),
    )


def _bias(axes: tuple[str, ...], *shape: Size, when: Option | Both = USE_BIAS) -> Weight:
    return Weight("bias", axes, shape, made_by="bias_initializer", when=when)


_LSTM = (*_cell("gates", Product((4, "units"))), _bias(("gates",), Product((4, "units"))))
_THREE = Product((3, "units"))
_GRU = (
    *_cell("gates", _THREE),
    # the first row is added to what comes from the input, the second to what comes from the state
    _bias(("input/recurrent", "gates"), 2, _THREE, when=Both(USE_BIAS, _RESET_AFTER)),
    _bias(("gates",), _THREE, when=Both(USE_BIAS, Not(_RESET_AFTER))),
)
_SIMPLE = (*_cell("units", "units"), _bias(("units",), "units"))
_FOUR = Product((4, "filters"))
_CONV_LSTM = (
    Weight("kernel", (SPACE, "in", "gates"), (KERNEL_SIZE, ANY, _FOUR), made_by="kernel_initializer"),
    Weight(
        "recurrent_kernel",
        (SPACE, "units", "gates"),
        (KERNEL_SIZE, "filters", _FOUR),
        made_by="recurrent_initializer",
    ),
    _bias(("gates",), _FOUR),
)


def _cudnn(gates: int) -> tuple[Weight, ...]:
    """Returns the weights of a cuDNN layer, which has two biases for each gate, one after the other."""
    return (*_cell("gates", Product((gates, "units"))), _bias(("gates",), Product((2 * gates, "units"))))


LAYERS: Final = (
    LayerFacts("LSTMCell", _LSTM),
    LayerFacts("GRUCell", _GRU),
    LayerFacts("SimpleRNNCell", _SIMPLE),
    LayerFacts("ConvLSTMCell", _CONV_LSTM),
    LayerFacts("CuDNNLSTM", _cudnn(4), is_in_keras_3=False),
    LayerFacts("CuDNNGRU", _cudnn(3), is_in_keras_3=False),
)

#: The arguments that the constructors take, some in `**kwargs`.
ARGUMENTS: Final[tuple[Takes, ...]] = (
    takes("GRUCell", LAYER | RECURRENT, "implementation recurrent_activation reset_after units"),
    takes("LSTMCell", LAYER | RECURRENT, "implementation recurrent_activation unit_forget_bias units"),
    takes("SimpleRNNCell", LAYER | RECURRENT, "units"),
)

#: How each can be built and called.
EXAMPLES: Final[dict[str, Example]] = dict(
    (
        *each("GRUCell", inputs=("inputs=1,8", "states=[1,8]"), arguments=("units=8",)),
        *each("LSTMCell", inputs=("inputs=1,8", "states=[1,8],[1,8]"), arguments=("units=8",)),
        *each("SimpleRNNCell", inputs=("sequence=1,8", "states=[1,8]"), arguments=("units=8",)),
    )
)
