"""The second half of the specification: which layers a layer makes or wraps, and where a file has them.

Source: `keras/src/layers`, Keras 3.15.1: attribute names are what `saving_lib._walk_saveable` makes groups
    of, the order is the one in which the attributes are set, which is the order of `model.variables`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from weightscope.source.file.config.group_names import unique_snake_names
from weightscope.source.file.config.json_config import Config, is_object, items, part


@dataclass(frozen=True, slots=True)
class Sublayer:
    """A layer inside another.

    Attributes:
        groups: Its group inside the other's; the first that the file has counts.
        config: The sub-layer as Keras serializes one: class name and config.
    """

    groups: tuple[str, ...]
    config: Config


#: Layers that only wrap what their config holds: attribute (and group), by class.
WRAPPERS: Final[dict[str, tuple[str, ...]]] = {
    "TimeDistributed": ("layer",),
    "SpectralNormalization": ("layer",),
    "Wrapper": ("layer",),
    "RNN": ("cell",),
}

#: Layers that make one cell: the cell's class, its name, and whether the cell is frozen with the layer when
#: the model is loaded (ConvLSTM does not hand `trainable` on).
CELLS: Final[dict[str, tuple[str, str, bool]]] = {
    "LSTM": ("LSTMCell", "lstm_cell", True),
    "GRU": ("GRUCell", "gru_cell", True),
    "SimpleRNN": ("SimpleRNNCell", "simple_rnn_cell", True),
    "ConvLSTM1D": ("ConvLSTMCell", "conv_lstm_cell", False),
    "ConvLSTM2D": ("ConvLSTMCell", "conv_lstm_cell", False),
    "ConvLSTM3D": ("ConvLSTMCell", "conv_lstm_cell", False),
}

#: The projections of an attention layer, in order: attribute, layer name, the option that it needs. They are
#: not frozen with the layer when the model is loaded.
PROJECTIONS: Final[tuple[tuple[str, str, str | None], ...]] = (
    ("query_dense", "query", None),
    ("key_dense", "key", None),
    ("gate_dense", "gate", "use_gate"),
    ("value_dense", "value", None),
    ("output_dense", "attention_output", None),
)
ATTENTION: Final = frozenset({"MultiHeadAttention", "GroupQueryAttention", "GroupedQueryAttention"})


def sublayers(class_name: str, config: Config) -> list[Sublayer]:
    """Returns the layers inside a layer of Keras that is no model, in the order of `model.variables`."""
    if class_name in WRAPPERS:
        return [Sublayer((key,), config[key]) for key in WRAPPERS[class_name] if is_object(config.get(key))]
    if class_name in CELLS:
        cell_class, name, frozen_too = CELLS[class_name]
        own = {**config, "name": name} if frozen_too else {**config, "name": name, "trainable": True}
        return [Sublayer(("cell",), {"class_name": cell_class, "config": own})]
    if class_name in ATTENTION:
        return _projections(config)
    if class_name == "StackedRNNCells":
        return _numbered("cells", config)
    if class_name == "Bidirectional":
        return _both_directions(config)
    return []


def _projections(config: Config) -> list[Sublayer]:
    own = {
        "bias_axes": config.get("use_bias", True),
        "dtype": config.get("dtype"),
        "kernel_initializer": config.get("kernel_initializer"),
    }
    return [
        # MultiHeadAttention has the attribute as a property too; Keras 2 and the grouped one only with an
        # underscore
        Sublayer(
            (attribute, f"_{attribute}"),
            {"class_name": "EinsumDense", "config": {**own, "name": name, "equation": _equation(name, config)}},
        )
        for attribute, name, option in PROJECTIONS
        if option is None or config.get(option)
    ]


def _equation(name: str, config: Config) -> str | None:
    """Returns which axes of a projection's kernel are its input's and which its output's; None where nobody knows.

    Source: `_build_proj_equation` of `keras/src/layers/attention/multi_head_attention.py`; the axes that both the
    input and the output have are left out.
    """
    if name != "attention_output":
        return "a,abc->bc"
    return "ab,abc->c" if not isinstance(config.get("output_shape"), list) else None


def _numbered(key: str, config: Config) -> list[Sublayer]:
    found = [item for item in items(config, key) if is_object(item)]
    names = unique_snake_names(item["class_name"] for item in found)
    return [Sublayer((f"{key}/{name}",), item) for name, item in zip(names, found, strict=True)]


def _both_directions(config: Config) -> list[Sublayer]:
    """The wrapped layer is made anew for each direction and named after it; Keras 3 saves both."""
    forward = config.get("layer")
    if not isinstance(forward, dict) or not is_object(forward):
        return []
    backward = config.get("backward_layer")
    if not isinstance(backward, dict) or not is_object(backward):
        backward = _renamed(forward, "backward_")
    return [
        Sublayer(("forward_layer",), _renamed(forward, "forward_")),
        Sublayer(("backward_layer",), backward),
    ]


def _renamed(layer: Config, prefix: str) -> Config:
    name = part(layer, "config").get("name")
    own = str(name).removeprefix("forward_") if prefix == "backward_" else str(name).removeprefix(prefix)
    return {**layer, "config": {**part(layer, "config"), "name": f"{prefix}{own}"}}
