"""A heat map in a terminal: of a row, of a matrix, or of the filters of a convolution."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from weightscope.inspection.closeup import Closeup
from weightscope.measure.downsample import Downsampled, downsampled
from weightscope.measure.subject import Filters, Subject
from weightscope.view import text as words
from weightscope.view.glyphs import Glyphs
from weightscope.view.pictures.color_map import (
    NAN_CODE,
    NEGATIVE_INFINITY_CODE,
    POSITIVE_INFINITY_CODE,
    Codes,
    largest_magnitude,
)
from weightscope.view.pictures.pen import GAP_CODE, Pen, pen_for
from weightscope.view.pictures.tiles import Tiles, explain, label, lay_out

#: The width of a picture in a pipe, where nothing folds.
_WIDEST = 160

_STRANGE = {NAN_CODE: "NaN", POSITIVE_INFINITY_CODE: "Inf", NEGATIVE_INFINITY_CODE: "-Inf"}


def heat_map(closeup: Closeup) -> HeatMap:
    """Returns a heat map of the requested slice, or of the whole variable.

    Raises:
        UsageError: There is nothing to draw, or it has too many axes.
    """
    subject = Subject.of(closeup)
    _ = subject.kind
    return HeatMap(subject)


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Values as colours on one scale, which is symmetric around zero, with the scale below.

    Attributes:
        subject: The data to draw; its values are read on drawing.
        most_lines: The most lines of the picture, without scale and captions.
    """

    subject: Subject
    most_lines: int = 32

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType | Segment]:
        """Yields the picture, as large as the width allows, its scale, and a caption with the part that is shown.

        Raises:
            UsageError: There is nothing to draw.
        """
        width = min(options.max_width, _WIDEST)
        pen = pen_for(console, Glyphs.of(options))
        if self.subject.kind == "filters":
            page = self._filters(width, self.most_lines * pen.rows_per_line)
        else:
            page = self._matrix(width, pen)
        yield from _drawn(page, pen, width)
        for caption in page.captions:
            yield Text(caption, style="dim")

    def _matrix(self, width: int, pen: Pen) -> _Page:
        small = downsampled(self.subject.variable, self.most_lines * pen.rows_per_line, width)
        # a row is as high as a line
        canvas = small.values if self.subject.kind == "matrix" else np.repeat(small.values, pen.rows_per_line, axis=0)
        captions = (_extent(self.subject), _what_a_cell_is(small, self.subject))
        return _Page(canvas, np.zeros(canvas.shape, np.bool_), (), captions)

    def _filters(self, width: int, rows: int) -> _Page:
        shown, columns = self._fitting(width, rows)
        tiles: Tiles = lay_out(shown, columns)
        return _Page(tiles.canvas, tiles.gaps, tiles.labels, (explain(shown),))

    def _fitting(self, width: int, rows: int) -> tuple[Filters, int]:
        """Returns as many filters as fit, and how many stand side by side."""
        first = self.subject.filters(1, 1)
        height, tile_width = first.values.shape[:2]
        margin = len(label(first, first.inputs - 1, first.outputs - 1, 2 * first.outputs))  # of the longest label
        columns = max(1, min((width - margin) // (tile_width + 1), first.outputs))
        even = -(-first.outputs // -(-first.outputs // columns))
        tile_rows = max(1, (rows + 1) // (height + 1))
        inputs = min(first.inputs, tile_rows)
        runs = max(1, tile_rows // inputs)
        if runs * columns >= first.outputs:
            columns = even
        return self.subject.filters(inputs, runs * columns), columns


@dataclass(frozen=True, slots=True)
class _Page:
    """Values to draw, where not to draw, the labels of rows, and the lines below."""

    canvas: npt.NDArray[np.float64]
    gaps: npt.NDArray[np.bool_]
    labels: tuple[tuple[int, str], ...]
    captions: tuple[str, ...]


def _drawn(page: _Page, pen: Pen, width: int) -> Iterator[Segment]:
    magnitude = largest_magnitude(page.canvas[~page.gaps])
    codes = pen.encode(page.canvas, magnitude)
    codes[page.gaps] = GAP_CODE
    step = pen.rows_per_line
    missing = -len(codes) % step
    padded = np.concatenate([codes, np.full((missing, codes.shape[1]), GAP_CODE)])
    labels = {row // step: text for row, text in page.labels}
    margin = max((len(text) + 1 for text in labels.values()), default=0)
    if margin + codes.shape[1] > width:
        labels, margin = {}, 0
    for number in range(len(padded) // step):
        if margin:
            yield Segment(f"{labels.get(number, ''):{margin}}")
        yield from pen.line(padded[number * step : (number + 1) * step, :width])
        yield Segment.line()
    yield from _legend(codes, magnitude, pen, width)


def _legend(codes: Codes, magnitude: float, pen: Pen, width: int) -> Iterator[Segment]:
    """Yields the line of the scale, and one for the values that are not on it."""
    found = set(np.unique(codes).tolist()) - {GAP_CODE}
    if magnitude:
        yield from pen.scale(words.value(-magnitude), words.value(magnitude), width)
        yield Segment.line()
    elif 0 in found:
        yield pen.sample(0)
        yield Segment(" 0.0 is every finite value\n")
    strange = [code for code in _STRANGE if code in found]
    for code in strange:
        yield pen.sample(code)
        yield Segment(f" {_STRANGE[code]}" + ("   " if code != strange[-1] else ""))
    if strange:
        yield Segment.line()


def _extent(subject: Subject) -> str:
    shape = subject.variable.info.shape
    names = subject.axes or (("", "") if len(shape) == 2 else ("",))
    sizes = [f"{size:,} {name}".rstrip() for size, name in zip(shape, names, strict=True)]
    if len(shape) == 1:
        return f"across: {sizes[0]}"
    return f"down: {sizes[0]}, across: {sizes[1]}"


def _what_a_cell_is(small: Downsampled, subject: Subject) -> str:
    if small.is_whole:
        return "each cell is one value"
    of = f"{small.row_step} x {small.column_step}" if subject.kind == "matrix" else f"{small.column_step}"
    return f"each cell is the value of largest magnitude of {of} values"
