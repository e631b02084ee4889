"""Finds the layers of a Functional model in a legacy file that Keras 3 cannot connect again.

Keras 2 counts the creation of a model inside another one as its call 0, so the config refers to its first call as
number 1. Keras 3 does not count it, except where the outputs of the outer model are those of a Functional model.

Source: `functional_from_config` and `deserialize_node` of `keras/src/models/functional.py`, Keras 3.15.1.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from weightscope.keras_facts.constructors import MODELS
from weightscope.keras_facts.serialized import Config, items, references, text

#: The classes of which Keras 3 counts the creation, in a reference of the outer model's outputs.
_FUNCTIONAL = ("Functional", "Model")


def unconnected_layers(model: Config) -> list[str]:
    """Returns the names of the layers with calls that the config refers to and Keras 3 does not make."""
    layers = {name: one for one in items(model["config"], "layers") if (name := text(one, "name")) is not None}
    nodes = {name: items(one, "inbound_nodes") for name, one in layers.items()}
    made = _calls_made(nodes, {name for name, one in layers.items() if text(one, "class_name") == "InputLayer"})
    outer = [
        (one[0], one[1] - (text(layers.get(one[0]), "class_name") in _FUNCTIONAL))
        for one in references(items(model["config"], "output_layers"))
    ]
    waiting = [nodes[name][made[name]] for name in nodes if made[name] < len(nodes[name])]
    wanted = [*((one[0], one[1]) for one in references(waiting)), *outer]
    # a layer that only waits for another one is made once that one is
    missed = [name for name, call in wanted if name in made and call >= made[name]]
    return list(dict.fromkeys(name for name in missed if text(layers[name], "class_name") in MODELS)) or missed[:1]


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
