"""The formats of a training over its checkpoints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weightscope.inspection.trend import Trend
from weightscope.view import csv
from weightscope.view.documents.trend_document import flat_point_fields, flat_points, trend_document
from weightscope.view.text.json_text import compact, indented
from weightscope.view.text.surface import Surface


def trend_texts(trend: Trend, kind: str, surface: Surface, shown: Sequence[str]) -> Iterator[str]:
    """Yields the text of a training.

    Args:
        trend: The training.
        kind: `table`, `json`, `jsonl`, `csv` or `markdown`.
        surface: What the text is fitted to.
        shown: The measures that a table has.
    """
    if kind == "json":
        yield indented(trend_document(trend), ascii_only=surface.is_ascii)
    elif kind in ("jsonl", "csv"):
        lines = (f"{compact(row, ascii_only=surface.is_ascii)}\n" for row in flat_points(trend))
        if kind == "jsonl":
            yield from lines
        else:
            yield from map(bytes.decode, csv.table((line.encode() for line in lines), flat_point_fields(trend)))
    elif kind == "markdown":
        from weightscope.view.markdown import trend_table

        yield trend_table(trend, shown, surface)
    else:
        from weightscope.view.tables.trend_table import TrendTable

        yield surface.draw(TrendTable(trend, tuple(shown)))
