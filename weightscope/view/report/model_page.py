"""The page of one model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from weightscope.inspection import Inspection
from weightscope.inspection.check_result import CheckResult
from weightscope.inspection.measured import Measured
from weightscope.inspection.overview import Detail, Overview, Picture
from weightscope.view.fields.field import strict
from weightscope.view.fields.model import TOTALS_FIELDS
from weightscope.view.pictures.color_map import (
    NAN_CODE,
    NEGATIVE_INFINITY_CODE,
    POSITIVE_INFINITY_CODE,
    encode,
    largest_magnitude,
)
from weightscope.view.report.columns import DIGITS, cell_text, variable_columns
from weightscope.view.report.page import MOST_FINDINGS, Page, Total
from weightscope.view.text import words
from weightscope.view.text.facts import model_facts, signature_line, title

#: Rows that stand in the page without JavaScript.
_FIRST_ROWS = 30

#: Levels of a picture's colours on each side of zero.
_LEVELS = 30

#: The digits of values that are not finite.
_STRANGE = {NAN_CODE: DIGITS[61], POSITIVE_INFINITY_CODE: DIGITS[62], NEGATIVE_INFINITY_CODE: DIGITS[63]}

_UNTRAINED = "The whole model is untrained: its weights still have their initial values."

_CHARTS = {"sizes": "Where the parameters are", "depth": "Spread of the values over depth"}

_LABELS = {
    "variables": "variables",
    "parameters": "parameters",
    "bytes": "size",
    "trainable_variables": "trainable variables",
    "trainable_parameters": "trainable",
    "non_trainable_parameters": "not trainable",
    "unknown_parameters": "trainability unknown",
    "optimizer_bytes": "optimizer",
}


def model_page(overview: Overview) -> Page:
    """Returns the page of one model."""
    inspection = overview.inspection
    columns = variable_columns(overview.rows)
    return Page(
        title=inspection.source.location,
        subtitle=title(inspection),
        facts=(*map(" · ".join, model_facts(inspection)), *_calls(inspection)),
        totals=tuple(_totals(inspection)),
        verdict=_UNTRAINED if overview.report.is_untrained else "",
        findings=overview.report.findings,
        most_findings=min(40 + len(overview.rows) // 4, MOST_FINDINGS),  # a small page for a small model
        notes=inspection.notes,
        remarks=tuple(_remarks(overview)),
        listing="Variables",
        columns=columns,
        paths=frozenset(row.info.path for row in overview.rows),
        count=len(overview.rows),
        first_rows=tuple(map(_texts, overview.rows[:_FIRST_ROWS])),
        charts=_CHARTS,
        data={"command": _command(inspection)},
        details=_details(overview),
    )


def _calls(inspection: Inspection) -> Iterator[str]:
    for signature in inspection.signatures:
        yield f"signature {signature_line(signature, '→')}"


def _totals(inspection: Inspection) -> Iterator[Total]:
    for field in TOTALS_FIELDS:
        value = field.of(inspection.totals)
        text = "" if not value else words.size(value) if field.name.endswith("bytes") else words.count(value)
        yield Total(field.name, _LABELS[field.name], value, text)


def _remarks(overview: Overview) -> Iterator[str]:
    whole = len(overview.inspection.variables)
    listed = sum(row.info.role != "optimizer" for row in overview.rows)
    if listed < whole:
        yield f"Listed are {listed:,} of {whole:,} variables; the totals are those of the whole model."
    unread = sum(row.statistics is None for row in overview.rows)
    if unread:
        yield f"{unread:,} variables have no values with statistics."
    if overview.inspection.source.format != "layer":  # what is in memory lacks no file
        yield from _rules_not_run(overview.report)
    exact = sum(bool(one.quantiles) for one in overview.details.values())
    measured = sum(row.statistics is not None and bool(row.info.parameters) for row in overview.rows)
    if overview.pictures != "none" and exact < measured:
        yield (
            f"Exact quantiles are there for {exact:,} of {measured:,} variables, pictures for the largest"
            f" {len(overview.details):,}; --pictures all gives both to all."
        )


def _rules_not_run(report: CheckResult) -> Iterator[str]:
    lacks: dict[str, list[str]] = {}
    for rule, lack in report.not_run.items():
        lacks.setdefault(lack, []).append(rule)
    for lack, rules in lacks.items():
        yield f"Rules that could not run, since the file has {lack}: {', '.join(rules)}."


def _texts(row: Measured) -> dict[str, str]:
    """Returns the texts of a row for readers without JavaScript."""
    info = row.info
    found = {
        "path": info.path,
        "layer_class": info.layer_class or "",
        "shape": words.shape(info.shape),
        "dtype": info.dtype,
        "parameters": words.count(info.parameters),
        "trainable": words.trainable(info.trainable),
    }
    if row.statistics is not None:
        found["minimum"] = cell_text("number", row.statistics.minimum)
        found["maximum"] = cell_text("number", row.statistics.maximum)
        found["mean"] = cell_text("number", row.statistics.mean)
        found["nan"] = words.count(row.statistics.nan)
    return found


def _command(inspection: Inspection) -> list[str] | None:
    """Returns the words that show a variable, without its name; None for a layer, which is in no file."""
    return None if inspection.source.format == "layer" else ["weightscope", "show", inspection.source.location]


def _details(overview: Overview) -> dict[str, Any]:
    """Returns the details by the number of their row."""
    return {
        str(number): _detail(overview.details[row.info.path])
        for number, row in enumerate(overview.rows)
        if row.info.path in overview.details
    }


def _detail(detail: Detail) -> dict[str, Any]:
    histogram = detail.histogram
    return {
        "axes": list(detail.axes),
        "quantiles": [[share, strict(value)] for share, value in detail.quantiles.items()],
        "histogram": None
        if histogram is None
        else {"from": histogram.edges[0], "to": histogram.edges[-1], "counts": list(histogram.counts)},
        "picture": None if detail.picture is None else _picture(detail.picture),
    }


def _picture(picture: Picture) -> dict[str, Any]:
    scale = largest_magnitude(picture.cells)
    codes = encode(picture.cells, scale, _LEVELS).ravel().tolist()
    return {
        "cells": "".join(_STRANGE[code] if code in _STRANGE else DIGITS[code + _LEVELS] for code in codes),
        "columns": picture.cells.shape[1],
        "tile": list(picture.tile),
        "axes": list(picture.axes),
        "caption": picture.caption,
        "scale": scale,
        "has_signs": picture.has_signs,
    }
