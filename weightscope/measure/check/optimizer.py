"""Rules on the state of the optimizer."""

from __future__ import annotations

from collections.abc import Container, Iterator

from weightscope.inspection import Inspection, Variable
from weightscope.inspection.finding import Finding
from weightscope.keras_facts.classes import is_keras_module
from weightscope.keras_facts.optimizers import DYNAMIC_SCALE, STEPS, optimizer_facts
from weightscope.keras_facts.serialized import objects_inside, part, text
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


def findings_of_slots(inspection: Inspection) -> Iterator[Finding]:
    """Yields a finding if Keras does not load the optimizer's state: it has numbers for frozen weights, or no name.

    Source: `load_own_variables` of `keras/src/optimizers/base_optimizer.py` counts the variables; `model_metadata` of
    `keras/src/legacy/saving/saving_utils.py` takes the optimizer out of the compile config. Keras 3.15.1.
    """
    if inspection.source.format not in ("keras", "keras-folder"):
        return
    compiled = part(inspection.config, "compile_config")
    is_custom = not is_keras_module(text(inspection.config, "module"))  # its compile_from_config may make any optimizer
    if inspection.optimizer and compiled and "optimizer" not in compiled and not is_custom:
        message = (
            "the config does not name the optimizer, which a save as .h5 before this one takes out of it: load_model"
            " compiles with RMSprop, the default of compile(), and skips the state or takes it for that of RMSprop"
        )
        yield finding("optimizer-not-loaded", message, fix=fixes.COMPILE_AGAIN)
        return
    trainable = {one.info.path: one.info.trainable for one in inspection.variables if one.info.role == "weight"}
    kept = dict.fromkeys(_weight_of(one.info.path, trainable) for one in inspection.optimizer or ())
    frozen = [path for path in kept if path is not None and trainable[path] is False]
    if frozen:
        more = f" and {len(frozen) - 1:,} more" if len(frozen) > 1 else ""
        message = (
            f"the optimizer keeps numbers for {frozen[0]}{more}, frozen after it was built: load_model skips its"
            " whole state, with a warning"
        )
        yield finding("optimizer-not-loaded", message, count=len(frozen))


def _weight_of(slot: str, weights: Container[str]) -> str | None:
    """Returns the path of the weight that a slot is for: what stands between the optimizer's name and the slot's."""
    rest = slot.rpartition("/")[0]
    while rest and rest not in weights:
        rest = rest.partition("/")[2]
    return rest or None


def _number(variable: Variable) -> float | None:
    return float(variable.read()) if variable.info.shape == () and variable.has_values else None


def _initial_scale(inspection: Inspection) -> float:
    for _, item in objects_inside(inspection.config or {}):
        scale = part(item, "config").get("initial_scale")
        facts = optimizer_facts(item["class_name"])
        if facts is not None and facts.holds == "scaled" and isinstance(scale, (int, float)):
            return float(scale)
    return _INITIAL_SCALE
