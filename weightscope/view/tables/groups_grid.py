"""The grid of layers, classes, dtypes or models: what the variables of each add up to, with a bar for its share."""

from __future__ import annotations

from collections.abc import Sequence

from weightscope.inspection.lazy import Lazy
from weightscope.inspection.measured import GroupBy, GroupSum, Listing
from weightscope.measure.listing.layer_tree import LayerRow, layer_tree
from weightscope.view.tables.bars import with_bars, with_room
from weightscope.view.tables.grid import Column, Grid, Row
from weightscope.view.tables.statistics_cells import with_statistics
from weightscope.view.text import words
from weightscope.view.text.folding import Cell
from weightscope.view.text.glyphs import Glyphs

#: What is left out where there is little room, from the first to the last.
_LESS_IMPORTANT = ("class", "variables", "trainable")

_SUMS = (
    Column("variables", "right", labelled=True),
    Column("parameters", "right", labelled=True),
    Column("trainable", "right", labelled=True),
    Column("size", "right"),
    Column("share", "right"),
)


def groups_grid(listing: Listing, width: int, glyphs: Glyphs) -> Grid:
    """Returns a row for each group, with statistics if requested, and bars if there is room."""
    rows = _rows_of(listing)
    groups = Lazy(len(rows), lambda place: rows[place].total)
    own = (Column("layer"), Column("class")) if listing.by == "layer" else (Column(listing.by),)
    sums: tuple[Column, ...] = _SUMS
    if listing.by == "model" and all(group.share in (0.0, 1.0) for group in groups):
        sums = _SUMS[:-1]  # models are listed whole
    shown = len(own) + len(sums)
    cells = Lazy(len(rows), lambda place: Row(_cells(rows[place], listing.by)[:shown]))
    grid = with_room(Grid((*own, *sums), cells, glyphs.rule), width, _LESS_IMPORTANT)
    behind_share = len(grid.columns)
    if listing.has_statistics:
        statistics = Lazy(len(groups), lambda place: groups[place].statistics)
        grid = with_statistics((grid,), statistics, width, glyphs)
    return with_bars(grid, [group.bytes for group in groups], width, glyphs, behind_share)


def _rows_of(listing: Listing) -> Sequence[LayerRow]:
    """Returns the groups as rows: a tree of layers, where no statistics are shown, which subtotals have not."""
    groups = listing.groups or ()
    if listing.by == "layer" and not listing.has_statistics:
        return layer_tree(groups, {layer.path: layer.class_name for layer in listing.inspection.layers})
    return Lazy(len(groups), lambda place: _row(groups[place]))


def _row(group: GroupSum) -> LayerRow:
    return LayerRow(0, "?" if group.name is None else group.name, group)


def _cells(row: LayerRow, by: GroupBy) -> tuple[Cell, ...]:
    group = row.total
    name = "(its own)" if row.name is None else words.escape(row.name or "(the model itself)")
    return (
        (("  " * row.level, ""), (name, "bold")),
        *([((words.escape(group.layer_class or "?"), ""),)] if by == "layer" else []),
        ((words.count(group.variables), ""),),
        ((words.count(group.parameters), ""),),
        ((words.count(group.trainable_parameters), ""),),
        ((words.size(group.bytes), ""),),
        ((words.percent(group.share), ""),),
    )
