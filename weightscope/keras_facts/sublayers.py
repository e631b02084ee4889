"""The layers that a layer creates or wraps, in the order of `model.variables`, and their groups in a file.

Source: `keras/src/layers`, Keras 3.15.1: attribute names are what `saving_lib._walk_saveable` makes groups
    of, the order is the one in which the attributes are set, which is the order of `model.variables`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from weightscope.keras_facts.group_names import unique_snake_names
from weightscope.keras_facts.serialized import Config, is_object, items, part


@dataclass(frozen=True, slots=True)
class Sublayer:
    """A layer inside another.

    Attributes:
        groups: Its possible groups inside the outer layer's group; the first that the file has is used.
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


@dataclass(frozen=True, slots=True)
class Cell:
    """The cell that a recurrent layer creates.

    Attributes:
        class_name: Its class.
        name: Its name.
        freezes_with_layer: Whether loading a frozen layer freezes it too; ConvLSTM does not pass `trainable` on.
    """

    class_name: str
    name: str
    freezes_with_layer: bool = True


#: The layers that make one cell.
CELLS: Final[dict[str, Cell]] = {
    "LSTM": Cell("LSTMCell", "lstm_cell"),
    "GRU": Cell("GRUCell", "gru_cell"),
    "SimpleRNN": Cell("SimpleRNNCell", "simple_rnn_cell"),
    "ConvLSTM1D": Cell("ConvLSTMCell", "conv_lstm_cell", freezes_with_layer=False),
    "ConvLSTM2D": Cell("ConvLSTMCell", "conv_lstm_cell", freezes_with_layer=False),
    "ConvLSTM3D": Cell("ConvLSTMCell", "conv_lstm_cell", freezes_with_layer=False),
}


@dataclass(frozen=True, slots=True)
class Projection:
    """An EinsumDense inside an attention layer. It is not frozen with the layer when the model is loaded.

    Attributes:
        attribute: The attribute of the attention layer, which its group is named after.
        name: The name of the projection.
        option: The option that adds it; None if it always exists.
        axes: The axes of its kernel.
        equation: A short form of its equation, which has the kernel's axes and leaves out those that both the input
            and the output have. Source: `_build_proj_equation` of
            `keras/src/layers/attention/multi_head_attention.py`.
        is_property: Whether MultiHeadAttention of Keras 3 has a property of this name.
    """

    attribute: str
    name: str
    option: str | None = None
    axes: tuple[str, ...] = ("in", "heads", "features")
    equation: str = "a,abc->bc"
    is_property: bool = True


#: The projections of an attention layer, in order.
PROJECTIONS: Final = (
    Projection("query_dense", "query"),
    Projection("key_dense", "key"),
    Projection("gate_dense", "gate", option="use_gate", is_property=False),
    Projection("value_dense", "value"),
    Projection("output_dense", "attention_output", axes=("heads", "features", "out"), equation="ab,abc->c"),
)
ATTENTION: Final = frozenset({"MultiHeadAttention", "GroupQueryAttention", "GroupedQueryAttention"})


def sublayers(class_name: str, config: Config) -> list[Sublayer]:
    """Returns the layers inside a layer of Keras that is not a model, in the order of `model.variables`."""
    if class_name in WRAPPERS:
        return [Sublayer((key,), config[key]) for key in WRAPPERS[class_name] if is_object(config.get(key))]
    if class_name in CELLS:
        cell = CELLS[class_name]
        own = (
            {**config, "name": cell.name}
            if cell.freezes_with_layer
            else {**config, "name": cell.name, "trainable": True}
        )
        return [Sublayer(("cell",), {"class_name": cell.class_name, "config": own})]
    if class_name in ATTENTION:
        return _projections(class_name, config)
    if class_name == "StackedRNNCells":
        return _numbered("cells", config)
    if class_name == "Bidirectional":
        return _both_directions(config)
    return []


def _projections(class_name: str, config: Config) -> list[Sublayer]:
    own = {
        "bias_axes": config.get("use_bias", True),
        "dtype": config.get("dtype"),
        "kernel_initializer": config.get("kernel_initializer"),
    }
    # MultiHeadAttention has these attributes as properties too; Keras 2, and the grouped one, only with an underscore
    public = class_name == "MultiHeadAttention"
    return [
        Sublayer(
            (one.attribute, f"_{one.attribute}")
            if public and one.is_property
            else (f"_{one.attribute}", one.attribute),
            {"class_name": "EinsumDense", "config": {**own, "name": one.name, **_axes(one, config)}},
        )
        for one in PROJECTIONS
        if one.option is None or config.get(one.option)
    ]


def _axes(projection: Projection, config: Config) -> Config:
    """Returns the options of a projection's config about its kernel's axes; empty for an output of several axes."""
    if projection.axes[-1] == "out" and isinstance(config.get("output_shape"), list):
        return {"equation": None}
    return {"equation": projection.equation, "kernel_axes": projection.axes}


def _numbered(key: str, config: Config) -> list[Sublayer]:
    found = [item for item in items(config, key) if is_object(item)]
    names = unique_snake_names(item["class_name"] for item in found)
    return [Sublayer((f"{key}/{name}",), item) for name, item in zip(names, found, strict=True)]


def _both_directions(config: Config) -> list[Sublayer]:
    """The wrapped layer is created again for each direction and named after it; Keras 3 saves both."""
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
