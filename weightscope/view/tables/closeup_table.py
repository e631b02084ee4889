"""The table format of one variable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType
from rich.text import Text

from weightscope.inspection.closeup import Closeup, Pool
from weightscope.inspection.statistics import Statistics
from weightscope.view.pictures.distribution import distribution
from weightscope.view.pictures.heat import heat_map
from weightscope.view.pictures.histogram_chart import HistogramChart
from weightscope.view.tables.array_text import array_text, corners_text, index_shown
from weightscope.view.tables.grid import Column, Grid, Row
from weightscope.view.tables.header import header
from weightscope.view.text import words
from weightscope.view.text.folding import Packed, packed
from weightscope.view.text.glyphs import Glyphs


@dataclass(frozen=True, slots=True)
class CloseupTable:
    """The output of the table format for one variable.

    Attributes:
        closeup: The record of the variable.
        heat: Whether its values are drawn as a heat map too, above all else.
        log: Whether the histogram's heights are logarithms.
        pool: How a cell of the heat map stands for several values.
    """

    closeup: Closeup
    heat: bool = False
    log: bool = False
    pool: Pool = "rms"

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yields the description, the statistics, the histogram, and the values."""
        glyphs = Glyphs.of(options)
        closeup, statistics = self.closeup, self.closeup.measured.statistics
        picture = heat_map(closeup, self.pool) if self.heat else None
        yield from header(closeup.inspection, glyphs)
        yield Text()
        yield from _facts(closeup, glyphs)
        if picture is not None:
            yield from _titled("Heat map", picture)
        if statistics is not None:
            title = "Statistics" if closeup.slice is None else "Statistics of the whole variable"
            yield from _titled(title, _fitted(_statistics_grid(statistics, glyphs), options.max_width))
        if closeup.quantiles and statistics is not None and statistics.minimum != statistics.maximum:
            yield from _titled("Quantiles", _fitted(_quantiles_grid(closeup, glyphs), options.max_width))
        if statistics is not None and statistics.elements:
            if closeup.histogram is None or statistics.minimum == statistics.maximum:
                said = Text.assemble(*distribution(statistics, glyphs))
                yield from _titled("Histogram", said)
            else:
                yield from _titled("Histogram", HistogramChart(closeup.histogram, self.log))
        yield from _titled(*_values(closeup, options.max_width))


def _facts(closeup: Closeup, glyphs: Glyphs) -> Iterator[RenderableType]:
    info = closeup.measured.info
    what = f"{words.shape(info.shape)} {words.escape(info.dtype)}"
    yield Packed([((words.escape(info.path), "bold"),), ((what, ""),)])
    yield packed(map(words.escape, closeup_facts(closeup)), f" {glyphs.dot} ")


def closeup_facts(closeup: Closeup) -> list[str]:
    """Returns what is known of a variable besides its shape: the meaning of its axes, its size, where it is stored."""
    info = closeup.measured.info
    facts = [
        ", ".join(closeup.axes) if closeup.axes else "",
        f"{words.count(info.parameters)} parameters",
        words.size(info.bytes),
        {True: "trainable", False: "not trainable", None: "trainable: not stored in this file"}[info.trainable],
        info.layer_class or "",
        f"stored at {info.stored_at}" if info.stored_at else "",
        _grid_in_words(closeup.measured.statistics),
    ]
    return [fact for fact in facts if fact]


def _grid_in_words(statistics: Statistics | None) -> str:
    """Returns the number of distinct values, if it is lower than the number of values."""
    if statistics is None or statistics.grid is None or statistics.grid.distinct == statistics.elements:
        return ""
    grid = statistics.grid
    step = "" if grid.step is None else f" on a grid of step {words.value(grid.step)}"
    return f"{words.count(grid.distinct)} distinct values{step}"


def _titled(title: str, content: RenderableType) -> Iterator[RenderableType]:
    yield Text()
    yield Text(title, style="bold cyan")
    yield content


def _fitted(grid: Grid, width: int) -> RenderableType:
    """Returns a grid of one row, or, if too wide, the numbers one after the other, each after its heading."""
    if grid.width <= width:
        return grid
    return Packed(
        [((f"{column.title} ", "dim"), *cell) for column, cell in zip(grid.columns, grid.rows[0].cells, strict=True)]
    )


def _statistics_grid(statistics: Statistics, glyphs: Glyphs) -> Grid:
    moments = {
        "min": statistics.minimum,
        "max": statistics.maximum,
        "mean": statistics.mean,
        "std": statistics.standard_deviation,
        "L2": statistics.l2_norm,
    }
    counts = {
        "zeros": statistics.zeros,
        "NaN": statistics.nan,
        "Inf": statistics.positive_infinity,
        "-Inf": statistics.negative_infinity,
    }
    cells = [((_number(number), ""),) for number in moments.values()]
    cells += [
        ((words.count(count), "bold red" if count and name != "zeros" else ""),) for name, count in counts.items()
    ]
    columns = tuple(Column(title, "right", labelled=True) for title in (*moments, *counts))
    return Grid(columns, [Row(tuple(cells))], glyphs.rule)


def _quantiles_grid(closeup: Closeup, glyphs: Glyphs) -> Grid:
    columns = tuple(Column(f"{share * 100:g} %", "right", labelled=True) for share in closeup.quantiles)
    cells = tuple(((_number(value), ""),) for value in closeup.quantiles.values())
    return Grid(columns, [Row(cells)], glyphs.rule)


def _values(closeup: Closeup, width: int) -> tuple[str, Text]:
    if closeup.slice is not None:
        chosen = closeup.slice
        title = f"Values [{words.escape(chosen.selection)}]  {words.shape(chosen.values.shape)}"
        axes = f"  {', '.join(chosen.axes)}" if chosen.axes else ""
        part = index_shown(chosen.values.shape)
        return title + axes + (f", of which {part}" if part else ""), Text(array_text(chosen.values, width))
    title = f"Values {index_shown(closeup.variable.info.shape)}".rstrip()
    return title, Text(corners_text(closeup.variable, width))


def _number(number: float | None) -> str:
    """Returns a number with six significant digits, as there is room for them here."""
    if number is None:
        return "none"
    return words.value(number, digits=6)
