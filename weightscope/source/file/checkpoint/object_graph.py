"""The graph of the objects that were saved: what is inside what, under which name, and which variables they hold.

Checkpoints of TensorFlow 2 bring one, and SavedModels another; both are told by the records here.
Source: `tensorflow/core/protobuf/trackable_object_graph.proto`.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from weightscope.errors import FileError
from weightscope.source.file import limits
from weightscope.source.file.protobuf import as_text, fields, message_classes, parse

#: The key of the graph in a checkpoint.
KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"

#: What a variable's own value is called among what its node stores.
VALUE = "VARIABLE_VALUE"

_MESSAGES = message_classes(
    "object_graph",
    {
        "Node": {
            "children": (1, "repeated Child"),
            "attributes": (2, "repeated Attribute"),
            "slot_variables": (3, "repeated SlotVariable"),
        },
        "Child": {"node_id": (1, "int32"), "local_name": (2, "string")},
        "Attribute": {"name": (1, "string"), "full_name": (2, "string"), "checkpoint_key": (3, "string")},
        "SlotVariable": {
            "original_variable_node_id": (1, "int32"),
            "slot_name": (2, "string"),
            "slot_variable_node_id": (3, "int32"),
        },
    },
)

_NODES = 1

#: Lists and objects that Keras keeps beside a model's attributes: a variable is named by its attribute, where it has
#: one.
_BESIDE = frozenset(
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
class Stored:
    """A tensor that an object stores.

    Attributes:
        attribute: What the object calls it: `VARIABLE_VALUE` for a variable's value.
        full_name: The variable's name when it was made, such as `dense/kernel`; empty where the file does not tell.
        key: Of the tensor in the checkpoint; empty in a SavedModel's own graph.
    """

    attribute: str
    full_name: str
    key: str


@dataclass(frozen=True, slots=True)
class Slot:
    """What an optimizer keeps for a weight: the weight's node, what it is, and the node that holds it."""

    weight: int
    name: str
    variable: int


@dataclass(frozen=True, slots=True)
class Node:
    """An object.

    Attributes:
        children: The objects in it, by the name of the attribute.
        stored: Its tensors.
        slots: What it keeps for others' variables: it is an optimizer then.
        kind: What TensorFlow takes it for, such as `_tf_keras_layer`; empty where the file does not tell.
    """

    children: Mapping[str, int]
    stored: tuple[Stored, ...] = ()
    slots: tuple[Slot, ...] = ()
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

        Of a way of more than `limits.GRAPH_DEPTH` steps, only the last ones are told.
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

    nodes: tuple[Node, ...]

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
    return _COST_BESIDE if name in _BESIDE else _COST_PRIVATE if name.startswith("_") else 1


def checkpoint_graph(data: bytes, location: str) -> ObjectGraph:
    """Returns the graph that a checkpoint brings.

    Raises:
        FileError: It is damaged, or asks for more than a model's does.
    """

    def read(offset: int, count: int) -> bytes:
        return data[offset : offset + count]

    return graph_of(
        (
            checkpoint_node(parse(_MESSAGES["Node"], read(start, size), "its graph of objects", location))
            for number, start, size in fields(read, len(data), location)
            if number == _NODES
        ),
        location,
    )


def graph_of(nodes: Iterable[Node], location: str) -> ObjectGraph:
    """Returns the graph of these objects.

    Raises:
        FileError: They are too many, or name one that is not there.
    """
    found: list[Node] = []
    names = 0
    for node in nodes:
        found.append(node)
        names += len(node.children) + len(node.stored) + len(node.slots)
        if len(found) > limits.GRAPH_NODES or names > limits.GRAPH_NAMES:
            raise FileError(location, "a graph of more objects than any model has", "inspect a file that Keras wrote")
    named = (
        index
        for node in found
        for index in (*node.children.values(), *(one for slot in node.slots for one in (slot.weight, slot.variable)))
    )
    if any(not 0 <= index < len(found) for index in named):
        raise FileError(location, "its graph of objects names one that is not there", "copy it again")
    return ObjectGraph(tuple(found))


def checkpoint_node(message: Any) -> Node:
    """Returns a node of the graph of a checkpoint."""
    return Node(
        children_of(message.children),
        tuple(
            Stored(as_text(one.name), as_text(one.full_name), as_text(one.checkpoint_key)) for one in message.attributes
        ),
        slots_of(message.slot_variables),
    )


def children_of(messages: Iterable[Any]) -> dict[str, int]:
    """Returns children by name."""
    return {as_text(one.local_name): one.node_id for one in messages}


def slots_of(messages: Iterable[Any]) -> tuple[Slot, ...]:
    """Returns the slots of an optimizer."""
    return tuple(
        Slot(one.original_variable_node_id, as_text(one.slot_name), one.slot_variable_node_id) for one in messages
    )
