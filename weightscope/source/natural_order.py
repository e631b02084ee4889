"""Names sorted as people count: `2` before `10`, where HDF5 stores `10` first."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DIGITS = re.compile(r"([0-9]+)")


def natural_key(name: str) -> list[tuple[int, str]]:
    """Returns a sorting key that compares runs of digits as numbers; their length stands for their size."""
    return [
        (len(part.lstrip("0")), part.lstrip("0")) if index % 2 else (0, part)
        for index, part in enumerate(_DIGITS.split(name))
    ]


def in_natural_order(names: Iterable[str]) -> list[str]:
    """Returns the names sorted, numbers within them as numbers."""
    return sorted(names, key=natural_key)
