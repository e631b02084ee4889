"""What is reported of a config is what Keras refuses of it, and nothing is reported of what Keras loads."""

from __future__ import annotations

import copy
import json
import warnings
from dataclasses import replace
from functools import cache
from typing import Any

import keras
import pytest
from keras.src.legacy.saving import saving_options, saving_utils

from tests.conftest import of_the_present_keras
from tests.keras_facts.test_constructors import NOT_BUILT, REFUSALS, exported, required
from tests.records import inspection
from tests.source.file.keras_cases import layer_cases
from weightscope.keras_facts.custom_code import custom_code
from weightscope.keras_facts.functions import EARLIER_LAYERS
from weightscope.measure.check.check_weights import check_weights
from weightscope.measure.check.rules import RULES
from weightscope.measure.check.settings import CheckSettings

CASES = layer_cases()

pytestmark = of_the_present_keras

ONLY_REFUSALS = CheckSettings(select=frozenset({"unknown-argument", "unknown-class", "refused-value"}))


def found_in(config: Any, *, is_legacy: bool) -> list[str]:
    model = replace(inspection(), config=config)
    model = replace(model, source=replace(model.source, format="legacy-h5" if is_legacy else "keras"))
    return [f"{one.code}: {one.message}" for one in check_weights(model, ONLY_REFUSALS).findings]


def is_refused(config: Any, *, is_legacy: bool, saying: tuple[str, ...] = ("",)) -> bool:
    """Whether `load_model` fails on the config with one of these texts; Keras is called as `load_model` calls it."""
    config = copy.deepcopy(config)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if not is_legacy:
                keras.saving.deserialize_keras_object(config)
                return False
            training = config.pop("training_config", None)
            with saving_options.keras_option_scope(use_legacy_config=True):
                saving_utils.model_from_config(config)
            if training:
                saving_utils.compile_args_from_training_config(training)
    except Exception as error:  # Keras raises what it likes
        return any(text in str(error) for text in saying)
    return False


def assert_as_keras(config: Any, *, is_legacy: bool) -> bool:
    found = found_in(config, is_legacy=is_legacy)
    refused = is_refused(config, is_legacy=is_legacy)
    assert bool(found) == refused, found
    return refused


def layer(class_name: str, **config: Any) -> dict[str, Any]:
    """A layer as Keras 3 writes it."""
    return {"module": "keras.layers", "class_name": class_name, "config": config, "registered_name": None}


def old(class_name: str, **config: Any) -> dict[str, Any]:
    """An object as Keras 2 writes it into a legacy file."""
    return {"class_name": class_name, "config": config}


def sequential(*layers: dict[str, Any], is_legacy: bool, **more: Any) -> dict[str, Any]:
    own = {"name": "m", "layers": list(layers)}
    return {**(old if is_legacy else layer)("Sequential", **own), **({} if is_legacy else {"module": "keras"}), **more}


#: Arguments with a default that a layer cannot be built with.
NEEDED: dict[str, dict[str, Any]] = {
    "CategoryEncoding": {"num_tokens": 3},
    "Discretization": {"num_bins": 3},
    "RandomPosterization": {"factor": 2},
}


@cache
def layer_configs() -> dict[str, dict[str, Any]]:
    """Returns each layer class of Keras with a config that it takes."""
    found = {}
    for (module, name), kind in exported().items():
        if module == "keras.layers" and name not in NOT_BUILT | {"Pipeline", "InputLayer", "Lambda"}:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                made = kind(**{**required(kind), **NEEDED.get(name, {})})
            found[name] = as_written(keras.saving.serialize_keras_object(made)["config"])
    return found


@cache
def layers_that_load(*, is_legacy: bool) -> frozenset[str]:
    """Returns the layer classes whose config as it is loads from a file of this kind."""
    write = old if is_legacy else layer
    return frozenset(
        name
        for name, config in layer_configs().items()
        if not is_refused(sequential(write(name, **config), is_legacy=is_legacy), is_legacy=is_legacy)
    )


