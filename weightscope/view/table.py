"""The tables for people: *Trainable variables*, *All variables*, totals; layers and what they share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rich.console import Console, ConsoleOptions, RenderableType
from rich.text import Text

from weightscope.inspection import Inspection
from weightscope.inspection.closeup import Closeup
from weightscope.inspection.difference import Comparison
from weightscope.inspection.finding import Finding, Report
from weightscope.inspection.layer_entry import LayerEntry
from weightscope.inspection.measured import LayerSum, Listing, Measured, Preview
from weightscope.view import text as words
from weightscope.view.glyphs import Glyphs
from weightscope.view.surface import Surface
from weightscope.view.tables.grid import Cell, Column, Grid, Piece, Row
from weightscope.view.tables.header import header
from weightscope.view.tables.layers_table import LayerEntriesTable
from weightscope.view.tables.statistics_cells import with_statistics

_TRAINABLE_STYLE = {True: "green", False: "yellow", None: "magenta"}
_FEWEST_VALUES_BESIDE = 3
_BAR_WIDTH = 20


def inspections(listings: Iterable[Listing], surface: Surface) -> Iterator[str]:
    """Yields header, tables and totals of each listing."""
    for place, listing in enumerate(listings):
        yield ("\n" if place else "") + surface.draw(InspectionTable(listing))


def layers(entries: Sequence[LayerEntry], surface: Surface) -> str:
    """Returns a table of the layers that can be built by name for each origin."""
    return surface.draw(LayerEntriesTable(entries))


def closeup(closeup: Closeup, surface: Surface, *, heat: bool = False, log: bool = False) -> str:
    """Returns statistics, histogram and values of one variable, with a heat map where it is asked for."""
    from weightscope.view.tables.closeup_table import CloseupTable

    return surface.draw(CloseupTable(closeup, heat, log))


def findings(reports: Iterable[Report], surface: Surface) -> Iterator[str]:
    """Yields what was found in each model."""
    from weightscope.view.tables.findings_table import FindingsTable

    for place, report in enumerate(reports):
        yield ("\n" if place else "") + surface.draw(FindingsTable(report))


def comparison(comparison: Comparison, surface: Surface) -> str:
    """Returns a table of what differs between two models, with findings and totals."""
    from weightscope.view.tables.comparison_table import ComparisonTable

    return surface.draw(ComparisonTable(comparison))


@dataclass(frozen=True, slots=True)
class InspectionTable:
    """Everything that the table format prints of one model."""

    listing: Listing

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yields header, tables and totals, fitted to the console's width and character set."""
        glyphs = Glyphs.of(options)
        listing, width = self.listing, options.max_width
        yield header(listing.inspection, glyphs)
        if listing.layers is not None:
            yield from _titled("Layers", f"{len(listing.layers):,}", _layers_grid(listing, width, glyphs))
        else:
            yield from self._tables(width, glyphs)
        yield Text()
        yield _totals(listing.inspection, glyphs)
        if listing.inspection.source.format == "layer" and listing.inspection.notes:
            yield from self._findings()

    def _findings(self) -> Iterator[RenderableType]:
        from weightscope.view.tables.findings_table import finding_lines

        notes = self.listing.inspection.notes
        yield Text()
        yield _title("Findings", f"{len(notes):,}")
        yield from finding_lines(
            [Finding(one.code, one.level, one.message, one.variable, fix=one.fix) for one in notes]
        )

    def _tables(self, width: int, glyphs: Glyphs) -> Iterator[RenderableType]:
        listing = self.listing
        rows = [row for row in listing.rows if row.info.role != "optimizer"]
        whole = _grid(rows, width, glyphs, listing)
        if listing.only is None:
            kept = [row for row, measured in zip(whole.rows, rows, strict=True) if measured.info.trainable]
            is_told = not rows or any(row.info.trainable is not None for row in rows)
            instead = "none" if is_told else "the file does not say which variables are trainable"
            yield from _titled("Trainable variables", _share_of(len(kept), listing), replace(whole, rows=kept), instead)
        yield from _titled(_TITLES[listing.only], _share_of(len(rows), listing), whole)
        if listing.inspection.optimizer is not None:
            slots = [row for row in listing.rows if row.info.role == "optimizer"]
            yield from _titled("Optimizer variables", f"{len(slots):,}", _grid(slots, width, glyphs, listing))


_TITLES = {
    None: "All variables",
    "all": "All variables",
    "trainable": "Trainable variables",
    "non-trainable": "Non-trainable variables",
}


def _share_of(shown: int, listing: Listing) -> str:
    whole = len(listing.inspection.variables)
    return f"{shown:,}" if shown == whole else f"{shown:,} of {whole:,}"


