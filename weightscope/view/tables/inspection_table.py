"""One model: its header, *Trainable variables*, *All variables*, totals, and what the doctor found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rich.console import Console, ConsoleOptions, RenderableType
from rich.text import Text

from weightscope.inspection import Inspection
from weightscope.inspection.finding import Finding
from weightscope.inspection.measured import LayerSum, Listing
from weightscope.view import text as words
from weightscope.view.glyphs import Glyphs
from weightscope.view.tables.grid import Column, Grid, Row
from weightscope.view.tables.header import header
from weightscope.view.tables.statistics_cells import with_statistics
from weightscope.view.tables.variables_grid import variables_grid

_BAR_WIDTH = 20


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
        inspection = listing.inspection
        if inspection.source.format == "layer" and (inspection.notes or inspection.is_examined):
            yield from self._findings()

    def _findings(self) -> Iterator[RenderableType]:
        from weightscope.view.tables.findings_table import finding_lines

        notes = self.listing.inspection.notes
        yield Text()
        yield _title("Findings", f"{len(notes):,}" if notes else "none")
        yield from finding_lines(
            [Finding(one.code, one.level, one.message, one.variable, fix=one.fix) for one in notes]
        )

    def _tables(self, width: int, glyphs: Glyphs) -> Iterator[RenderableType]:
        listing = self.listing
        rows = [row for row in listing.rows if row.info.role != "optimizer"]
        whole = variables_grid(rows, width, glyphs, listing)
        if listing.only is None:
            kept = [row for row, measured in zip(whole.rows, rows, strict=True) if measured.info.trainable]
            is_told = not rows or any(row.info.trainable is not None for row in rows)
            instead = "none" if is_told else "the file does not say which variables are trainable"
            yield from _titled("Trainable variables", _share_of(len(kept), listing), replace(whole, rows=kept), instead)
        yield from _titled(_TITLES[listing.only], _share_of(len(rows), listing), whole)
        if listing.inspection.optimizer is not None:
            slots = [row for row in listing.rows if row.info.role == "optimizer"]
            yield from _titled("Optimizer variables", f"{len(slots):,}", variables_grid(slots, width, glyphs, listing))


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
