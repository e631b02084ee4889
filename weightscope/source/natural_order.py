"""Sorts names so that `2` comes before `10`; HDF5 and checkpoints store `10` first."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DIGITS = re.compile(r"[0-9]+")

#: Numbers with up to this many digits are compared exactly.
_LONGEST = 0xFFFF


def natural_key(name: str) -> str:
    """Returns a sorting key that compares runs of digits as numbers.

    The key is one string, because a file may have a hundred thousand names: a number is preceded by its length, so that
    text sorts as numbers do.
    """
    return _DIGITS.sub(_with_length, name)


def _with_length(number: re.Match[str]) -> str:
    digits = number[0].lstrip("0")
    return f"\0{chr(min(len(digits), _LONGEST))}{digits}"


def in_natural_order(names: Iterable[str]) -> list[str]:
    """Returns the sorted names; numbers in the names are compared as numbers."""
    return sorted(names, key=natural_key)
