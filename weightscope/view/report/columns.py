"""The columns of a page's table: one for each field of the JSON that it shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from weightscope.inspection.measured import Measured
from weightscope.inspection.statistics import STATISTICS, Histogram, Statistics
from weightscope.view.fields.field import Field
from weightscope.view.fields.statistics import statistics_fields
from weightscope.view.fields.variables import VARIABLE_FIELDS
from weightscope.view.report.packing import LARGEST_WHOLE, packed, packed_paths, packed_words
from weightscope.view.report.page import Kind, PageColumn
from weightscope.view.text import words

#: Digits of base64; a bar's height is one of them, and so is the level of a cell in a picture.
DIGITS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

#: The fields of a variable in the order of the columns: the name, the heading, and how values are written.
_OF_VARIABLES: Final[tuple[tuple[str, str, Kind], ...]] = (
    ("path", "variable", "path"),
    ("layer_class", "class", "text"),
    ("shape", "shape", "shape"),
    ("dtype", "dtype", "text"),
    ("parameters", "parameters", "count"),
    ("trainable", "trainable", "flag"),
)
_MORE_OF_VARIABLES: Final[tuple[tuple[str, str, Kind], ...]] = (
    ("bytes", "size", "bytes"),
    ("role", "role", "text"),
)

_HEADINGS: Final = {"nan": "NaN", "positive_infinity": "Inf", "negative_infinity": "-Inf"}


def variable_columns(rows: Sequence[Measured]) -> tuple[PageColumn, ...]:
    """Returns the columns of variables: description, distribution, statistics."""
    fields = {field.name: field for field in VARIABLE_FIELDS}
    statistics = [row.statistics for row in rows]
    return (
        *(field_column(rows, fields[name], heading, kind) for name, heading, kind in _OF_VARIABLES),
        bars_column("distribution", "distribution", statistics),
        *(_statistic(field, statistics) for field in statistics_fields()),
        *(field_column(rows, fields[name], heading, kind) for name, heading, kind in _MORE_OF_VARIABLES),
    )


def bars_column(name: str, heading: str, statistics: Sequence[Statistics | None]) -> PageColumn:
    """Returns a column of distributions: a digit for the height of each bin of the histogram."""
    return PageColumn(
        name, heading, "bars", packed_words([heights(None if one is None else one.histogram) for one in statistics])
    )


def heights(histogram: Histogram | None) -> str:
    """Returns the height of each bin, from 0 to 63, in digits of base64; empty without a histogram.

    Heights are rounded up: a bin with a value in it is never as low as an empty one.
    """
    if histogram is None:
        return ""
    most = max(histogram.counts)
    return "".join(DIGITS[-(-count * 63 // most)] for count in histogram.counts)


def cell_text(kind: Kind, value: Any) -> str:
    """Returns a JSON value as it is written in a table."""
    if value is None:
        return "?" if kind == "flag" else ""
    writers: dict[Kind, Callable[[Any], str]] = {
        "number": lambda number: number if isinstance(number, str) else words.value(number, 4),
        "count": words.count,
        "bytes": words.size,
        "share": words.percent,
        "flag": words.trainable,
        "shape": lambda sizes: words.shape(tuple(sizes)),
    }
    return writers.get(kind, str)(value)


def field_column(records: Sequence[Any], field: Field[Any], heading: str, kind: Kind) -> PageColumn:
    """Returns the column of a field of some records."""
    values = [field.of(record) for record in records]
    if kind == "shape":
        values = [tuple(sizes) for sizes in values]
    return PageColumn(field.name, heading, kind, packed_paths(values) if kind == "path" else packed(values))


def _packable(number: float | str | None) -> float | str | None:
    """Returns a number as a float; as its digits if it is a whole number that no float holds."""
    if not isinstance(number, int):
        return number
    return float(number) if abs(number) <= LARGEST_WHOLE else str(number)


def _statistic(field: Field[Statistics], statistics: Sequence[Statistics | None]) -> PageColumn:
    about = STATISTICS[field.name]
    raw: list[float | str | None] = [None if one is None else about.of(one) for one in statistics]
    if not about.is_count:  # whole numbers among floats would have to be written in full
        raw = list(map(_packable, raw))
    heading = about.heading or _HEADINGS.get(field.name, field.name)
    return PageColumn(field.name, heading, "count" if about.is_count else "number", packed(raw))
