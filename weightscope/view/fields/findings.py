"""The fields of what readers note, and of what rules find."""

from __future__ import annotations

from typing import Final

from weightscope.inspection import Finding
from weightscope.view.fields.field import Field
from weightscope.view.fields.kinds import COUNT_OR_NULL, LEVEL, TEXT, TEXT_OR_NULL

NOTE_FIELDS: Final = (
    Field[Finding]("code", "What kind of note it is.", TEXT),
    Field[Finding]("level", "How bad it is.", LEVEL),
    Field[Finding]("variable", "The path of the variable or layer that it is about; null: the model.", TEXT_OR_NULL),
    Field[Finding]("message", "What there is to know.", TEXT),
    Field[Finding]("fix", "What mends it.", TEXT, is_present=lambda finding: finding.fix is not None),
)

FINDING_FIELDS: Final = (
    Field[Finding]("rule", "The id of the rule.", TEXT, lambda finding: finding.code),
    Field[Finding]("level", "How bad it is.", LEVEL),
    Field[Finding]("variable", "The path of the variable or layer that it is about; null: the model.", TEXT_OR_NULL),
    Field[Finding]("count", "How many values, channels or variables are concerned.", COUNT_OR_NULL),
    Field[Finding]("message", "What is wrong, with the evidence.", TEXT),
    Field[Finding]("fix", "What to do about it.", TEXT_OR_NULL),
)
