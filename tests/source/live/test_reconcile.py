"""A loaded model lists what its file filled as the file's, and nothing else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests.conftest import Run, of_the_present_keras, parse_documents
from weightscope import Inspection, inspect_model
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.live.load_log import LoadLog

L = keras.layers


@keras.saving.register_keras_serializable("reconcile")
class Grid(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Keeps its layers in a list of lists, which Keras before 3.14 did not save."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.rows = [[L.Dense(4), L.Dense(4)]]

    def build(self, shape: Any) -> None:
        for layer in self.rows[0]:
            layer.build(shape)

    def call(self, inputs: Any) -> Any:
        return self.rows[0][1](self.rows[0][0](inputs))


@keras.saving.register_keras_serializable("reconcile")
class Hidden(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Keeps its layer where Keras does not save it, and sets a constant as it is built."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._layers = [L.Dense(4)]

    def build(self, shape: Any) -> None:
        self._layers[0].build(shape)
        self._layers[0].bias.assign(np.full(4, 5.0))

    def call(self, inputs: Any) -> Any:
        return self._layers[0](inputs)


@keras.saving.register_keras_serializable("reconcile")
class OwnKeys(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Stores one variable under a key of its own, one as a half, one twice, and a count that it makes anew."""

    def build(self, shape: Any) -> None:
        self.plain = self.add_weight(shape=(4,), name="plain")
        self.halved = self.add_weight(shape=(4,), name="halved")
        self.tied = self.add_weight(shape=(4,), name="tied")
        self.count = self.add_weight(shape=(), name="count", trainable=False)

    def call(self, inputs: Any) -> Any:
        return inputs * self.plain + self.halved + self.tied

    def save_own_variables(self, store: Any) -> None:
        store["first"] = self.plain.numpy()
        store["half"] = self.halved.numpy() / 2
        store["unread"] = np.ones(3)

    def load_own_variables(self, store: Any) -> None:
        first = store["first"]
        self.plain.assign(first)
        self.tied.assign(first)
        self.halved.assign(store["half"] * 2)


