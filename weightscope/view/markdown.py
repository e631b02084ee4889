"""Tables for a pull request comment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from weightscope.inspection import Inspection
from weightscope.inspection.check_result import CheckResult
from weightscope.inspection.closeup import Closeup
from weightscope.inspection.difference import Comparison
from weightscope.inspection.finding import Finding
from weightscope.inspection.fingerprint import Fingerprint
from weightscope.inspection.layer_entry import LayerEntry
from weightscope.inspection.lock import Verification
from weightscope.inspection.measured import GroupBy, GroupSum, Listing, Measured
from weightscope.inspection.statistics import Statistics
from weightscope.inspection.trend import Trend
from weightscope.view.pictures.spark_scale import SparkScale
from weightscope.view.tables.comparison_cells import (
    DIFFERENCE_HEADINGS,
    DIFFERENCE_SIDES,
    LAYER_HEADINGS,
    LAYER_SIDES,
    difference_cells,
    layer_cells,
    totals_in_words,
)
from weightscope.view.tables.fingerprint_lines import ids_of
from weightscope.view.tables.models_table import models_in_words
from weightscope.view.tables.statistics_cells import statistics_cells, statistics_columns
from weightscope.view.text import words
from weightscope.view.text.glyphs import Glyphs
from weightscope.view.text.markdown_text import code, plain, table_lines, table_of
from weightscope.view.text.pieces import in_pieces
from weightscope.view.text.surface import Surface


def inspections(listings: Iterable[Listing], surface: Surface) -> Iterator[str]:
    """Yields a heading with the totals and one table for each listing; one table of all where each model is a row."""
    models = []
    for place, listing in enumerate(listings):
        if listing.by == "model":
            models.append(listing)
        else:
            yield "\n" if place else ""
            yield from _inspection(listing, _glyphs(surface))
    if models:
        groups = tuple(group for listing in models for group in listing.groups or ())
        yield f"**{', '.join(models_in_words(models))}**\n\n"
        yield from _listing_table(replace(models[0], groups=groups), _glyphs(surface))


def known_layers(entries: Sequence[LayerEntry], surface: Surface) -> str:  # noqa: ARG001 - a format's signature
    """Returns a table of the layers that can be built by name."""
    rows = ((code(entry.name), plain(entry.origin), code(entry.signature)) for entry in entries)
    return table_of(("layer", "from", "arguments"), "lll", rows)


def closeup(closeup: Closeup, surface: Surface, **_: bool | str) -> str:
    """Returns a heading and a table of the statistics and quantiles of one variable."""
    info, statistics = closeup.measured.info, closeup.measured.statistics
    headings = (
        *_statistics_headings(SparkScale.of([statistics])),
        *(f"{share * 100:g} %" for share in closeup.quantiles),
    )
    cells = (*_statistics_cells(statistics, _glyphs(surface)), *map(words.value, closeup.quantiles.values()))
    sides = _statistics_sides() + "r" * len(closeup.quantiles)
    what = f"{code(info.path)} {words.shape(info.shape)} {plain(info.dtype)}"
    return f"**{plain(closeup.inspection.source.location)}**: {what}\n\n{table_of(headings, sides, [cells])}"


def findings(reports: Iterable[CheckResult], surface: Surface) -> Iterator[str]:  # noqa: ARG001 - a format's signature
    """Yields a heading and a table of the findings about each model."""
    for place, report in enumerate(reports):
        rows = ((one.level, code(one.code), code(one.variable or ""), plain(one.message)) for one in report.findings)
        table = table_of(("level", "rule", "where", "what"), "llll", rows) if report.findings else "nothing found\n"
        load = "" if report.load is None else f" into **{plain(report.load.target or 'Keras')}**: {report.load.verdict}"
        message = f"\n\n{plain(report.load.message)}" if report.load is not None and report.load.message else ""
        yield ("\n" if place else "") + f"**{plain(report.source.location)}**{load}{message}\n\n{table}"


def comparison(comparison: Comparison, surface: Surface) -> Iterator[str]:  # noqa: ARG001 - a format's signature
    """Yields a heading with the totals, a table of the differences, and the findings as a list."""
    a, b = plain(comparison.a.location), plain(comparison.b.location)
    yield f"**A {a}** / **B {b}**: {totals_in_words(comparison.totals)}\n"
    if comparison.layers is None:
        headings, sides, cells = DIFFERENCE_HEADINGS, DIFFERENCE_SIDES, map(difference_cells, comparison.differences)
    else:
        headings, sides, cells = LAYER_HEADINGS, LAYER_SIDES, map(layer_cells, comparison.layers)
    rows = [(code(first), *map(plain, rest)) for first, *rest in cells]
    yield "\n" + table_of([plain(one) for one in headings], sides, rows) if rows else ""
    yield _findings_list(comparison.findings)


def trend_table(trend: Trend, shown: Sequence[str], surface: Surface) -> str:
    """Returns a heading, a table of the variables of a training, and the findings as a list."""
    from weightscope.view.tables.trend_table import trend_cells  # it knows rich, which other tables here do not need

    first, last = (plain(trend.locations[place]) for place in (0, -1))
    count = len(trend.locations)
    heading = f"**{count:,} checkpoints** from {first} to {last}" if count > 1 else f"**1 checkpoint**: {first}"
    headings = ("path", *(plain(one) for name in shown for one in ("first", name, "last")))
    rows = []
    for variable in trend.variables:
        texts = ["".join(text for text, _ in cell) for cell in trend_cells(variable, shown, _glyphs(surface))]
        rows.append((code(variable.info.path), *map(plain, texts[1:])))
    return f"{heading}\n\n{table_of(headings, 'l' + 'rlr' * len(shown), rows)}{_findings_list(trend.findings)}"


def _findings_list(findings: Iterable[Finding]) -> str:
    """Returns the findings as a list after an empty line; empty without any."""
    lines = "".join(
        f"- **{one.level}** {plain(one.code)}, {code(one.variable or '')}: {plain(one.message)}\n" for one in findings
    )
    return f"\n{lines}" if lines else ""


def fingerprints(fingerprints: Iterable[Fingerprint], surface: Surface) -> Iterator[str]:  # noqa: ARG001 - a format's signature
    """Yields a table with the ids of each model."""
    rows = [[plain(one.source.location), *(code(found or "?") for _, found in ids_of(one))] for one in fingerprints]
    if rows:
        yield table_of(("model", "values", "names", "structure"), "llll", rows)


def verifications(verifications: Iterable[Verification], surface: Surface) -> Iterator[str]:  # noqa: ARG001 - a format's signature
    """Yields a table of what changed of each model."""
    rows = [
        (plain(one.location), path, plain(message))
        for one in verifications
        for path, message in [(code(change.path), change.message) for change in one.changes] or [("", "unchanged")]
    ]
    if rows:
        yield table_of(("model", "variable", "change"), "lll", rows)


def _glyphs(surface: Surface) -> Glyphs:
    return Glyphs.plain() if surface.is_ascii else Glyphs()


def _inspection(listing: Listing, glyphs: Glyphs) -> Iterator[str]:
    yield f"{_heading(listing)}\n\n"
    yield from _listing_table(listing, glyphs)
    yield _layer_findings(listing.inspection)


def _listing_table(listing: Listing, glyphs: Glyphs) -> Iterator[str]:
    rows: Sequence[Measured | GroupSum] = listing.rows if listing.groups is None else listing.groups
    headings, sides = _VARIABLE_HEADINGS, "lllrll"
    if listing.groups is not None:
        own = ("layer", "class") if listing.by == "layer" else (listing.by,)
        headings, sides = (*own, "variables", "parameters", "size", "share"), "l" * len(own) + "rrrr"
    scale = None
    if listing.has_statistics:
        scale = SparkScale.of(row.statistics for row in rows)
        headings, sides = (*headings, *_statistics_headings(scale)), sides + _statistics_sides()

    def cells(row: Measured | GroupSum) -> tuple[str, ...]:
        own = _group_cells(row, listing.by) if isinstance(row, GroupSum) else _variable_cells(row, glyphs)
        return (*own, *_statistics_cells(row.statistics, glyphs, scale)) if listing.has_statistics else own

    yield table_of(headings, sides)
    for some in in_pieces(map(cells, rows)):
        yield table_lines(some)


def _heading(listing: Listing) -> str:
    totals = listing.inspection.totals
    sums = (
        f"{totals.variables:,} variables, {totals.parameters:,} parameters ({totals.trainable_parameters:,} trainable, "
        f"{totals.non_trainable_parameters:,} not"
        + (f", {totals.unknown_parameters:,} unknown" if totals.unknown_parameters else "")
        + f"), {words.size(totals.bytes)}"
    )
    if listing.listed is not None:
        listed = listing.listed
        sums += (
            f"; listed: {listed.variables:,} variables, {listed.parameters:,} parameters, {words.size(listed.bytes)}"
        )
    return f"**{plain(listing.inspection.source.location)}**: {sums}"


def _layer_findings(inspection: Inspection) -> str:
    """Returns a table of the findings of the layer doctor; empty for a saved model."""
    if inspection.source.format != "layer" or not inspection.notes:
        return ""
    rows = [(one.level, code(one.code), code(one.variable or ""), plain(one.message)) for one in inspection.notes]
    return "\n" + table_of(("level", "finding", "where", "what"), "llll", rows)


_VARIABLE_HEADINGS: tuple[str, ...] = ("path", "shape", "dtype", "parameters", "trainable", "values")


def _group_cells(group: GroupSum, by: GroupBy) -> tuple[str, ...]:
    own: tuple[str, ...] = (plain(group.name or "?"),)
    if by in ("layer", "model"):
        own = (code(group.name or ""), *([plain(group.layer_class or "?")] if by == "layer" else []))
    return (
        *own,
        words.count(group.variables),
        words.count(group.parameters),
        words.size(group.bytes),
        words.percent(group.share),
    )


def _variable_cells(row: Measured, glyphs: Glyphs) -> tuple[str, ...]:
    info = row.info
    values = "" if row.preview is None else " ".join(map(words.value, row.preview.values))
    more = f" {glyphs.more}" if row.preview is not None and not row.preview.is_whole else ""
    return (
        code(info.path),
        words.shape(info.shape),
        plain(info.dtype),
        words.count(info.parameters),
        words.trainable(info.trainable) + ("" if info.role == "weight" else f" ({info.role})"),
        plain(values) + more,
    )


def _statistics_headings(scale: SparkScale | None) -> tuple[str, ...]:
    *numbers, distributions = (column.title for column in statistics_columns())
    return (*numbers, f"{distributions}, {scale.words}" if scale else distributions)


def _statistics_sides() -> str:
    return "".join(column.align[0] for column in statistics_columns())


def _statistics_cells(
    statistics: Statistics | None, glyphs: Glyphs, scale: SparkScale | None = None
) -> tuple[str, ...]:
    cells = statistics_cells(statistics, glyphs, scale)
    return tuple("".join(plain(text) for text, _ in cell) for cell in cells)
