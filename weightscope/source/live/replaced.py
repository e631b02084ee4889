"""Replaces an attribute temporarily, and restores the object exactly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_ABSENT = object()


@contextmanager
def replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    """In the context, `owner.name` is `value`. Afterwards the attribute is restored, or removed if it was absent.

    Args:
        owner: A class, or an instance with a `__dict__`. Its `__setattr__` and `__delattr__` are not called.
        name: The attribute. An inherited attribute is hidden temporarily, and not copied to `owner`.
        value: The temporary value.
    """
    before = vars(owner).get(name, _ABSENT)
    write, erase = (type.__setattr__, type.__delattr__) if isinstance(owner, type) else _INSTANCE
    write(owner, name, value)
    try:
        yield
    finally:
        if before is not _ABSENT:
            write(owner, name, before)
        elif name in vars(owner):
            erase(owner, name)


_INSTANCE = (object.__setattr__, object.__delattr__)
