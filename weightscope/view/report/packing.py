"""Packs columns of values into little JSON; `data.js` unpacks them.

A column is one of:

- `{"all": value}`: every row has this value.
- `{"f4": base64}`, `{"f8": base64}`: little-endian floats of 4 or 8 bytes; NaN stands for null.
- `{"of": [value, ...], "u1": base64}`, or `"u2"`: for each row the place of its value in the list, in 1 or 2 bytes.
- `{"words": "one two ..."}`: texts without spaces.
- `{"joined": [column, column]}`: texts of two columns, one after the other.
- `{"list": [value, ...]}`: the values themselves.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from weightscope.inspection import Array

Packed = dict[str, Any]

#: The most distinct values that two bytes number.
_MOST_DISTINCT = 1 << 16

#: Up to here every whole number is a float.
LARGEST_WHOLE = 2**53


def packed(values: Sequence[Any]) -> Packed:
    """Returns a column of JSON values; equal values give equal bytes."""
    places: dict[Any, int] = {}
    codes = [places.setdefault((type(one), one), len(places)) for one in values]
    distinct = [one for _, one in places]
    if len(distinct) == 1:
        return {"all": distinct[0]}
    if all(one is None or isinstance(one, float) for one in distinct):
        return _floats(values)
    if len(distinct) <= min(_MOST_DISTINCT, (len(values) + 1) // 2):
        kind = "u1" if len(distinct) <= 1 << 8 else "u2"
        return {"of": distinct, kind: _base64(np.asarray(codes, f"<{kind}"))}
    return {"list": list(values)}


def packed_paths(paths: Sequence[str]) -> Packed:
    """Returns a column of paths: layers repeat, and so do names within layers."""
    layers, names = [], []
    for path in paths:
        layer, slash, name = path.rpartition("/")
        layers.append(layer + slash)
        names.append(name)
    return {"joined": [packed(layers), packed(names)]}


def packed_words(words: Sequence[str]) -> Packed:
    """Returns a column of texts without spaces."""
    return {"words": " ".join(words)}


def _floats(values: Sequence[float | None]) -> Packed:
    precise: Array = np.asarray([np.nan if one is None else one for one in values], "<f8")
    with np.errstate(over="ignore"):
        single = precise.astype("<f4")
    if np.array_equal(single.astype("<f8"), precise, equal_nan=True):
        return {"f4": _base64(single)}
    return {"f8": _base64(precise)}


def _base64(array: Array) -> str:
    return base64.b64encode(array.tobytes()).decode("ascii")
