"""Folds text into lines: after `/` and spaces, or between facts that stay whole. No character but space is lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions
from rich.segment import Segment
from rich.style import Style

#: A piece of text and the style it is printed in; a cell is some of them, one after the other.
Piece = tuple[str, str]
Cell = tuple[Piece, ...]

#: The narrowest text that is folded; lines further in are at least half as wide.
NARROWEST = 20

#: What a line is not broken within: up to and with the next `/` or spaces; where that is too wide, the next `_`.
_UNBROKEN = re.compile(r"[^/\s]*(?:/+|\s+)|[^/\s]+")
_PARTS = re.compile(r"[^_]*_+|[^_]+")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text that folds after `/` or a space.

    Attributes:
        text: The text.
        indent: The margin of all lines.
        hanging: How much further in the lines after the first are.
    """

    text: Cell
    indent: int = 0
    hanging: int = 0

    @property
    def plain(self) -> str:
        """The text in one line, without styles."""
        return "".join(text for text, _ in self.text)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Yields the lines."""
        yield from segments(fold(self.text, options.max_width, self.indent, self.hanging), console)


@dataclass(frozen=True, slots=True)
class Packed:
    """Facts that stay whole: a line ends between two of them. A fact that is wider than a line is folded.

    Attributes:
        facts: The facts.
        separator: Stands between two in a line.
        style: Of the separator.
        indent: The margin of all lines.
        hanging: How much further in the lines after the first are.
    """

    facts: Sequence[Cell]
    separator: str = "  "
    style: str = ""
    indent: int = 0
    hanging: int = 0

    @property
    def plain(self) -> str:
        """The facts in one line, without styles."""
        return self.separator.join("".join(text for text, _ in fact) for fact in self.facts)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Yields the lines."""
        between = (self.separator, self.style)
        yield from segments(pack(self.facts, options.max_width, self.indent, self.hanging, between), console)


def packed(facts: Iterable[str], separator: str, style: str = "dim", hanging: int = 0) -> Packed:
    """Returns facts of one style, such as `.keras file · 41.0 KiB · Keras 3.15.1`."""
    return Packed([((fact, style),) for fact in facts], separator, style, hanging=hanging)


def pack(
    cells: Iterable[Cell], width: int, indent: int = 0, hanging: int = 0, between: Piece = ("  ", "")
) -> list[list[Piece]]:
    """Returns lines of at most `width`, each with as many whole cells as fit; a cell that is too wide is folded.

    Args:
        cells: From left to right; empty ones are left out.
        width: Of a line, the margin included.
        indent: The margin of all lines.
        hanging: How much further in the lines after the first are.
        between: What stands between two cells of a line.
    """
    lines: list[list[Piece]] = []
    for cell in filter(length_of, cells):
        margin = indent + (hanging if lines else 0)
        if lines and length_of(tuple(lines[-1])) + len(between[0]) + length_of(cell) <= width:
            lines[-1] += [between, *cell]
        elif margin + length_of(cell) <= width:
            lines.append([*([(" " * margin, "")] if margin else []), *cell])
        else:
            lines += fold(cell, width, margin, hanging if not lines else 0)
    return lines


def fold(cell: Cell, width: int, indent: int = 0, hanging: int = 0) -> list[list[Piece]]:
    """Returns the cell as lines of at most `width`, those after the first further in; no character but space is lost.

    A line ends after `/` or a space; after `_` or elsewhere only where what stands between them is wider than a line.
    """
    indent = min(indent, max(0, width - NARROWEST // 2))
    margin = [(" " * indent, "")] if indent else []
    if length_of(cell) <= width - indent:
        return [without_trailing_space([*margin, *cell])]
    hanging = min(hanging, max(0, width - indent - NARROWEST // 2))
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
    return [without_trailing_space(line) for line in lines]


def _words(text: str, width: int) -> Iterator[str]:
    for word in _UNBROKEN.findall(text):
        yield from [word] if cell_len(word.rstrip()) <= width else _PARTS.findall(word)


def without_trailing_space(line: list[Piece]) -> list[Piece]:
    """Returns the line without the spaces at its end."""
    while line and not line[-1][0].strip():
        line.pop()
    return [*line[:-1], *((text.rstrip(" "), style) for text, style in line[-1:])]


def length_of(cell: Iterable[Piece]) -> int:
    """Returns the terminal cells that the text takes."""
    return sum([len(text) if text.isascii() else cell_len(text) for text, _ in cell])


def segments(lines: Iterable[Iterable[Piece]], console: Console) -> Iterator[Segment]:
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
