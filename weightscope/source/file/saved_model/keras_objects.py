"""Models and layers of Keras 2 in a SavedModel: their names and classes, from `keras_metadata.pb`.

Source: `keras/protobuf/saved_metadata.proto`, Keras 2.15. TensorFlow before 2.5 put the same JSON into each object of
`saved_model.pb`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from weightscope.errors import not_from_keras
from weightscope.keras_facts.custom_code import custom_code
from weightscope.keras_facts.serialized import Config, part, text
from weightscope.source import limits
from weightscope.source.bytes.far.path import whole_file
from weightscope.source.file.checkpoint.graph_variables import KerasObject
from weightscope.source.file.checkpoint.protobuf import as_text, fields, message_classes, parse
from weightscope.source.file.checkpoint.saved_objects import SavedObjects
from weightscope.source.file.config.json_config import parse_config
from weightscope.source.file.keras3.optimizer import loss_names
from weightscope.source.file_path import FilePath

FILE = "keras_metadata.pb"

_MESSAGES = message_classes(
    "keras_metadata", {"Object": {"node_id": (2, "int32"), "identifier": (4, "string"), "metadata": (5, "bytes")}}
)
_NODES = 1

#: The prefix of every kind of layer and model; metrics have a kind of their own.
_KIND, _METRIC = "_tf_keras_", "_tf_keras_metric"


@dataclass(frozen=True, slots=True)
class KerasObjects:
    """What Keras wrote of its objects.

    Attributes:
        layers: Models and layers, by their place in the graph.
        root: What it wrote of the model that was saved: `name`, `class_name`, `keras_version`, `training_config`.
        bytecode: The layers whose config holds Python bytecode, by name.
    """

    layers: Mapping[int, KerasObject]
    root: Config
    bytecode: tuple[str, ...] = ()

    @property
    def model(self) -> KerasObject | None:
        """The model that was saved; None where it was no model of Keras."""
        return self.layers.get(0)

    @property
    def loss(self) -> str | None:
        """The loss that the model was compiled with."""
        return loss_names(part(self.root, "training_config").get("loss"))

    @property
    def optimizer(self) -> str | None:
        """The name of the optimizer that it was compiled with."""
        config = part(part(self.root, "training_config"), "optimizer_config")
        return text(part(config, "config"), "name") or text(config, "class_name")


def keras_objects(folder: FilePath, saved: SavedObjects, location: str) -> KerasObjects:
    """Returns what Keras wrote beside the SavedModel in `folder`, or into it; nothing where another wrote it.

    Raises:
        FileError: It is damaged, or asks for more than a model does.
    """
    layers: dict[int, KerasObject] = {}
    root: Config = {}
    bytecode: dict[str, None] = {}
    for node, kind, metadata in (*_written_inside(saved), *_written_beside(folder / FILE, location)):
        if not kind.startswith(_KIND) or kind == _METRIC:
            continue
        stored = parse_config(metadata, f"what Keras wrote of object {node}", location)
        name, class_name = text(stored, "name"), text(stored, "class_name")
        if name and class_name:
            layers[node] = KerasObject(name, class_name.rpartition(">")[2], part(stored, "config"))
            bytecode.update((place or name, None) for place in custom_code(stored).bytecode)
        if node == 0:
            root = stored
    return KerasObjects(layers, root, tuple(bytecode))


def _written_inside(saved: SavedObjects) -> Iterator[tuple[int, str, bytes]]:
    for node, metadata in saved.metadata.items():
        yield node, saved.graph.nodes[node].kind, metadata


def _written_beside(path: FilePath, location: str) -> Iterator[tuple[int, str, bytes]]:
    if not path.is_file():
        return
    whole = whole_file(path, location)
    if whole.length > limits.CONFIG_BYTES:
        raise not_from_keras(location, f"its {FILE} is larger than any model's")

    data = whole.read(0, whole.length)

    def read(offset: int, count: int) -> bytes:
        return data[offset : offset + count]

    for number, start, size in fields(read, len(data), location):
        if number == _NODES:
            message = parse(
                _MESSAGES["Object"], read(start, size), f"its {FILE}", location, most_bytes=limits.CONFIG_BYTES
            )
            yield message.node_id, as_text(message.identifier), message.metadata
