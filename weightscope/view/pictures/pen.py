"""Draws a matrix in a terminal: two coloured values in a character, or a character for each with sign and size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.segment import Segment
from rich.style import Style

from weightscope.view.glyphs import Glyphs
from weightscope.view.pictures.color_map import (
    ANCHORS_256,
    NAN,
    NAN_CODE,
    NEGATIVE_INFINITY,
    NEGATIVE_INFINITY_CODE,
    POSITIVE_INFINITY,
    POSITIVE_INFINITY_CODE,
    Codes,
    color_at,
    encode,
)

#: The code of the gap between two tiles.
GAP_CODE = 1000

_LEVELS = 64
_FEWEST_BAR_CELLS, _MOST_BAR_CELLS = 3, 33

#: Names that rich has for colours, from the most negative level to the most positive.
_TRUE_COLORS = tuple(color_at(level / _LEVELS) for level in range(-_LEVELS, _LEVELS + 1))
_PALETTE_COLORS = tuple(f"color({number})" for number in ANCHORS_256)

_STRANGE_COLORS = {
    NAN_CODE: NAN,
    POSITIVE_INFINITY_CODE: POSITIVE_INFINITY,
    NEGATIVE_INFINITY_CODE: NEGATIVE_INFINITY,
}

#: From small to large magnitude; all of them ASCII.
_POSITIVE = ".+*#@"
_NEGATIVE = "'-=%&"
_ZERO = "_"
_STRANGE_LETTERS = {NAN_CODE: "N", POSITIVE_INFINITY_CODE: "I", NEGATIVE_INFINITY_CODE: "i"}


class Pen(Protocol):
    """A way to draw."""

    @property
    def rows_per_line(self) -> int:
        """How many rows of values one line of text holds."""

    def encode(self, values: npt.NDArray[np.float64], scale: float) -> Codes:
        """Returns a code for each value."""

    def line(self, codes: Codes) -> Iterator[Segment]:
        """Yields the segments of one line: `codes` has `rows_per_line` rows."""

    def scale(self, low: str, high: str, width: int) -> Iterator[Segment]:
        """Yields the legend of values from `low` through 0 to `high`, in lines of that width."""

    def sample(self, code: int) -> Segment:
        """Returns how a code that is on no scale is drawn."""


def pen_for(console: Console, glyphs: Glyphs) -> Pen:
    """Returns the best pen for a console: blocks where it has 256 colours or more, else letters."""
    if console.color_system in ("truecolor", "256"):
        return _Blocks(glyphs.half_block, _TRUE_COLORS if console.color_system == "truecolor" else _PALETTE_COLORS)
    return _Letters(is_colored=console.color_system is not None)


class _Blocks:
    """Colours the upper and the lower half of a character; the whole of it where there are no half blocks."""

    def __init__(self, half_block: str, colors: tuple[str, ...]) -> None:
        self._half_block = half_block
        self._colors = colors
        self._levels = len(colors) // 2
        self._styles: dict[tuple[int, ...], Style] = {}

    @property
    def rows_per_line(self) -> int:
        return 2 if self._half_block else 1

    def encode(self, values: npt.NDArray[np.float64], scale: float) -> Codes:
        return encode(values, scale, self._levels)

    def line(self, codes: Codes) -> Iterator[Segment]:
        for column, run in groupby(map(tuple, codes.T.tolist())):
            yield self._segment(column, sum(1 for _ in run))

    def scale(self, low: str, high: str, width: int) -> Iterator[Segment]:
        yield Segment(f"{low} ")
        cells = max(_FEWEST_BAR_CELLS, min(_MOST_BAR_CELLS, width - len(low) - len(high) - 2))
        for place in np.linspace(-self._levels, self._levels, cells).round():
            yield self._segment((int(place),), 1)
        yield Segment(f" {high}")

    def sample(self, code: int) -> Segment:
        return self._segment((code,), 2)

    def _segment(self, column: tuple[int, ...], count: int) -> Segment:
        if all(code == GAP_CODE for code in column):
            return Segment(" " * count)
        if column not in self._styles:
            self._styles[column] = self._style(column)
        is_lower_only = column[0] == GAP_CODE
        character = self._half_block if len(column) == 2 else " "
        return Segment((_LOWER_HALF if is_lower_only else character) * count, self._styles[column])

    def _style(self, column: tuple[int, ...]) -> Style:
        if len(column) == 1:
            return Style(bgcolor=self._color(column[0]))
        upper, lower = column
        if upper == GAP_CODE:
            return Style(color=self._color(lower))
        return Style(color=self._color(upper), bgcolor=None if lower == GAP_CODE else self._color(lower))

    def _color(self, code: int) -> str:
        return _STRANGE_COLORS.get(code) or self._colors[code + self._levels]


_LOWER_HALF = "▄"


@dataclass(frozen=True, slots=True)
class _Letters:
    """A character for each value; its sign in colour too, where there are a few."""

    is_colored: bool

    @property
    def rows_per_line(self) -> int:
        return 1

    def encode(self, values: npt.NDArray[np.float64], scale: float) -> Codes:
        return encode(values, scale, len(_POSITIVE), shows_all=True)

    def line(self, codes: Codes) -> Iterator[Segment]:
        for code, run in groupby(codes[0].tolist()):
            yield self._segment(code, sum(1 for _ in run))

    def scale(self, low: str, high: str, width: int) -> Iterator[Segment]:
        yield Segment(f"{low} ")
        for code in range(-len(_NEGATIVE), len(_POSITIVE) + 1):
            yield self._segment(code, 1)
        taken = len(low) + len(high) + len(_NEGATIVE) + len(_POSITIVE) + 3
        zero = f"({_ZERO} is 0)"
        yield Segment(f" {high}" + (" " if taken + 1 + len(zero) <= width else "\n") + zero)

    def sample(self, code: int) -> Segment:
        return self._segment(code, 1)

    def _segment(self, code: int, count: int) -> Segment:
        return Segment(_letter(code) * count, self._style(code))

    def _style(self, code: int) -> Style | None:
        if not self.is_colored or code in (0, GAP_CODE):
            return None
        if code in _STRANGE_LETTERS:
            return Style(color="magenta", bold=True)
        return Style(color="red" if code > 0 else "blue")


def _letter(code: int) -> str:
    if code in _STRANGE_LETTERS:
        return _STRANGE_LETTERS[code]
    if code == GAP_CODE:
        return " "
    if code == 0:
        return _ZERO
    return _POSITIVE[code - 1] if code > 0 else _NEGATIVE[-code - 1]
