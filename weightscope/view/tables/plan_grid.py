"""Every assignment of a load plan, a row each."""

from __future__ import annotations

from weightscope.inspection.load_plan import Assignment, LoadPlan
from weightscope.inspection.variable_filter import VariableFilter, select
from weightscope.view.tables.grid import Column, Grid, Row
from weightscope.view.text import words
from weightscope.view.text.folding import Cell
from weightscope.view.text.glyphs import Glyphs

_STYLES = {"equal-path": "green", "moved": "yellow", "mismatch": "bold red", "missing": "bold red", "unused": "yellow"}


def plan_grid(plan: LoadPlan, wanted: VariableFilter, glyphs: Glyphs) -> Grid:
    """Returns a row for each wanted assignment: from, to, outcome, and the shapes where they differ."""
    columns = (Column("from"), Column("to"), Column("outcome", labelled=True), Column("shapes"))
    chosen = select(plan.assignments, wanted, infos=lambda _: (), paths=_paths)
    return Grid(columns, [Row(_cells(one)) for one in chosen], glyphs.rule)


def _paths(one: Assignment) -> list[str]:
    return [path for path in (one.stored, one.target) if path is not None]


def _cells(one: Assignment) -> tuple[Cell, ...]:
    shapes = [words.shape(shape) for shape in (one.stored_shape, one.target_shape) if shape is not None]
    return (
        ((words.escape(one.stored or "-"), ""),),
        ((words.escape(one.target or "-"), ""),),
        ((one.outcome, _STYLES[one.outcome]),),
        ((", ".join(dict.fromkeys(shapes)), ""),),
    )
