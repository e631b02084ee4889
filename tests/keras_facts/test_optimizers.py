"""Every field of every optimizer is held against the Keras that is installed, and against Keras 2."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from itertools import product
from typing import Any

import keras
import numpy as np
import pytest

from tests.conftest import of_the_present_keras
from weightscope.keras_facts.optimizers import (
    AVERAGE,
    CURRENT_NAMES,
    DYNAMIC_SCALE,
    FIRST_PASSES,
    ITERATION,
    LEARNING_RATE,
    OLD_NUMBERS,
    OLD_OPTIMIZERS,
    OLD_SLOTS,
    OPTIMIZERS,
    OptimizerFacts,
    SlotFacts,
    is_handed_to_adam,
    optimizer_facts,
    passes_of,
)

#: What holds each field.
HELD = {
    OptimizerFacts: {"name", "passes", "numbers", "holds", "is_old"},
    SlotFacts: {"name", "old_names", "when", "spans", "for_adam", "is_tracked"},
}

#: How to set each option that a slot hangs on.
VALUES = {"momentum": 0.9, "gradient_accumulation_steps": 2}

SLOTTED = [name for name, facts in OPTIMIZERS.items() if facts.holds is None]

SHAPES = {"matrix": (3, 4), "vector": (4,), "embedding": (5, 2), "images": (2, 2, 3, 4)}


def options_of(facts: OptimizerFacts) -> Iterator[dict[str, Any]]:
    """Yields each choice of the options that its slots hang on."""
    conditions = [slot.when for one in (*FIRST_PASSES, *facts.passes) for slot in one if slot.when is not None]
    names = sorted({name for one in conditions for name in one.options})
    for chosen in product((False, True), repeat=len(names)):
        yield {name: VALUES.get(name, True) for name, is_set in zip(names, chosen, strict=True) if is_set}


def expected(facts: OptimizerFacts, config: dict[str, Any]) -> list[tuple[str, tuple[int, ...]]]:
    """Returns the names and shapes of an optimizer's variables, as the facts have them."""
    found: list[tuple[str, tuple[int, ...]]] = [(ITERATION.name, ()), (LEARNING_RATE.name, ())]
    for slots in passes_of(facts, config):
        for name, shape in SHAPES.items():
            for slot in slots:
                if not slot.for_adam or is_handed_to_adam(config, name, shape):
                    of_rows = slot.spans != "all"  # Keras gives these the name of their weight alone
                    found.append((name if of_rows else slot.name, slot.shape_for(shape) or ()))
    return [*found, *((one.name, ()) for one in facts.numbers)]


def test_every_field_is_held() -> None:
    for record, names in HELD.items():
        assert {field.name for field in fields(record)} == names


@of_the_present_keras
@pytest.mark.parametrize("name", SLOTTED)
def test_an_optimizer_keeps_what_keras_has_it_keep(name: str) -> None:
    facts = OPTIMIZERS[name]
    for options in options_of(facts):
        optimizer = getattr(keras.optimizers, name)(**options)
        weights = [keras.Variable(np.zeros(shape), name=which) for which, shape in SHAPES.items()]
        optimizer.build(weights)
        found = [(one.name.rpartition("/")[2], tuple(one.shape)) for one in optimizer.variables]
        wanted = expected(facts, optimizer.get_config())
        assert len(found) == len(wanted)
        for (theirs, shape), (ours, its) in zip(found, wanted, strict=True):
            is_unnamed = theirs.startswith("variable")  # what Keras does not track
            assert theirs == ours or theirs.endswith(f"_{ours}") or is_unnamed, options
            assert shape == its or ours in SHAPES, options
        assert {shape for _, shape in found} == {shape for _, shape in wanted}


@of_the_present_keras
def test_the_optimizers_are_those_of_keras() -> None:
    base = keras.optimizers.Optimizer
    theirs = {
        name
        for name, one in vars(keras.optimizers).items()
        if isinstance(one, type) and issubclass(one, base) and one is not base
    }
    assert set(OPTIMIZERS) - {"LossScaleOptimizerV3"} == theirs


