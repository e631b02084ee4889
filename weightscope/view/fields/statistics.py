"""The fields of statistics: one for each entry of `STATISTICS`, a histogram and a grid."""

from __future__ import annotations

from typing import Any, Final

from weightscope.inspection.statistics import STATISTICS, Histogram, Statistics, ValueGrid
from weightscope.view.fields.field import Field, entry_of, schema_of
from weightscope.view.fields.kinds import COUNT, NUMBER, NUMBER_OR_NULL, list_of, or_null

HISTOGRAM_FIELDS: Final = (
    Field[Histogram]("edges", "From the smallest to the largest, one more than there are bins.", list_of(NUMBER)),
    Field[Histogram]("counts", "The number of finite values in each bin.", list_of(COUNT)),
)

GRID_FIELDS: Final = (
    Field[ValueGrid]("distinct", "The number of distinct finite values.", COUNT),
    Field[ValueGrid]("step", "The width of the grid that all of them lie on; null: no such grid.", NUMBER_OR_NULL),
)


def statistics_fields() -> tuple[Field[Statistics], ...]:
    """Returns a field for each statistic."""
    return tuple(
        Field[Statistics](name, one.description, COUNT if one.is_count else NUMBER_OR_NULL, one.of)
        for name, one in STATISTICS.items()
    )


def measures_schema() -> dict[str, Any]:
    """Returns what an entry has with `--stats`, by name: the statistics, and what stands beside them."""
    return {
        "statistics": _described(schema_of(statistics_fields()), "Over all values; null: not requested, or none."),
        "histogram": _described(schema_of(HISTOGRAM_FIELDS), "Histogram of the finite values; null: none."),
        "grid": _described(schema_of(GRID_FIELDS), "Distinct values of a quantized kernel; null: too many."),
    }


def _described(schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {**or_null(schema), "description": description}


#: What an entry has beside its `statistics`.
BESIDE_STATISTICS: Final = ("histogram", "grid")


def measures_entry(statistics: Statistics | None) -> dict[str, Any]:
    """Returns what the values say; a histogram and a grid only where there are statistics."""
    if statistics is None:
        return {"statistics": None}
    return {
        "statistics": entry_of(statistics_fields(), statistics),
        "histogram": histogram_entry(statistics.histogram),
        "grid": None if statistics.grid is None else entry_of(GRID_FIELDS, statistics.grid),
    }


def histogram_entry(histogram: Histogram | None) -> dict[str, Any] | None:
    """Returns `histogram`: edges, and one count less."""
    return None if histogram is None else entry_of(HISTOGRAM_FIELDS, histogram)
