"""A model's config as JSON of bounded size, and safe ways to look into it: any part may be of any type."""

from __future__ import annotations

import json
from typing import Any

from weightscope.errors import FileError
from weightscope.source import limits

Config = dict[str, Any]


def parse_config(text: bytes, what: str, location: str) -> Config:
    """Returns the JSON object in `text`.

    Raises:
        FileError: It is too long, nests too deep, is no JSON, or no object. `what` names it in the message.
    """
    containers = text.count(b"[") + text.count(b"{")
    too_many = containers > limits.CONFIG_CONTAINERS or containers + text.count(b",") > limits.CONFIG_ITEMS
    if len(text) > limits.CONFIG_BYTES or too_many:
        raise FileError(
            location,
            f"{what} is larger than any model's ({len(text):,} bytes)",
            "inspect a file that Keras wrote",
        )
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "nests too deep" if isinstance(error, RecursionError) else "is no valid JSON"
        raise FileError(location, f"{what} {reason}", "save the model again") from error
    if not isinstance(found, dict):
        raise FileError(location, f"{what} is no JSON object", "save the model again")
    return found


def part(config: object, key: str) -> Config:
    """Returns the object under `key`; an empty one where there is none."""
    found = config.get(key) if isinstance(config, dict) else None
    return found if isinstance(found, dict) else {}


def items(config: object, key: str) -> list[Any]:
    """Returns the list under `key`; an empty one where there is none."""
    found = config.get(key) if isinstance(config, dict) else None
    return found if isinstance(found, list) else []


def text(config: object, key: str) -> str | None:
    """Returns the string under `key`; None where there is none."""
    found = config.get(key) if isinstance(config, dict) else None
    return found if isinstance(found, str) else None


def is_object(value: object) -> bool:
    """Whether a value is a serialized object of Keras: a class name and a config (a list in Keras 1)."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("class_name"), str)
        and isinstance(value.get("config"), dict | list)
    )
