"""The fields of notes and findings."""

from __future__ import annotations

from typing import Final

from weightscope.inspection import Finding
from weightscope.view.fields.field import Field
from weightscope.view.fields.kinds import COUNT_OR_NULL, LEVEL, TEXT, TEXT_OR_NULL

NOTE_FIELDS: Final = (
    Field[Finding]("code", "The kind of the note.", TEXT),
    Field[Finding]("level", "The severity.", LEVEL),
    Field[Finding]("variable", "The path of the variable or layer that it is about; null: the model.", TEXT_OR_NULL),
    Field[Finding]("message", "The fact.", TEXT),
    Field[Finding]("fix", "The hint.", TEXT, is_present=lambda finding: finding.fix is not None),
)

FINDING_FIELDS: Final = (
    Field[Finding]("rule", "The id of the rule.", TEXT, lambda finding: finding.code),
    Field[Finding]("level", "The severity.", LEVEL),
    Field[Finding]("variable", "The path of the variable or layer that it is about; null: the model.", TEXT_OR_NULL),
    Field[Finding]("count", "The number of affected values, channels or variables.", COUNT_OR_NULL),
    Field[Finding]("message", "The fault, with the evidence.", TEXT),
    Field[Finding]("fix", "The hint.", TEXT_OR_NULL),
)
