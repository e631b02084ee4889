"""Whether full names begin with the model's own name, which is left out of paths: `model/dense/kernel`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from weightscope.source.file.checkpoint.object_graph import GraphObject, ObjectGraph, Ways

#: What a model's layers are called in the graph by Keras 2, and the lists that Keras 3 keeps them in.
_LAYER = re.compile(r"layer(_with_weights)?-\d+")
_LAYERS = ("_layers", "_operations", "layers")


def root_name(full_names: Mapping[int, str], graph: ObjectGraph, ways: Ways) -> str | None:
    """Returns the name of the model, if all full names begin with it; else None.

    Where one layer holds all variables, they may all begin with its name instead: `rnn/lstm_cell/kernel`. It is the
    layer's if there are as many names as layers lead to the variable.

    Args:
        full_names: Of the weights, by the object that holds them.
        graph: The objects.
        ways: How to reach them.
    """
    first = {name.partition("/")[0] for name in full_names.values()}
    if len(first) != 1 or any(name.count("/") == 1 for name in full_names.values()):
        return None
    layers = [_layers_on_way(node, graph, ways) for node in full_names]
    is_one_layer = len({way[0] if way else -1 for way in layers}) == 1
    if is_one_layer and [len(way) for way in layers] == [name.count("/") for name in full_names.values()]:
        return None
    return first.pop()


def _layers_on_way(node: int, graph: ObjectGraph, ways: Ways) -> list[int]:
    """Returns the objects that lead to a variable, from the first on that stands in a model's list of layers."""
    way = list(ways.to(node))[:-1]
    before = ""
    for place, (_, name) in enumerate(way):
        if _LAYER.fullmatch(name) or before in _LAYERS:
            return [step for step, _ in way[place:] if not _is_list(graph.nodes[step])]
        before = name
    return []


def _is_list(node: GraphObject) -> bool:
    return bool(node.children) and all(name.isdecimal() for name in node.children)