def as_written(config: Any) -> Any:
    return json.loads(json.dumps(config))


@pytest.mark.parametrize("is_legacy", [False, True], ids=["keras", "h5"])
@pytest.mark.parametrize(
    "words",
    [
        {},
        {"no_such_argument": 1},
        {"batch_input_shape": [None, 4]},
        {"time_major": False},
        {"groups": 1},
        {"trainable": True},
        {"implementation": 1},
        {"dynamic": False},
        {"input_dim": 3},
    ],
    ids=lambda words: next(iter(words), "none"),
)
def test_an_argument_is_reported_of_every_class_that_refuses_it(words: dict[str, Any], is_legacy: bool) -> None:
    write = old if is_legacy else layer
    refused = {}
    for name in layers_that_load(is_legacy=is_legacy):
        changed = sequential(write(name, **{**layer_configs()[name], **words}), is_legacy=is_legacy)
        # a shape that does not fit is refused too, which is not what this is about
        refused[name] = is_refused(changed, is_legacy=is_legacy, saying=REFUSALS)
        assert bool(found_in(changed, is_legacy=is_legacy)) == refused[name], name
    assert len(refused) > 100
    assert list(refused.values()).count(True) > 100 or "no_such_argument" not in words


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=[pytest.mark.slow] if place % 8 else []) for place, case in enumerate(CASES)]
)
def test_nothing_is_reported_of_a_model_that_keras_loads(case: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = CASES[case]()
        whole = as_written(keras.saving.serialize_keras_object(model))
        with saving_options.keras_option_scope(use_legacy_config=True):
            legacy = json.loads(json.dumps(saving_utils.model_metadata(model)["model_config"], default=str))
    for config, is_legacy in ((whole, False), (legacy, True)):
        if not is_refused(config, is_legacy=is_legacy):
            assert found_in(config, is_legacy=is_legacy) == []


INPUT = layer("InputLayer", name="i", batch_input_shape=[None, 4], sparse=False, ragged=False)
OLD_INPUT = old("InputLayer", name="i", batch_input_shape=[None, 5, 4], sparse=False, ragged=False)
LSTM = {"units": 3, "name": "lstm"}
GONE = "keras.src.engine.functional"
ADAM = {"class_name": "Adam", "config": {"learning_rate": 0.1}}

#: Configs of legacy files: the layers, and how the model was compiled.
LEGACY: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "as Keras 2 writes it": ([OLD_INPUT, old("Dense", units=3, batch_input_shape=[None, 4])], {}),
    "batch_input_shape": ([old("Dense", units=3, batch_input_shape=[None, 4])], {}),
    "time_major": ([OLD_INPUT, old("LSTM", **LSTM, time_major=False)], {}),
    "groups": ([old("Conv2DTranspose", filters=3, kernel_size=2, groups=1)], {}),
    "a class of Keras 2": ([old("ThresholdedReLU", theta=1.0)], {}),
    "an operation": ([old("TFOpLambda", function="nn.relu")], {}),
    "a wrapped layer with its module": ([OLD_INPUT, old("TimeDistributed", layer=layer("Dense", units=3))], {}),
    "a wrapped layer without": ([OLD_INPUT, old("TimeDistributed", layer=old("Dense", units=3))], {}),
    "both directions": ([OLD_INPUT, old("Bidirectional", layer=old("LSTM", **LSTM))], {}),
    "both directions, time_major": (
        [OLD_INPUT, old("Bidirectional", layer=layer("LSTM", **LSTM, time_major=False))],
        {},
    ),
    "a cell": ([OLD_INPUT, old("RNN", cell=layer("LSTMCell", **LSTM))], {}),
    "a cell of a cell": ([OLD_INPUT, old("RNN", cell=layer("StackedRNNCells", cells=[old("LSTMCell", **LSTM)]))], {}),
    "an initializer": ([old("Dense", units=3, kernel_initializer=old("GlorotUniform", seed=None))], {}),
    "an initializer's dtype": ([old("Dense", units=3, kernel_initializer=old("Zeros", dtype="float32"))], {}),
    "a regularizer": ([old("Dense", units=3, kernel_regularizer=old("L1L2", l1=0.1, l2=0.2))], {}),
    "a constraint": ([old("Dense", units=3, kernel_constraint=old("MaxNorm", max_value=2, axis=0))], {}),
    "a constraint of Keras 2": ([old("Dense", units=3, kernel_constraint=old("RadialConstraint"))], {}),
    "a value that is a function's name": ([old("Attention", name="a", score_mode="dot", dropout=0.0)], {}),
    "another value": ([old("Attention", name="a", score_mode="concat")], {}),
    "a layer called as a function": ([old("Dense", name="add", units=3)], {}),
    "a dtype policy of Keras 2": ([old("Dense", units=3, dtype=old("Policy", name="mixed_float16"))], {}),
    "a dtype policy of Keras 2 on a GRU": ([OLD_INPUT, old("GRU", units=3, dtype=old("Policy", name="float32"))], {}),
    "a dtype policy": ([old("Dense", units=3, dtype=old("DTypePolicy", name="mixed_float16"))], {}),
    "a nested model": ([OLD_INPUT, old("Sequential", name="n", layers=[old("LSTM", **LSTM, time_major=True)])], {}),
    "lr": ([], {"optimizer_config": old("Adam", lr=0.1)}),
    "decay": ([], {"optimizer_config": old("SGD", learning_rate=0.1, decay=0.0)}),
    "an optimizer in lower case": ([], {"optimizer_config": old("sgd", learning_rate=0.1, jit_compile=False)}),
    "a loss with fn": ([], {"optimizer_config": ADAM, "loss": old("Huber", fn="huber")}),
    "a loss": ([], {"optimizer_config": ADAM, "loss": old("Huber", name="h", delta=1.0)}),
    "mse": ([], {"optimizer_config": ADAM, "loss": "mse"}),
    "losses by output": ([], {"optimizer_config": ADAM, "loss": {"a": "kld", "b": "mean_squared_error"}}),
    "a loss's whole name": ([], {"optimizer_config": ADAM, "loss": ["mean_squared_error", "hinge"]}),
    "metrics": ([], {"optimizer_config": ADAM, "metrics": ["acc", "mse", old("AUC", name="auc")]}),
    "a metric's argument": ([], {"optimizer_config": ADAM, "metrics": [old("AUC", reduction="x")]}),
}