def _titled(title: str, count: str, grid: Grid, instead: str = "none") -> Iterator[RenderableType]:
    yield Text()
    yield _title(title, count)
    yield grid if grid.rows else Text(instead, style="dim")


def _title(title: str, count: str) -> Text:
    return Text.assemble((title, "bold cyan"), "  ", (count, "dim"))


_COLUMNS = (
    Column("path"),
    Column("shape"),
    Column("dtype"),
    Column("parameters", "right", labelled=True),
    Column("trainable", labelled=True),
)
_CREATED_IN = Column("created in", labelled=True)
_GRADIENT = Column("gradient", "right", labelled=True)


def _grid(rows: Sequence[Measured], width: int, glyphs: Glyphs, listing: Listing) -> Grid:
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
    measured = with_statistics(grid, [row.statistics for row in rows], width, glyphs)
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
    for shown in range(longest, min(longest, _FEWEST_VALUES_BESIDE) - 1, -1):
        cells = [_preview(preview, shown, number_width, glyphs) for preview in previews]
        beside = [Row((*row.cells, cell)) for row, cell in zip(grid.rows, cells, strict=True)]
        wide = Grid((*grid.columns, Column("values")), beside, glyphs.rule)
        if wide.width <= width:
            return wide
    cells = [_preview(preview, longest, 0, glyphs) for preview in previews]
    below = [replace(row, below=cell) for row, cell in zip(grid.rows, cells, strict=True)]
    return replace(grid, rows=below)


def _cells(row: Measured) -> tuple[Cell, ...]:
    info = row.info
    path = words.escape(info.path)
    layer = words.escape(f"{info.layer}/") if info.layer and info.path.startswith(f"{info.layer}/") else ""
    flag = words.trainable(info.trainable)
    if info.role not in ("weight", "optimizer"):
        flag = f"{flag}, {info.role}"
    return (
        ((layer, ""), (path[len(layer) :], "bold")),
        ((words.shape(info.shape), ""),),
        ((words.escape(info.dtype), ""),),
        ((words.count(info.parameters), ""),),
        ((flag, _TRAINABLE_STYLE[info.trainable]),),
    )


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


def _layers_grid(listing: Listing, width: int, glyphs: Glyphs) -> Grid:
    """Returns a row a layer, with a bar for its share where there is room for bars."""
    columns = (
        Column("layer"),
        Column("class"),
        Column("variables", "right", labelled=True),
        Column("parameters", "right", labelled=True),
        Column("trainable", "right", labelled=True),
        Column("size", "right"),
        Column("share", "right"),
        Column(""),
    )
    grid = Grid(columns, [_layer_row(one, glyphs) for one in listing.layers or ()], glyphs.rule)
    if grid.width > width:
        grid = Grid(columns[:-1], [Row(row.cells[:-1]) for row in grid.rows], glyphs.rule)
    if not listing.has_statistics:
        return grid
    return with_statistics(grid, [one.statistics for one in listing.layers or ()], width, glyphs)


def _layer_row(layer: LayerSum, glyphs: Glyphs) -> Row:
    return Row(
        (
            ((words.escape(layer.layer) or "(the model itself)", "bold"),),
            ((words.escape(layer.layer_class or "?"), ""),),
            ((words.count(layer.variables), ""),),
            ((words.count(layer.parameters), ""),),
            ((words.count(layer.trainable_parameters), ""),),
            ((words.size(layer.bytes), ""),),
            ((words.percent(layer.share), ""),),
            ((glyphs.bar * round(layer.share * _BAR_WIDTH), "cyan"),),
        )
    )


def _totals(inspection: Inspection, glyphs: Glyphs) -> Grid:
    totals = inspection.totals
    unknown = sum(one.info.trainable is None for one in inspection.variables)
    frozen = totals.variables - totals.trainable_variables - unknown
    sums = [("Total", totals.variables, totals.parameters, words.size(totals.bytes))]
    if unknown < totals.variables or not unknown:
        sums.append(("Trainable", totals.trainable_variables, totals.trainable_parameters, ""))
        sums.append(("Non-trainable", frozen, totals.non_trainable_parameters, ""))
    if unknown:
        sums.append(("Unknown", unknown, totals.unknown_parameters, ""))
    rows = [
        Row((((name, "bold"),), ((f"{number:,}", ""),), ((f"{parameters:,}", ""),), ((size, ""),)))
        for name, number, parameters, size in sums
    ]
    columns = (
        Column(""),
        Column("variables", "right", labelled=True),
        Column("parameters", "right", labelled=True),
        Column("size", "right"),
    )
    return Grid(columns, rows, glyphs.rule)
