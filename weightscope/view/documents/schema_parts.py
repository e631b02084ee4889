"""What several schemas are made of."""

from __future__ import annotations

from typing import Any


def object_of(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """Returns the schema of an object with these properties and no others; all but the optional ones are required."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def list_of(items: dict[str, Any]) -> dict[str, Any]:
    """Returns the schema of a list."""
    return {"type": "array", "items": items}


def or_null(kind: str) -> dict[str, Any]:
    """Returns the schema of a value of a JSON type, or null."""
    return {"type": [kind, "null"]}


TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
COUNT_OR_NULL = {"type": ["integer", "null"], "minimum": 0}
SHAPE = list_of(COUNT)
NUMBER = {"$ref": "#/$defs/number"}
NUMBER_OR_NULL = {"oneOf": [NUMBER, {"type": "null"}]}

SOURCE = object_of(
    {
        "location": TEXT,
        "format": TEXT,
        "bytes": COUNT_OR_NULL,
        "keras_version": or_null("string"),
        "saved_at": or_null("string"),
        "backend": or_null("string"),
        "tensorflow_version": or_null("string"),
    }
)

LEVEL = {"enum": ["error", "warning", "note"]}

FINDING = object_of(
    {
        "rule": TEXT,
        "level": LEVEL,
        "variable": or_null("string"),
        "count": COUNT_OR_NULL,
        "message": TEXT,
        "fix": or_null("string"),
    }
)