@pytest.mark.parametrize("case", LEGACY)
def test_a_legacy_config_is_refused_as_keras_refuses_it(case: str) -> None:
    layers, training = LEGACY[case]
    more = {"training_config": {"loss_weights": None, **training}} if training else {}
    assert_as_keras(sequential(*layers, is_legacy=True, **more), is_legacy=True)


def functional(name: str, *layers: dict[str, Any], output: list[Any]) -> dict[str, Any]:
    """A model with one input, `i`, as Keras 2 writes it into a legacy file."""
    first = {**old("InputLayer", name="i", batch_input_shape=[None, 4]), "name": "i", "inbound_nodes": []}
    return old("Functional", name=name, layers=[first, *layers], input_layers=[["i", 0, 0]], output_layers=[output])


def called(item: dict[str, Any], *calls: list[Any]) -> dict[str, Any]:
    return {**item, "name": item["config"]["name"], "inbound_nodes": [[one] for one in calls]}


@pytest.mark.parametrize("is_output", [False, True])
@pytest.mark.parametrize("call", [0, 1, 2])
@pytest.mark.parametrize("is_sequential", [False, True])
def test_calls_of_a_model_inside_another_are_counted_as_keras_counts_them(
    is_sequential: bool, call: int, is_output: bool
) -> None:
    dense = old("Dense", name="d", units=4)
    inner = functional("n", called(dense, ["i", 0, 0, {}]), output=["d", 0, 0])
    inner = old("Sequential", name="n", layers=[dense]) if is_sequential else inner
    inner = called(inner, ["i", 0, 0, {}])
    after = called(old("Dense", name="after", units=2), ["n", call, 0, {}])
    layers, output = ([inner], ["n", call, 0]) if is_output else ([inner, after], ["after", 0, 0])
    refused = assert_as_keras(functional("m", *layers, output=output), is_legacy=True)
    assert refused == (call > (is_output and not is_sequential))


