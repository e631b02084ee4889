"""The variables of a graph of objects: each named once, with what the graph says of it.

A variable is named by the Keras layers that lead to it, where the graph knows those; else by its full name, the one it
was given when it was made (`dense/kernel`); else by the attributes that lead to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from weightscope.inspection import Role
from weightscope.inspection.layer_config import LayerConfig
from weightscope.keras_facts.layers import OLD_NAMES, current_name, current_name_among
from weightscope.keras_facts.serialized import Config
from weightscope.source.file.checkpoint.graph_optimizer import TrainedWeight, find_optimizers
from weightscope.source.file.checkpoint.object_graph import BESIDE, VALUE, GraphObject, ObjectGraph, ObjectTensor, Ways
from weightscope.source.file.checkpoint.root_name import root_name
from weightscope.source.file.keras3.weight_store import METRICS

_SEED = "seed_generator_state"

#: How often `tf.train.Checkpoint` was saved, which it counts itself: no part of the model.
_SAVE_COUNTER = "save_counter"


@dataclass(frozen=True, slots=True)
class KerasObject:
    """A model or layer of Keras in the graph: its name, its class, and its own config."""

    name: str
    class_name: str
    config: Config = field(default_factory=dict, repr=False)


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
    stored: ObjectTensor
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
    left_out = twins(graph).union(*(one.variables for one in optimizers))
    listed = dict.fromkeys((*(graph.items(0, "variables") or ()), *ways.above))
    namer = _Namer(graph, keras or {}, ways, [node for node in listed if node not in left_out])
    own = [namer.named(node, stored) for node in namer.nodes for stored in graph.nodes[node].stored]
    model = _with_current_names(own if keras else _without_root_name(own, graph, ways))
    if not optimizers:
        return model
    weights = [
        TrainedWeight(one.node, one.stored.full_name, one.path) for one in model if one.stored.attribute == VALUE
    ]
    return model + [
        GraphVariable(node, stored, optimizer.name, path, "optimizer", False)
        for optimizer in optimizers
        for node, stored, path in optimizer.named(graph, weights, ways)
    ]


def _with_current_names(variables: list[GraphVariable]) -> list[GraphVariable]:
    """Returns the variables with Keras 3's names for weights that Keras 2 called otherwise."""
    siblings: dict[str, set[str]] = {one.layer: set() for one in variables if one.name in OLD_NAMES}
    for one in variables:
        if one.layer in siblings:
            siblings[one.layer].add(one.name)
    return [
        _with_name(one, _current_name(one, siblings[one.layer])) if siblings.get(one.layer) else one
        for one in variables
    ]


def _current_name(one: GraphVariable, siblings: set[str]) -> str:
    if one.layer_class is None:
        return current_name_among(one.name, siblings)
    return current_name(one.layer_class, one.name)


def _with_name(one: GraphVariable, name: str) -> GraphVariable:
    return one if one.name == name else replace(one, name=name)


def layer_configs(graph: ObjectGraph, keras: Mapping[int, KerasObject]) -> tuple[LayerConfig, ...]:
    """Returns what Keras wrote of the layers in a graph, each once; the path of the object that was saved is empty."""
    ways = graph.ways()
    return tuple(
        LayerConfig(_layer_path(ways, node, keras), keras[node].class_name, keras[node].config)
        for node in ways.above
        if node in keras
    )


def _layer_path(ways: Ways, node: int, keras: Mapping[int, KerasObject]) -> str:
    return "/".join(keras[step].name for step, _ in ways.to(node) if step in keras)


@dataclass(slots=True)
class _Namer:
    """Names the variables of `nodes`, which are no optimizer's."""

    graph: ObjectGraph
    keras: Mapping[int, KerasObject]
    ways: Ways
    nodes: list[int]
    _trainable: dict[int, bool] = field(init=False)
    _names: Mapping[int, str] = field(init=False)

    def __post_init__(self) -> None:
        self._trainable = _trainability(self.graph, self.ways)
        self._names = self._full_names()

    def _full_names(self) -> dict[int, str]:
        """Returns the full names that name only one variable.

        Two models of one checkpoint may both have a `dense/kernel`: it is `generator/dense/kernel` then, and
        `judge/dense/kernel`, after the attributes of the object that was saved.
        """
        names = {node: name for node in self.nodes if node and "/" in (name := _full_name(self.graph.nodes[node]))}
        if len(set(names.values())) == len(names):
            return names
        models = {node: f"{next(self.ways.to(node))[1]}/{name}" for node, name in names.items()}
        if len(set(models.values())) == len(models):
            return models
        times = Counter(names.values())
        return {node: name for node, name in names.items() if times[name] == 1}

    def named(self, node: int, stored: ObjectTensor) -> GraphVariable:
        """Returns a variable with its name, and what the graph says of it."""
        way = list(self.ways.to(node))
        trainable = self._trainable.get(node)
        attributes = [name for _, name in way if name != "keras_api"] or ["value"]
        if attributes == [_SAVE_COUNTER]:
            return GraphVariable(node, stored, "", _SAVE_COUNTER, "untracked", False)
        if stored.attribute != VALUE:
            return GraphVariable(node, stored, "/".join(attributes), stored.attribute, "weight", trainable)
        name = stored.own_name or attributes[-1]
        if METRICS.intersection(step for _, step in way):
            return GraphVariable(node, stored, "/".join(attributes[:-1]), name, "metric", False)
        role: Role = "seed" if name == _SEED else "weight"
        layers = [self.keras[step] for step, _ in way if step in self.keras]
        if layers:
            path = _layer_path(self.ways, node, self.keras)
            return GraphVariable(node, stored, path, name, role, trainable, layers[-1].class_name)
        if node in self._names:
            return GraphVariable(node, stored, self._names[node].rpartition("/")[0], name, role, trainable)
        if stored.own_name and BESIDE.intersection(attributes[:-1]):
            # an export lists the variables of all layers by number: a repeated name says more
            return GraphVariable(node, stored, stored.full_name.rpartition("/")[0], name, role, trainable)
        return GraphVariable(node, stored, "/".join(attributes[:-1]), attributes[-1], role, trainable)


def _full_name(node: GraphObject) -> str:
    return next((one.full_name for one in node.stored if one.attribute == VALUE), "")


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


def twins(graph: ObjectGraph) -> set[int]:
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


def _without_root_name(variables: list[GraphVariable], graph: ObjectGraph, ways: Ways) -> list[GraphVariable]:
    names = {
        one.node: one.stored.full_name for one in variables if one.role != "metric" and "/" in one.stored.full_name
    }
    name = root_name(names, graph, ways)
    if name is None:
        return variables
    root = f"{name}/"
    return [
        replace(one, layer=one.layer.removeprefix(root)) if one.stored.full_name.startswith(root) else one
        for one in variables
    ]
