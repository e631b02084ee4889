"""The states of Keras 2's metrics have the names and the order that Keras 2 itself gives them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from weightscope.keras_facts.metrics import METRIC_CLASSES

#: In a process of its own: once it is imported, Keras 2 changes what TensorFlow loads.
NAMES_OF_KERAS_2 = """
import inspect, json, numpy, tf_keras
found = {}
options = [{}, {"num_classes": 2}, {"specificity": 0.5}, {"sensitivity": 0.5}, {"recall": 0.5}, {"precision": 0.5}]
options += [{"fn": abs}, {"normalizer": [1.0]}, {"num_classes": 2, "target_class_ids": [0]}]
for name, cls in vars(tf_keras.metrics).items():
    if not inspect.isclass(cls) or cls is tf_keras.metrics.Metric or name == "MeanTensor":
        continue  # a MeanTensor has no states before it has seen a tensor
    for one in options:
        try:
            metric = cls(**one)
            break
        except TypeError:
            pass
    if name.endswith("Score"):  # it makes states when it sees data
        metric.update_state(numpy.ones((2, 3)), numpy.ones((2, 3)))
    found[cls.__name__] = [variable.name.removesuffix(":0") for variable in metric.variables]
print(json.dumps(found))
"""


@pytest.mark.slow
def test_the_states_of_every_metric_are_those_of_keras_2() -> None:
    done = subprocess.run([sys.executable, "-c", NAMES_OF_KERAS_2], check=True, capture_output=True, text=True)
    assert {name: list(facts.states) for name, facts in METRIC_CLASSES.items()} == json.loads(done.stdout)