def test_what_scales_a_loss_keeps_numbers_before_the_optimizer_inside() -> None:
    scaled = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD())
    scaled.build([keras.Variable(np.zeros(3), name="a")])
    names = [one.name for one in scaled.variables][2:]
    numbers = [one.name for one in OPTIMIZERS["LossScaleOptimizer"].numbers]
    assert names[: len(numbers)] == numbers
    assert DYNAMIC_SCALE.name in numbers
    assert [name for name, facts in OPTIMIZERS.items() if facts.holds == "several"] == ["MultiOptimizer"]


@of_the_present_keras
def test_what_is_not_tracked_is_missing_inside_another_optimizer() -> None:
    for name in SLOTTED:
        inner = getattr(keras.optimizers, name)()
        scaled = keras.optimizers.LossScaleOptimizer(inner)
        scaled.build([keras.Variable(np.zeros(3), name="a")])
        facts = OPTIMIZERS[name]
        slots = [slot for one in passes_of(facts, inner.get_config()) for slot in one]
        kept = [one for one in slots if one.shape_for((3,)) is not None]
        tracked = [one for one in (*kept, *facts.numbers) if one.is_tracked]
        own = 2 + len(OPTIMIZERS["LossScaleOptimizer"].numbers)
        assert len(scaled.variables) - own - 2 == len(tracked), name


def test_a_class_is_found_in_any_case_and_after_a_package() -> None:
    assert optimizer_facts("adam") is OPTIMIZERS["Adam"]
    assert optimizer_facts("Keras>RMSProp") is OPTIMIZERS["RMSprop"]
    assert optimizer_facts("Mine") is None
    assert keras.optimizers.get("ADAM").__class__.__name__ == "Adam"


#: In a process of its own: once it is imported, Keras 2 changes what TensorFlow loads.
NAMES_OF_KERAS_2 = """
import json, sys, numpy, tensorflow as tf, tf_keras
options = json.loads(sys.argv[1])
found = {"old": {}, "new": {}, "numbers": []}
for name, own in options.items():
    weight = tf.Variable(numpy.ones((2, 3), "float32"), name="w")
    if hasattr(tf_keras.optimizers.legacy, name):
        optimizer = getattr(tf_keras.optimizers.legacy, name)(**own)
        optimizer.apply_gradients([(weight, weight)])
        found["old"][name] = optimizer.get_slot_names()
        its = [one.name.rpartition(":")[0].split("/") for one in optimizer.weights]
        found["numbers"] += [one[-1] for one in its if one[-2:-1] != ["w"]] + list(optimizer._hyper)
    if hasattr(tf_keras.optimizers, name):
        optimizer = getattr(tf_keras.optimizers, name)(**own)
        optimizer.build([weight])
        found["new"][name] = [one.name.rpartition(":")[0].split("/") for one in optimizer.variables]
print(json.dumps(found))
"""


@pytest.mark.slow
def test_old_names_are_those_of_keras_2() -> None:
    options = {"SGD": {"momentum": 0.9}, "RMSprop": {"momentum": 0.9, "centered": True}, "Adam": {"amsgrad": True}}
    arguments = json.dumps({name: options.get(name, {}) for name in SLOTTED})
    command = [sys.executable, "-c", NAMES_OF_KERAS_2, arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert set(found["old"]) == OLD_OPTIMIZERS
    assert {slot for slots in found["old"].values() for slot in slots} == OLD_SLOTS - {"u"}  # Adamax of 2.11
    assert OLD_NUMBERS - {"iterations", "lr"} <= set(found["numbers"])
    known = {*CURRENT_NAMES, *CURRENT_NAMES.values(), *OLD_SLOTS, AVERAGE.name}
    for name, paths in found["new"].items():
        slots = {slot for one in OPTIMIZERS[name].passes for slot in one}
        names = {one for slot in slots for one in (slot.name, *slot.old_names)}
        for path in paths:
            words = set(path[1:]) - {"w"}
            assert words <= names | known, name
