"""Finds the layers of a model in a legacy file that Keras 3 cannot connect again.

Keras 2 counts the creation of a model inside another one as its call 0, so the config refers to its first call as
number 1. Keras 3 does not count it, except where the outputs of the outer model are those of a Functional model.

Keras 2 writes the one output of a Functional model as a list. Keras 3 takes this literally: in a Sequential, the layers
after the model get a list of one tensor.

Source: `functional_from_config` and `deserialize_node` of `keras/src/models/functional.py`, Keras 3.15.1.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from weightscope.keras_facts.constructors import MODELS
from weightscope.keras_facts.layers import LAYERS
from weightscope.keras_facts.serialized import Config, items, part, references, text

#: The classes of which Keras 3 counts the creation, in a reference of the outer model's outputs.
_FUNCTIONAL = ("Functional", "Model")

#: The layers that hand on a list of tensors as it is, outside of training.
_HANDING_ON = frozenset(
    {
        "ActivityRegularization",
        "AlphaDropout",
        "Dropout",
        "GaussianDropout",
        "GaussianNoise",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "SpatialDropout3D",
    }
)


def unconnected_layers(model: Config) -> list[str]:
    """Returns the names of the layers with calls that the config refers to and Keras 3 does not make."""
    layers = {name: one for one in items(model["config"], "layers") if (name := text(one, "name")) is not None}
    nodes = {name: items(one, "inbound_nodes") for name, one in layers.items()}
    made = _calls_made(nodes, {name for name, one in layers.items() if text(one, "class_name") == "InputLayer"})
    outer = [
        (one[0], one[1] - (text(layers.get(one[0]), "class_name") in _FUNCTIONAL))
        for one in references([items(model["config"], "output_layers")])
    ]
    waiting = [nodes[name][made[name]] for name in nodes if made[name] < len(nodes[name])]
    wanted = [*((one[0], one[1]) for one in references(waiting)), *outer]
    # a layer that only waits for another one is made once that one is
    missed = [name for name, call in wanted if name in made and call >= made[name]]
    return list(dict.fromkeys(name for name in missed if text(layers[name], "class_name") in MODELS)) or missed[:1]


def is_list_of_one(outputs: object) -> bool:
    """Whether the output of a Functional model is written as a list of one reference."""
    return isinstance(outputs, list) and len(outputs) == 1 and isinstance(outputs[0], list)


def layer_given_a_list(sequential: Config) -> str | None:
    """Returns the name of the first layer of a Sequential that gets a list of one tensor; None if none does."""
    is_list = False
    for one in items(sequential["config"], "layers"):
        name = text(one, "class_name") or ""
        if name in _FUNCTIONAL:
            is_list = is_list_of_one(items(part(one, "config"), "output_layers"))
        elif name not in LAYERS or name in ("Lambda", "Sequential"):
            is_list = False  # it may take a list
        elif is_list and name not in _HANDING_ON:
            return text(part(one, "config"), "name") or ""
    return None


def _calls_made(nodes: dict[str, list[Any]], inputs: set[str]) -> dict[str, int]:
    """Returns how many calls of each layer Keras makes: in order, each once the calls that it refers to are made."""
    made = dict.fromkeys(nodes, 0)
    unmet: Counter[tuple[str, int]] = Counter()
    users: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for name, calls in nodes.items():
        for place, call in enumerate(calls):
            for one in references([call]):
                if one[0] in nodes:
                    unmet[name, place] += 1
                    users.setdefault((one[0], one[1]), []).append((name, place))
    stack = list(nodes)
    while stack:
        name = stack.pop()
        while made[name] < max(len(nodes[name]), name in inputs) and not unmet[name, made[name]]:
            for user in users.pop((name, made[name]), ()):
                unmet[user] -= 1
                stack.append(user[0])
            made[name] += 1
    return made
