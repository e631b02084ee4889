"""The formats of a table over many models, made from rows that are lines of JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from weightscope.measure.listing.row_options import RowOptions
from weightscope.view import csv
from weightscope.view.fields.scanned import columns_of
from weightscope.view.parquet import parquet

#: The formats by name, and the end of the names of their files.
TABLES = {"parquet": ".parquet", "jsonl": ".jsonl", "csv": ".csv"}


def table(kind: str, lines: Iterable[bytes], options: RowOptions) -> Iterator[bytes]:
    """Yields the bytes of a table.

    Args:
        kind: A key of `TABLES`.
        lines: The rows: whole lines of JSON.
        options: What the rows hold.
    """
    if kind == "csv":
        return csv.table(lines, list(columns_of(options)))
    return parquet(lines, columns_of(options)) if kind == "parquet" else iter(lines)
