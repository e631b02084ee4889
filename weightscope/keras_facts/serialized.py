"""Safe access to an object that Keras serialized as JSON: any part of it may have any type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Config = dict[str, Any]

#: Names beyond it are left out of a place, so that long names that nest do not multiply.
_LONGEST_PLACE = 4000

#: The most levels of objects inside a layer's config.
_DEPTH = 20


def part(config: object, key: str) -> Config:
    """Returns the object under `key`; an empty one by default."""
    found = config.get(key) if isinstance(config, dict) else None
    return found if isinstance(found, dict) else {}


def items(config: object, key: str) -> list[Any]:
    """Returns the list under `key`; an empty one by default."""
    found = config.get(key) if isinstance(config, dict) else None
    return found if isinstance(found, list) else []


def text(config: object, key: str) -> str | None:
    """Returns the string under `key`; None by default."""
    found = config.get(key) if isinstance(config, dict) else None
    return found if isinstance(found, str) else None


def is_object(value: object) -> bool:
    """Whether a value is a serialized object of Keras: a class name and a config (a list in Keras 1)."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("class_name"), str)
        and isinstance(value.get("config"), dict | list)
    )


def objects_inside(config: Config) -> Iterator[tuple[str, Config]]:
    """Yields every serialized object and function in a config, outer ones first, each with its place.

    The place is the path of the named objects that lead to it, its own name last, without the root's: of a layer it is
    the layer's path in the model. The walk has its own stack, because an untrusted config may nest at any depth.
    """
    stack: list[tuple[Any, str]] = [(config, "")]
    while stack:
        item, place = stack.pop()
        if isinstance(item, dict):
            if is_object(item) or (item.get("class_name") == "function" and isinstance(item.get("config"), str)):
                name = text(item["config"], "name") if item is not config else None
                if name and len(place) + len(name) < _LONGEST_PLACE:
                    place = f"{place}/{name}" if place else name
                yield place, item
            inside: Any = item.values()
        else:
            inside = item
        stack.extend((value, place) for value in reversed(list(inside)) if isinstance(value, dict | list))


def texts_in(compiled: object) -> Iterator[str]:
    """Yields the losses or metrics that are named: one, a list of them, or one for each output."""
    stack = [compiled]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, list):
            stack.extend(reversed(one))
        elif isinstance(one, dict) and "class_name" not in one:
            stack.extend(reversed(one.values()))


def references(nodes: list[Any]) -> Iterator[list[Any]]:
    """Yields the references to tensors: `[name of the layer, call, tensor]`, perhaps with keyword arguments."""
    stack = list(nodes)
    while stack:
        one = stack.pop()
        if isinstance(one, list) and len(one) >= 3 and isinstance(one[0], str) and type(one[1]) is int:
            yield one
        elif isinstance(one, list):
            stack += one
        elif isinstance(one, dict):
            stack += one.values()


def without_ids(value: Any, depth: int = 0) -> Any:
    """Returns a config without the ids that Keras numbers objects with; below the deepest level nothing is removed."""
    if isinstance(value, Mapping) and depth < _DEPTH:
        return {key: without_ids(one, depth + 1) for key, one in value.items() if key != "shared_object_id"}
    return value
