"""The kinds of JSON values that schemas are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]


def object_of(properties: Mapping[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """Returns the schema of an object with these properties and no others; all but the optional ones are required."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def list_of(items: Schema) -> dict[str, Any]:
    """Returns the schema of a list."""
    return {"type": "array", "items": items}


def or_null(schema: Schema) -> dict[str, Any]:
    """Returns the schema of a value that may be null."""
    return {"oneOf": [schema, {"type": "null"}]}


def one_of(values: tuple[str, ...]) -> dict[str, Any]:
    """Returns the schema of a text that is one of several."""
    return {"enum": list(values)}


TEXT = {"type": "string"}
TEXT_OR_NULL = {"type": ["string", "null"]}
COUNT = {"type": "integer", "minimum": 0}
COUNT_OR_NULL = {"type": ["integer", "null"], "minimum": 0}
BOOLEAN_OR_NULL = {"type": ["boolean", "null"]}
SHARE = {"type": "number", "minimum": 0, "maximum": 1}
SHAPE = list_of(COUNT)
NUMBER = {"$ref": "#/$defs/number"}
NUMBER_OR_NULL = or_null(NUMBER)
LEVEL = one_of(("error", "warning", "note"))
