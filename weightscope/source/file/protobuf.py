"""Protobuf messages of which we need a few fields, defined by a table instead of by generated code.

A field that is not in the table is skipped. The messages have a descriptor pool of their own: TensorFlow, in the same
process, may define those of the same name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from weightscope.errors import FileError

_PACKAGE = "weightscope"

_TYPES = descriptor_pb2.FieldDescriptorProto

#: What a table calls the types of fields; every other word is the name of a message.
_SCALARS = {
    "bool": _TYPES.TYPE_BOOL,
    "bytes": _TYPES.TYPE_BYTES,
    "fixed32": _TYPES.TYPE_FIXED32,
    "int32": _TYPES.TYPE_INT32,
    "int64": _TYPES.TYPE_INT64,
    "string": _TYPES.TYPE_BYTES,  # strangers' text is not always UTF-8, which protobuf would refuse
}

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


def parse(message_class: Any, data: bytes, what: str, location: str) -> Any:
    """Returns the message that `data` holds.

    Raises:
        FileError: It holds none.
    """
    message = message_class()
    try:
        message.ParseFromString(data)
    except (DecodeError, RecursionError) as error:
        raise FileError(location, f"{what} is damaged", "copy it again, or save the model again") from error
    return message


def as_text(data: bytes) -> str:
    """Returns what should be UTF-8; each byte that is not stands as its number."""
    return data.decode("utf-8", "backslashreplace")
