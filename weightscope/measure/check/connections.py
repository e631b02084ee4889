"""Finds the layers of a Functional model in a legacy file that Keras 3 cannot connect again.

Keras 2 counts the creation of a model inside another one as its call 0, so the config refers to its first call as
number 1. Keras 3 does not count it, except where the outputs of the outer model are those of a Functional model.

Source: `functional_from_config` and `deserialize_node` of `keras/src/models/functional.py`, Keras 3.15.1.
"""

from __future__ import annotations

from weightscope.keras_facts.serialized import Config, items, references, text

#: The classes of which Keras 3 counts the creation, in a reference of the outer model's outputs.
_FUNCTIONAL = ("Functional", "Model")


def unconnected_layers(model: Config) -> list[str]:
    """Returns the names of the layers with calls that the config refers to and Keras 3 does not make."""
    layers = {name: one for one in items(model["config"], "layers") if (name := text(one, "name")) is not None}
    nodes = {name: items(one, "inbound_nodes") for name, one in layers.items()}
    made = {name: len(own) or text(layers[name], "class_name") == "InputLayer" for name, own in nodes.items()}
    inner = [(one[0], one[1]) for one in references(list(nodes.values()))]
    outer = [
        (one[0], one[1] - (text(layers.get(one[0]), "class_name") in _FUNCTIONAL))
        for one in references(items(model["config"], "output_layers"))
    ]
    return list(dict.fromkeys(name for name, call in (*inner, *outer) if name in made and call >= made[name]))
