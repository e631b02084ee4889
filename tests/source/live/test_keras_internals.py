"""Private names of Keras stand in one module, and one that is missing is named."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.source.file.keras_oracle import keras
from weightscope.errors import ModelError
from weightscope.source.live import keras_internals
from weightscope.source.live.keras_internals import internal

LIVE = ROOT / "weightscope" / "source" / "live"
PATHS = sorted(
    {path for file in LIVE.rglob("*.py") for path in re.findall(r'internal\("([\w.]+)"\)', file.read_text())}
)


@pytest.mark.parametrize("path", PATHS)
def test_the_installed_keras_has_each_name(path: str) -> None:
    assert internal(path) is not None


def test_a_name_that_keras_lacks_is_an_error_that_names_it() -> None:
    with pytest.raises(ModelError, match=r"keras .*: this version has no keras\.src\.saving\.no_such_thing") as caught:
        internal("saving.no_such_thing")
    assert caught.value.hint.startswith("pip install 'keras")


def test_no_other_module_reaches_into_keras_src() -> None:
    users = [
        file.name
        for file in LIVE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "src"
    ]
    assert set(users) == {"keras_internals.py"}


def test_what_a_layer_keeps_is_found() -> None:
    layer = keras.layers.Bidirectional(keras.layers.LSTM(2, dropout=0.5))
    layer.build((None, 3, 4))
    inner = keras_internals.sublayers(layer)
    assert [one.name for one in inner] == [layer.forward_layer.name, layer.backward_layer.name]
    assert len(keras_internals.all_layers(layer)) == len(keras_internals.all_layers(layer, include_self=False)) + 1
    cell = layer.forward_layer.cell
    assert [one.name for one in keras_internals.own_variables(cell)] == ["kernel", "recurrent_kernel", "bias"]
    assert len(keras_internals.seed_generators(cell)) == 1
    assert keras_internals.build_shapes(layer) == {"sequences_shape": (None, 3, 4)} or keras_internals.build_shapes(
        layer
    )
    assert keras_internals.tensor_of(cell.kernel) is not None
    inputs = keras.Input((2,))
    assert isinstance(keras.Model(inputs, keras.layers.Dense(1)(inputs)), keras_internals.functional_class())


def test_losses_and_metrics_of_a_layers_own_are_found() -> None:
    class WithLoss(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.mean = keras.metrics.Mean()

        def call(self, inputs: Any) -> Any:
            self.add_loss(keras.ops.sum(inputs))
            return inputs

    layer = WithLoss()
    layer(keras.ops.ones((1, 2)))
    assert [float(one) for one in keras_internals.own_losses(layer)] == [2.0]
    assert keras_internals.own_metrics(layer) == [layer.mean]


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def test_no_other_module_uses_a_private_attribute_of_another_object() -> None:
    uses = []
    for file in LIVE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Attribute(value=ast.Name(id="self" | "cls")):
                    continue
                case ast.Attribute(attr=name) if is_private(name):
                    uses.append(file.name)
                case ast.Call(func=ast.Name(id="getattr" | "hasattr"), args=[_, ast.Constant(str(name)), *_]):
                    uses += [file.name] if is_private(name) else []
    assert set(uses) == {"keras_internals.py"}
