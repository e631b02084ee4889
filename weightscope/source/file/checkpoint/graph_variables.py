"""The variables of a graph of objects: each named once, with what the graph says of it.

A variable is named by the Keras layers that lead to it, where the graph knows those; else by its full name, the one it
was given when it was made (`dense/kernel`); else by the attributes that lead to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from weightscope.inspection import Role
from weightscope.source.file.checkpoint.graph_optimizer import Weights, find_optimizers
from weightscope.source.file.checkpoint.object_graph import VALUE, ObjectGraph, Stored, Ways
from weightscope.source.file.model_variables import METRICS

_SEED = "seed_generator_state"


@dataclass(frozen=True, slots=True)
class KerasObject:
    """A model or layer of Keras in the graph: its name, and its class."""

    name: str
    class_name: str


@dataclass(frozen=True, slots=True)
class GraphVariable:
    """A tensor that an object stores, placed and named.

    Attributes:
        node: The object.
        stored: What it stores.
        layer: The path of the layer that it belongs to; of an optimizer's, the optimizer's name.
        name: Its own name, below the layer's path.
        role: What it is to the model.
        trainable: None where the graph does not say.
        layer_class: That layer's class; None where the graph does not say.
    """

    node: int
    stored: Stored
    layer: str
    name: str
    role: Role = "weight"
    trainable: bool | None = None
    layer_class: str | None = None

    @property
    def path(self) -> str:
        """Layer and name, joined."""
        return f"{self.layer}/{self.name}" if self.layer else self.name


def graph_variables(graph: ObjectGraph, keras: Mapping[int, KerasObject] | None = None) -> list[GraphVariable]:
    """Returns all that the objects store: the model's variables in its own order, then the optimizers'.

    Args:
        graph: The objects.
        keras: Those that are known to be models and layers of Keras, by their place in the graph.
    """
    ways = graph.ways()
    optimizers = find_optimizers(graph, ways)
    left_out = _twins(graph).union(*(one.variables for one in optimizers))
    listed = dict.fromkeys((*(graph.items(0, "variables") or ()), *ways.above))
    namer = _Namer(graph, keras or {}, ways, [node for node in listed if node not in left_out])
    own = [namer.named(node, stored) for node in namer.nodes for stored in graph.nodes[node].stored]
    model = own if keras else _without_root_name(own)
    weights = Weights.of((one.node, one.stored.full_name, one.path) for one in model if one.stored.attribute == VALUE)
    return model + [
        GraphVariable(node, stored, one.name, one.path(node, stored, weights, ways), "optimizer", False)
        for one in optimizers
        for node in one.variables
        for stored in graph.nodes[node].stored
    ]


@dataclass(slots=True)
class _Namer:
    """Names the variables of `nodes`, which are no optimizer's."""

    graph: ObjectGraph
    keras: Mapping[int, KerasObject]
    ways: Ways
    nodes: list[int]
    _trainable: dict[int, bool] = field(init=False)
    _times: Counter[str] = field(init=False)

    def __post_init__(self) -> None:
        self._trainable = _trainability(self.graph, self.ways)
        self._times = Counter(one.full_name for node in self.nodes for one in self.graph.nodes[node].stored)

    def named(self, node: int, stored: Stored) -> GraphVariable:
        """Returns a variable with its name, and what the graph says of it."""
        way = list(self.ways.to(node))
        trainable = self._trainable.get(node)
        attributes = [name for _, name in way if name != "keras_api"] or ["value"]
        if stored.attribute != VALUE:
            return GraphVariable(node, stored, "/".join(attributes), stored.attribute, "weight", trainable)
        name = stored.own_name or attributes[-1]
        if METRICS.intersection(step for _, step in way):
            return GraphVariable(node, stored, "/".join(attributes[:-1]), name, "metric", False)
        role: Role = "seed" if name == _SEED else "weight"
        layers = [self.keras[step] for step, _ in way if step in self.keras]
        if layers:
            path = "/".join(layer.name for layer in layers)
            return GraphVariable(node, stored, path, name, role, trainable, layers[-1].class_name)
        if "/" in stored.full_name and self._times[stored.full_name] == 1:
            return GraphVariable(node, stored, stored.full_name.rpartition("/")[0], name, role, trainable)
        return GraphVariable(node, stored, "/".join(attributes[:-1]), attributes[-1], role, trainable)


def _trainability(graph: ObjectGraph, ways: Ways) -> dict[int, bool]:
    """Returns whether the outermost owner of each variable has it among its trainable ones.

    A variable's own flag is another thing: that of a layer that was frozen still says True.
    """
    found: dict[int, bool] = {}
    for node in sorted(ways.above, key=lambda one: sum(1 for _ in ways.to(one))):
        variables, trainable = graph.items(node, "variables"), graph.items(node, "trainable_variables")
        if variables is not None and trainable is not None:
            among = set(trainable)
            for one in (*variables, *trainable):
                found.setdefault(one, one in among)
    return found


def _twins(graph: ObjectGraph) -> set[int]:
    """Returns the second objects of variables that Keras 3 exports twice: as `variables` and `_all_variables`."""
    nodes = graph.nodes
    listed, again = graph.items(0, "variables"), graph.items(0, "_all_variables")
    if listed is None or again is None:
        return set()
    left = Counter(nodes[one].stored[0].full_name for one in listed if nodes[one].stored)
    twins = set()
    for one in again:
        name = nodes[one].stored[0].full_name if nodes[one].stored else ""
        if one not in listed and left[name] > 0:
            left[name] -= 1
            twins.add(one)
    return twins


def _without_root_name(variables: list[GraphVariable]) -> list[GraphVariable]:
    """Returns the variables without the model's name, if all their full names begin with one: `model/dense/kernel`."""
    weights = [one for one in variables if one.role != "metric" and one.stored.attribute == VALUE]
    first = {one.layer.partition("/")[0] for one in weights if "/" in one.stored.full_name}
    if len(first) != 1 or any(one.stored.full_name.count("/") == 1 for one in weights):
        return variables
    root = f"{first.pop()}/"
    return [
        replace(one, layer=one.layer.removeprefix(root)) if one.stored.full_name.startswith(root) else one
        for one in variables
    ]
