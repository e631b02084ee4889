"""The example of each Keras layer is complete and works: hints are made of it."""

from __future__ import annotations

import re

import pytest

from weightscope.errors import WeightscopeError
from weightscope.inspection import Inspection
from weightscope.keras_facts.example import Example
from weightscope.keras_facts.examples import EXAMPLES, KERAS_VERSION
from weightscope.keras_facts.layers import LAYERS as FACTS
from weightscope.source.arguments import parse_argument
from weightscope.source.layer_settings import LayerSettings
from weightscope.source.live.framework import keras
from weightscope.source.live.inspecting.layer import inspect_layer
from weightscope.source.live.signature import parameters_of, required_arguments
from weightscope.source.shapes import parse_input_shapes
from weightscope.source.spec import LayerSpec

LAYERS = {
    name: thing
    for name, thing in vars(keras.layers).items()
    if isinstance(thing, type) and issubclass(thing, keras.layers.Layer)
}
IS_NEWER = tuple(int(part) for part in re.findall(r"\d+", keras.__version__)[:2]) > KERAS_VERSION


def test_every_layer_of_keras_has_an_example() -> None:
    assert set(LAYERS) <= set(EXAMPLES) or IS_NEWER


@pytest.mark.parametrize("name", sorted(set(EXAMPLES) & set(LAYERS)))
def test_an_example_gives_the_required_arguments_and_no_unknown_ones(name: str) -> None:
    given = [one.partition("=")[0] for one in EXAMPLES[name].arguments]
    required = required_arguments(LAYERS[name])
    assert given[: len(required)] == required
    assert set(given) <= set(parameters_of(LAYERS[name]))


def inspected(name: str, example: Example) -> Inspection | str:
    """Returns what the example made, or why it could not be built or called."""
    inputs = tuple(shape for text in example.inputs for shape in parse_input_shapes(text))
    spec = LayerSpec(name, dict(map(parse_argument, example.arguments)), inputs)
    try:
        inspection = inspect_layer(spec, LayerSettings())
    except WeightscopeError as error:
        return str(error)
    failure = inspection.forward_pass.error if inspection.forward_pass else None
    return failure or inspection


def test_every_layer_is_built_and_called_by_its_example_and_its_weights_are_known() -> None:
    made = {
        name: inspected(name, example)
        for name, example in EXAMPLES.items()
        if example.inputs and name in LAYERS and "Random" not in name
    }
    expected = {"MelSpectrogram", "STFTSpectrogram"}  # they need scipy
    assert {name: one for name, one in made.items() if isinstance(one, str) and name not in expected} == {}
    weights = {
        (info.layer_class, info.name)
        for one in made.values()
        if not isinstance(one, str)
        for info in (variable.info for variable in one.variables)
        if info.role == "weight"
    }
    known = {(name, weight.name) for name, facts in FACTS.items() for weight in facts.weights}
    assert weights <= known
