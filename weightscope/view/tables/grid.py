"""Lays out a table in the width there is: in columns, folding one of them, or stacked where even that is too wide.

Rich's own Table measures and wraps every cell several times over, 0.7 ms a row; with 4,000 rows that is what a user
waits for. Cells here are short and plain, so their lengths are enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions
from rich.segment import Segment, Segments

from weightscope.view.text.folding import (
    NARROWEST,
    Cell,
    Piece,
    fold,
    length_of,
    pack,
    segments,
    without_trailing_space,
)

_GAP = 2
_LINES_OF_A_PART = 100


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, the side that its cells are flush with, and whether a cell needs the heading to be clear.

    Without headings, in a stacked row, numbers are `labelled` behind (`216 parameters`), words before.
    """

    title: str
    align: Literal["left", "right"] = "left"
    labelled: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A cell for each column, and cells that stand in lines of their own below them."""

    cells: tuple[Cell, ...]
    below: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows under headings; the first column folds when the terminal is too narrow. Nothing is ever cut.

    Attributes:
        columns: From left to right.
        rows: From top to bottom.
        rule: The character that the line below the headings is drawn with.
        widths: The terminal cells that each column takes when nothing folds; its widest cell where they are not given.
        below_width: The cells that the longest line below a row takes; measured with the widths.
    """

    columns: tuple[Column, ...]
    rows: Sequence[Row]
    rule: str = "─"
    widths: tuple[int, ...] = ()
    below_width: int = 0

    def __post_init__(self) -> None:
        """Measures the columns, row by row: rows may be made on demand."""
        if self.widths:
            return
        widths, below = [cell_len(column.title) for column in self.columns], 0
        for row in self.rows:
            widths = list(map(max, widths, map(length_of, row.cells)))
            below = max(below, sum(_GAP + length_of(cell) for cell in row.below))
        object.__setattr__(self, "widths", tuple(widths))
        object.__setattr__(self, "below_width", below)

    @property
    def width(self) -> int:
        """The cells that the whole grid takes when nothing folds."""
        return sum(self.widths) + _GAP * (len(self.columns) - 1)

    def is_stacked(self, available: int) -> bool:
        """Whether this width is too small for columns."""
        return self.widths[0] + available - self.width < min(self.widths[0], NARROWEST)

    def folding_rows(self, available: int) -> int:
        """Returns how many rows need several lines in this width."""
        if self.is_stacked(available):
            return len(self.rows)
        narrowed = self.widths[0] + min(available - self.width, 0)
        return sum(length_of(row.cells[0]) > narrowed for row in self.rows)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Yields the segments of every line, with colours where the console has them."""
        return segments(self._lines(options.max_width), console)

    def in_parts(self, console: Console, options: ConsoleOptions) -> Iterator[Segments]:
        """Yields the segments of some lines at a time, so that the whole of a long grid is never in memory."""
        lines = iter(self._lines(options.max_width))
        while part := list(islice(lines, _LINES_OF_A_PART)):
            yield Segments(segments(part, console))

    def _lines(self, available: int) -> Iterator[Iterable[Piece]]:
        widths = list(self.widths)
        spare = available - self.width
        if self.is_stacked(available):
            yield from self._stacked(available)
            return
        widths[0] += min(spare, 0)
        headings = tuple(((column.title, "bold"),) for column in self.columns)
        yield from self._in_columns(Row(headings), widths)
        whole = max(sum(widths) + _GAP * (len(widths) - 1), self.below_width)
        yield [(self.rule * min(whole, available), "dim")]
        for row in self.rows:
            yield from self._in_columns(row, widths)
            yield from pack(row.below, available, _GAP)

    def _in_columns(self, row: Row, widths: Sequence[int]) -> Iterator[Iterable[Piece]]:
        first, *more = fold(row.cells[0], widths[0], hanging=_indent(row.cells[0]) + _GAP)
        line: list[Piece] = []
        for column, cell, width in zip(self.columns, (tuple(first), *row.cells[1:]), widths, strict=True):
            padding = (" " * (width - length_of(cell)), "")
            gap = [(" " * _GAP, "")] if line else []
            line += [*gap, *((padding, *cell) if column.align == "right" else (*cell, padding))]
        yield without_trailing_space(line)
        yield from more

    def _stacked(self, available: int) -> Iterator[Iterable[Piece]]:
        for row in self.rows:
            indent = _indent(row.cells[0])
            yield from fold(row.cells[0], available, hanging=indent + 2 * _GAP)
            cells = [_labelled(column, cell) for column, cell in zip(self.columns[1:], row.cells[1:], strict=True)]
            yield from pack(cells, available, indent + _GAP)
            yield from pack(row.below, available, _GAP)


def _indent(cell: Cell) -> int:
    """Returns how far in the text of a cell begins, as that of a row inside another one."""
    text = "".join(text for text, _ in cell)
    return len(text) - len(text.lstrip(" "))


def _labelled(column: Column, cell: Cell) -> Cell:
    if not column.labelled or not length_of(cell):
        return cell
    is_one = "".join(text for text, _ in cell) == "1"
    label = (column.title.removesuffix("s") if is_one else column.title, "dim")
    return (*cell, (" ", ""), label) if column.align == "right" else (label, (" ", ""), *cell)
