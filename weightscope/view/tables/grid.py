"""Lays out a table in the width there is: in columns, folding one of them, or stacked where even that is too wide.

Rich's own Table measures and wraps every cell several times over, 0.7 ms a row; with 4,000 rows that is what a user
waits for. Cells here are short and plain, so their lengths are enough.
"""

from __future__ import annotations

import re
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

#: What a line is not broken within: up to and with the next `/` or spaces; where that is too wide, the next `_`.
_UNBROKEN = re.compile(r"[^/\s]*(?:/+|\s+)|[^/\s]+")
_PARTS = re.compile(r"[^_]*_+|[^_]+")


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
    """A cell for each column, and what stands in a line of its own below them."""

    cells: tuple[Cell, ...]
    below: Cell = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows under headings; the first column folds when the terminal is too narrow. Nothing is ever cut.

    Attributes:
        columns: From left to right.
        rows: From top to bottom.
        rule: The character that the line below the headings is drawn with.
        widths: The terminal cells that each column takes when nothing folds; its widest cell where they are not given.
    """

    columns: tuple[Column, ...]
    rows: Sequence[Row]
    rule: str = "─"
    widths: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Measures the columns."""
        if not self.widths:
            cells = zip(*(row.cells for row in self.rows), strict=True) if self.rows else [()] * len(self.columns)
            widths = (
                max([cell_len(column.title), *map(_length, own)])
                for column, own in zip(self.columns, cells, strict=True)
            )
            object.__setattr__(self, "widths", tuple(widths))

    @property
    def width(self) -> int:
        """The cells that the whole grid takes when nothing folds."""
        return sum(self.widths) + _GAP * (len(self.columns) - 1)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Yields the segments of every line, with colours where the console has them."""
        styles: dict[str, Style] = {}
        for line in self._lines(options.max_width):
            if console.color_system is None:
                yield Segment("".join(text for text, _ in line))
            else:
                for text, name in _runs(line):
                    if name not in styles:
                        styles[name] = console.get_style(name or "none")
                    yield Segment(text, styles[name])
            yield Segment.line()

    def _lines(self, available: int) -> Iterator[Iterable[Piece]]:
        widths = list(self.widths)
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
                yield from _folded(row.below, available, indent=2)

    def _in_columns(self, row: Row, widths: Sequence[int]) -> Iterator[Iterable[Piece]]:
        first, *more = _folded(row.cells[0], widths[0], hanging=_GAP)
        line: list[Piece] = []
        for column, cell, width in zip(self.columns, (tuple(first), *row.cells[1:]), widths, strict=True):
            padding = (" " * (width - _length(cell)), "")
            gap = [(" " * _GAP, "")] if line else []
            line += [*gap, *((padding, *cell) if column.align == "right" else (*cell, padding))]
        yield _without_trailing_space(line)
        yield from more

    def _stacked(self, available: int) -> Iterator[Iterable[Piece]]:
        for row in self.rows:
            yield from _folded(row.cells[0], available, hanging=2 * _GAP)
            cells = [_labelled(column, cell) for column, cell in zip(self.columns[1:], row.cells[1:], strict=True)]
            lines: list[list[Piece]] = []
            for cell in filter(_length, cells):
                if _GAP + _length(cell) > available:
                    lines += _folded(cell, available, indent=_GAP)
                    continue
                if not lines or _length(tuple(lines[-1])) + _GAP + _length(cell) > available:
                    lines.append([])
                lines[-1] += [(" " * _GAP, ""), *cell]
            yield from lines
            if row.below:
                yield from _folded(row.below, available, indent=2)


def _runs(line: Iterable[Piece]) -> Iterator[Piece]:
    """Yields the line with neighbours of one style joined; space has none. Rich takes its time for each piece."""
    run, style = "", ""
    for text, name in line:
        if text.isspace() or name == style or not run:
            run, style = run + text, style if text.isspace() else name
        else:
            yield run, style
            run, style = text, name
    yield run, style


def _length(cell: Cell) -> int:
    return sum(cell_len(text) for text, _ in cell)


def _labelled(column: Column, cell: Cell) -> Cell:
    if not column.labelled or not _length(cell):
        return cell
    label = (column.title, "dim")
    return (*cell, (" ", ""), label) if column.align == "right" else (label, (" ", ""), *cell)


def _folded(cell: Cell, width: int, indent: int = 0, hanging: int = 0) -> list[list[Piece]]:
    """Returns the cell as lines of at most `width`, those after the first further in; no character but space is lost.

    A line ends after `/` or a space; after `_` or elsewhere only where what stands between them is wider than a line.
    """
    margin = [(" " * indent, "")] if indent else []
    if _length(cell) <= width - indent:
        return [_without_trailing_space([*margin, *cell])]
    hanging = min(hanging, max(0, width - indent - _NARROWEST_FOLD // 2))
    lines, left, is_begun = [list(margin)], width - indent, False
    next_margin = [(" " * (indent + hanging), "")] if indent + hanging else []
    for text, style in cell:
        for word in _words(text, width - indent - hanging):
            if is_begun and cell_len(word.rstrip()) > left:
                lines.append(list(next_margin))
                left, is_begun, word = width - indent - hanging, False, word.lstrip()
            while cell_len(word.rstrip()) > left:
                head = chop_cells(word, left)[0]
                lines[-1].append((head, style))
                lines.append(list(next_margin))
                word, left = word[len(head) :], width - indent - hanging
            if word:
                lines[-1].append((word, style))
                left, is_begun = left - cell_len(word), True
    return [_without_trailing_space(line) for line in lines]


def _words(text: str, width: int) -> Iterator[str]:
    for word in _UNBROKEN.findall(text):
        yield from [word] if cell_len(word.rstrip()) <= width else _PARTS.findall(word)


def _without_trailing_space(line: list[Piece]) -> list[Piece]:
    while line and not line[-1][0].strip():
        line.pop()
    return line
