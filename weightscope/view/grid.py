"""Lays out a table in the width there is: in columns, folding one of them, or stacked where even that is too wide.

Rich's own Table measures and wraps every cell several times over, 0.7 ms a row; with 4,000 rows that is what a user
waits for. Cells here are short and plain, so their lengths are enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions
from rich.segment import Segment
from rich.style import Style

#: A piece of text and the style it is printed in; a cell is some of them, one after the other.
Piece = tuple[str, str]
Cell = tuple[Piece, ...]

_GAP = 2
_NARROWEST_FOLD = 20


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, and the side that its cells are flush with."""

    title: str
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True, slots=True)
class Row:
    """A cell for each column, and what stands in a line of its own below them."""

    cells: tuple[Cell, ...]
    below: Cell = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows under headings; the first column folds when the terminal is too narrow. Nothing is ever cut."""

    columns: tuple[Column, ...]
    rows: Sequence[Row]
    rule: str = "─"

    @property
    def widths(self) -> list[int]:
        """The cells that each column takes when nothing folds."""
        return [
            max([cell_len(column.title), *(_length(row.cells[place]) for row in self.rows)])
            for place, column in enumerate(self.columns)
        ]

    @property
    def width(self) -> int:
        """The cells that the whole grid takes when nothing folds."""
        return sum(self.widths) + _GAP * (len(self.columns) - 1)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Yields the segments of every line, with colours where the console has them."""
        styles: dict[str, Style] = {}
        for line in self._lines(options.max_width):
            for text, name in line:
                if name not in styles:
                    styles[name] = console.get_style(name or "none")
                yield Segment(text, styles[name])
            yield Segment.line()

    def _lines(self, available: int) -> Iterator[Iterable[Piece]]:
        widths = self.widths
        spare = available - self.width
        if widths[0] + spare < min(widths[0], _NARROWEST_FOLD):
            yield from self._stacked(available)
            return
        widths[0] += min(spare, 0)
        headings = tuple(((column.title, "bold"),) for column in self.columns)
        yield from self._in_columns(Row(headings), widths)
        below = max((_length(row.below) for row in self.rows), default=0)
        yield [(self.rule * min(max(sum(widths) + _GAP * (len(widths) - 1), below), available), "dim")]
        for row in self.rows:
            yield from self._in_columns(row, widths)
            if row.below:
                yield from _folded(row.below, available)

    def _in_columns(self, row: Row, widths: Sequence[int]) -> Iterator[Iterable[Piece]]:
        first, *more = _folded(row.cells[0], widths[0])
        line: list[Piece] = []
        for column, cell, width in zip(self.columns, (tuple(first), *row.cells[1:]), widths, strict=True):
            padding = (" " * (width - _length(cell)), "")
            gap = [(" " * _GAP, "")] if line else []
            line += [*gap, *((padding, *cell) if column.align == "right" else (*cell, padding))]
        yield _without_trailing_space(line)
        yield from more

    def _stacked(self, available: int) -> Iterator[Iterable[Piece]]:
        for row in self.rows:
            yield from _folded(row.cells[0], available)
            line: list[Piece] = [("  ", "")]
            for column, cell in zip(self.columns[1:], row.cells[1:], strict=True):
                labelled = cell if column.align == "left" else (*cell, (f" {column.title}", "dim"))
                if _length(tuple(line)) + _length(labelled) > available and len(line) > 1:
                    yield _without_trailing_space(line)
                    line = [("  ", "")]
                line += [*labelled, (" " * _GAP, "")]
            yield _without_trailing_space(line)
            if row.below:
                yield from _folded(row.below, available)


def _length(cell: Cell) -> int:
    return sum(cell_len(text) for text, _ in cell)


def _folded(cell: Cell, width: int) -> list[list[Piece]]:
    """Returns the cell as lines of at most `width` cells each; no character is lost."""
    lines: list[list[Piece]] = [[]]
    left = width
    for text, style in cell:
        while cell_len(text) > left:
            head = chop_cells(text, left)[0] if left > 1 else ""
            lines[-1].append((head, style))
            lines.append([])
            text, left = text[len(head) :], width
        lines[-1].append((text, style))
        left -= cell_len(text)
    return lines


def _without_trailing_space(line: list[Piece]) -> list[Piece]:
    while line and not line[-1][0].strip():
        line.pop()
    return line
