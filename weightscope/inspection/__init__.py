"""What we know about a model: frozen records, numpy at most."""

from weightscope.inspection.inspection import (
    ForwardPass,
    Inspection,
    Level,
    ModelInfo,
    Note,
    ReadWith,
    Signature,
    SourceInfo,
    TensorInfo,
    Totals,
)
from weightscope.inspection.variable import Array, Role, Selection, Variable, VariableInfo

__all__ = [
    "Array",
    "ForwardPass",
    "Inspection",
    "Level",
    "ModelInfo",
    "Note",
    "ReadWith",
    "Role",
    "Selection",
    "Signature",
    "SourceInfo",
    "TensorInfo",
    "Totals",
    "Variable",
    "VariableInfo",
]