@keras.saving.register_keras_serializable("reconcile")
class FromAssets(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Keeps its weight in a text file of the archive."""

    def build(self, shape: Any) -> None:
        self.table = self.add_weight(shape=(4,), name="table")

    def call(self, inputs: Any) -> Any:
        return inputs * self.table

    def save_own_variables(self, store: Any) -> None:
        """Stores nothing."""

    def load_own_variables(self, store: Any) -> None:
        """Reads nothing."""

    def save_assets(self, folder: Any) -> None:
        np.savetxt(Path(folder) / "table.txt", self.table.numpy())

    def load_assets(self, folder: Any) -> None:
        self.table.assign(np.loadtxt(Path(folder) / "table.txt"))


def sequential(*layers: Any) -> Any:
    model = keras.Sequential([keras.Input((4,)), *layers])
    rng = np.random.default_rng(0)
    for variable in model.weights:
        variable.assign(rng.uniform(2, 3, variable.shape) if variable.dtype == "float32" else variable)
    return model


def quantized() -> Any:
    model = sequential(L.Dense(4, name="dense"))
    model.get_layer("dense").quantize("int8")
    return model


def with_lora() -> Any:
    model = sequential(L.Dense(4, name="dense"), L.Embedding(9, 2, name="table"))
    for layer in model.layers:
        layer.enable_lora(2)
    return model


def shared() -> Any:
    inputs, layer = keras.Input((4,)), L.Dense(4, name="twice")
    inner = keras.Sequential([keras.Input((4,)), L.Dense(4)], name="inner")
    return keras.Model(inputs, inner(layer(inner(layer(inputs)))))


def without(path: Path, group: str) -> Path:
    """Returns a copy of the archive at `path` whose weights lack a group."""
    less = path.with_name(f"less_{path.name}")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(less, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith(".weights.h5"):
                buffer = io.BytesIO(data)
                with h5py.File(buffer, "a") as file:
                    del file[group]
                data = buffer.getvalue()
            target.writestr(name, data)
    return less


def live(path: Path) -> Inspection:
    return inspect_model(path, live=True)


def roles(inspection: Inspection) -> dict[str, str]:
    return {one.info.path: one.info.role for one in inspection.variables}


def noted(inspection: Inspection, code: str) -> list[str | None]:
    return [note.variable for note in inspection.notes if note.code == code]


#: Models of which the file fills every weight, by what is special about them.
WHOLE: dict[str, Callable[[], Any]] = {
    "seeds": lambda: sequential(L.Dense(4), L.Dropout(0.5), L.BatchNormalization()),
    "nested lists": lambda: sequential(Grid(name="grid")),
    "int8": quantized,
    "shared": shared,
    "a kernel that two layers own": lambda: sequential(L.SpectralNormalization(L.Dense(4))),
    "bfloat16": lambda: sequential(L.Dense(4, dtype="bfloat16")),
    "assets": lambda: sequential(FromAssets(name="assets")),
    "adapted": lambda: sequential(L.Normalization(name="scale")),
}


@of_the_present_keras
@pytest.mark.parametrize("special", WHOLE)
def test_what_the_file_fills_has_its_place_and_the_value_stored_there(special: str, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    WHOLE[special]().save(path)
    found = live(path)
    assert "unloaded" not in roles(found).values()
    assert [note.code for note in found.notes] == []
    archive = zipfile.ZipFile(path)
    with h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file:
        for one in found.variables:
            if one.info.role == "weight" and special != "assets":
                stored = np.asarray(file[one.info.stored_at])
                if one.info.dtype != "bfloat16":
                    np.testing.assert_array_equal(one.read(), stored)
            else:
                assert one.info.stored_at is None


@of_the_present_keras
def test_layers_whose_group_is_missing_are_unloaded_and_keras_warning_is_a_note(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    sequential(Grid(name="grid"), L.Dense(1, name="out")).save(path)
    result = run("inspect", without(path, "layers/grid"), "--live", "--json")
    (document,) = parse_documents(result.stdout)
    unloaded = [f"grid/{layer}/{name}" for layer in ("dense", "dense_1") for name in ("kernel", "bias")]
    assert [one["path"] for one in document["variables"] if one["role"] == "unloaded"] == unloaded
    assert [one["path"] for one in document["variables"] if one["role"] == "weight"] == ["out/kernel", "out/bias"]
    assert [one["variable"] for one in document["notes"] if one["code"] == "not-in-file"] == unloaded
    (warning,) = (one for one in document["notes"] if one["code"] == "keras-warning")
    assert "Skipping nested container" in warning["message"]
    assert result.exit_code == 0


def test_what_a_layer_sets_as_it_is_built_is_not_taken_for_loaded(tmp_path: Path) -> None:
    sequential(Hidden(name="hidden")).save(tmp_path / "model.keras")
    found = live(tmp_path / "model.keras")
    assert roles(found) == {"hidden/dense/kernel": "unloaded", "hidden/dense/bias": "unloaded"}


def test_the_factors_of_lora_are_not_in_the_file_and_were_set(tmp_path: Path) -> None:
    with_lora().save(tmp_path / "model.keras")
    found = live(tmp_path / "model.keras")
    factors = [path for path in roles(found) if "lora" in path]
    assert len(factors) == 4
    assert [path for path, role in roles(found).items() if role == "unloaded"] == factors
    assert noted(found, "not-in-file") == factors
    assert all("Keras set it" in note.message for note in found.notes)


def test_a_layer_that_stores_in_its_own_way_is_followed(tmp_path: Path) -> None:
    sequential(OwnKeys(name="own")).save(tmp_path / "model.keras")
    found = live(tmp_path / "model.keras")
    assert roles(found) == {
        "own/plain": "weight",
        "own/halved": "weight",
        "own/tied": "weight",
        "own/count": "unloaded",
    }
    assert [one.info.stored_at for one in found.variables] == [
        "layers/own_keys/vars/first",
        None,
        "layers/own_keys/vars/first",
        None,
    ]
    (left,) = (note for note in found.notes if note.code == "not-loaded")
    assert "layers/own_keys/vars/unread" in left.message


@pytest.mark.parametrize("kind", ["legacy.h5", "folder"])
def test_other_formats_are_followed_too(kind: str, tmp_path: Path) -> None:
    model = sequential(L.Dense(4, name="a"), L.BatchNormalization(name="b"), L.Dropout(0.5, name="c"))
    if kind == "folder":
        model.save(tmp_path / "model.keras")
        with zipfile.ZipFile(tmp_path / "model.keras") as archive:
            archive.extractall(tmp_path / kind)
    else:
        model.save(tmp_path / kind)
    found, read = live(tmp_path / kind), inspect_model(tmp_path / kind)
    assert found.notes == ()
    weights = [one.info for one in found.variables if one.info.role == "weight"]
    assert weights == [one.info for one in read.variables]


def test_weights_of_a_model_that_was_saved_before_it_was_built_are_new(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="not yet been built"):
        keras.Sequential([L.Dense(3, name="a")]).save(tmp_path / "model.keras")
    found = inspect_model(tmp_path / "model.keras", input_shape=(1, 4))
    assert roles(found) == {"a/kernel": "unloaded", "a/bias": "unloaded"}


def test_keras_is_left_as_it_was_even_when_loading_fails() -> None:
    saving = keras.src.saving.saving_lib
    watched = (keras.Variable, "assign"), (saving.H5IOStore, "get"), (saving.H5IOStore, "__getitem__")
    before = [vars(owner).get(name) for owner, name in watched]
    with pytest.raises(RuntimeError), LoadLog().watching():
        raise RuntimeError
    assert [vars(owner).get(name) for owner, name in watched] == before
    assert tensorflow.Variable(1.0).numpy() == 1.0
