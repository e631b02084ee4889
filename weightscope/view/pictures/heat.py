"""A heat map in a terminal: of a row, of a matrix, or of the filters of a convolution."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from weightscope.inspection.closeup import Closeup, Pool
from weightscope.measure.closeup.downsample import Downsampled, downsampled
from weightscope.measure.closeup.folding import Folding
from weightscope.measure.closeup.subject import Filters, Subject
from weightscope.view.pictures.color_map import (
    NAN_CODE,
    NEGATIVE_INFINITY_CODE,
    POSITIVE_INFINITY_CODE,
    Codes,
    encode_rgb,
    largest_magnitude,
)
from weightscope.view.pictures.heads import head_labels, head_ruler
from weightscope.view.pictures.norm_bars import COLUMN_BAR, ROW_BAR, ROW_GAP, NormBars
from weightscope.view.pictures.pen import GAP_CODE, Ends, Pen, pen_for
from weightscope.view.pictures.tiles import Tiles, explain, label, lay_out
from weightscope.view.pictures.words_of_cells import side, what_a_cell_is
from weightscope.view.text import words
from weightscope.view.text.glyphs import Glyphs

#: The width of a picture in a pipe, where nothing folds.
_WIDEST = 160

_DIM = Style.parse("dim")

_STRANGE = {NAN_CODE: "NaN", POSITIVE_INFINITY_CODE: "Inf", NEGATIVE_INFINITY_CODE: "-Inf"}


def heat_map(closeup: Closeup, pool: Pool = "rms") -> HeatMap:
    """Returns a heat map of the requested slice, or of the whole variable.

    Args:
        closeup: What to draw.
        pool: How a cell stands for the values of a matrix that is too large for a cell each.

    Raises:
        UsageError: There is nothing to draw, or it has too many axes.
    """
    subject = Subject.of(closeup)
    _ = subject.kind
    return HeatMap(subject, pool)


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Values as colours on one scale, which is symmetric around zero where values have signs, with the scale below.

    Attributes:
        subject: The data to draw; its values are read on drawing.
        pool: How a cell stands for several values.
        most_lines: The most lines of the picture, without scale and captions.
    """

    subject: Subject
    pool: Pool = "rms"
    most_lines: int = 32

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType | Segment]:
        """Yields the picture, as large as the width allows, its scale, and a caption with the part that is shown.

        Raises:
            UsageError: There is nothing to draw.
        """
        width, glyphs = min(options.max_width, _WIDEST), Glyphs.of(options)
        pen = pen_for(console, glyphs)
        if self.subject.kind == "filters":
            page = self._filters(width, pen)
        else:
            page = self._row(width, pen) if self.subject.kind == "row" else self._matrix(width, pen)
        yield from _drawn(page, pen, width, glyphs)
        for caption in page.captions:
            yield Text(caption, style="dim")

    def _row(self, width: int, pen: Pen) -> _Page:
        small = downsampled(self.subject.variable, self.subject.folding, (1, width), self.pool)
        canvas = np.repeat(small.values, pen.rows_per_line, axis=0)  # a row is as high as a line
        captions = (f"across: {side(self.subject, (0,))}", what_a_cell_is(small, str(small.column_step)))
        return _Page(canvas, np.zeros(canvas.shape, np.bool_), (), captions, has_signs=small.has_signs)

    def _matrix(self, width: int, pen: Pen) -> _Page:
        folding, step = self.subject.folding, pen.rows_per_line
        labels = head_labels(folding, 1, 1)
        room = max(1, width - ROW_GAP - ROW_BAR - max((len(text) + 1 for _, text in labels), default=0))
        size = ((self.most_lines - COLUMN_BAR) * step, room)
        small = downsampled(self.subject.variable, folding, size, self.pool)
        margins = NormBars(_by_line(small.row_norms, step), small.column_norms.tolist(), *_each(small, folding, step))
        down, across = (side(self.subject, axes) for axes in (folding.down, folding.across))
        cell = what_a_cell_is(small, f"{small.row_step} x {small.column_step}")
        captions = (f"down: {down}, across: {across}", cell, margins.caption)
        gaps = np.zeros(small.values.shape, np.bool_)
        labels, ruler = head_labels(folding, small.row_step, step), head_ruler(folding, small.column_step)
        return _Page(small.values, gaps, labels, captions, margins, small.has_signs, ruler)

    def _filters(self, width: int, pen: Pen) -> _Page:
        shown, columns = self._fitting(width, self.most_lines * pen.rows_per_line, in_colors=pen.has_rgb)
        tiles: Tiles = lay_out(shown, columns)
        return _Page(tiles.canvas, tiles.gaps, tiles.labels, (explain(shown, self.subject.statistics),))

    def _fitting(self, width: int, rows: int, *, in_colors: bool) -> tuple[Filters, int]:
        """Returns as many filters as fit, and how many stand side by side."""
        subject = self.subject if in_colors else replace(self.subject, is_first=False)
        first = subject.filters(1, 1)
        height, tile_width = first.values.shape[:2]
        margin = len(label(first, first.inputs - 1, first.outputs - 1, 2 * first.outputs))  # of the longest label
        columns = max(1, min((width - margin) // (tile_width + 1), first.outputs))
        even = -(-first.outputs // -(-first.outputs // columns))
        tile_rows = max(1, (rows + 1) // (height + 1))
        inputs = 3 if subject.is_rgb else min(first.inputs, tile_rows)
        runs = max(1, tile_rows // (1 if subject.is_rgb else inputs))
        if runs * columns >= first.outputs:
            columns = even
        return subject.filters(inputs, runs * columns), columns


@dataclass(frozen=True, slots=True)
class _Page:
    """What is drawn.

    Attributes:
        canvas: Values; those of a colour have a third axis: red, green and blue.
        gaps: Where nothing is drawn.
        labels: The first row of values of each label, and the label.
        captions: The lines below.
        margins: The bars beside and below a matrix.
        has_signs: Whether the scale goes below 0.
        ruler: A line below the columns.
    """

    canvas: npt.NDArray[np.float64]
    gaps: npt.NDArray[np.bool_]
    labels: tuple[tuple[int, str], ...]
    captions: tuple[str, ...]
    margins: NormBars | None = None
    has_signs: bool = True
    ruler: str = ""


def _drawn(page: _Page, pen: Pen, width: int, glyphs: Glyphs) -> Iterator[Segment]:
    magnitude = largest_magnitude(page.canvas[~page.gaps])
    is_rgb = page.canvas.ndim == 3
    codes = encode_rgb(page.canvas, magnitude) if is_rgb else pen.encode(page.canvas, magnitude)
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
        yield from page.margins.beside(number, glyphs) if page.margins else ()
        yield Segment.line()
    yield from page.margins.below(glyphs, margin) if page.margins else ()
    if page.ruler:
        yield Segment(f"{'':{margin}}{page.ruler}", _DIM)
        yield Segment.line()
    low = words.value(-magnitude) if page.has_signs else "0.0"
    yield from _legend(codes, pen, Ends(low, words.value(magnitude), page.has_signs, is_rgb), width)


def _legend(codes: Codes, pen: Pen, ends: Ends, width: int) -> Iterator[Segment]:
    """Yields the line of the scale, and one for the values that are not on it."""
    found = set(np.unique(codes).tolist()) - {GAP_CODE}
    if ends.high != "0.0":
        yield from pen.scale(ends, width)
        yield Segment.line()
    elif found - set(_STRANGE):
        yield pen.sample(0)
        yield Segment(" 0.0 is every finite value\n")
    strange = [code for code in _STRANGE if code in found]
    for code in strange:
        yield pen.sample(code)
        yield Segment(f" {_STRANGE[code]}" + ("   " if code != strange[-1] else ""))
    if strange:
        yield Segment.line()


def _by_line(norms: npt.NDArray[np.float64], rows_per_line: int) -> list[float]:
    """Returns a norm for each line of text: of several rows the root mean square of their norms."""
    with np.errstate(over="ignore"):
        return [
            float(np.sqrt(np.mean(norms[start : start + rows_per_line] ** 2)))
            if rows_per_line > 1
            else float(norms[start])
            for start in range(0, len(norms), rows_per_line)
        ]


def _each(small: Downsampled, folding: Folding, rows_per_line: int) -> tuple[int, int]:
    """Returns how many rows of the matrix a line of text stands for, and how many columns a character."""
    return min(small.row_step * rows_per_line, folding.rows), small.column_step
