"""The fields of a variable in one checkpoint of a training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from weightscope.inspection.statistics import STATISTICS
from weightscope.inspection.variable import VariableInfo
from weightscope.view.fields.field import Field
from weightscope.view.fields.kinds import (
    BOOLEAN_OR_NULL,
    COUNT,
    NUMBER_OR_NULL,
    SHAPE,
    TEXT,
    list_of,
    object_of,
    or_null,
)

TREND_VARIABLE_FIELDS: Final = (
    Field[VariableInfo]("path", "The unique path in the model.", TEXT),
    Field[VariableInfo]("shape", "The shape in the last checkpoint that has it.", SHAPE),
    Field[VariableInfo]("dtype", "The dtype's name in Keras.", TEXT),
    Field[VariableInfo]("trainable", "Whether it is trainable; null: not stored.", BOOLEAN_OR_NULL),
)

#: What identifies a checkpoint.
CHECKPOINT_SCHEMA: Final = {
    "step": {**COUNT, "description": "The place of the checkpoint in the training, from 1."},
    "location": {**TEXT, "description": "The saved model or weights, as the user typed it."},
}

_CHANGE = "L2 norm of the difference to the checkpoint before over its L2 norm; null: there is none before."


def measures_of_points() -> Mapping[str, Any]:
    """Returns the JSON Schema of each measure in a checkpoint, by name."""
    statistics = {name: {**NUMBER_OR_NULL, "description": one.description} for name, one in STATISTICS.items()}
    return {**statistics, "change": {**NUMBER_OR_NULL, "description": _CHANGE}}


def points_schema() -> dict[str, Any]:
    """Returns the JSON Schema of a variable's measures: an entry for each checkpoint, null where it is missing."""
    measures = measures_of_points()
    point = object_of({"step": CHECKPOINT_SCHEMA["step"], **measures}, optional=tuple(measures))
    return {**list_of(or_null(point)), "description": "An entry for each checkpoint; null: it lacks the variable."}
