"""The objects of a SavedModel: which of them are variables, and where their values are in its checkpoint.

Source: `tensorflow/core/protobuf/saved_object_graph.proto`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from weightscope.errors import FileError
from weightscope.source import limits
from weightscope.source.escape import escape
from weightscope.source.file.checkpoint.graph_messages import GRAPH_MESSAGES, children_of, graph_of, slots_of
from weightscope.source.file.checkpoint.object_graph import VALUE, GraphObject, ObjectGraph, ObjectTensor
from weightscope.source.file.checkpoint.protobuf import as_text, message_classes, parse
from weightscope.source.file.checkpoint.shape import SHAPE_MESSAGES, shape_of
from weightscope.source.file.checkpoint.tensor_type import dtype_name

_MESSAGES = message_classes(
    "saved_objects",
    {
        **SHAPE_MESSAGES,
        **GRAPH_MESSAGES,
        "Object": {
            "children": (1, "repeated Child"),
            "slot_variables": (3, "repeated SlotVariable"),
            "user_object": (4, "UserObject"),
            "variable": (7, "Variable"),
        },
        "UserObject": {"identifier": (1, "string"), "metadata": (3, "bytes")},
        "Variable": {"dtype": (1, "int32"), "shape": (2, "Shape"), "name": (6, "string")},
    },
)


@dataclass(frozen=True, slots=True)
class SavedVariable:
    """What a SavedModel says of a variable; an axis of unknown size has None."""

    dtype: str
    shape: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class SavedObjects:
    """The objects of a MetaGraph.

    Attributes:
        graph: They, with their names.
        variables: The descriptions of the objects that are variables, by their place in the graph.
        metadata: What Keras wrote of its own, as JSON, by their place; from TensorFlow 2.5 on it is in another file.
    """

    graph: ObjectGraph
    variables: Mapping[int, SavedVariable]
    metadata: Mapping[int, bytes]

    def stored_in(self, checkpoint: ObjectGraph) -> ObjectGraph:
        """Returns the graph with the keys of what its objects store in the SavedModel's checkpoint.

        An object is found there by the same names that lead to it here, as TensorFlow does when it loads one.
        """
        places = {0: 0}
        stack = [0]
        while stack:
            node = stack.pop()
            there = checkpoint.nodes[places[node]].children
            for name, child in self.graph.nodes[node].children.items():
                if name in there and child not in places:
                    places[child] = there[name]
                    stack.append(child)
        for node, place in list(places.items()):
            slots = {(slot.weight, slot.name): slot.variable for slot in checkpoint.nodes[place].slots}
            for slot in self.graph.nodes[node].slots:
                found = slots.get((places.get(slot.weight, -1), slot.name))
                if found is not None:
                    places.setdefault(slot.variable, found)
        nodes = list(self.graph.nodes)
        for node, place in places.items():
            if checkpoint.nodes[place].stored:
                name = next((one.full_name for one in nodes[node].stored), "")
                stored = (replace(one, full_name=one.full_name or name) for one in checkpoint.nodes[place].stored)
                nodes[node] = replace(nodes[node], stored=tuple(stored))
        return ObjectGraph(tuple(nodes))


def saved_objects(messages: Iterable[bytes], location: str) -> SavedObjects | None:
    """Returns the objects in these messages; None if there are none, as in files of TF 1.

    Raises:
        FileError: They are damaged, or more than any model has.
    """
    variables: dict[int, SavedVariable] = {}
    metadata: dict[int, bytes] = {}

    def node(index: int, data: bytes) -> GraphObject:
        message = parse(_MESSAGES["Object"], data, "its graph of objects", location, most_bytes=limits.OBJECT_BYTES)
        if message.HasField("variable"):
            variables[index] = _variable(message.variable, location)
        if message.user_object.metadata:
            metadata[index] = message.user_object.metadata
        return _node(message)

    graph = graph_of((node(index, data) for index, data in enumerate(messages)), location)
    return SavedObjects(graph, variables, metadata) if graph.nodes else None


def _node(message: Any) -> GraphObject:
    stored = (ObjectTensor(VALUE, as_text(message.variable.name), ""),) if message.HasField("variable") else ()
    kind = as_text(message.user_object.identifier)
    return GraphObject(children_of(message.children), stored, slots_of(message.slot_variables), kind)


def _variable(message: Any, location: str) -> SavedVariable:
    shape = shape_of(message.shape) or ()
    if len(shape) > limits.HDF5_RANK:
        raise FileError(location, f"{escape(as_text(message.name))} has {len(shape)} axes", "save it again")
    return SavedVariable(dtype_name(message.dtype), shape)