@pytest.mark.parametrize("first_call", [0, 1])
def test_a_model_called_on_its_own_output_is_refused_where_a_call_refers_to_itself(first_call: int) -> None:
    inner = functional("n", called(old("Dense", name="d", units=4), ["i", 0, 0, {}]), output=["d", 0, 0])
    inner = called(inner, ["i", 0, 0, {}], ["n", first_call, 0, {}])
    outer = functional("m", inner, output=["n", first_call + 1, 0])
    assert assert_as_keras(outer, is_legacy=True) == (first_call == 1)


@pytest.mark.parametrize("between", [[], ["Dropout"], ["Sequential"]])
@pytest.mark.parametrize("after", ["Dense", "Flatten", "BatchNormalization", "Dropout", "GaussianNoise", "Functional"])
@pytest.mark.parametrize("is_list", [False, True])
def test_a_layer_that_gets_a_list_from_the_model_before_it_is_reported(
    is_list: bool, after: str, between: list[str]
) -> None:
    dense = old("Dense", name="d", units=4)
    inner = functional("n", called(dense, ["i", 0, 0, {}]), output=["d", 0, 0])
    first = old("InputLayer", name="i", batch_input_shape=[None, 4])
    of_class = {
        "Dense": old("Dense", name="after", units=2),
        "Dropout": old("Dropout", rate=0.5),
        "GaussianNoise": old("GaussianNoise", stddev=0.1),
        "Sequential": old("Sequential", name="s", layers=[first, dense]),
        "Functional": functional("second", *copy.deepcopy(inner["config"]["layers"][1:]), output=["d", 0, 0]),
    }
    if not is_list:  # as Keras 3 writes one output
        (inner["config"]["output_layers"],) = inner["config"]["output_layers"]
    layers = [first, inner, *(of_class[one] for one in between), of_class.get(after, old(after, name="after"))]
    refused = assert_as_keras(sequential(*layers, is_legacy=True), is_legacy=True)
    assert refused == (is_list and after in ("Dense", "Flatten", "BatchNormalization") and between != ["Sequential"])


@pytest.mark.filterwarnings("ignore")  # Keras warns of input_shape
def test_a_sequential_without_an_input_layer_may_run_with_outputs_of_another_shape() -> None:
    config = sequential(old("Dense", name="d", units=2, batch_input_shape=[None, 1]), is_legacy=True)
    model = replace(inspection(), config=config)
    model = replace(model, source=replace(model.source, format="legacy-h5"))
    its = [one for one in check_weights(model).findings if one.code == "misread-input-shape"]
    assert [one.message.endswith("or the output has another shape") for one in its] == [True]
    with saving_options.keras_option_scope(use_legacy_config=True):
        loaded = saving_utils.model_from_config(copy.deepcopy(config))
    assert loaded(keras.ops.ones((8, 1))).shape == (8, 1, 2)


FUNCTIONAL = {"name": "f", "layers": [], "input_layers": [], "output_layers": []}

