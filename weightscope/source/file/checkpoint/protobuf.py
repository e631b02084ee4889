"""Protobuf messages of which we need a few fields, defined by a table instead of by generated code.

A field that is not in the table is skipped. The messages have a descriptor pool of their own: TensorFlow, in the same
process, may define those of the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from weightscope.errors import FileError, damaged, not_from_keras
from weightscope.source import limits
from weightscope.source.file.checkpoint.varint import varint

_PACKAGE = "weightscope"

_TYPES = descriptor_pb2.FieldDescriptorProto

#: What a table calls the types of fields; every other word is the name of a message.
_SCALARS = {
    "bool": _TYPES.TYPE_BOOL,
    "bytes": _TYPES.TYPE_BYTES,
    "fixed32": _TYPES.TYPE_FIXED32,
    "int32": _TYPES.TYPE_INT32,
    "int64": _TYPES.TYPE_INT64,
    "string": _TYPES.TYPE_BYTES,  # untrusted text is not always UTF-8, and protobuf refuses other text
}

_VARINT, _WITH_LENGTH = 0, 2
_FIXED = {1: 8, 5: 4}

#: Bytes of a field's tag and of its length.
_LONGEST_HEAD = 20

#: Field name -> number and type; `repeated` and `map` stand before the type: `(4, "repeated int64")`,
#: `(5, "map Signature")` for a map from text.
Fields = Mapping[str, tuple[int, str]]


def message_classes(name: str, tables: Mapping[str, Fields]) -> dict[str, Any]:
    """Returns a message class for each table, by its name.

    Args:
        name: Of the set of messages; they may use each other.
        tables: The fields of each message.
    """
    file = descriptor_pb2.FileDescriptorProto(name=f"{name}.proto", package=_PACKAGE, syntax="proto3")
    for message_name, fields in tables.items():
        message = file.message_type.add(name=message_name)
        for field_name, (number, kind) in fields.items():
            _add_field(message, field_name, number, kind)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        message_name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{message_name}"))
        for message_name in tables
    }


def _add_field(message: Any, name: str, number: int, kind: str) -> None:
    how, _, type_name = kind.rpartition(" ")
    label = _TYPES.LABEL_REPEATED if how else _TYPES.LABEL_OPTIONAL
    field = message.field.add(name=name, number=number, label=label)
    if how == "map":
        entry_name = "".join(word.capitalize() for word in name.split("_")) + "Entry"
        entry = message.nested_type.add(name=entry_name)
        entry.options.map_entry = True
        entry.field.add(name="key", number=1, label=_TYPES.LABEL_OPTIONAL, type=_TYPES.TYPE_STRING)
        _add_field(entry, "value", 2, type_name)
        field.type, field.type_name = _TYPES.TYPE_MESSAGE, f".{_PACKAGE}.{message.name}.{entry_name}"
    elif type_name in _SCALARS:
        field.type = _SCALARS[type_name]
    else:
        field.type, field.type_name = _TYPES.TYPE_MESSAGE, f".{_PACKAGE}.{type_name}"


def parse(message_class: Any, data: bytes, what: str, location: str, *, most_bytes: int = limits.MESSAGE_BYTES) -> Any:
    """Returns the message that `data` holds.

    Raises:
        FileError: It holds none, or more than `most_bytes`. `what` names it in the error.
    """
    if len(data) > most_bytes:
        raise not_from_keras(location, f"{what} is larger than any model's")
    message = message_class()
    try:
        message.ParseFromString(data)
    except (DecodeError, RecursionError) as error:
        raise _damaged(what, location) from error
    return message


def _damaged(what: str, location: str) -> FileError:
    return damaged(location, f"{what} is damaged")


def fields(read: Callable[[int, int], bytes], length: int, location: str) -> Iterator[tuple[int, int, int]]:
    """Yields the number of each field of a message that has a length, with where it begins, and its length.

    A message of any size is walked so, and only the parts of it that matter are read. Fields of other kinds, which
    are numbers, are skipped.
    Source: https://protobuf.dev/programming-guides/encoding.

    Args:
        read: Returns so many bytes, the second argument, from an offset on.
        length: Of the message.
        location: For errors.

    Raises:
        FileError: It is no message.
    """
    place = 0
    while place < length:
        head = read(place, min(_LONGEST_HEAD, length - place))
        tag, after = varint(head, 0, location)
        kind = tag & 7
        size = 0
        if kind in (_VARINT, _WITH_LENGTH):
            size, after = varint(head, after, location)
        elif kind not in _FIXED:
            raise _damaged("it", location)
        place += after
        skipped = size if kind == _WITH_LENGTH else _FIXED.get(kind, 0)
        if place + skipped > length:
            raise _damaged("it", location)
        if kind == _WITH_LENGTH:
            yield tag >> 3, place, size
        place += skipped


def as_text(data: bytes) -> str:
    """Returns what should be UTF-8; each byte that is not stands as its number."""
    return data.decode("utf-8", "backslashreplace")
