"""One model: its header, *Trainable variables*, *All variables*, totals, and what the doctor found."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.text import Text

from weightscope.inspection import Inspection
from weightscope.inspection.finding import Finding
from weightscope.inspection.lazy import chosen
from weightscope.inspection.measured import Listing, Measured
from weightscope.inspection.variable_filter import ONLY
from weightscope.view.fields.variables import GROUPS
from weightscope.view.tables.grid import Column, Grid, Row
from weightscope.view.tables.groups_grid import groups_grid
from weightscope.view.tables.header import header
from weightscope.view.tables.variables_grid import dtype_of_all, variables_grid
from weightscope.view.text import words
from weightscope.view.text.glyphs import Glyphs
from weightscope.view.text.surface import UNBOUNDED


@dataclass(frozen=True, slots=True)
class InspectionTable:
    """Everything that the table format prints of one model."""

    listing: Listing

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yields header, tables and totals, fitted to the console's width and character set."""
        glyphs = Glyphs.of(options)
        listing, width = self.listing, options.max_width
        inspection = listing.inspection
        yield from header(inspection, glyphs)
        if listing.fingerprint is not None:
            from weightscope.view.tables.fingerprint_lines import id_lines

            yield from id_lines(listing.fingerprint)
        if listing.has_statistics and (listing.rows or listing.groups):
            from weightscope.view.tables.verdict_line import verdict_line  # a listing without statistics has none

            yield verdict_line(listing)
        if listing.groups is not None:
            title = GROUPS[listing.by].capitalize()
            count = _share_of(len(listing.groups), listing.of_groups)
            yield from _titled(title, count, groups_grid(listing, width, glyphs))
        else:
            yield from self._tables(width, glyphs)
        yield Text()
        yield _totals(listing, glyphs)
        if inspection.source.format == "layer" and (inspection.notes or inspection.is_examined):
            yield from self._findings()
        if width < UNBOUNDED:
            yield Text()
            yield from _last_line(inspection, width, glyphs)

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
        infos = [variable.info for variable in listing.inspection.variables]
        rows = _rows_where(listing.rows, lambda row: row.info.role != "optimizer")
        whole, is_above = variables_grid(rows, width, glyphs, listing), "none"
        dtype = _named(dtype_of_all(whole, rows), glyphs)
        if listing.only is None:
            kept = chosen(whole.rows, _places(rows, lambda row: row.info.trainable is True))
            is_known = not rows or any(row.info.trainable is not None for row in rows)
            instead = "none" if is_known else "trainability is not stored in this file"
            count = _share_of(len(kept), sum(map(ONLY["trainable"], infos)))
            yield from _titled("Trainable variables", f"{count}{dtype}", replace(whole, rows=kept), instead)
            if width < UNBOUNDED and 0 < len(kept) == len(rows):
                whole, is_above = replace(whole, rows=()), "all of them are trainable, and listed above"
        count = _share_of(len(rows), sum(map(ONLY[listing.only or "all"], infos)))
        yield from _titled(_TITLES[listing.only], f"{count}{dtype}", whole, is_above)
        if listing.inspection.optimizer is not None:
            slots = _rows_where(listing.rows, lambda row: row.info.role == "optimizer")
            count = _share_of(len(slots), len(listing.inspection.optimizer))
            grid = variables_grid(slots, width, glyphs, listing)
            yield from _titled("Optimizer variables", f"{count}{_named(dtype_of_all(grid, slots), glyphs)}", grid)


def _rows_where(rows: Sequence[Measured], is_kept: Callable[[Measured], bool]) -> Sequence[Measured]:
    return chosen(rows, _places(rows, is_kept))


def _places(rows: Sequence[Measured], is_kept: Callable[[Measured], bool]) -> Sequence[int]:
    return array("L", (place for place, row in enumerate(rows) if is_kept(row)))


_TITLES = {
    None: "All variables",
    "all": "All variables",
    "trainable": "Trainable variables",
    "non-trainable": "Non-trainable variables",
}


def _share_of(shown: int, whole: int) -> str:
    """Returns the number of listed variables, and the number of all of their kind if it is higher."""
    return f"{shown:,}" if shown == whole else f"{shown:,} of {whole:,}"


def _named(dtype: str | None, glyphs: Glyphs) -> str:
    return f" {glyphs.dot} all {dtype}" if dtype else ""


def _titled(title: str, count: str, grid: Grid, instead: str = "none") -> Iterator[RenderableType]:
    yield Text()
    yield _title(title, count)
    yield grid if grid.rows else Text(instead, style="dim")


def _title(title: str, count: str) -> Text:
    return Text.assemble((title, "bold cyan"), "  ", (count, "dim"))


def _last_line(inspection: Inspection, width: int, glyphs: Glyphs) -> Iterator[Text]:
    """Yields what a long table has scrolled away: the file, and how much is in it; a line each where it is narrow."""
    totals = inspection.totals
    facts = (
        words.escape(inspection.source.location),
        f"{totals.variables:,} variables",
        f"{totals.parameters:,} parameters",
    )
    line = f" {glyphs.dot} ".join(facts)
    for text in (line,) if cell_len(line) <= width else facts:
        yield Text(text, style="dim")


def _totals(listing: Listing, glyphs: Glyphs) -> Grid:
    inspection, listed = listing.inspection, listing.listed
    totals = inspection.totals
    unknown = sum(one.info.trainable is None for one in inspection.variables)
    frozen = totals.variables - totals.trainable_variables - unknown
    sums = [("Total", totals.variables, totals.parameters, words.size(totals.bytes))]
    if unknown < totals.variables or not unknown:
        sums.append(("Trainable", totals.trainable_variables, totals.trainable_parameters, ""))
        sums.append(("Non-trainable", frozen, totals.non_trainable_parameters, ""))
    if unknown:
        sums.append(("Unknown", unknown, totals.unknown_parameters, ""))
    if listed is not None:
        sums.append(("Listed", listed.variables, listed.parameters, words.size(listed.bytes)))
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
