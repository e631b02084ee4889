"""What `saved_model.pb` says, its graphs of operations left out: they are neither read nor run.

Source: `tensorflow/core/protobuf/saved_model.proto`, `meta_graph.proto`, `variable.proto`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from weightscope.errors import damaged, not_from_keras
from weightscope.inspection import Signature, TensorInfo
from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.file.checkpoint.protobuf import as_text, fields, message_classes, parse
from weightscope.source.file.checkpoint.saved_objects import SavedObjects, saved_objects
from weightscope.source.file.checkpoint.shape import SHAPE_MESSAGES, shape_of
from weightscope.source.file.checkpoint.tensor_type import dtype_name

_MESSAGES = message_classes(
    "saved_model",
    {
        **SHAPE_MESSAGES,
        "MetaInfo": {"tags": (4, "repeated string"), "tensorflow_version": (5, "string")},
        "SignatureEntry": {"key": (1, "string"), "value": (2, "Signature")},
        "Signature": {"inputs": (1, "repeated TensorEntry"), "outputs": (2, "repeated TensorEntry")},
        "TensorEntry": {"key": (1, "string"), "value": (2, "Tensor")},
        "Tensor": {"dtype": (2, "int32"), "shape": (3, "Shape")},
        "CollectionEntry": {"key": (1, "string"), "value": (2, "Collection")},
        "Collection": {"bytes_list": (2, "BytesList")},
        "BytesList": {"value": (1, "repeated bytes")},
        "Variable": {"variable_name": (1, "string"), "slice": (4, "Slice")},
        "Slice": {"full_name": (1, "string")},
    },
)

#: The numbers of fields.
_META_GRAPHS = 2
_META_INFO, _COLLECTION, _SIGNATURE, _ASSET, _OBJECTS = 1, 4, 5, 6, 7
_NODES = 1
_KEY = 1

#: Names of collections. The last is where early TF 1 listed assets.
_VARIABLES, _TRAINABLE, _ASSETS = "variables", "trainable_variables", "saved_model_assets"

#: Of the operation that restores variables, which TensorFlow lists as a signature.
_NO_SIGNATURE = "__saved_model_init_op"

Read = Callable[[int, int], bytes]
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class MetaGraph:
    """One of the graphs of a SavedModel.

    Attributes:
        tags: The tags that identify it, such as `serve`.
        tensorflow_version: The version of TensorFlow that wrote it; empty if unknown.
        signatures: How it can be called.
        objects: None in one that TF 1 wrote.
        trainable: Whether each variable is among the trainable ones, by name; empty if the graph does not store it.
        has_assets: Whether it needs files in the folder `assets`.
    """

    tags: tuple[str, ...]
    tensorflow_version: str
    signatures: tuple[Signature, ...]
    objects: SavedObjects | None
    trainable: Mapping[str, bool]
    has_assets: bool


def read_meta_graphs(source: ByteRange) -> list[MetaGraph]:
    """Returns what a `saved_model.pb` says.

    Raises:
        FileError: It is damaged, or asks for more than a model does.
    """
    found: list[MetaGraph] = []
    with _opened(source) as read:
        for number, start, size in _fields(read, (0, source.length), source.location):
            if number == _META_GRAPHS:
                found.append(_Reader(read, source).meta_graph((start, size)))
            if len(found) > limits.META_GRAPHS:
                raise not_from_keras(source.location, "more graphs than any model has")
    if not found:
        raise damaged(source.location, "no SavedModel: its saved_model.pb holds no graph")
    return found


def read_meta_graph(source: ByteRange) -> MetaGraph:
    """Returns what a file says that is one MetaGraph, as TF 1 writes beside a checkpoint.

    Raises:
        FileError: It is damaged, or asks for more than a model does.
    """
    with _opened(source) as read:
        return _Reader(read, source).meta_graph((0, source.length))


@contextmanager
def _opened(source: ByteRange) -> Iterator[Read]:
    with source.open(limits.SAVED_MODEL_BYTES, limits.SAVED_MODEL_READS) as file:

        def read(offset: int, count: int) -> bytes:
            file.seek(offset)
            return file.read(count)

        yield read


def _fields(read: Read, place: Place, location: str) -> Iterator[tuple[int, int, int]]:
    """Yields the number, place and length of each field of the message at `place`."""
    start, length = place

    def read_inside(offset: int, count: int) -> bytes:
        return read(start + offset, count)

    for number, offset, size in fields(read_inside, length, location):
        yield number, start + offset, size


@dataclass(slots=True)
class _Reader:
    """Reads one MetaGraph."""

    _read: Read
    _source: ByteRange

    @property
    def _location(self) -> str:
        return self._source.location

    def meta_graph(self, place: Place) -> MetaGraph:
        """Returns the MetaGraph whose message is at `place`."""
        known = (_META_INFO, _COLLECTION, _SIGNATURE, _ASSET, _OBJECTS)
        parts: dict[int, list[Place]] = {number: [] for number in known}
        for number, start, size in _fields(self._read, place, self._location):
            if number in parts:
                parts[number].append((start, size))
                if len(parts[number]) > limits.SIGNATURES:
                    raise not_from_keras(self._location, "more signatures than any model has")
        self._source.ahead((start, start + size) for places in parts.values() for start, size in places)
        written = b"".join(self._read(*one) for one in parts[_META_INFO])  # protobuf joins what stands twice
        info = parse(_MESSAGES["MetaInfo"], written, "its saved_model.pb", self._location)
        tags = tuple(sorted(map(as_text, info.tags)))
        collections = {self._collection_name(one): one for one in parts[_COLLECTION]}
        signatures = (self._signature(self._parse("SignatureEntry", one), tags) for one in parts[_SIGNATURE])
        return MetaGraph(
            tags,
            as_text(info.tensorflow_version),
            tuple(sorted((one for one in signatures if one.name != _NO_SIGNATURE), key=lambda one: one.name)),
            saved_objects(self._objects(parts[_OBJECTS]), self._location),
            self._trainable(collections),
            bool(parts[_ASSET]) or _ASSETS in collections,
        )

    def _parse(self, name: str, place: Place, most_bytes: int = limits.MESSAGE_BYTES) -> Any:
        data = self._read(*place)
        return parse(_MESSAGES[name], data, "its saved_model.pb", self._location, most_bytes=most_bytes)

    def _signature(self, entry: Any, tags: tuple[str, ...]) -> Signature:
        inputs, outputs = (
            tuple(
                TensorInfo(shape_of(one.value.shape), dtype_name(one.value.dtype), as_text(one.key))
                for one in sorted(tensors, key=lambda one: bytes(one.key))
            )
            for tensors in (entry.value.inputs, entry.value.outputs)
        )
        return Signature(as_text(entry.key), inputs, outputs, tags)

    def _collection_name(self, place: Place) -> str:
        """Returns the name of a collection; empty for one that is longer than those that are needed."""
        key = next((where for number, *where in _fields(self._read, place, self._location) if number == _KEY), None)
        return as_text(self._read(*key)) if key and key[1] <= len(_TRAINABLE) else ""

    def _trainable(self, collections: Mapping[str, Place]) -> dict[str, bool]:
        """Returns which variables are among the trainable ones, where a graph has both lists."""
        lists: dict[str, set[str]] = {}
        for name in (_VARIABLES, _TRAINABLE):
            if name in collections:
                entry = self._parse("CollectionEntry", collections[name], limits.COLLECTION_BYTES)
                lists[name] = {self._variable_name(one) for one in entry.value.bytes_list.value}
        if len(lists) < 2:
            return {}
        return {name: name in lists[_TRAINABLE] for name in lists[_VARIABLES] | lists[_TRAINABLE]}

    def _variable_name(self, data: bytes) -> str:
        variable = parse(_MESSAGES["Variable"], data, "a variable of its saved_model.pb", self._location)
        return as_text(variable.slice.full_name) or as_text(variable.variable_name).partition(":")[0]

    def _objects(self, places: list[Place]) -> Iterator[bytes]:
        for place in places:
            for number, *where in _fields(self._read, place, self._location):
                if number == _NODES:
                    yield self._read(*where)
