"""The grid of a model's variables: what is known of each, its statistics, and its first values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, lru_cache, partial
from itertools import accumulate

from weightscope.inspection.lazy import Lazy
from weightscope.inspection.measured import Listing, Measured, Preview
from weightscope.view.tables.grid import Column, Grid, Row
from weightscope.view.tables.lazy_rows import with_cells, with_line_below, without_cell
from weightscope.view.tables.statistics_cells import with_statistics
from weightscope.view.text import words
from weightscope.view.text.folding import Cell, Piece, length_of
from weightscope.view.text.glyphs import Glyphs

_TRAINABLE_STYLE = {True: "green", False: "yellow", None: "magenta"}
_FEWEST_VALUES_BESIDE = 3
_STRANGE = frozenset(("NaN", "Inf", "-Inf"))

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

    def made(place: int) -> Row:
        row = rows[place]
        created = (((row.info.created_in or "?", ""),),) if is_verbose else ()
        return Row((*_cells(row), *created, *((_gradient(row),) if has_gradients else ())))

    grid = Grid(columns, Lazy(len(rows), made), glyphs.rule)
    if not listing.has_statistics:
        return _with_previews(grid, rows, width, glyphs)
    absent = {place for place, row in enumerate(rows) if not row.has_values}
    narrower = _without_dtype(grid, rows)
    grids = (grid, narrower, _with_short_headings(narrower))
    statistics = Lazy(len(rows), lambda place: rows[place].statistics)
    measured = with_statistics(grids, statistics, width, glyphs, absent)
    if measured.below_width:
        return measured
    both = _with_previews(measured, rows, width, glyphs)
    return measured if both.below_width else both


def _with_previews(grid: Grid, rows: Sequence[Measured], width: int, glyphs: Glyphs) -> Grid:
    number_widths = _number_widths(row.preview for row in rows)
    longest = len(number_widths)
    if not longest:
        return grid
    narrower = _without_dtype(grid, rows)
    shortest = cache(partial(_with_short_headings, narrower))  # measured anew, which takes its time
    grids: tuple[Callable[[], Grid], ...] = (lambda: grid, lambda: narrower, shortest)
    few = min(longest, _FEWEST_VALUES_BESIDE)
    for least, most in ((few, longest), (1, few - 1)):  # as many columns as values can be read beside, then fewer
        for one in grids:
            for shown in range(most, least - 1, -1):
                wide = _with_values(one(), rows, shown, number_widths[shown - 1], glyphs)
                if wide.width <= width:
                    return wide
    wide = _with_values(shortest(), rows, 1, number_widths[0], glyphs)
    if wide.folding_rows(width) * 2 < len(rows):  # a line more for few rows, rather than for each
        return wide
    fitted = grid if grid.width <= width else shortest()
    below = with_line_below(fitted.rows, lambda place: (_preview(rows[place].preview, longest, 0, glyphs),))
    return Grid(fitted.columns, below, grid.rule)


def _number_widths(previews: Iterable[Preview | None]) -> list[int]:
    """Returns how wide the widest of the first value, of the first two, ... of all previews is."""
    widths: list[int] = []
    for preview in filter(None, previews):
        widths += [0] * (len(preview.values) - len(widths))
        for place, one in enumerate(preview.values):
            widths[place] = max(widths[place], len(words.value(one)))
    return list(accumulate(widths, max))


#: Headings for narrow terminals, where they are wider than what stands below them.
_SHORT_HEADINGS = {"parameters": "params", "trainable": "train"}


def _with_short_headings(grid: Grid) -> Grid:
    columns = (replace(one, title=_SHORT_HEADINGS.get(one.title, one.title)) for one in grid.columns)
    return Grid(tuple(columns), grid.rows, grid.rule)


def _with_values(grid: Grid, rows: Sequence[Measured], shown: int, number_width: int, glyphs: Glyphs) -> Grid:
    """Returns the grid with a column of some values; its width follows from how many values the previews have."""
    kinds = {(len(row.preview.values), row.preview.is_whole) for row in rows if row.preview}
    widest = (Preview((0,) * count, is_whole) for count, is_whole in kinds)
    values = max(length_of(_preview(preview, shown, number_width, glyphs)) for preview in widest)
    cells = with_cells(grid.rows, lambda place: (_preview(rows[place].preview, shown, number_width, glyphs),))
    column = Column("values")
    return Grid((*grid.columns, column), cells, glyphs.rule, (*grid.widths, max(len(column.title), values)))


def _without_dtype(grid: Grid, rows: Sequence[Measured]) -> Grid:
    """Returns the grid without the column of dtypes where they are all the same: the title of the table names it."""
    if len({row.info.dtype for row in rows}) != 1 or grid.columns[_DTYPE].title != "dtype":
        return grid

    columns = (*grid.columns[:_DTYPE], *grid.columns[_DTYPE + 1 :])
    widths = (*grid.widths[:_DTYPE], *grid.widths[_DTYPE + 1 :])
    return Grid(columns, without_cell(grid.rows, _DTYPE), grid.rule, widths)


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
    numbers = [words.value(number).rjust(number_width) for number in preview.values[:shown]]
    pieces: list[Piece] = [(" ".join(numbers), "dim")]
    if not _STRANGE.isdisjoint(number.lstrip() for number in numbers):
        styled = [((" ", ""), (one, "bold red" if one.lstrip() in _STRANGE else "dim")) for one in numbers]
        pieces = [piece for pair in styled for piece in pair][1:]
    if shown < len(preview.values) or not preview.is_whole:
        pieces.append((f" {glyphs.more}", "dim"))
    return tuple(pieces)
