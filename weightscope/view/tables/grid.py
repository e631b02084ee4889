"""Lays out a table in the width there is: in columns, folding one of them, or stacked where even that is too wide.

Rich's own Table measures and wraps every cell several times over, 0.7 ms a row; with 4,000 rows that is what a user
waits for. Cells here are short and plain, so their lengths are enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions
from rich.segment import Segment, Segments
from rich.style import Style

#: A piece of text and the style it is printed in; a cell is some of them, one after the other.
Piece = tuple[str, str]
Cell = tuple[Piece, ...]

_GAP = 2
_LINES_OF_A_PART = 100
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
            below = max(below, length_of(row.below))
        object.__setattr__(self, "widths", tuple(widths))
        object.__setattr__(self, "below_width", below)

    @property
    def width(self) -> int:
        """The cells that the whole grid takes when nothing folds."""
        return sum(self.widths) + _GAP * (len(self.columns) - 1)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Yields the segments of every line, with colours where the console has them."""
        return _segments(self._lines(options.max_width), console)

    def in_parts(self, console: Console, options: ConsoleOptions) -> Iterator[Segments]:
        """Yields the segments of some lines at a time, so that the whole of a long grid is never in memory."""
        lines = iter(self._lines(options.max_width))
        while part := list(islice(lines, _LINES_OF_A_PART)):
            yield Segments(_segments(part, console))

    def _lines(self, available: int) -> Iterator[Iterable[Piece]]:
        widths = list(self.widths)
        spare = available - self.width
        if widths[0] + spare < min(widths[0], _NARROWEST_FOLD):
            yield from self._stacked(available)
            return
        widths[0] += min(spare, 0)
        headings = tuple(((column.title, "bold"),) for column in self.columns)
        yield from self._in_columns(Row(headings), widths)
        whole = max(sum(widths) + _GAP * (len(widths) - 1), self.below_width)
        yield [(self.rule * min(whole, available), "dim")]
        for row in self.rows:
            yield from self._in_columns(row, widths)
            if row.below:
                yield from _folded(row.below, available, indent=2)

    def _in_columns(self, row: Row, widths: Sequence[int]) -> Iterator[Iterable[Piece]]:
        first, *more = _folded(row.cells[0], widths[0], hanging=_GAP)
        line: list[Piece] = []
        for column, cell, width in zip(self.columns, (tuple(first), *row.cells[1:]), widths, strict=True):
            padding = (" " * (width - length_of(cell)), "")
            gap = [(" " * _GAP, "")] if line else []
            line += [*gap, *((padding, *cell) if column.align == "right" else (*cell, padding))]
        yield _without_trailing_space(line)
        yield from more

    def _stacked(self, available: int) -> Iterator[Iterable[Piece]]:
        for row in self.rows:
            yield from _folded(row.cells[0], available, hanging=2 * _GAP)
            cells = [_labelled(column, cell) for column, cell in zip(self.columns[1:], row.cells[1:], strict=True)]
            lines: list[list[Piece]] = []
            for cell in filter(length_of, cells):
                if _GAP + length_of(cell) > available:
                    lines += _folded(cell, available, indent=_GAP)
                    continue
                if not lines or length_of(tuple(lines[-1])) + _GAP + length_of(cell) > available:
                    lines.append([])
                lines[-1] += [(" " * _GAP, ""), *cell]
            yield from lines
            if row.below:
                yield from _folded(row.below, available, indent=2)


def _segments(lines: Iterable[Iterable[Piece]], console: Console) -> Iterator[Segment]:
    """Yields the segments of lines, with colours where the console has them."""
    styles: dict[str, Style] = {}
    for line in lines:
        if console.color_system is None:
            yield Segment("".join(text for text, _ in line))
        else:
            for text, name in _runs(line):
                if name not in styles:
                    styles[name] = console.get_style(name or "none")
                yield Segment(text, styles[name])
        yield Segment.line()


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


def length_of(cell: Cell) -> int:
    """Returns the terminal cells that the text takes."""
    return sum([len(text) if text.isascii() else cell_len(text) for text, _ in cell])


def _labelled(column: Column, cell: Cell) -> Cell:
    if not column.labelled or not length_of(cell):
        return cell
    label = (column.title, "dim")
    return (*cell, (" ", ""), label) if column.align == "right" else (label, (" ", ""), *cell)


def _folded(cell: Cell, width: int, indent: int = 0, hanging: int = 0) -> list[list[Piece]]:
    """Returns the cell as lines of at most `width`, those after the first further in; no character but space is lost.

    A line ends after `/` or a space; after `_` or elsewhere only where what stands between them is wider than a line.
    """
    margin = [(" " * indent, "")] if indent else []
    if length_of(cell) <= width - indent:
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
    if line:
        text, style = line[-1]
        line[-1] = text.rstrip(), style
    return line
