"""Finds what Keras 3 refuses in the optimizer, losses and metrics that a model was compiled with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from weightscope.inspection.finding import Finding
from weightscope.keras_facts.classes import is_keras_module
from weightscope.keras_facts.constructors import ARGUMENTS, KERAS_VERSION, is_in_keras_3
from weightscope.keras_facts.functions import LEGACY_LOSSES, LOSSES_AND_METRICS
from weightscope.keras_facts.serialized import Config, is_object, part, texts_in
from weightscope.measure.check import fixes
from weightscope.measure.check.rules import finding

#: The options of an optimizer that hold objects: a schedule, an inner optimizer.
_INNER: Final = ("learning_rate", "inner_optimizer")

#: The module in which Keras looks up an object of a legacy file, by the object's kind.
_LEGACY_MODULES: Final = {
    "loss": "keras.losses",
    "metrics": "keras.metrics",
    "weighted_metrics": "keras.metrics",
    "optimizer_config": "keras.optimizers",
}

_OPTIMIZERS: Final = {name.lower(): name for module, name in ARGUMENTS if module == "keras.optimizers"}


def findings_of_compilation(config: Config, *, is_legacy: bool) -> Iterator[Finding]:
    """Yields what Keras refuses in a `compile_config`, or in the `training_config` of a legacy file."""
    if is_legacy:
        yield from _of_legacy(part(config, "training_config"))
        return
    for item in _objects(part(config, "compile_config")):
        module, name = item.get("module"), str(item["class_name"])
        if not is_keras_module(module) or name == "function":
            continue
        if is_in_keras_3(str(module), name):
            yield from _arguments(item, (str(module), name))
        else:
            message = f"compiled with: Keras {KERAS_VERSION} has no {module}.{name}"
            yield finding("unknown-class", message, fix=fixes.NO_COMPILE)


def _of_legacy(training: Config) -> Iterator[Finding]:
    for kind, module in _LEGACY_MODULES.items():
        for item in _objects(training.get(kind)):
            name = str(item["class_name"])
            name = _OPTIMIZERS.get(name.lower(), name) if kind == "optimizer_config" else name
            yield from _arguments(item, (module, name))
    for name in texts_in(training.get("loss")):
        if name.lower() in LOSSES_AND_METRICS and name not in LEGACY_LOSSES:
            message = f"compiled with: Keras {KERAS_VERSION} does not find the loss {name} that an .h5 file names"
            yield finding("unknown-class", message, fix=fixes.NO_COMPILE)


def _arguments(item: Config, key: tuple[str, str]) -> Iterator[Finding]:
    taken = ARGUMENTS.get(key)
    refused = [one for one in item["config"] if taken is not None and one not in taken]
    if refused:
        message = f"compiled with: {key[1]} of Keras {KERAS_VERSION} does not take {', '.join(refused[:10])}"
        yield finding("unknown-argument", message, None, len(refused), fixes.NO_COMPILE)


def _objects(value: Any) -> Iterator[Config]:
    """Yields the objects in a value (one, a list, or one for each output) and those inside an optimizer."""
    stack = [value]
    while stack:
        one = stack.pop()
        if is_object(one):
            yield one
            stack.extend(part(one, "config").get(option) for option in _INNER)
        elif isinstance(one, dict):
            stack.extend(reversed(one.values()))
        elif isinstance(one, list):
            stack.extend(reversed(one))
