"""The table format of a comparison of two models."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType
from rich.text import Text

from weightscope.inspection import SourceInfo
from weightscope.inspection.difference import Comparison, Numbers
from weightscope.view.tables.bars import with_bars, with_room
from weightscope.view.tables.comparison_cells import (
    DIFFERENCE_HEADINGS,
    DIFFERENCE_SIDES,
    LAYER_HEADINGS,
    LAYER_SIDES,
    difference_cells,
    layer_cells,
    totals_in_words,
)
from weightscope.view.tables.findings_table import finding_lines
from weightscope.view.tables.grid import Column, Grid, Row
from weightscope.view.text import words
from weightscope.view.text.facts import source_facts
from weightscope.view.text.folding import Cell, Packed
from weightscope.view.text.glyphs import Glyphs

#: How variables were paired.
_HOW = {
    "path": "layer by layer: by path, then by place in the file",
    "order": "layer by layer: by path, then by place in the file, then in order",
    "values": "layer by layer: by path, then by place in the file, then by content",
}
#: What is left out where there is little room, from the first to the last: the bars show the relative L2.
_LESS_IMPORTANT = ("cosine", "changed", "max |A-B|", "class", "variables")

_KIND_STYLE = {"equal": "green", "only-in-a": "magenta", "only-in-b": "magenta"}


@dataclass(frozen=True, slots=True)
class ComparisonTable:
    """Everything that the table format prints of two models."""

    comparison: Comparison

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yields who is A and who is B, the table, findings and totals."""
        glyphs, comparison = Glyphs.of(options), self.comparison
        yield _source("A", comparison.a, glyphs)
        yield _source("B", comparison.b, glyphs)
        yield Text(f"matched {_HOW[comparison.match]}", style="dim")
        yield from self._grid(options.max_width, glyphs)
        if comparison.findings:
            yield Text()
            yield Text.assemble(("Findings", "bold cyan"), "  ", (f"{len(comparison.findings):,}", "dim"))
            yield from finding_lines(comparison.findings)
        yield Text()
        yield Text(totals_in_words(comparison.totals), style="bold")

    def _grid(self, width: int, glyphs: Glyphs) -> Iterator[RenderableType]:
        comparison = self.comparison
        if comparison.layers is None:
            columns = _columns(DIFFERENCE_HEADINGS, DIFFERENCE_SIDES)
            styles = [_KIND_STYLE.get(one.kind, "yellow") for one in comparison.differences]
            cells = [difference_cells(one) for one in comparison.differences]
            numbers = [one.numbers for one in comparison.differences]
        else:
            columns = _columns(LAYER_HEADINGS, LAYER_SIDES)
            styles = [""] * len(comparison.layers)
            cells = [layer_cells(one) for one in comparison.layers]
            numbers = [one.numbers for one in comparison.layers]
        if cells:
            grid = Grid(columns, [_row(*each) for each in zip(cells, styles, strict=True)], glyphs.rule)
            sizes = [_size(one) for one in numbers]
            yield Text()
            yield with_bars(with_room(grid, width, _LESS_IMPORTANT) if any(sizes) else grid, sizes, width, glyphs)


def _columns(headings: Sequence[str], sides: str) -> tuple[Column, ...]:
    return tuple(
        Column(heading, "right" if side == "r" else "left", labelled=side == "r")
        for heading, side in zip(headings, sides, strict=True)
    )


def _size(numbers: Numbers | None) -> float:
    """Returns the relative difference, which the bars show: infinite where A is all 0 and B is not."""
    if numbers is None or not numbers.maximum_absolute:
        return 0.0
    return math.inf if numbers.relative_l2 is None else numbers.relative_l2


def _row(cells: tuple[str, ...], style: str) -> Row:
    first, second, *numbers = (words.escape(cell) for cell in cells)
    pieces: list[Cell] = [((first, "bold"),), ((second, style),)]
    return Row((*pieces, *(((number, "bold red" if number == "NaN" else ""),) if number else () for number in numbers)))


def _source(which: str, source: SourceInfo, glyphs: Glyphs) -> Packed:
    """Returns the line of one model; where it is too long, it goes on below the location."""
    first, *others = (words.escape(fact) for fact in source_facts(source))
    named = ((f"{which}  ", "bold cyan"), (words.escape(source.location), "bold"), ("  ", ""), (first, "dim"))
    return Packed([named, *(((fact, "dim"),) for fact in others)], f" {glyphs.dot} ", "dim", hanging=len(which) + 2)
