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

from weightscope.view.pictures.color_map import (
    ANCHORS_256,
    NAN,
    NAN_CODE,
    NEGATIVE_INFINITY,
    NEGATIVE_INFINITY_CODE,
    POSITIVE_INFINITY,
    POSITIVE_INFINITY_CODE,
    RGB_CODE,
    Codes,
    color_at,
    encode,
    encode_rgb,
)
from weightscope.view.text.glyphs import Glyphs

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


@dataclass(frozen=True, slots=True)
class Ends:
    """The ends of a scale.

    Attributes:
        low: The lowest value, in words: 0, or as far below 0 as `high` is above.
        high: The highest value.
        has_signs: Whether `low` is below 0.
        is_rgb: Whether the scale is that of each of three colours, which white shows.
    """

    low: str
    high: str
    has_signs: bool = True
    is_rgb: bool = False


class Pen(Protocol):
    """A way to draw."""

    @property
    def rows_per_line(self) -> int:
        """How many rows of values one line of text holds."""

    @property
    def has_rgb(self) -> bool:
        """Whether it draws the codes of `color_map.encode_rgb`, too."""

    def encode(self, values: npt.NDArray[np.float64], scale: float) -> Codes:
        """Returns a code for each value."""

    def line(self, codes: Codes) -> Iterator[Segment]:
        """Yields the segments of one line: `codes` has `rows_per_line` rows."""

    def scale(self, ends: Ends, width: int) -> Iterator[Segment]:
        """Yields the legend of the scale, in lines of that width."""

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

    @property
    def has_rgb(self) -> bool:
        return True

    def encode(self, values: npt.NDArray[np.float64], scale: float) -> Codes:
        return encode(values, scale, self._levels)

    def line(self, codes: Codes) -> Iterator[Segment]:
        for column, run in groupby(map(tuple, codes.T.tolist())):
            yield self._segment(column, sum(1 for _ in run))

    def scale(self, ends: Ends, width: int) -> Iterator[Segment]:
        yield Segment(f"{ends.low} ")
        cells = max(_FEWEST_BAR_CELLS, min(_MOST_BAR_CELLS, width - len(ends.low) - len(ends.high) - 2))
        cells -= 1 - cells % 2  # an odd number has a middle, which is 0
        for place in np.linspace(-1 if ends.has_signs else 0, 1, cells):
            if place == 0 and ends.has_signs:
                yield Segment("0", Style(color="#000000", bgcolor=self._color(_gray(0.0) if ends.is_rgb else 0)))
            else:
                code = _gray(place) if ends.is_rgb else round(place * self._levels)
                yield self._segment((code,), 1)
        yield Segment(f" {ends.high}")

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
        if code >= RGB_CODE:
            return f"#{code - RGB_CODE:06x}"
        return _STRANGE_COLORS.get(code) or self._colors[code + self._levels]


def _gray(place: float) -> int:
    """Returns the code of the gray at a place between -1, which is black, and 1."""
    return int(encode_rgb(np.full((1, 3), place), 1.0)[0])


_LOWER_HALF = "▄"


@dataclass(frozen=True, slots=True)
class _Letters:
    """A character for each value; its sign in colour too, where there are a few."""

    is_colored: bool

    @property
    def rows_per_line(self) -> int:
        return 1

    @property
    def has_rgb(self) -> bool:
        return False

    def encode(self, values: npt.NDArray[np.float64], scale: float) -> Codes:
        return encode(values, scale, len(_POSITIVE), shows_all=True)

    def line(self, codes: Codes) -> Iterator[Segment]:
        for code, run in groupby(codes[0].tolist()):
            yield self._segment(code, sum(1 for _ in run))

    def scale(self, ends: Ends, width: int) -> Iterator[Segment]:
        yield Segment(f"{ends.low} ")
        codes = range(-len(_NEGATIVE) if ends.has_signs else 0, len(_POSITIVE) + 1)
        for code in codes:
            yield self._segment(code, 1)
        taken = len(ends.low) + len(ends.high) + len(codes) + 2
        zero = f"({_ZERO} is 0)"
        yield Segment(f" {ends.high}" + (" " if taken + 1 + len(zero) <= width else "\n") + zero)

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
