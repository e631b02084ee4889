"""Puts another value in an attribute for a time, and leaves the object exactly as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_ABSENT = object()


@contextmanager
def replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Within it `owner.name` is `value`; afterwards the owner's own attribute is back, or absent as it was before.

    Args:
        owner: A class, or an instance with a `__dict__`, whose `__setattr__` and `__delattr__` are passed by.
        name: The attribute. One that `owner` inherits is hidden for the time, and not copied.
        value: What it is for the time.
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
