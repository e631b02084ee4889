"""Rules on the state of the optimizer."""

from __future__ import annotations

from collections.abc import Iterator

from weightscope.inspection import Inspection, Variable
from weightscope.inspection.finding import Finding
from weightscope.keras_facts.optimizers import DYNAMIC_SCALE, STEPS, optimizer_facts
from weightscope.keras_facts.serialized import objects_inside, part
from weightscope.measure.check import fixes
from weightscope.measure.check.rules import finding

#: The scale of `LossScaleOptimizer` before the first step, by default.
_INITIAL_SCALE = 2.0**15


def findings_of_optimizer(inspection: Inspection) -> Iterator[Finding]:
    """Yields a finding if the optimizer has made no step; reads a few numbers."""
    variables = inspection.optimizer or ()
    steps = [number for one in variables if one.info.name in STEPS and (number := _number(one)) is not None]
    if not steps or any(steps):
        return
    scale = next((_number(one) for one in variables if one.info.name == DYNAMIC_SCALE.name), None)
    initial = _initial_scale(inspection)
    if scale is not None and scale < initial:
        message = f"every step was skipped: 0 steps were made, and the loss scale fell from {initial:g} to {scale:g}"
        yield finding("skipped-steps", message)
    else:
        fix = fixes.TRAIN_OR_DROP if inspection.config is not None else ""
        yield finding("optimizer-without-steps", "the optimizer has made 0 steps", fix=fix)


def _number(variable: Variable) -> float | None:
    return float(variable.read()) if variable.info.shape == () and variable.has_values else None


def _initial_scale(inspection: Inspection) -> float:
    for _, item in objects_inside(inspection.config or {}):
        scale = part(item, "config").get("initial_scale")
        facts = optimizer_facts(item["class_name"])
        if facts is not None and facts.holds == "scaled" and isinstance(scale, (int, float)):
            return float(scale)
    return _INITIAL_SCALE
