"""Optimizers in a graph of objects, and which weight each of their variables belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from weightscope.source.file.checkpoint.object_graph import VALUE, Node, ObjectGraph, Stored, Ways

_KIND = "optimizer"

#: What an optimizer counts its steps with, and where it keeps its learning rate, as Keras 2 and 3 call them.
_STEPS = frozenset({"iter", "_iterations", "iterations"})
_RATES = frozenset({"learning_rate", "_learning_rate", "_current_learning_rate"})

#: The list of the weights that it trains: they are the model's.
_WEIGHTS = frozenset({"_trainable_variables"})


@dataclass(frozen=True, slots=True)
class Weights:
    """The paths of a model's weights, by what an optimizer may tell of them.

    Attributes:
        by_node: By the object that holds them.
        by_name: By full name: `model/dense/kernel`.
        by_joined_name: By full name as Keras 3 puts it into an optimizer's: `model_dense_kernel`.
    """

    by_node: Mapping[int, str]
    by_name: Mapping[str, str]
    by_joined_name: Mapping[str, str]

    @classmethod
    def of(cls, named: Iterable[tuple[int, str, str]]) -> Weights:
        """Returns the paths of weights, each told by its object, its full name and its path."""
        rows = list(named)
        return cls(
            {node: path for node, _, path in rows},
            {name: path for _, name, path in rows if name},
            {name.replace("/", "_"): path for _, name, path in rows if name},
        )

    def slot_path(self, name: str) -> str | None:
        """Returns the path of what an optimizer calls `name`: its weight's, and what it is; None if it tells no weight.

        Keras 3 writes `model_dense_kernel_momentum`, Keras 2.11 to 2.15 `m/dense/kernel`, and Keras before them
        `dense/kernel/m`.
        """
        first, _, rest = name.partition("/")
        if rest in self.by_name:
            return f"{self.by_name[rest]}/{first}"
        before, _, last = name.rpartition("/")
        if before in self.by_name:
            return f"{self.by_name[before]}/{last}"
        for place in range(len(name) - 1, 0, -1):
            if name[place] == "_" and name[:place] in self.by_joined_name:
                return f"{self.by_joined_name[name[:place]]}/{name[place + 1 :]}"
        return None


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An optimizer.

    Attributes:
        name: Its own, such as `adam`; how to reach it, where there are several.
        variables: The objects that hold what it keeps, in the order in which they were listed.
        prefix: What the full names of its variables begin with.
        slots: The weight's object, and the name of what is kept for it, by the object that holds it.
    """

    name: str
    variables: tuple[int, ...]
    prefix: str
    slots: Mapping[int, tuple[int, str]]

    def path(self, node: int, stored: Stored, weights: Weights, ways: Ways) -> str:
        """Returns the path of one of its variables below its name: after its weight, where it has one."""
        weight, word = self.slots.get(node, (-1, ""))
        if weight in weights.by_node:
            return f"{weights.by_node[weight]}/{word}"
        told = stored.full_name.removeprefix(f"{self.prefix}/")
        if stored.own_name and stored.attribute == VALUE:
            return weights.slot_path(told) or told
        attribute = ways.above[node][1] if node in ways.above else str(node)
        return attribute.lstrip("_") if stored.attribute == VALUE else f"{attribute}/{stored.attribute}"


def find_optimizers(graph: ObjectGraph, ways: Ways) -> list[Optimizer]:
    """Returns the optimizers of a graph that have variables; each variable once."""
    seen = {one for name in ("variables", "trainable_variables") for one in graph.items(0, name) or ()}
    places = {node: place for place, node in enumerate(ways.above)}
    found: list[tuple[int, Optimizer]] = []
    for node in ways.above:
        if not _is_optimizer(graph.nodes[node], ways.above[node][1]):
            continue
        slots = {
            slot.variable: (slot.weight, slot.name) for slot in graph.nodes[node].slots if slot.variable not in seen
        }
        inside = [*graph.below(node, _WEIGHTS, seen), *slots]
        kept = [one for one in dict.fromkeys(inside) if graph.nodes[one].stored]
        kept.sort(key=lambda one: places.get(one, len(places)))
        if kept:
            found.append((node, Optimizer(_KIND, tuple(kept), _prefix(graph, kept), slots)))
        seen.update(slots)
    if len(found) == 1:
        _, alone = found[0]
        return [replace(alone, name=alone.prefix or _KIND)]
    return [replace(one, name="/".join(name for _, name in ways.to(node)) or _KIND) for node, one in found]


def _is_optimizer(node: Node, attribute: str) -> bool:
    is_alike = bool(_STEPS & node.children.keys()) and bool(_RATES & node.children.keys())
    return node.kind == _KIND or bool(node.slots) or is_alike or attribute == _KIND


def _prefix(graph: ObjectGraph, kept: list[int]) -> str:
    """Returns what full names begin with, such as `adam`; empty where none has a beginning."""
    names = (stored.full_name for node in kept for stored in graph.nodes[node].stored)
    return next((name.partition("/")[0] for name in names if "/" in name), "")
