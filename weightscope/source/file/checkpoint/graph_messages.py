"""The graph of objects as checkpoints and SavedModels write it.

Source: `tensorflow/core/protobuf/trackable_object_graph.proto`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from weightscope.errors import damaged, not_from_keras
from weightscope.source import limits
from weightscope.source.file.checkpoint.object_graph import (
    NO_CHILDREN,
    VALUE,
    GraphObject,
    ObjectGraph,
    ObjectTensor,
    SlotReference,
)
from weightscope.source.file.checkpoint.protobuf import Fields, as_text, fields, message_classes, parse

#: The key of the graph in a checkpoint.
KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"

#: What objects of both graphs have; a table of others can use `Child` and `SlotVariable`.
GRAPH_MESSAGES: dict[str, Fields] = {
    "Child": {"node_id": (1, "int32"), "local_name": (2, "string")},
    "SlotVariable": {
        "original_variable_node_id": (1, "int32"),
        "slot_name": (2, "string"),
        "slot_variable_node_id": (3, "int32"),
    },
}

_MESSAGES = message_classes(
    "object_graph",
    {
        **GRAPH_MESSAGES,
        "Node": {
            "children": (1, "repeated Child"),
            "attributes": (2, "repeated Attribute"),
            "slot_variables": (3, "repeated SlotVariable"),
        },
        "Attribute": {"name": (1, "string"), "full_name": (2, "string"), "checkpoint_key": (3, "string")},
    },
)

_NODES = 1


def checkpoint_graph(data: bytes, location: str, stored_key: Callable[[str], str]) -> ObjectGraph:
    """Returns the graph that a checkpoint brings.

    Args:
        data: The serialized graph.
        location: As the user named the checkpoint.
        stored_key: Returns a key as the text that is in memory already.

    Raises:
        FileError: It is damaged, or asks for more than a model's does.
    """

    def read(offset: int, count: int) -> bytes:
        return data[offset : offset + count]

    graph = graph_of(
        (
            _node(parse(_MESSAGES["Node"], read(start, size), "its graph of objects", location), stored_key)
            for number, start, size in fields(read, len(data), location)
            if number == _NODES
        ),
        location,
    )
    if not graph.nodes:
        raise damaged(location, "its graph of objects is empty")
    return graph


def graph_of(nodes: Iterable[GraphObject], location: str) -> ObjectGraph:
    """Returns the graph of these objects.

    Raises:
        FileError: They are too many, or name one that is not there.
    """
    found: list[GraphObject] = []
    names = 0
    for node in nodes:
        found.append(node)
        names += len(node.children) + len(node.stored) + len(node.slots)
        if len(found) > limits.GRAPH_NODES or names > limits.GRAPH_NAMES:
            raise not_from_keras(location, "a graph of more objects than any model has")
    named = (
        index
        for node in found
        for index in (*node.children.values(), *(one for slot in node.slots for one in (slot.weight, slot.variable)))
    )
    if any(not 0 <= index < len(found) for index in named):
        raise damaged(location, "its graph of objects names one that is not there")
    return ObjectGraph(tuple(found))


def _node(message: Any, stored_key: Callable[[str], str]) -> GraphObject:
    return GraphObject(
        children_of(message.children),
        tuple([_tensor(one, stored_key) for one in message.attributes]),
        slots_of(message.slot_variables),
    )


def _tensor(message: Any, stored_key: Callable[[str], str]) -> ObjectTensor:
    attribute, key = as_text(message.name), as_text(message.checkpoint_key)
    return ObjectTensor(VALUE if attribute == VALUE else attribute, as_text(message.full_name), stored_key(key))


def children_of(messages: Iterable[Any]) -> Mapping[str, int]:
    """Returns children by name."""
    return {as_text(one.local_name): one.node_id for one in messages} or NO_CHILDREN


def slots_of(messages: Iterable[Any]) -> tuple[SlotReference, ...]:
    """Returns the slots of an optimizer."""
    return tuple(
        SlotReference(one.original_variable_node_id, as_text(one.slot_name), one.slot_variable_node_id)
        for one in messages
    )
