"""The bars around a heat map in a terminal: one for the norm of each row, and of each column."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style

from weightscope.view.text import words
from weightscope.view.text.glyphs import Glyphs

#: The cells of the bar of the largest norm of a row, and of the gap between it and the map.
ROW_BAR, ROW_GAP = 8, 1

#: The lines of the bar of the largest norm of a column.
COLUMN_BAR = 2

_BAR = Style.parse("cyan")
_STRANGE = Style.parse("bold red")


@dataclass(frozen=True, slots=True)
class NormBars:
    """The norms of the rows and columns of a map.

    Attributes:
        rows: A norm for each line of the map, from top to bottom.
        columns: A norm for each column, from left to right.
        rows_each: How many rows a line stands for.
        columns_each: How many columns a column of the map stands for.
    """

    rows: Sequence[float]
    columns: Sequence[float]
    rows_each: int
    columns_each: int

    def beside(self, line: int, glyphs: Glyphs) -> Iterator[Segment]:
        """Yields the bar beside a line of the map; words for a norm that is not finite."""
        norm = self.rows[line]
        yield Segment(" " * ROW_GAP)
        if not math.isfinite(norm):
            yield Segment(words.value(norm), _STRANGE)
            return
        steps = _steps(norm, self.rows, ROW_BAR * len(glyphs.lengths))
        whole, rest = divmod(steps, len(glyphs.lengths))
        yield Segment(glyphs.bar * whole + (glyphs.lengths[rest - 1] if rest else ""), _BAR)

    def below(self, glyphs: Glyphs, indent: int = 0) -> Iterator[Segment]:
        """Yields the lines of the bars below the map, which begins behind `indent` characters."""
        for line in reversed(range(COLUMN_BAR)):
            cells = "".join(self._cell(norm, line, glyphs) for norm in self.columns).rstrip()
            if cells:
                yield Segment(" " * indent)
                yield Segment(cells, _BAR)
                yield Segment.line()

    def _cell(self, norm: float, line: int, glyphs: Glyphs) -> str:
        if not math.isfinite(norm):
            return " " if line else words.value(norm)[0]
        filled = _steps(norm, self.columns, COLUMN_BAR * len(glyphs.heights)) - line * len(glyphs.heights)
        return " " if filled <= 0 else glyphs.heights[min(filled, len(glyphs.heights)) - 1]

    @property
    def caption(self) -> str:
        """What the bars are, from the smallest to the largest."""
        sides = (("rows", self.rows, self.rows_each), ("columns", self.columns, self.columns_each))
        return "L2 norms: " + ", ".join(
            f"{name} {_range(norms)}" + (f" (rms of {each})" if each > 1 else "") for name, norms, each in sides
        )


def _steps(norm: float, norms: Sequence[float], most: int) -> int:
    """Returns the length of a bar, of which the largest finite norm has `most`; what is not 0 has at least one."""
    largest = max((one for one in norms if math.isfinite(one)), default=0.0)
    return max(1, round(norm / largest * most)) if norm else 0


def _range(norms: Sequence[float]) -> str:
    finite = [one for one in norms if math.isfinite(one)]
    if not finite:
        return "not finite"
    low, high = words.value(min(finite)), words.value(max(finite))
    return low if low == high else f"{low} to {high}"
