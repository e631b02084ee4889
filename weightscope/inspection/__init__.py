"""Frozen records about a model; they need numpy at most."""

from weightscope.inspection.finding import Finding, Level
from weightscope.inspection.inspection import (
    ForwardPass,
    Inspection,
    ModelInfo,
    ReadWith,
    Signature,
    SourceInfo,
    TensorInfo,
    Totals,
)
from weightscope.inspection.variable import Array, Role, Selection, Variable, VariableInfo

__all__ = [
    "Array",
    "Finding",
    "ForwardPass",
    "Inspection",
    "Level",
    "ModelInfo",
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
