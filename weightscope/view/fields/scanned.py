"""The columns of a table over many models: a row a variable, or a row a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from weightscope.inspection import Inspection, Totals
from weightscope.inspection.finding import Finding
from weightscope.measure.listing.row_options import RowOptions
from weightscope.view.fields.field import Field
from weightscope.view.fields.fingerprint import FINGERPRINT_FIELDS
from weightscope.view.fields.kinds import COUNT_OR_NULL, TEXT, TEXT_OR_NULL, object_of
from weightscope.view.fields.model import MODEL_FIELDS, SOURCE_FIELDS, TOTALS_FIELDS
from weightscope.view.fields.statistics import BESIDE_STATISTICS, measures_schema, statistics_fields
from weightscope.view.fields.variables import VARIABLE_FIELDS

#: The fields of a model, its source and its totals that have other names here: `bytes` is the size of the file.
_OTHER_NAMES = {"bytes": "variable_bytes"}


def _renamed(field: Field[Any]) -> Field[Totals]:
    return Field(_OTHER_NAMES.get(field.name, field.name), field.description, field.schema, field.of)


_TOTALS_COLUMNS: Final = tuple(map(_renamed, TOTALS_FIELDS))

_MODEL_COLUMNS: Final[tuple[Field[Any], ...]] = (*SOURCE_FIELDS, *MODEL_FIELDS, *_TOTALS_COLUMNS)

_LOCATION: Final = Field[Any]("location", "The model.", TEXT)

#: A file does not say what a layer that was built does: `created_in`, `gradient_norm`.
VARIABLE_COLUMNS: Final = tuple(field for field in VARIABLE_FIELDS if field.is_present is None)

#: What `--check` adds: the findings about the model, or about one variable.
CHECK_COLUMNS: Final[Mapping[str, str]] = {"errors": "error", "warnings": "warning"}


def columns_of(options: RowOptions) -> dict[str, Mapping[str, Any]]:
    """Returns the names of the columns, in order, and the JSON Schema of each."""
    if options.models:
        columns = {field.name: field.schema for field in _MODEL_COLUMNS}
    else:
        columns = {"location": TEXT, **{field.name: field.schema for field in VARIABLE_COLUMNS}}
    if options.statistics:
        columns |= {field.name: field.schema for field in statistics_fields()}
        columns |= {name: measures_schema()[name] for name in BESIDE_STATISTICS}
    if options.check:
        columns |= dict.fromkeys(CHECK_COLUMNS, COUNT_OR_NULL)
    if options.fingerprint:
        columns |= {field.name: field.schema for field in FINGERPRINT_FIELDS}
    return {**columns, "error": TEXT_OR_NULL}


def row_schema(*, models: bool) -> dict[str, Any]:
    """Returns the JSON Schema of a line of `scan`, or of `inspect --format jsonl`; with an error all else is null."""
    always: Sequence[Field[Any]] = _MODEL_COLUMNS if models else (_LOCATION, *VARIABLE_COLUMNS)
    fields = (*always, *statistics_fields(), *FINGERPRINT_FIELDS)
    properties = {
        **{one.name: {"anyOf": [one.schema, {"type": "null"}], "description": one.description} for one in fields},
        **{name: measures_schema()[name] for name in BESIDE_STATISTICS},
        **{name: {**COUNT_OR_NULL, "description": f"With --check: the number of {name}."} for name in CHECK_COLUMNS},
        "error": {**TEXT_OR_NULL, "description": "The reason why the model cannot be read; null if it was read."},
    }
    required = {field.name for field in always}
    return object_of(properties, optional=tuple(name for name in properties if name not in required))


def model_columns(inspection: Inspection) -> dict[str, Any]:
    """Returns what the row of a model has of its source, the model and its totals."""
    return {
        **_all_of(SOURCE_FIELDS, inspection.source),
        **_all_of(MODEL_FIELDS, inspection.model),
        **_all_of(_TOTALS_COLUMNS, inspection.totals),  # added up once for all of them
    }


def _all_of(fields: Sequence[Field[Any]], record: object) -> dict[str, Any]:
    """Returns the fields of a record; a table has all of its columns in every row."""
    return {field.name: field.of(record) for field in fields}


def counted(findings: Sequence[Finding]) -> dict[str, int]:
    """Returns how many errors and warnings there are among the findings."""
    return {name: sum(one.level == level for one in findings) for name, level in CHECK_COLUMNS.items()}
