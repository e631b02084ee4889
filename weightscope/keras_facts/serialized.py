"""Safe ways to look into an object that Keras serialized as JSON: any part of it may be of any type."""

from __future__ import annotations

from typing import Any

Config = dict[str, Any]


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
