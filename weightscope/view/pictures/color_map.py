"""The colours that stand for values: blue below zero, red above, nearly white at zero.

Source: *RdBu* of C. A. Brewer, ColorBrewer 2.0 (https://colorbrewer2.org), suitable for colour-blind people.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from weightscope.inspection import Array

#: At equal distances, from the most negative value to the most positive.
ANCHORS = (
    "#053061",
    "#2166ac",
    "#4393c3",
    "#92c5de",
    "#d1e5f0",
    "#f7f7f7",
    "#fddbc7",
    "#f4a582",
    "#d6604d",
    "#b2182b",
    "#67001f",
)

#: The same for terminals with 256 colours, as numbers of their palette: the nearest colours alone would change in hue.
ANCHORS_256 = (17, 25, 32, 74, 117, 153, 255, 224, 217, 209, 160, 124, 52)

#: Values that are on no scale, in colours that are not on it either.
NAN = "#ffd700"
POSITIVE_INFINITY = "#ff00ff"
NEGATIVE_INFINITY = "#00c8c8"

#: What frames a filter whose every weight is zero.
DEAD = "#1b7837"

Codes = npt.NDArray[np.int64]

#: What `encode` returns for values without a place on the scale.
NAN_CODE, POSITIVE_INFINITY_CODE, NEGATIVE_INFINITY_CODE = 1001, 1002, 1003

#: What `encode_rgb` adds to a colour's number, as in `#rrggbb`, so that it is none of the other codes.
RGB_CODE = 1 << 24


def color_at(place: float) -> str:
    """Returns the colour of a place between -1 and 1, as `#rrggbb`."""
    position = (place + 1) / 2 * (len(ANCHORS) - 1)
    left = min(int(position), len(ANCHORS) - 2)
    share = position - left
    one, other = (_rgb(ANCHORS[index]) for index in (left, left + 1))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(one, other, strict=True))


def largest_magnitude(values: Array) -> float:
    """Returns the largest magnitude of the finite values; 0.0 without any."""
    return float(np.max(np.abs(values), initial=0.0, where=np.isfinite(values)))


def encode(values: Array, scale: float, levels: int, *, shows_all: bool = False) -> Codes:
    """Returns the level of each value, from `-levels` for `-scale` to `levels` for `scale`, or one of the codes above.

    Args:
        values: Float64.
        scale: At least the largest magnitude of the finite ones.
        levels: Between zero and `scale`.
        shows_all: Round away from zero, so that level 0 is the value 0.0 alone.
    """
    finite = np.where(np.isfinite(values), values, 0.0)

    share = finite / scale if scale > 0 else finite
    levelled = np.copysign(np.ceil(np.abs(share) * levels), share) if shows_all else np.rint(share * levels)
    codes: Codes = np.clip(levelled, -levels, levels).astype(np.int64)
    if shows_all:
        codes = np.where((codes == 0) & (finite != 0), np.sign(finite).astype(np.int64), codes)
    _mark_strange(codes, np.isnan(values), values == np.inf, values == -np.inf)
    return codes


def rgb_of(values: Array, scale: float) -> Codes:
    """Returns three values as red, green and blue from 0 to 255: 0.0 is in the middle, `scale` at the end.

    Args:
        values: Float64, the last axis of three; what is not finite is drawn as 0.0.
        scale: At least the largest magnitude of the finite ones.
    """
    share = np.where(np.isfinite(values), values, 0.0) / (scale or 1.0)
    return np.rint((share + 1) / 2 * 255).astype(np.int64)


def encode_rgb(values: Array, scale: float) -> Codes:
    """Returns a code for each three values along the last axis: a colour, or what of them is not finite."""
    codes: Codes = RGB_CODE + rgb_of(values, scale) @ np.asarray([1 << 16, 1 << 8, 1])
    nan, positive, negative = (np.any(one, axis=-1) for one in (np.isnan(values), values == np.inf, values == -np.inf))
    _mark_strange(codes, nan, positive, negative)
    return codes


def _mark_strange(codes: Codes, nan: Array, positive: Array, negative: Array) -> None:
    """Sets the codes of values that are not finite; NaN wins over infinities, and positive ones over negative ones."""
    codes[negative] = NEGATIVE_INFINITY_CODE
    codes[positive] = POSITIVE_INFINITY_CODE
    codes[nan] = NAN_CODE


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
