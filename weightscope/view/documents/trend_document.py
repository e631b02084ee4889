"""The document of a training, and its rows: one for each variable and checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from weightscope.inspection.trend import Trend, VariableTrend
from weightscope.view.documents.findings_document import finding_entry
from weightscope.view.fields.field import entry_of, schema_of, strict
from weightscope.view.fields.findings import FINDING_FIELDS
from weightscope.view.fields.kinds import list_of, object_of
from weightscope.view.fields.trend import CHECKPOINT_SCHEMA, TREND_VARIABLE_FIELDS, points_schema

TREND_SCHEMA = "weightscope.trend/1"


def trend_document(trend: Trend) -> dict[str, Any]:
    """Returns what `weightscope trend --json` prints."""
    return {
        "schema": TREND_SCHEMA,
        "checkpoints": [{"step": step, "location": one} for step, one in enumerate(trend.locations, 1)],
        "variables": [{**entry_of(TREND_VARIABLE_FIELDS, one.info), "points": _points(one)} for one in trend.variables],
        "findings": [finding_entry(one) for one in trend.findings],
    }


def trend_schema() -> dict[str, Any]:
    """Returns the JSON Schema of the document."""
    variable = schema_of(TREND_VARIABLE_FIELDS)["properties"]
    return object_of(
        {
            "schema": {"const": TREND_SCHEMA},
            "checkpoints": list_of(object_of(CHECKPOINT_SCHEMA)),
            "variables": list_of(object_of({**variable, "points": points_schema()})),
            "findings": list_of(schema_of(FINDING_FIELDS)),
        }
    )


def flat_points(trend: Trend) -> Iterator[dict[str, Any]]:
    """Yields a row for each variable in each checkpoint that has it, checkpoint by checkpoint."""
    for place, location in enumerate(trend.locations):
        for variable in trend.variables:
            point = variable.points[place]
            if point is not None:
                row = {"location": location, "step": place + 1, "path": variable.info.path, **point.numbers}
                yield {name: strict(value) for name, value in row.items()}


def flat_point_fields(trend: Trend) -> list[str]:
    """Returns the names of the columns of `flat_points`."""
    return ["location", "step", "path", *trend.measures]


def _points(variable: VariableTrend) -> list[dict[str, Any] | None]:
    return [
        None if point is None else {"step": step, **{name: strict(one) for name, one in point.numbers.items()}}
        for step, point in enumerate(variable.points, 1)
    ]
