"""The page of what differs between two models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from weightscope.inspection.difference import Difference, LayerDifference
from weightscope.inspection.pair_overview import PairOverview
from weightscope.inspection.statistics import Statistics
from weightscope.view.fields.differences import COMPARISON_TOTALS_FIELDS, DIFFERENCE_FIELDS, LAYER_DIFFERENCE_FIELDS
from weightscope.view.report.columns import bars_column, cell_text, field_column
from weightscope.view.report.packing import packed, packed_paths
from weightscope.view.report.page import MOST_FINDINGS, Kind, Page, PageColumn, Total
from weightscope.view.text import words
from weightscope.view.text.facts import source_facts

#: Rows that stand in the page without JavaScript.
_FIRST_ROWS = 30

_CHARTS = {"layers": "Size of the differences over depth, by layer"}

_LABELS = {
    "compared": "compared",
    "equal": "equal",
    "different": "different",
    "only_in_a": "only in A",
    "only_in_b": "only in B",
}

#: The fields of a difference in the order of the columns: the name, the heading, and how values are written.
_OF_DIFFERENCES: Final[tuple[tuple[str, str, Kind], ...]] = (
    ("kind", "difference", "text"),
    ("maximum_absolute", "max |A-B|", "number"),
    ("relative_l2", "relative L2", "number"),
    ("cosine", "cosine", "number"),
    ("changed", "changed", "share"),
    ("message", "in words", "text"),
    ("explained", "explained", "text"),
)

#: What the chart and the panel show of a layer.
_OF_LAYERS = ("layer", "variables", "different", "only_in_a", "only_in_b", "maximum_absolute", "relative_l2", "changed")


def pair_page(pair: PairOverview) -> Page:
    """Returns the page of the differences between two models."""
    comparison = pair.comparison
    differences = comparison.differences
    of_a, of_b = _statistics(pair)
    return Page(
        title=f"{comparison.a.location} and {comparison.b.location}",
        subtitle="what differs between the weights of A and B",
        facts=tuple(
            f"{side}: {' · '.join((source.location, *source_facts(source)))}"
            for side, source in (("A", comparison.a), ("B", comparison.b))
        ),
        totals=tuple(_totals(pair)),
        verdict="",
        findings=comparison.findings,
        most_findings=MOST_FINDINGS,
        notes=comparison.notes,
        remarks=("Equal pairs are counted, and not listed.",),
        listing="Differences",
        columns=(*_columns(differences), *_distributions(of_a, of_b)),
        paths=frozenset(one.a or one.b or "" for one in differences),
        count=len(differences),
        first_rows=tuple(map(_texts, differences[:_FIRST_ROWS])),
        charts=_CHARTS,
        data={
            "is_in_a": packed([one.a is not None for one in differences]),
            "path_in_b": packed([_path_in_b(one) for one in differences]),
            "ranges": {"a": _ranges(of_a), "b": _ranges(of_b)},
            "layers": _layers(comparison.layers or ()),
            "commands": [["weightscope", "show", source.location] for source in (comparison.a, comparison.b)],
        },
    )


def _columns(differences: Sequence[Difference]) -> tuple[PageColumn, ...]:
    """Returns the columns of differences: the paths in A and B, the distances, words."""
    fields = {field.name: field for field in DIFFERENCE_FIELDS}
    paths = [one.a or one.b or "" for one in differences]
    path_column = PageColumn("path", "variable", "path", packed_paths(paths))
    return (
        path_column,
        *(field_column(differences, fields[name], heading, kind) for name, heading, kind in _OF_DIFFERENCES),
    )


def _totals(pair: PairOverview) -> Iterator[Total]:
    for field in COMPARISON_TOTALS_FIELDS:
        value = field.of(pair.comparison.totals)
        yield Total(field.name, _LABELS[field.name], value, words.count(value))


def _texts(difference: Difference) -> dict[str, str]:
    """Returns the texts of a row for readers without JavaScript."""
    shown = {field.name: field.of(difference) for field in DIFFERENCE_FIELDS}
    return {
        "path": difference.a or difference.b or "",
        "kind": difference.kind,
        "maximum_absolute": cell_text("number", shown["maximum_absolute"]),
        "relative_l2": cell_text("number", shown["relative_l2"]),
        "message": difference.message,
    }


def _statistics(pair: PairOverview) -> tuple[list[Statistics | None], list[Statistics | None]]:
    """Returns the statistics of both sides of each difference of values; None for other differences."""
    of_values = [one if one.kind == "values" else None for one in pair.comparison.differences]
    return (
        [pair.statistics_a.get(one.a) if one is not None and one.a is not None else None for one in of_values],
        [pair.statistics_b.get(one.b) if one is not None and one.b is not None else None for one in of_values],
    )


def _distributions(of_a: list[Statistics | None], of_b: list[Statistics | None]) -> tuple[PageColumn, PageColumn]:
    return bars_column("values_a", "values in A", of_a), bars_column("values_b", "values in B", of_b)


def _path_in_b(difference: Difference) -> str | bool:
    """Returns the path in B if it is another one than in A; else whether B has the variable."""
    if difference.b is None or difference.a in (None, difference.b):
        return difference.b is not None
    return difference.b


def _ranges(statistics: list[Statistics | None]) -> dict[str, Any]:
    return {
        name: packed([None if one is None else getattr(one, name) for one in statistics])
        for name in ("minimum", "maximum")
    }


def _layers(layers: tuple[LayerDifference, ...]) -> dict[str, Any]:
    fields = {field.name: field for field in LAYER_DIFFERENCE_FIELDS}
    columns: dict[str, Any] = {name: packed([fields[name].of(one) for one in layers]) for name in _OF_LAYERS}
    return {"count": len(layers), "columns": columns}
