"""The fields of an export."""

from __future__ import annotations

from typing import Final

from weightscope.inspection.export_report import CastLoss, ExportedVariable, ExportReport
from weightscope.view.fields.field import Field, entry_of, schema_of
from weightscope.view.fields.kinds import COUNT, COUNT_OR_NULL, NUMBER, SHAPE, TEXT, or_null

LOSS_FIELDS: Final = (
    Field[CastLoss]("overflow", "The number of finite values that became infinite.", COUNT),
    Field[CastLoss]("underflow", "The number of values other than zero that became zero.", COUNT),
    Field[CastLoss]("largest_error", "The largest absolute difference to a value that stayed finite.", NUMBER),
)

EXPORTED_FIELDS: Final = (
    Field[ExportedVariable]("path", "The path in the model.", TEXT, lambda one: one.info.path),
    Field[ExportedVariable]("key", "The name, or the place, in the new file.", TEXT),
    Field[ExportedVariable]("shape", "The shape, in elements.", SHAPE, lambda one: one.info.shape),
    Field[ExportedVariable]("dtype", "The dtype in the model.", TEXT, lambda one: one.info.dtype),
    Field[ExportedVariable]("written_dtype", "The dtype in the new file.", TEXT, lambda one: one.dtype),
    Field[ExportedVariable](
        "loss",
        "What a cast to another dtype lost; null without a cast.",
        or_null(schema_of(LOSS_FIELDS)),
        lambda one: one.loss and entry_of(LOSS_FIELDS, one.loss),
    ),
)

EXPORT_FIELDS: Final = (
    Field[ExportReport]("location", "The new file.", TEXT),
    Field[ExportReport]("format", "Its format.", TEXT),
    Field[ExportReport]("bytes", "Its size; null if nothing was written (--dry-run).", COUNT_OR_NULL),
)
