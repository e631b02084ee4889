"""The reader lists exactly what Keras lists after loading the same file."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.source.file.keras_cases import layer_cases
from tests.source.file.keras_models import MODELS, Block, OwnLayer, OwnModel, with_custom_layer
from tests.source.file.keras_oracle import keras, listed_by_keras, listed_by_us
from weightscope.inspection import Inspection
from weightscope.keras_facts.layers import LAYERS
from weightscope.keras_facts.sublayers import CELLS, WRAPPERS
from weightscope.measure.check.structure import findings_of_structure
from weightscope.source.file import inspect_file

CASES = layer_cases()

#: The classes of Keras 3 that own weights.
#: What has a key is no variable to Keras, and is held against it elsewhere.
ROWS = {
    name
    for name, facts in LAYERS.items()
    if facts.is_in_keras_3 and any(weight.key is None for weight in facts.weights)
}

#: Keras and TensorFlow warn about themselves; what we do is run with warnings as errors, see
#: `assert_agreement`.
pytestmark = pytest.mark.filterwarnings("ignore")


def assert_agreement(path: Path) -> Inspection:
    expected, expected_values = listed_by_keras(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        inspection = inspect_file(str(path))
        found, found_values = listed_by_us(inspection.variables)
    assert found == expected
    for mine, theirs in zip(found_values, expected_values, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert not [note for note in inspection.notes if note.level != "note"]
    assert not [one for one in findings_of_structure(inspection) if one.level == "error"]
    return inspection


def randomized(model: Any) -> Any:
    """Gives every weight values of its own, so that a mix-up shows."""
    generator = np.random.default_rng(0)
    for variable in model.weights:
        value = generator.normal(size=tuple(variable.shape)) * 50
        variable.assign(value.astype(np.int8 if variable.dtype == "int8" else np.float32))
    return model


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    keras.utils.clear_session(free_memory=False)


@pytest.mark.parametrize("make", CASES.values(), ids=CASES.keys())
def test_a_layer_is_listed_as_keras_lists_it(make: Callable[[], Any], tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    randomized(make()).save(path)
    assert_agreement(path)


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS.keys())
def test_a_model_is_listed_as_keras_lists_it(make: Callable[[], Any], tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    randomized(make()).save(path)
    assert_agreement(path)


APPLICATIONS: dict[str, dict[str, Any]] = {
    "MobileNetV2": {"input_shape": (32, 32, 3), "alpha": 0.35},
}
LARGE_APPLICATIONS = (
    "ConvNeXtTiny",
    "DenseNet121",
    "EfficientNetB0",
    "EfficientNetV2B0",
    "InceptionResNetV2",
    "InceptionV3",
    "MobileNet",
    "MobileNetV3Small",
    "NASNetMobile",
    "ResNet50V2",
    "VGG16",
    "Xception",
)


@pytest.mark.parametrize("name", APPLICATIONS)
def test_an_application_is_listed_as_keras_lists_it(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    getattr(keras.applications, name)(weights=None, **APPLICATIONS[name]).save(path)
    assert_agreement(path)


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE_APPLICATIONS)
def test_a_large_application_is_listed_as_keras_lists_it(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    getattr(keras.applications, name)(weights=None, classes=10).save(path)
    assert_agreement(path)


def test_a_custom_layer_has_index_names_and_its_layers_of_keras_their_own(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    with_custom_layer().save(path)
    inspection = inspect_file(str(path))
    listed = {variable.info.path: variable.info for variable in inspection.variables}
    assert list(listed)[:4] == ["dense/kernel", "dense/bias", "block/0", "block/1"]
    assert listed["block/0"].trainable is None
    assert listed["block/0"].layer_class == "tests>Block" or listed["block/0"].layer_class == "Block"
    assert listed["block/inner_dense/kernel"].trainable is True
    assert listed["block/second/moving_mean"].trainable is False
    assert inspection.model.custom_objects == ("tests>Block",)
    assert [note.code for note in inspection.notes] == ["unknown-layer-class"]


def test_a_model_of_ones_own_is_told_once_for_all_that_it_made(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    model = OwnModel()
    model(np.zeros((1, 4), np.float32))
    model.save(path)
    inspection = inspect_file(str(path))
    assert len(inspection.variables) == 6
    assert {variable.info.trainable for variable in inspection.variables} == {None}
    (note,) = inspection.notes
    assert (note.code, note.level) == ("unknown-layer-class", "note")
    assert note.message.startswith("OwnModel is not a class of Keras")


def test_custom_layers_are_told_once_each_with_what_they_made(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    inside = [OwnLayer(), OwnLayer(), Block(3, name="block")]
    keras.Sequential([keras.Input((4,)), *inside]).save(path)
    notes = inspect_file(str(path)).notes
    assert [note.code for note in notes] == ["unknown-layer-class"] * 3
    assert [note.message.partition(":")[0] for note in notes] == ["own_layer", "own_layer_1", "block"]


@pytest.mark.parametrize(
    ("case", "variable", "factors"),
    [
        ("lora-Dense", "dense/kernel", "lora_kernel_a and lora_kernel_b"),
        ("lora-Embedding", "embedding/embeddings", "lora_embeddings_a and lora_embeddings_b"),
        ("lora-int8-Dense", "dense/kernel", "lora_kernel_a and lora_kernel_b"),
    ],
)
def test_factors_of_lora_that_keras_sets_to_zeros_are_named(
    case: str, variable: str, factors: str, tmp_path: Path
) -> None:
    path, legacy = tmp_path / "model.keras", tmp_path / "model.h5"
    model = CASES[case]()
    model.save(path)
    model.save(legacy)
    (note,) = inspect_file(str(path)).notes
    assert (note.code, note.level, note.variable) == ("lora-not-in-file", "note", variable)
    assert factors in note.message
    assert not inspect_file(str(legacy)).notes


@pytest.mark.parametrize("case", ["lora-Dense", "lora-Embedding"])
def test_lora_cannot_be_trained_on_after_loading_until_the_advice_is_followed(case: str, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    CASES[case]().save(path)
    (note,) = inspect_file(str(path)).notes
    model = keras.saving.load_model(path)
    layer = model.get_layer((note.variable or "").partition("/")[0])
    factors = [one for one in layer.trainable_variables if one.name.startswith("lora")]

    def moved() -> bool:
        before = [one.numpy() for one in factors]
        model.compile(keras.optimizers.SGD(1.0), "mse", run_eagerly=True)
        inputs = np.ones((2, *model.input_shape[1:]), model.inputs[0].dtype)
        model.fit(inputs, np.full((2, *model.output_shape[1:]), 9.0), epochs=2, verbose=0)
        return any(not np.array_equal(one.numpy(), old) for one, old in zip(factors, before, strict=True))

    assert all(not one.numpy().any() for one in factors)
    assert not moved()
    exec((note.fix or "").partition(": ")[2], {"layer": layer, "keras": keras})
    assert moved()


def test_every_class_of_keras_that_adds_weights_has_a_row() -> None:
    """A class that a new version of Keras brings shows here first."""
    classes = {one for one in vars(keras.layers).values() if isinstance(one, type)}
    adding = {
        one.__name__
        for one in classes
        if issubclass(one, keras.layers.Layer)
        and any("add_weight(" in inspect.getsource(base) for base in one.__mro__ if _is_layer_of_keras(base))
    }
    cells = {cell.class_name for cell in CELLS.values()}
    assert adding - ROWS - set(CELLS) - set(WRAPPERS) == set()
    assert adding | cells | {"LayerScale"} >= ROWS


def _is_layer_of_keras(base: type) -> bool:
    return base.__module__.startswith("keras.src.layers.") and base is not keras.layers.Layer


def test_every_row_is_held_against_keras() -> None:
    covered = "".join(CASES)
    inside = {"EinsumDense", "LSTMCell", "ConvLSTMCell", "SimpleRNNCell"}
    assert {name for name in ROWS if name not in covered} - inside == set()
