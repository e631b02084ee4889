"""The graph of objects of a checkpoint as its keys alone show it: the graph itself may lie in a missing data shard.

`layer-1/kernel/.OPTIMIZER_SLOT/optimizer/m/.ATTRIBUTES/VARIABLE_VALUE` holds what the object `optimizer` keeps as `m`
for the object `layer-1/kernel`.
Source: `tensorflow/python/checkpoint/trackable_view.py` and `util.py`, TensorFlow 2.21.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from weightscope.errors import not_from_keras
from weightscope.source import limits
from weightscope.source.file.checkpoint.object_graph import (
    NO_CHILDREN,
    GraphObject,
    ObjectGraph,
    ObjectTensor,
    SlotReference,
)
from weightscope.source.natural_order import in_natural_order

#: What keys have behind the objects that lead to a tensor, and between a weight and what an optimizer keeps for it.
ATTRIBUTES = "/.ATTRIBUTES/"
_SLOT = "/.OPTIMIZER_SLOT/"


def graph_of_keys(keys: Iterable[str], location: str) -> ObjectGraph | None:
    """Returns the objects that keys lead to, without their full names; None where no key leads to an object.

    Raises:
        FileError: They lead to more objects than any model has.
    """
    objects = _Objects(location)
    for key in in_natural_order(key for key in keys if ATTRIBUTES in key):
        objects.add(key)
    return objects.graph() if objects.count > 1 else None


@dataclass(slots=True)
class _Objects:
    """The objects that were found: each one's children by name, what it stores, and its slots."""

    location: str
    count: int = 1
    children: dict[int, dict[str, int]] = field(default_factory=lambda: {0: {}})
    stored: dict[int, tuple[ObjectTensor, ...]] = field(default_factory=dict)
    slots: dict[int, list[SlotReference]] = field(default_factory=dict)

    def add(self, key: str) -> None:
        path, _, attribute = key.partition(ATTRIBUTES)
        weight, is_slot, kept = path.partition(_SLOT)
        node = self._at(weight)
        if is_slot:
            optimizer, _, word = kept.rpartition("/")
            variable = self._new()
            self.slots.setdefault(self._at(optimizer), []).append(SlotReference(node, _unescaped(word), variable))
            node = variable
        self.stored[node] = (*self.stored.get(node, ()), ObjectTensor(_unescaped(attribute), "", key))

    def graph(self) -> ObjectGraph:
        return ObjectGraph(
            tuple(
                GraphObject(
                    self.children.get(node, NO_CHILDREN), self.stored.get(node, ()), tuple(self.slots.get(node, ()))
                )
                for node in range(self.count)
            )
        )

    def _at(self, path: str) -> int:
        node = 0
        for step in path.split("/"):
            name = _unescaped(step)
            inside = self.children.setdefault(node, {})
            if name not in inside:
                inside[name] = self._new()
            node = inside[name]
        return node

    def _new(self) -> int:
        if self.count == limits.GRAPH_NODES:
            raise not_from_keras(self.location, "keys of more objects than any model has")
        self.count += 1
        return self.count - 1


def _unescaped(step: str) -> str:
    """Returns the name that TensorFlow wrote with `.S` for a slash, and two dots for one."""
    return ".".join(part.replace(".S", "/") for part in step.split(".."))
