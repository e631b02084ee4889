"""The graph of the objects that were saved: what is inside what, under which name, and which variables they hold.

Checkpoints of TensorFlow 2 and SavedModels each hold an object graph; the records here describe both.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from weightscope.source import limits

#: What a variable's own value is called among what its node stores.
VALUE = "VARIABLE_VALUE"

#: The children of an object that has none; most objects are variables.
NO_CHILDREN: Mapping[str, int] = MappingProxyType({})

#: What TensorFlow and Keras call a variable that was given no name.
_NO_NAME = re.compile(r"variable(_\d+)?", re.IGNORECASE)

#: Lists and objects that Keras keeps beside a model's attributes: a variable is named by its attribute, where it has
#: one.
BESIDE = frozenset(
    {
        "keras_api",
        "variables",
        "trainable_variables",
        "non_trainable_variables",
        "_all_variables",
        "_trainable_variables",
    }
)
_COST_BESIDE = 1 << 20
_COST_PRIVATE = 1 << 10


@dataclass(frozen=True, slots=True)
class ObjectTensor:
    """A tensor that an object stores.

    Attributes:
        attribute: What the object calls it: `VARIABLE_VALUE` for a variable's value.
        full_name: The variable's name at its creation, such as `dense/kernel`; empty if not stored in the file.
        key: Of the tensor in the checkpoint; empty in a SavedModel's own graph.
    """

    attribute: str
    full_name: str
    key: str

    @property
    def own_name(self) -> str:
        """The last part of its full name; empty if it was given none."""
        own = self.full_name.rpartition("/")[2]
        return "" if _NO_NAME.fullmatch(own) else own


@dataclass(frozen=True, slots=True)
class SlotReference:
    """What an optimizer keeps for a weight: the weight's node, what it is, and the node that holds it."""

    weight: int
    name: str
    variable: int


@dataclass(frozen=True, slots=True)
class GraphObject:
    """An object.

    Attributes:
        children: The objects in it, by the name of the attribute.
        stored: Its tensors.
        slots: What it keeps for others' variables: it is an optimizer then.
        kind: The kind of object in TensorFlow, such as `_tf_keras_layer`; empty if not stored in the file.
    """

    children: Mapping[str, int]
    stored: tuple[ObjectTensor, ...] = ()
    slots: tuple[SlotReference, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Ways:
    """How to reach the objects of a graph from the first: the shortest public way there is to each.

    Attributes:
        above: The object before it on the way, and the name of the attribute that leads on; in the order of a walk
            in depth, which is that in which objects were listed. What cannot be reached is not in it.
    """

    above: Mapping[int, tuple[int, str]]

    def to(self, node: int) -> Iterator[tuple[int, str]]:
        """Yields the objects on the way, each with the name that leads to it; the first object is left out.

        Of a way of more than `limits.GRAPH_DEPTH` steps, only the last steps are included.
        """
        steps: list[tuple[int, str]] = []
        while node != 0 and len(steps) < limits.GRAPH_DEPTH:
            parent, name = self.above[node]
            steps.append((node, name))
            node = parent
        return reversed(steps)


@dataclass(frozen=True, slots=True)
class ObjectGraph:
    """All objects; the first is the one that was saved."""

    nodes: tuple[GraphObject, ...]

    def stored_keys(self) -> set[str]:
        """Returns the keys of all that the objects store."""
        return {stored.key for node in self.nodes for stored in node.stored}

    def items(self, node: int, name: str) -> tuple[int, ...] | None:
        """Returns what is in the list `name` of an object; None where it has no such list."""
        child = self.nodes[node].children.get(name)
        return None if child is None else tuple(self.nodes[child].children.values())

    def ways(self) -> Ways:
        """Returns how to reach each object."""
        found: dict[int, tuple[int, str]] = {}
        heap: list[tuple[int, int, int, int, str]] = [(0, 0, 0, -1, "")]
        pushed = 0
        while heap:
            cost, _, node, parent, name = heapq.heappop(heap)
            if node in found:
                continue
            found[node] = (parent, name)
            for child_name, child in self.nodes[node].children.items():
                pushed += 1
                if child not in found:
                    heapq.heappush(heap, (cost + _cost(child_name), pushed, child, node, child_name))
        return Ways(self._in_depth(found))

    def _in_depth(self, found: Mapping[int, tuple[int, str]]) -> dict[int, tuple[int, str]]:
        ordered: dict[int, tuple[int, str]] = {}
        stack = [0]
        while stack:
            node = stack.pop()
            ordered[node] = found[node]
            children = [child for name, child in self.nodes[node].children.items() if found[child] == (node, name)]
            stack += reversed(children)
        return ordered

    def below(self, start: int, skipped: frozenset[str], seen: set[int]) -> list[int]:
        """Returns an object and all inside it.

        Args:
            start: The object.
            skipped: Names that are not followed.
            seen: What has been returned before, and is not again; what is returned is added.
        """
        found: list[int] = []
        stack = [start]
        while stack:
            node = stack.pop()
            if node not in seen:
                seen.add(node)
                found.append(node)
                stack += [child for name, child in self.nodes[node].children.items() if name not in skipped]
        return found


def _cost(name: str) -> int:
    return _COST_BESIDE if name in BESIDE else _COST_PRIVATE if name.startswith("_") else 1
