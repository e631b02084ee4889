"""Which of several optimizers trains which weight: Keras' MultiOptimizer looks the weight's path up in a map.

The keys of the map are paths or regular expressions. An expression that is more than text and `.*` is not evaluated:
an untrusted one may take forever.
Source: `keras/src/optimizers/multi_optimizer.py`, Keras 3.15.1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from weightscope.keras_facts.serialized import Config, is_object, part

_ANYTHING = ".*"
_PLAIN = re.compile(r"[\w/-]*")

#: How many characters are compared at most, of keys with paths.
_MOST_COMPARED = 10_000_000


def optimizers_of_map(config: Config, paths: Sequence[str]) -> list[tuple[Config, list[int]]] | None:
    """Returns the optimizers inside, each with the places of the weights that it trains; None where that is unknown.

    Args:
        config: The MultiOptimizer as Keras serialized it.
        paths: Those of the weights in the session that trained them.
    """
    found = part(part(part(config, "config"), "optimizer_map"), "config")
    by_key, default = part(found, "optimizer_map"), found.get("default_optimizer")
    if not is_object(default) or not all(is_object(one) for one in by_key.values()):
        return None
    if (len(by_key) + sum(map(len, by_key))) * (len(paths) + sum(map(len, paths))) > _MOST_COMPARED:
        return None
    inner = [*by_key.values(), default]
    places: list[list[int]] = [[] for _ in inner]
    for place, path in enumerate(paths):
        fits = [_fits(key, path) for key in by_key] if path not in by_key else [key == path for key in by_key]
        if None in fits or sum(map(bool, fits)) > 1:
            return None
        places[fits.index(True) if True in fits else -1].append(place)
    return list(zip(inner, places, strict=True))


def _fits(pattern: str, path: str) -> bool | None:
    """Whether the whole path matches a pattern of text and `.*`; None for any other pattern."""
    pieces = pattern.split(_ANYTHING)
    if not all(_PLAIN.fullmatch(piece) for piece in pieces):
        return None
    first, *middle = pieces
    if not middle:
        return path == pattern
    last = middle.pop()
    if len(path) < len(first) + len(last) or not (path.startswith(first) and path.endswith(last)):
        return False
    start, end = len(first), len(path) - len(last)
    for piece in middle:
        at = path.find(piece, start, end)
        if at < 0:
            return False
        start = at + len(piece)
    return True
