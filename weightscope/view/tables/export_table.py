"""An export, for people: one line, and below it what casts lost, or all variables of a dry run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType
from rich.text import Text

from weightscope.inspection.export_report import CastLoss, ExportedVariable, ExportReport
from weightscope.inspection.lazy import Lazy
from weightscope.view.tables.grid import Column, Grid, Row
from weightscope.view.text import words
from weightscope.view.text.folding import Cell
from weightscope.view.text.glyphs import Glyphs

_LOSS_COLUMNS = tuple(Column(title, "right", labelled=True) for title in ("overflow", "underflow", "largest error"))


@dataclass(frozen=True, slots=True)
class ExportTable:
    """The outcome of an export."""

    report: ExportReport

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yields the lines."""
        report, glyphs = self.report, Glyphs.of(options)
        done = "nothing was written (dry run)" if report.bytes is None else words.size(report.bytes)
        ways = f"{words.escape(report.source.location)} {glyphs.arrow} {words.escape(report.location)}"
        yield Text.assemble((ways, "bold"), f"  {len(report.variables):,} variables {glyphs.dot} {done}")
        is_dry_run = report.bytes is None
        listed = report.variables if is_dry_run else [one for one in report.variables if one.loss is not None]
        if listed:
            yield Text()
            yield _grid(listed, glyphs)


def _grid(listed: Sequence[ExportedVariable], glyphs: Glyphs) -> Grid:
    """Returns a table; names in the new file and losses have columns where there are any."""
    has_keys = any(one.key != one.info.path for one in listed)
    has_losses = any(one.loss is not None for one in listed)
    columns = [Column("path"), *([Column("written as")] if has_keys else []), Column("shape"), Column("dtype")]

    def row(place: int) -> Row:
        one = listed[place]
        dtype = one.info.dtype if one.info.dtype == one.dtype else f"{one.info.dtype} {glyphs.arrow} {one.dtype}"
        names = [words.escape(one.info.path), *([words.escape(one.key)] if has_keys else [])]
        cells: list[Cell] = [((text, ""),) for text in (*names, words.shape(one.info.shape), words.escape(dtype))]
        return Row((*cells, *(_loss_cells(one.loss) if has_losses else ())))

    return Grid((*columns, *(_LOSS_COLUMNS if has_losses else ())), Lazy(len(listed), row), glyphs.rule)


def _loss_cells(loss: CastLoss | None) -> tuple[Cell, ...]:
    if loss is None:
        return ((("", ""),),) * len(_LOSS_COLUMNS)
    counts = ((loss.overflow, "bold red"), (loss.underflow, "yellow"))
    cells: list[Cell] = [((f"{number:,}", style if number else "dim"),) for number, style in counts]
    return (*cells, ((words.value(loss.largest_error), ""),))
