"""Optimizers in a graph of objects, and which weight each of their variables belongs to."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace

from weightscope.keras_facts.optimizers import RATE_ATTRIBUTES, STEP_ATTRIBUTES
from weightscope.source.file.checkpoint.object_graph import VALUE, GraphObject, ObjectGraph, ObjectTensor, Ways

_KIND = "optimizer"

#: The list of the weights that it trains: they are the model's.
_WEIGHTS = "_trainable_variables"

#: What Keras adds to a name that is taken.
_NUMBER = re.compile(r"_\d+$")


@dataclass(frozen=True, slots=True)
class TrainedWeight:
    """A weight of the model: the object that holds it, its full name, and its path."""

    node: int
    full_name: str
    path: str


class Weights:
    """The paths of the weights that an optimizer trains, by the optimizer's ways to refer to them."""

    def __init__(self, weights: Iterable[TrainedWeight]) -> None:
        self._by_node: dict[int, str] = {}
        self._by_name: dict[str, str] = {}
        self._by_joined_name: dict[str, str] = {}
        for weight in weights:
            self._by_node[weight.node] = weight.path
            self._by_name[weight.full_name] = weight.path
            self._by_joined_name[weight.full_name.replace("/", "_")] = weight.path

    def path(self, node: int) -> str | None:
        """Returns the path of the weight that an object holds; None where it holds none."""
        return self._by_node.get(node)

    def slot_path(self, name: str) -> str | None:
        """Returns the path of the slot that an optimizer names `name`: weight and purpose; None if it names no weight.

        Keras 3 writes `model_dense_kernel_momentum` (after `sgd/` or `sgd_1/` where one optimizer is inside another),
        Keras 2.11 to 2.15 `m/dense/kernel`, and Keras before them `dense/kernel/m`.
        """
        first, _, rest = name.partition("/")
        if rest in self._by_name:
            return f"{self._by_name[rest]}/{first}"
        before, _, last = name.rpartition("/")
        if before in self._by_name:
            return f"{self._by_name[before]}/{last}"
        inner = f"{_NUMBER.sub('', before)}/" if before else ""
        for place in range(len(last) - 1, 0, -1):
            if last[place] == "_" and last[:place] in self._by_joined_name:
                return f"{inner}{self._by_joined_name[last[:place]]}/{last[place + 1 :]}"
        return None


@dataclass(frozen=True, slots=True)
class GraphOptimizer:
    """An optimizer.

    Attributes:
        name: Its own, such as `adam`; how to reach it, where there are several.
        variables: The objects that hold what it keeps, in the order in which they were listed.
        trains: The objects that hold the weights that it trains; None where it does not list them.
        prefix: What the full names of its variables begin with.
        slots: The weight's object, and the slot's name, by the object that holds it, as Keras 2 writes it.
    """

    name: str
    variables: tuple[int, ...]
    trains: frozenset[int] | None
    prefix: str
    slots: Mapping[int, tuple[int, str]]

    def _weights(self, all_of_them: Iterable[TrainedWeight]) -> Weights:
        """Returns those of a model's weights that it may keep something for."""
        return Weights(one for one in all_of_them if self.trains is None or one.node in self.trains)

    def named(
        self, graph: ObjectGraph, all_weights: Iterable[TrainedWeight], ways: Ways
    ) -> list[tuple[int, ObjectTensor, str]]:
        """Returns its variables with their paths below its name: after their weights, where they have some.

        Args:
            graph: The objects.
            all_weights: Those of the model.
            ways: How to reach objects.
        """
        weights = self._weights(all_weights)
        stored = [(node, one) for node in self.variables for one in graph.nodes[node].stored]
        paths = [self._path(node, one, weights, ways) for node, one in stored]
        for place in range(2, len(paths)):
            # Keras 3's Adafactor calls what it keeps for rows and columns like their weight, `kernel`
            weight, _, word = paths[place].rpartition("/")
            if word == "velocity" and paths[place - 2 : place] == [weight.rpartition("/")[2]] * 2:
                paths[place - 2 : place] = [f"{weight}/r", f"{weight}/c"]
        return [(node, one, path) for (node, one), path in zip(stored, paths, strict=True)]

    def _path(self, node: int, stored: ObjectTensor, weights: Weights, ways: Ways) -> str:
        weight, word = self.slots.get(node, (-1, ""))
        path = weights.path(weight)
        if path is not None:
            return f"{path}/{word}"
        full_name = stored.full_name.removeprefix(f"{self.prefix}/")
        if stored.own_name and stored.attribute == VALUE:
            return weights.slot_path(full_name) or full_name
        attribute = ways.above[node][1] if node in ways.above else str(node)
        return attribute.lstrip("_") if stored.attribute == VALUE else f"{attribute}/{stored.attribute}"


def find_optimizers(graph: ObjectGraph, ways: Ways) -> list[GraphOptimizer]:
    """Returns the optimizers of a graph that have variables; each variable once."""
    seen = {one for name in ("variables", "trainable_variables") for one in graph.items(0, name) or ()}
    found: list[tuple[int, GraphOptimizer]] = []
    places = {node: place for place, node in enumerate(ways.above)}
    names = {stored.full_name for node in graph.nodes for stored in node.stored}
    for node in ways.above:
        if _is_optimizer(graph.nodes[node], ways.above[node][1]):
            one = _optimizer(graph, node, places, names, seen)
            found += [(node, one)] if one.variables else []
    if len(found) == 1:
        _, alone = found[0]
        return [replace(alone, name=alone.prefix or _KIND)]
    return [replace(one, name="/".join(name for _, name in ways.to(node)) or _KIND) for node, one in found]


def _optimizer(
    graph: ObjectGraph, node: int, places: Mapping[int, int], names: Container[str], seen: set[int]
) -> GraphOptimizer:
    """Returns the optimizer that an object is, with the variables that are not in `seen`, and adds them there."""
    slots = {one.variable: (one.weight, one.name) for one in graph.nodes[node].slots if one.variable not in seen}
    inside = dict.fromkeys((*graph.below(node, frozenset({_WEIGHTS}), seen), *slots))
    seen.update(slots)
    kept = sorted((one for one in inside if graph.nodes[one].stored), key=lambda one: places.get(one, len(places)))
    trains = graph.items(node, _WEIGHTS)
    its = None if trains is None else frozenset(trains)
    return GraphOptimizer(_KIND, tuple(kept), its, _prefix(graph, kept, names), slots)


def _is_optimizer(node: GraphObject, attribute: str) -> bool:
    is_alike = bool(STEP_ATTRIBUTES & node.children.keys()) and bool(RATE_ATTRIBUTES & node.children.keys())
    return node.kind == _KIND or bool(node.slots) or is_alike or attribute == _KIND


def _prefix(graph: ObjectGraph, kept: list[int], names: Container[str]) -> str:
    """Returns what full names begin with, such as `adam`; empty where none has a beginning.

    `velocity/dense/kernel` begins with no name of an optimizer: `dense/kernel`, among `names`, is a weight.
    """
    halves = (stored.full_name.partition("/") for node in kept for stored in graph.nodes[node].stored)
    return next((first for first, _, rest in halves if rest and rest not in names), "")
