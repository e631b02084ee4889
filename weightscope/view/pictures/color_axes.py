"""Draws values as colours between the axes of a picture, with a colour bar beside them. Needs matplotlib."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from weightscope.inspection import Array
from weightscope.view.pictures.color_map import (
    ANCHORS,
    NAN,
    NEGATIVE_INFINITY,
    POSITIVE_INFINITY,
    largest_magnitude,
    rgb_of,
)
from weightscope.view.pictures.ticks import round_ticks
from weightscope.view.text import words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: In inches.
_BAR_WIDTH, _BAR_GAP = 0.16, 0.12

#: Colours of the bar, from one end to the other.
_BAR_STEPS = 256

#: One tick of the bar for so many inches, at most.
_TICK_INCHES = 0.35


@dataclass(frozen=True, slots=True)
class Room:
    """The room that is left for values.

    Attributes:
        width: Of the axes, in inches.
        height: Of the axes, in inches.
        right: What stands between the axes and the colour bar, in inches.
        aspect: Whether a value is as high as it is wide: `equal`, or `auto`.
        has_signs: Whether the scale goes below 0.
    """

    width: float
    height: float
    right: float = 0.0
    aspect: str = "equal"
    has_signs: bool = True


def resize(axes: Axes, width: float, height: float) -> None:
    """Sets the size of the whole figure, in inches."""
    figure: Any = axes.figure
    figure.set_size_inches(width, height)


def draw_colors(axes: Axes, values: Array, gaps: Array, room: Room) -> None:
    """Draws values on a scale with its bar, and values without a place on it in colours that the legend explains.

    Args:
        axes: To draw between.
        values: Float64, in rows and columns; a third axis are red, green and blue.
        gaps: Where nothing is drawn, in rows and columns.
        room: The room that there is.
    """
    magnitude = largest_magnitude(values[~gaps])
    how: Any = {"aspect": room.aspect, "interpolation": "nearest"}
    colors = _in_color(values, gaps, magnitude) if values.ndim == 3 else _on_scale(values, gaps, magnitude)
    axes.imshow(colors, **how, **_scale())
    finite = np.isfinite(values).all(axis=2) if values.ndim == 3 else np.isfinite(values)
    if (finite & ~gaps).any():
        _draw_bar(axes, magnitude, room, is_rgb=values.ndim == 3)
    for name, color, where in (
        ("NaN", NAN, np.isnan(values)),
        ("Inf", POSITIVE_INFINITY, values == np.inf),
        ("-Inf", NEGATIVE_INFINITY, values == -np.inf),
    ):
        _draw_strange(axes, (where.any(axis=2) if values.ndim == 3 else where) & ~gaps, (name, color), how)


def _on_scale(values: Array, gaps: Array, magnitude: float) -> Array:
    # between -1 and 1: matplotlib's own scaling leaves float64 for the largest values, and needs a width
    shares: Array = np.ma.masked_where(gaps | ~np.isfinite(values), values) / (magnitude or 1.0)
    return shares


def _in_color(values: Array, gaps: Array, magnitude: float) -> Array:
    """Returns red, green, blue and opacity from 0 to 255."""
    colors: Array = np.concatenate([rgb_of(values, magnitude), np.where(gaps, 0, 255)[..., None]], axis=2)
    return colors.astype(np.uint8)


def _scale() -> dict[str, Any]:
    from matplotlib.colors import LinearSegmentedColormap

    return {"cmap": LinearSegmentedColormap.from_list("weights", list(ANCHORS)), "vmin": -1, "vmax": 1}


def _draw_bar(axes: Axes, magnitude: float, room: Room, *, is_rgb: bool) -> None:
    """Draws the scale to the right, as tall as the values, with round numbers and a line at 0."""
    left = 1 + (_BAR_GAP + room.right) / room.width
    bar = axes.inset_axes((left, 0, _BAR_WIDTH / room.width, 1))
    low = -magnitude if room.has_signs else 0.0
    places = np.linspace(-1 if room.has_signs else 0, 1, _BAR_STEPS)
    how: Any = {"aspect": "auto", "origin": "lower", "extent": (0, 1, places[0] if magnitude else -1, 1)}
    if is_rgb:
        bar.imshow(np.repeat(rgb_of(places, 1.0)[:, None, None], 3, axis=2).astype(np.uint8), **how)
    else:
        bar.imshow(places[:, None], **how, **_scale())
    bar.set_xticks([])
    bar.yaxis.tick_right()
    ticks = round_ticks(low, magnitude, max(3, min(9, int(room.height / _TICK_INCHES))))
    bar.set_yticks([tick / (magnitude or 1.0) for tick in ticks], [words.value(tick) for tick in ticks], fontsize=8)
    bar.axhline(0, color="black", linewidth=1.2)
    for tick, label in zip(ticks, bar.get_yticklabels(), strict=True):
        label.set_fontweight("bold" if tick == 0 else "normal")


def _draw_strange(axes: Axes, where: Array, name_and_color: tuple[str, str], how: dict[str, Any]) -> None:
    from matplotlib.colors import ListedColormap

    name, color = name_and_color
    if where.any():
        axes.imshow(np.ma.masked_where(~where, np.ones(where.shape)), cmap=ListedColormap([color]), **how)
        axes.fill_between([], [], color=color, label=name)  # for the legend
