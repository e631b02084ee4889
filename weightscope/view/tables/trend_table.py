"""The variables of a training for people: a line each, with a sparkline over the checkpoints."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType
from rich.text import Text

from weightscope.inspection.trend import Trend, VariableTrend
from weightscope.view.tables.findings_table import finding_lines
from weightscope.view.tables.grid import Column, Grid, Row
from weightscope.view.text import words
from weightscope.view.text.folding import Cell
from weightscope.view.text.glyphs import Glyphs

#: Checkpoints that a sparkline has a character for; of more, every second, third, ... is drawn, and the last.
_WIDEST = 40

#: A measure has a sparkline where the table is not asked for others.
_USUAL = "l2_norm"


@dataclass(frozen=True, slots=True)
class TrendTable:
    """The output of the table format for one training."""

    trend: Trend
    shown: tuple[str, ...] = (_USUAL,)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yields the checkpoints, the variables and the findings."""
        glyphs, trend = Glyphs.of(options), self.trend
        first, last = words.escape(trend.locations[0]), words.escape(trend.locations[-1])
        checkpoints = len(trend.locations)
        yield Text(
            f"{checkpoints:,} checkpoints from {first} to {last}" if checkpoints > 1 else f"1 checkpoint: {first}"
        )
        yield Text()
        columns = [Column("path")]
        for name in self.shown:
            columns += [Column("first", "right"), Column(name), Column("last", "right")]
        rows = [Row(trend_cells(one, self.shown, glyphs)) for one in trend.variables]
        yield Grid(tuple(columns), rows, glyphs.rule)
        if trend.findings:
            yield Text()
            yield from finding_lines(trend.findings)


def sparkline(numbers: Sequence[float | None], glyphs: Glyphs) -> str:
    """Returns a character for each number, as high as it is between the smallest and the largest; for none a gap."""
    step = -(-len(numbers) // _WIDEST)
    chosen = [*numbers[:-1:step], numbers[-1]] if step > 1 else numbers
    finite = [one for one in chosen if one is not None and math.isfinite(one)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    return "".join(_height(one, low, high, glyphs) for one in chosen)


def _height(number: float | None, low: float, high: float, glyphs: Glyphs) -> str:
    if number is None or math.isnan(number):
        return glyphs.gap
    most = len(glyphs.heights) - 1
    if math.isinf(number) or high - low in (0.0, math.inf):
        return glyphs.heights[most if number > 0 and math.isinf(number) else 0]
    return glyphs.heights[round((number - low) / (high - low) * most)]


def trend_cells(variable: VariableTrend, names: Sequence[str], glyphs: Glyphs) -> tuple[Cell, ...]:
    """Returns the path, and for each measure its first value, its sparkline and its last value."""
    cells: list[Cell] = [((words.escape(variable.info.path), ""),)]
    for name in names:
        numbers = variable.numbers(name)
        known = [one for one in numbers if one is not None]
        ends = [words.value(known[place]) if known else "" for place in (0, -1)]
        cells += [((ends[0], ""),), ((sparkline(numbers, glyphs), "cyan"),), ((ends[1], ""),)]
    return tuple(cells)
