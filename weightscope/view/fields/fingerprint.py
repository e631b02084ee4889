"""The fields of a fingerprint."""

from __future__ import annotations

from typing import Final

from weightscope.inspection.fingerprint import Fingerprint
from weightscope.view.fields.field import Field
from weightscope.view.fields.kinds import TEXT, TEXT_OR_NULL

FINGERPRINT_FIELDS: Final = (
    Field[Fingerprint]("values", "The id of the values of all weights, whatever their names and order.", TEXT),
    Field[Fingerprint](
        "names", "The id of the values with their names; null if the file has no Keras names.", TEXT_OR_NULL
    ),
    Field[Fingerprint](
        "structure",
        "The id of names, dtypes, shapes and trainability; null if the file has no Keras names.",
        TEXT_OR_NULL,
    ),
)
