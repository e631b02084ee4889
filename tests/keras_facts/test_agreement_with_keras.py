"""Every field of every record is held against the Keras that is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from tests.conftest import of_the_present_keras
from tests.source.file.keras_cases import layer_cases
from tests.source.file.keras_oracle import keras
from weightscope.inspection import VariableInfo
from weightscope.inspection.layer_config import LayerConfig
from weightscope.keras_facts.layers import LAYERS, owned_weights
from weightscope.keras_facts.records import LayerFacts, Weight
from weightscope.keras_facts.sublayers import CELLS, sublayers
from weightscope.measure.axes import axes_of
from weightscope.measure.check.shapes import expected_shape

CASES = layer_cases()

pytestmark = pytest.mark.filterwarnings("ignore")

#: The shape is the input's, or the option `axis` or the window decides on it.
WITHOUT_SHAPES = {
    ("PReLU", "alpha"),
    ("LayerNormalization", "gamma"),
    ("LayerNormalization", "beta"),
    ("GroupNormalization", "gamma"),
    ("GroupNormalization", "beta"),
    ("RMSNormalization", "scale"),
    ("Normalization", "mean"),
    ("Normalization", "variance"),
    ("EinsumDense", "kernel"),
    ("EinsumDense", "bias"),
    ("AdditiveAttention", "scale"),
    ("STFTSpectrogram", "real_kernel"),
    ("STFTSpectrogram", "imag_kernel"),
}


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    keras.utils.clear_session(free_memory=False)


def layers_of(model: Any) -> Iterator[Any]:
    """Yields the layers of a model that are of a class with facts, those inside others too."""
    for layer in model._flatten_layers(include_self=False, recursive=True):
        if type(layer).__module__.startswith("keras.") and _class_name(layer) in LAYERS:
            yield layer


def own_variables(layer: Any) -> dict[str, Any]:
    """Returns the variables that the layer itself made, by name."""
    wrapped = {id(one) for inner in layer._layers for one in inner.variables}
    made = (*layer._trainable_variables, *layer._non_trainable_variables)
    return {one.name: one for one in made if id(one) not in wrapped}


def weights_of(layer: Any) -> dict[str, Weight]:
    owned = owned_weights(_class_name(layer), _config(layer)) or ()
    return {weight.name: weight for weight in owned if not weight.alias}


def _class_name(layer: Any) -> str:
    return str(keras.saving.serialize_keras_object(layer)["class_name"])


def _config(layer: Any) -> dict[str, Any]:
    found = keras.saving.serialize_keras_object(layer)["config"]
    assert isinstance(found, dict)
    return found


def info_of(layer: Any, name: str, variable: Any) -> VariableInfo:
    shape, dtype = tuple(variable.shape), str(variable.dtype)
    return VariableInfo(name, name, layer.name, _class_name(layer), "weight", shape, dtype, None)


def name_is_keras(layer: Any, weight: Weight, variable: Any) -> None:
    if weight.name != "0":  # a weight that has no name is called by its key
        assert variable.name == weight.name


def trainable_is_as_declared(layer: Any, weight: Weight, variable: Any) -> None:
    is_declared = any(variable is one for one in layer._trainable_variables)
    assert is_declared == weight.trainable


def axes_fit(layer: Any, weight: Weight, variable: Any) -> None:
    info = info_of(layer, weight.name, variable)
    if len(info.shape) and not info.dtype.startswith(("int", "uint")) and not _is_quantized(layer):
        axes = axes_of(info, _projection_config(layer) or _config(layer))
        assert len(axes) == len(info.shape) or weight.name == "alpha"


def shape_is_expected(layer: Any, weight: Weight, variable: Any) -> None:
    if _is_quantized(layer) or weight.legacy_only:
        return
    facts = _class_name(layer)
    if weight.shape is None:
        assert (facts, weight.name) in WITHOUT_SHAPES
        return
    config = LayerConfig(layer.name, facts, _config(layer), input_shape=_input_shape(layer))
    expected = expected_shape(info_of(layer, weight.name, variable), config)
    if expected is not None:
        assert len(expected) == len(variable.shape)
        assert all(want in (None, size) for want, size in zip(expected, variable.shape, strict=True))


def initializer_is_an_option(layer: Any, weight: Weight, variable: Any) -> None:
    if weight.made_by is not None:
        assert weight.made_by in _config(layer)


def condition_is_of_options(layer: Any, weight: Weight, variable: Any) -> None:
    options = weight.when.options if weight.when is not None else ()
    assert set(options) - {"block", "reverse_block"} <= set(_config(layer))


def starting_value_is_keras(layer: Any, weight: Weight, variable: Any) -> None:
    if weight.starts_at is not None:
        fresh = type(layer).from_config(layer.get_config())
        fresh.build_from_config(layer.get_build_config())
        assert np.all(np.asarray(own_variables(fresh)[weight.name].numpy(), np.float64) == weight.starts_at)


def frozen_by_lora(layer: Any, weight: Weight, variable: Any) -> None:
    is_quantized_kernel = not weight.trainable
    assert weight.frozen == (bool(getattr(layer, "lora_enabled", False)) and weight.name in ("kernel", "embeddings"))
    if weight.frozen and not is_quantized_kernel:
        assert not variable.trainable


#: What holds each field of `Weight`; the rest are held by the tests that are named.
CHECKS: dict[str, Callable[[Any, Weight, Any], None] | str] = {
    "name": name_is_keras,
    "axes": axes_fit,
    "shape": shape_is_expected,
    "made_by": initializer_is_an_option,
    "when": condition_is_of_options,
    "trainable": trainable_is_as_declared,
    "starts_at": starting_value_is_keras,
    "frozen": frozen_by_lora,
    "moved_by_call": "test_a_call_in_training_mode_moves_the_states_and_nothing_else",
    "statistic": "test_statistics_are_those_of_the_data",
    "old_names": "test_old_names_are_those_of_keras_2",
    "alias": "test_an_alias_is_stored_by_the_layer_and_made_by_another",
    "made_first": "test_what_is_made_first_comes_first_in_the_layers_variables",
    "key": "test_what_has_a_key_is_stored_under_it_and_is_no_variable",
    "legacy_only": "test_what_legacy_files_alone_store_is_in_no_other_file",
}


def test_every_field_of_a_weight_is_held_against_keras() -> None:
    assert set(CHECKS) == {field.name for field in fields(Weight)}
    assert all(not isinstance(check, str) or check in globals() for check in CHECKS.values())
    assert {field.name for field in fields(LayerFacts)} == {
        "name",
        "weights",
        "quantized",
        "lora",
        "is_in_keras_3",
        "group_class",
    }


@pytest.mark.parametrize("make", CASES.values(), ids=CASES.keys())
def test_the_facts_of_a_layers_weights_are_keras(make: Callable[[], Any]) -> None:
    for layer in layers_of(make()):
        weights, variables = weights_of(layer), own_variables(layer)
        unnamed = dict(zip(weights, variables.values(), strict=False)) if "0" in weights else {}
        found = unnamed or {name: one for name, one in variables.items() if "seed_generator" not in one.path}
        assert set(weights) == set(found), layer.name
        for name, weight in weights.items():
            for check in CHECKS.values():
                if not isinstance(check, str):
                    check(layer, weight, found[name])


def test_a_class_is_in_keras_3_where_the_facts_have_it_so() -> None:
    names = {name for name, one in vars(keras.layers).items() if isinstance(one, type)} | {
        "Sequential",
        "Model",
        "Functional",
        "LayerScale",
        "ConvLSTMCell",
        "GroupedQueryAttention",
    }
    assert {name for name, facts in LAYERS.items() if facts.is_in_keras_3} <= names
    assert not {name for name, facts in LAYERS.items() if not facts.is_in_keras_3} & names


@pytest.mark.parametrize("step", [pytest.param(8, id="some"), pytest.param(1, id="all", marks=pytest.mark.slow)])
def test_a_call_in_training_mode_moves_the_states_and_nothing_else(step: int) -> None:
    moved: set[tuple[str, str]] = set()
    covered: set[tuple[str, str]] = set()
    for make in list(CASES.values())[::step]:
        model = make()
        if not all("float" in str(one.dtype) for one in model.inputs):
            continue
        before = {id(one): one.numpy() for one in model.variables}
        inputs = [
            np.random.default_rng(0).normal(size=(one.shape[0] or 4, *one.shape[1:])).astype(np.float32)
            for one in model.inputs
        ]
        model(inputs if len(inputs) > 1 else inputs[0], training=True)
        for layer in layers_of(model):
            for name, variable in own_variables(layer).items():
                covered.add((_class_name(layer), name))
                if id(variable) in before and not np.array_equal(before[id(variable)], variable.numpy()):
                    moved.add((_class_name(layer), name))
    moved = {
        (owner, name) for owner, name in moved if "seed" not in name and "amax" not in name and "scale" not in name
    }
    declared = {
        (facts.name, weight.name) for facts in LAYERS.values() for weight in facts.weights if weight.moved_by_call
    }
    wrapped = {("Dense", "kernel"), ("Conv2D", "kernel"), ("Embedding", "embeddings")}  # by SpectralNormalization
    assert moved - wrapped == {one for one in declared if one in covered}


@of_the_present_keras
def test_statistics_are_those_of_the_data() -> None:
    batch = keras.layers.BatchNormalization(renorm=True, momentum=0.0, renorm_momentum=0.0)
    data = np.random.default_rng(0).normal(3.0, 2.0, size=(64, 4)).astype(np.float32)
    batch(data, training=True)
    adapted = keras.layers.Normalization()
    adapted.adapt(data)
    of_data = {"mean": data.mean(axis=0), "variance": data.var(axis=0), "deviation": data.std(axis=0)}
    for layer in (batch, adapted):
        for name, weight in weights_of(layer).items():
            if weight.statistic is not None:
                kept = own_variables(layer)[name].numpy().reshape(4)
                np.testing.assert_allclose(kept, of_data[weight.statistic], rtol=1e-3)
    named = {weight.name for facts in LAYERS.values() for weight in facts.weights if weight.statistic is not None}
    assert named == {
        *("moving_mean", "moving_variance", "moving_stddev", "renorm_mean", "renorm_stddev"),
        *("mean", "variance"),
    }


def test_old_names_are_those_of_keras_2() -> None:
    keras_2 = pytest.importorskip("tf_keras")
    layer = keras_2.layers.DepthwiseConv2D(2)
    layer.build((None, 4, 4, 3))
    names = {one.name.removesuffix(":0") for one in layer.weights}
    (kernel,) = (weight for weight in LAYERS["DepthwiseConv2D"].weights if weight.old_names)
    assert set(kernel.old_names) <= names
    assert kernel.name not in names


def test_an_alias_is_stored_by_the_layer_and_made_by_another() -> None:
    layer = keras.layers.SpectralNormalization(keras.layers.Dense(3))
    layer.build((None, 2))
    store: dict[str, Any] = {}
    layer.save_own_variables(store)
    owned = owned_weights("SpectralNormalization", _config(layer)) or ()
    assert len(store) == len(owned)
    (alias,) = (key for key, weight in zip(sorted(store), owned, strict=True) if weight.alias)
    np.testing.assert_array_equal(store[alias], layer.layer.kernel)


def test_what_is_made_first_comes_first_in_the_layers_variables() -> None:
    layer = keras.layers.Dense(3)
    layer.build((None, 2))
    layer.quantize("float8")
    model = keras.Sequential([keras.Input((2,)), layer])
    clone = keras.models.clone_model(model).layers[0]
    owned = owned_weights("Dense", _config(clone)) or ()
    by_rank = [weight.name for weight in sorted(owned, key=lambda one: one.rank)]
    assert [one.name for one in clone.variables] == by_rank
    assert owned[0].name == "kernel"
    assert by_rank[0] == "inputs_scale"


def test_what_legacy_files_alone_store_is_in_no_other_file() -> None:
    for layer, shape in (
        (keras.layers.Dense(3, lora_rank=2), (None, 2)),
        (keras.layers.Embedding(5, 3, lora_rank=2), (None,)),
    ):
        layer.build(shape)
        store: dict[str, Any] = {}
        layer.save_own_variables(store)
        owned = owned_weights(_class_name(layer), _config(layer)) or ()
        assert len(store) == sum(not weight.legacy_only for weight in owned)
        assert len(own_variables(layer)) == len(owned)


def _is_quantized(layer: Any) -> bool:
    return getattr(layer, "quantization_mode", None) is not None


def _input_shape(layer: Any) -> tuple[int | None, ...] | None:
    shape = (layer.get_build_config() or {}).get("input_shape")
    return tuple(shape) if isinstance(shape, (list, tuple)) and not isinstance(shape[0], (list, tuple)) else None


def _projection_config(layer: Any) -> dict[str, Any] | None:
    """Returns the config that readers give a projection of an attention layer."""
    if _class_name(layer) != "EinsumDense":
        return None
    inside = sublayers("MultiHeadAttention", {"num_heads": 2, "key_dim": 4})
    names = {one.config["config"]["name"]: one.config["config"] for one in inside}
    return names.get(layer.name)


def test_the_cells_are_those_that_keras_makes() -> None:
    for name, cell in CELLS.items():
        arguments = {"filters": 2, "kernel_size": 2} if name.startswith("Conv") else {"units": 2}
        layer = getattr(keras.layers, name)(**arguments, trainable=False)
        assert type(layer.cell).__name__ == cell.class_name
        assert layer.cell.name == cell.name or layer.cell.name.startswith(cell.name)
        assert layer.cell.trainable is not cell.freezes_with_layer


def test_what_has_a_key_is_stored_under_it_and_is_no_variable() -> None:
    keyed = {facts.name: facts.weights for facts in LAYERS.values() if any(weight.key for weight in facts.weights)}
    assert set(keyed) == {"IntegerLookup", "StringLookup", "TextVectorization"}
    for name, weights in keyed.items():
        for mode in ("tf_idf", "count"):
            vocabulary = [1, 2] if name == "IntegerLookup" else ["a", "b"]
            given = {"idf_weights": [0.1, 0.2]} if mode == "tf_idf" else {}
            layer = getattr(keras.layers, name)(output_mode=mode, vocabulary=vocabulary, **given)
            stored: dict[str, Any] = {}
            layer.save_own_variables(stored)
            assert set(stored) == {weight.key for weight in weights if weight.is_owned(_config(layer))}
            assert not layer.variables
