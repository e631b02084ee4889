"""Finds what rules need and a file lacks: a weights file has no config, and some files do not name variables."""

from __future__ import annotations

from weightscope.inspection import Inspection
from weightscope.keras_facts.optimizers import STEPS
from weightscope.measure.check.rule import Need


def lacking(inspection: Inspection) -> frozenset[Need]:
    """Returns the needs of rules that the file does not meet."""
    weights = [variable.info for variable in inspection.variables if variable.info.role == "weight"]
    slots = inspection.optimizer or ()
    has: dict[Need, bool] = {
        "config": inspection.config is not None,
        "layers": bool(inspection.layers),
        "counts": any(layer.stored is not None for layer in inspection.layers),
        "classes": not weights or any(info.layer_class is not None for info in weights),
        "names": not weights or any(not info.name.isdecimal() for info in weights),
        "optimizer-names": not slots or any(variable.info.name in STEPS for variable in slots),
    }
    return frozenset(need for need, is_there in has.items() if not is_there)
