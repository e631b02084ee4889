"""The field of a printed record, and the JSON and schema of a list of fields."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from weightscope.view.fields.kinds import object_of

Record = TypeVar("Record")


# no slots: Python 3.11 cannot make a generic class with slots and frozen fields
@dataclass(frozen=True)
class Field(Generic[Record]):
    """A field of a record.

    Attributes:
        name: The name in JSON and CSV; also the attribute of the record, unless `value` is given.
        description: The description in the JSON Schema.
        schema: The JSON Schema of its value.
        value: Returns its value, a number or text or lists of them; None: the attribute of this name.
        is_present: Whether a record's JSON has the field; None: always.
    """

    name: str
    description: str
    schema: Mapping[str, Any]
    value: Callable[[Record], Any] | None = None
    is_present: Callable[[Record], bool] | None = None

    def of(self, record: Record) -> Any:
        """Returns the value of the field as strict JSON."""
        value = getattr(record, self.name) if self.value is None else self.value(record)
        return value if type(value) in _AS_THEY_ARE else strict(value)


def entry_of(fields: Iterable[Field[Record]], record: Record) -> dict[str, Any]:
    """Returns the JSON object of a record."""
    return {field.name: field.of(record) for field in fields if field.is_present is None or field.is_present(record)}


def schema_of(fields: Sequence[Field[Any]], optional: Iterable[str] = ()) -> dict[str, Any]:
    """Returns the JSON Schema of a record; fields that are not always present are optional."""
    left_out = {field.name for field in fields if field.is_present is not None} | set(optional)
    properties = {field.name: {**field.schema, "description": field.description} for field in fields}
    return object_of(properties, optional=tuple(left_out))


#: Types whose values JSON has; a table of many models asks a hundred times a model.
_AS_THEY_ARE = frozenset({str, int, bool, type(None)})


def strict(value: Any) -> Any:
    """Returns `value` with numbers that JSON lacks, such as NaN, as strings, and tuples as lists."""
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, (list, tuple)):
        return [strict(one) for one in value]
    if isinstance(value, dict):
        return {key: strict(one) for key, one in value.items()}
    return value if isinstance(value, (int, str)) else str(value)
