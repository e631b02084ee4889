"""A path is the same whatever was made before it in the same process."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Run, parse_documents
from weightscope import inspect_layer
from weightscope.source.live.framework import keras

MODEL = """
import keras


@keras.saving.register_keras_serializable(package="fresh")
class Nameless(keras.Model):
    def __init__(self, **options):
        super().__init__(**options)
        self.first = keras.layers.Dense(3)
        self.second = keras.layers.Dense(2)

    def call(self, inputs):
        return self.second(self.first(inputs))
"""


def test_a_layer_is_named_alike_every_time() -> None:
    paths = [
        [one.info.path for one in inspect_layer("Dense", arguments={"units": 3}, input_shape=(1, 4)).variables]
        for _ in range(2)
    ]
    assert paths == [["dense/kernel", "dense/bias"]] * 2


def test_the_layers_of_a_model_that_did_not_name_them_are_named_alike_every_time(run: Run, tmp_path: Path) -> None:
    module = tmp_path / "nameless_model.py"
    module.write_text(MODEL)
    namespace: dict[str, type] = {}
    exec(MODEL, namespace)
    model = namespace["Nameless"]()
    model(keras.ops.zeros((1, 4)))
    model.save(tmp_path / "model.keras")
    result = run("inspect", *[tmp_path / "model.keras"] * 2, "--module", module, "--json")
    documents = parse_documents(result.stdout)
    expected = ["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"]
    assert [[one["path"] for one in document["variables"]] for document in documents] == [expected] * 2


def test_keras_counts_on_for_the_user() -> None:
    names = {keras.layers.Dense(1).name, keras.layers.Dense(1).name}
    inspect_layer("Dense", arguments={"units": 3}, input_shape=(1, 4))
    assert keras.layers.Dense(1).name not in names


def test_a_layer_that_is_handed_in_keeps_its_name() -> None:
    layer = keras.layers.Dense(2)
    assert inspect_layer(layer, input_shape=(1, 3)).variables[0].info.layer == layer.name
