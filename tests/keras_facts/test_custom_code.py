"""Python bytecode and classes of the user's own are found wherever a config has them, in every notation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightscope.keras_facts.custom_code import custom_code

CODE = ["4wEAAAAAAAAAAAAAAAEAAAA=\n", None, None]

#: A Lambda with bytecode, as Keras 1 and 2, Keras 2.12 to 2.15 and Keras 3 write it, and code elsewhere.
BYTECODE: dict[str, dict[str, Any]] = {
    "legacy": {"class_name": "Lambda", "config": {"name": "f", "function": CODE, "function_type": "lambda"}},
    "Keras 2.15": {
        "module": "keras.layers",
        "class_name": "Lambda",
        "config": {"name": "f", "function": CODE, "function_type": "lambda", "module": "__main__"},
    },
    "Keras 3": {
        "module": "keras.layers",
        "class_name": "Lambda",
        "config": {"name": "f", "function": {"class_name": "__lambda__", "config": {"code": CODE[0]}}},
    },
    "code of no type": {"class_name": "Lambda", "config": {"name": "f", "function": CODE}},
    "output shape": {
        "class_name": "Lambda",
        "config": {"name": "f", "function": "g", "output_shape": CODE, "output_shape_type": "lambda"},
    },
    "a subclass of Lambda": {"class_name": "Mine", "config": {"name": "f", "function_type": "lambda"}},
    "an activation": {
        "module": "keras.layers",
        "class_name": "Dense",
        "config": {"name": "f", "activation": {"class_name": "__lambda__", "config": {"value": CODE}}},
    },
}

#: Where an object may be: a function that puts it there, and the path that leads to it.
PLACES: dict[str, tuple[Callable[[Any], dict[str, Any]], str]] = {
    "Sequential": (lambda item: model("Sequential", {"name": "m", "layers": [item]}), "f"),
    "Sequential of Keras 1": (lambda item: model("Sequential", [item]), "f"),
    "nested": (lambda item: model("Functional", {"layers": [model("Model", {"name": "n", "layers": [item]})]}), "n/f"),
    "wrapped": (lambda item: model("M", {"layers": [model("TimeDistributed", {"name": "t", "layer": item})]}), "t/f"),
    "a custom layer's own list": (lambda item: model("M", {"layers": [model("Mine", {"a": {"b": [[item]]}})]}), "f"),
    "the loss": (lambda item: {**model("Sequential", {"layers": []}), "compile_config": {"loss": item}}, "f"),
}


def model(class_name: str, config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "config": config}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("notation", BYTECODE)
def test_bytecode_is_found_wherever_it_is(notation: str, place: str) -> None:
    put, path = PLACES[place]
    assert path in custom_code(put(BYTECODE[notation])).bytecode


@pytest.mark.parametrize(
    "config",
    [
        {"name": "f", "function": "relu", "function_type": "function", "output_shape_type": "raw"},
        {"name": "f", "function": {"module": "keras.ops", "class_name": "function", "config": "abs"}},
    ],
)
def test_a_function_that_is_named_is_no_bytecode(config: dict[str, Any]) -> None:
    assert custom_code(model("Sequential", {"layers": [model("Lambda", config)]})).bytecode == ()


@pytest.mark.parametrize(
    ("item", "names"),
    [
        (model("QuantizeAnnotate", {"layer": model("Dense", {})}), ("QuantizeAnnotate",)),
        (model("TimeDistributed", {"layer": model("Mine", {})}), ("Mine",)),
        (model("Dense", {"kernel_initializer": model("MyInit", {})}), ("MyInit",)),
        (model("Dense", {"activation": "my_act"}), ("my_act",)),
        (model("Custom>Block", {}), ("Custom>Block",)),
        (model("Dense", {"activation": "swish", "kernel_initializer": model("GlorotUniform", {})}), ()),
        (model("Dense", {"kernel_regularizer": model("L1L2", {}), "dtype": model("Policy", {})}), ()),
        (model("Bidirectional", {"layer": model("CuDNNLSTM", {"recurrent_activation": "hard_sigmoid"})}), ()),
        ({"module": "my.layers", "class_name": "Mine", "registered_name": "my>Mine", "config": {}}, ("my>Mine",)),
        ({"module": "keras.ops", "class_name": "function", "config": "abs"}, ()),
        ({"module": "builtins", "class_name": "function", "config": "relu"}, ()),
        ({"module": "builtins", "class_name": "function", "config": "mine"}, ("mine",)),
        ({"module": None, "class_name": "Mine", "registered_name": None, "config": {}}, ("Mine",)),
    ],
)
@pytest.mark.parametrize("place", ["Sequential", "Sequential of Keras 1", "nested", "wrapped"])
def test_what_is_not_of_keras_is_named_and_nothing_else(item: Any, names: tuple[str, ...], place: str) -> None:
    assert tuple(name for name in custom_code(PLACES[place][0](item)).names if name != "M") == names


@pytest.mark.parametrize(
    ("training", "names"),
    [
        ({"loss": "my_loss", "metrics": ["accuracy", "my_metric"]}, ("my_loss", "my_metric")),
        ({"loss": {"a": "mse", "b": "my_loss"}, "metrics": [["MSE", "acc"], None]}, ("my_loss",)),
        ({"loss": ["mse", "KLD"], "weighted_metrics": None, "metrics": [model("AUC", {})]}, ()),
        ({"optimizer_config": model("Custom>Adam", {}), "loss": model("Huber", {})}, ()),
        ({"optimizer_config": model("Addons>LAMB", {})}, ("Addons>LAMB",)),
    ],
)
def test_losses_and_metrics_of_a_legacy_file_are_looked_at(training: Any, names: tuple[str, ...]) -> None:
    assert custom_code({**model("Sequential", {"layers": []}), "training_config": training}).names == names


def test_a_config_may_nest_at_any_depth() -> None:
    config = BYTECODE["legacy"]
    for _ in range(20_000):
        config = model("Mine", {"inner": config})
    assert custom_code(config).bytecode == ("f",)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["class_name", "config", "module", "name", "layers", "function", "loss"]), inner, max_size=4
        )
    ),
)


@given(JSON, JSON)
def test_nothing_in_a_config_makes_it_fail(inner: Any, training: Any) -> None:
    assert custom_code({**model("Sequential", {"layers": inner}), "training_config": training}) is not None
