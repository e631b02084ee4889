"""The grid of a model's variables: what is known of each, its statistics, and its first values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from weightscope.inspection.measured import Listing, Measured, Preview
from weightscope.view import text as words
from weightscope.view.glyphs import Glyphs
from weightscope.view.tables.grid import Cell, Column, Grid, Piece, Row
from weightscope.view.tables.statistics_cells import with_statistics

_TRAINABLE_STYLE = {True: "green", False: "yellow", None: "magenta"}
_FEWEST_VALUES_BESIDE = 3

_COLUMNS = (
    Column("path"),
    Column("shape"),
    Column("dtype"),
    Column("parameters", "right", labelled=True),
    Column("trainable", labelled=True),
)
_DTYPE = 2
_CREATED_IN = Column("created in", labelled=True)
_GRADIENT = Column("gradient", "right", labelled=True)


def variables_grid(rows: Sequence[Measured], width: int, glyphs: Glyphs, listing: Listing) -> Grid:
    """Returns the rows with their statistics, where those were asked for, and their previews.

    As many values as fit stand beside a row; where too few do, they stand in a line below it. Statistics take that
    line first, and there are no previews then.
    """
    is_verbose, has_gradients = listing.is_verbose, listing.inspection.has_gradients
    columns = (*_COLUMNS, *([_CREATED_IN] if is_verbose else []), *([_GRADIENT] if has_gradients else []))
    cells = [
        (
            *_cells(row),
            *([((row.info.created_in or "?", ""),)] if is_verbose else []),
            *([_gradient(row)] if has_gradients else []),
        )
        for row in rows
    ]
    grid = Grid(columns, list(map(Row, cells)), glyphs.rule)
    if not listing.has_statistics:
        return _with_previews(grid, rows, width, glyphs)
    absent = {place for place, row in enumerate(rows) if not row.has_values}
    measured = with_statistics(grid, [row.statistics for row in rows], width, glyphs, absent)
    if any(row.below for row in measured.rows):
        return measured
    both = _with_previews(measured, rows, width, glyphs)
    return measured if any(row.below for row in both.rows) else both


def _with_previews(grid: Grid, rows: Sequence[Measured], width: int, glyphs: Glyphs) -> Grid:
    previews = [row.preview for row in rows]
    longest = max((len(preview.values) for preview in previews if preview), default=0)
    if not longest:
        return grid
    number_width = max((len(words.value(one)) for preview in previews if preview for one in preview.values), default=0)
    narrower = _without_dtype(grid, rows)
    few = min(longest, _FEWEST_VALUES_BESIDE)
    for least, most in ((few, longest), (1, few - 1)):  # as many columns as values can be read beside, then fewer
        for one in (grid, narrower):
            for shown in range(most, least - 1, -1):
                cells = [_preview(preview, shown, number_width, glyphs) for preview in previews]
                beside = [Row((*row.cells, cell)) for row, cell in zip(one.rows, cells, strict=True)]
                wide = Grid((*one.columns, Column("values")), beside, glyphs.rule)
                if wide.width <= width:
                    return wide
    cells = [_preview(preview, longest, 0, glyphs) for preview in previews]
    below = [replace(row, below=cell) for row, cell in zip(grid.rows, cells, strict=True)]
    return replace(grid, rows=below)


def _without_dtype(grid: Grid, rows: Sequence[Measured]) -> Grid:
    """Returns the grid without the column of dtypes where they are all the same: the title of the table names it."""
    if len({row.info.dtype for row in rows}) != 1:
        return grid
    return Grid(
        (*grid.columns[:_DTYPE], *grid.columns[_DTYPE + 1 :]),
        [replace(row, cells=(*row.cells[:_DTYPE], *row.cells[_DTYPE + 1 :])) for row in grid.rows],
        grid.rule,
    )


def dtype_of_all(grid: Grid, rows: Sequence[Measured]) -> str | None:
    """Returns the dtype of all rows where the grid has no column for it."""
    return None if not rows or grid.columns[_DTYPE].title == "dtype" else words.escape(rows[0].info.dtype)


def _cells(row: Measured) -> tuple[Cell, ...]:
    info = row.info
    path = words.escape(info.path)
    layer = words.escape(f"{info.layer}/") if info.layer and info.path.startswith(f"{info.layer}/") else ""
    flag = words.trainable(info.trainable)
    if info.role not in ("weight", "optimizer"):
        flag = f"{flag}, {info.role}"
    return (
        ((layer, ""), *_cell(path[len(layer) :], "bold")),
        _cell(words.shape(info.shape)),
        _cell(words.escape(info.dtype)),
        _cell(words.count(info.parameters)),
        _cell(flag, _TRAINABLE_STYLE[info.trainable]),
    )


@lru_cache(maxsize=1024)
def _cell(text: str, style: str = "") -> Cell:
    """Returns a cell of one piece; a hundred thousand rows repeat a few, which are one object then."""
    return ((text, style),)


def _gradient(row: Measured) -> Cell:
    """Returns the norm of a trainable variable's gradient; one that is missing is no 0."""
    if row.gradient is None:
        return ()
    if row.gradient.norm is None:
        return (("none", "bold red"),)
    return ((words.value(row.gradient.norm), "yellow" if row.gradient.norm == 0.0 else ""),)


def _preview(preview: Preview | None, shown: int, number_width: int, glyphs: Glyphs) -> Cell:
    if preview is None:
        return ()
    pieces: list[Piece] = []
    for number in preview.values[:shown]:
        word = words.value(number)
        strange = word in ("NaN", "Inf", "-Inf")
        pieces += [(" " if pieces else "", ""), (f"{word:>{number_width}}", "bold red" if strange else "dim")]
    if shown < len(preview.values) or not preview.is_whole:
        pieces.append((f" {glyphs.more}", "dim"))
    return tuple(pieces)