#: Configs of `.keras` files of Keras 2.12 to 2.15 and of Keras 3: the layers, and how the model was compiled.
WHOLE: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "as Keras 2.15 writes it": ([INPUT, layer("Dense", units=3)], {}),
    "batch_input_shape": ([layer("Dense", units=3, batch_input_shape=[None, 4])], {}),
    "a model's old module": ([{**layer("Functional", **FUNCTIONAL), "module": GONE}], {}),
    "a layer's old module": ([{**layer("Dense", units=3), "module": "keras.layers.core.dense"}], {}),
    "an operation of Keras 2": ([{**layer("TFOpLambda"), "module": "keras.src.layers.core.tf_op_layer"}], {}),
    "a class that moved": ([{**layer("SyncBatchNormalization"), "module": "keras.layers.experimental"}], {}),
    "tf_keras": ([{**layer("Dense", units=3), "module": "tf_keras.layers"}], {}),
    "a private module": ([{**layer("Dense", units=3), "module": "keras.src.layers.core.dense"}], {}),
    "an alias": ([layer("Convolution2D", filters=3, kernel_size=2)], {}),
    "a wrapped layer": ([layer("TimeDistributed", layer=layer("Dense", units=3, batch_input_shape=[None, 4]))], {}),
    "an initializer's old name": (
        [layer("Dense", units=3, kernel_initializer={**old("Zeros", dtype="float32"), "module": "keras.initializers"})],
        {},
    ),
    "an initializer by another module": (
        [layer("Dense", units=3, kernel_initializer={**old("GlorotUniform"), "module": "keras.src.initializers"})],
        {},
    ),
    "a dtype policy of Keras 2": (
        [layer("Dense", units=3, dtype={**old("Policy", name="float32"), "module": "keras.mixed_precision"})],
        {},
    ),
    "a legacy optimizer": ([], {"optimizer": {**ADAM, "module": "keras.optimizers.legacy"}, "loss": "mse"}),
    "jit_compile": ([], {"optimizer": {**old("Adam", jit_compile=False), "module": "keras.optimizers"}, "loss": "mse"}),
    "an optimizer": ([], {"optimizer": {**ADAM, "module": "keras.optimizers"}, "loss": "mse", "metrics": ["acc"]}),
    "a schedule": (
        [],
        {
            "optimizer": {
                **old(
                    "Adam",
                    learning_rate={
                        **old("CosineDecay", initial_learning_rate=0.1, decay_steps=9),
                        "module": "keras.optimizers.schedules",
                    },
                ),
                "module": "keras.optimizers",
            }
        },
    ),
    "a loss": ([], {"optimizer": "sgd", "loss": {**old("Huber", delta=2.0), "module": "keras.losses"}}),
    "a loss with fn": ([], {"optimizer": "sgd", "loss": {**old("Huber", fn="huber"), "module": "keras.losses"}}),
}


@pytest.mark.parametrize("case", WHOLE)
def test_a_config_is_refused_as_keras_refuses_it(case: str) -> None:
    layers, compiled = WHOLE[case]
    more = {"compile_config": compiled} if compiled else {}
    assert_as_keras(sequential(*layers, is_legacy=False, **more), is_legacy=False)


@pytest.mark.parametrize("name", sorted(EARLIER_LAYERS | {"CuDNNGRU", "LocallyConnected2D", "Merge", "RandomHeight"}))
def test_layers_of_earlier_versions_are_refused(name: str) -> None:
    assert assert_as_keras(sequential(old(name, name="x"), is_legacy=True), is_legacy=True)
    assert custom_code(sequential(old(name, name="x"), is_legacy=True)).names == ()


def test_what_a_custom_class_holds_is_not_judged() -> None:
    inside = layer("LSTM", **LSTM, time_major=False)
    custom = {"module": "my.layers", "class_name": "Mine", "registered_name": "my>Mine", "config": {"layer": inside}}
    assert found_in(sequential(custom, is_legacy=False), is_legacy=False) == []
    assert found_in(sequential(old("Mine", layer=inside), is_legacy=True), is_legacy=True) == []


def test_the_finding_names_the_layer_the_version_and_what_mends_it() -> None:
    nested = {**layer("Sequential", name="inner", layers=[layer("GRU", name="gru", units=3, time_major=False)])}
    model = replace(inspection(), config=sequential({**nested, "module": "keras"}, is_legacy=False))
    (found,) = check_weights(model, ONLY_REFUSALS).findings
    assert (found.variable, found.count, found.level) == ("inner/gru", 1, RULES["unknown-argument"].level)
    assert found.message == f"GRU of Keras {keras.__version__} does not take time_major"
    assert found.fix
