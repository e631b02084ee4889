"""The same model in every format: what the file stores is listed, and what it does not store is unknown."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests.source.file import hostile
from tests.source.file.keras_cases import layer_cases
from tests.source.file.keras_models import MODELS, nested, transformer, with_custom_layer
from tests.source.file.keras_oracle import keras, listed_by_keras, listed_by_us
from tests.source.file.test_agreement_with_keras import assert_agreement, randomized
from weightscope.errors import FileError
from weightscope.inspection import VariableInfo
from weightscope.source.file import inspect_file
from weightscope.source.wanted import Wanted

pytestmark = pytest.mark.filterwarnings("ignore")

LEGACY_PREFIXES = (
    *(
        "Dense-",
        "frozen-Dense-",
        "BatchNormalization-",
        "LSTM-",
        "frozen-LSTM-",
        "GRU-",
        "Bidirectional-LSTM",
    ),
    *(
        "TimeDistributed-",
        "RNN-",
        "DepthwiseConv2D-",
        "SeparableConv2D-",
        "ConvLSTM2D-",
        "frozen-ConvLSTM2D-",
    ),
    *("Embedding", "MultiHeadAttention-use_bias=True-use_gate=False", "frozen-TimeDistributed-model"),
    *("SpectralNormalization-", "frozen-SpectralNormalization-"),
    "lora-",
)

#: One layer of each kind that keeps its variables in its own way.
LEGACY_CASES = {name: make for name, make in layer_cases().items() if name.startswith(LEGACY_PREFIXES)}


#: Keras 3.15.1 cannot load these from a legacy file itself: operations, another order, an own class.
UNLOADABLE = ("operations", "nested_and_frozen", "custom_functional")


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    keras.utils.clear_session(free_memory=False)


def infos(path: Path, *, with_optimizer: bool = False) -> dict[str, VariableInfo]:
    inspection = inspect_file(str(path), Wanted(optimizer=with_optimizer))
    chosen = inspection.optimizer if with_optimizer else inspection.variables
    return {variable.info.path: variable.info for variable in chosen or ()}


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(make, id=name, marks=[pytest.mark.slow] if place % 3 else [])
        for place, (name, make) in enumerate(LEGACY_CASES.items())
    ],
)
def test_a_layer_in_a_legacy_file_is_listed_as_keras_lists_it(make: Callable[[], Any], tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    randomized(make()).save(path)
    assert_agreement(path)


@pytest.mark.parametrize("name", [name for name in MODELS if name not in UNLOADABLE])
def test_a_model_in_a_legacy_file_is_listed_as_keras_lists_it(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    randomized(MODELS[name]()).save(path)
    assert_agreement(path)


def test_a_deflated_archive_reads_like_a_stored_one(tmp_path: Path) -> None:
    stored, deflated = tmp_path / "stored.keras", tmp_path / "deflated.keras"
    randomized(nested()).save(stored)
    with zipfile.ZipFile(stored) as old, zipfile.ZipFile(deflated, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    mine, theirs = listed_by_us(inspect_file(str(deflated)).variables), listed_by_keras(stored)
    assert mine[0] == theirs[0]
    for one, other in zip(mine[1], theirs[1], strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_unzipped_folder_reads_like_its_archive(tmp_path: Path) -> None:
    archive, folder = tmp_path / "model.keras", tmp_path / "folder"
    transformer().save(archive)
    with zipfile.ZipFile(archive) as members:
        members.extractall(folder)
    inspection = inspect_file(str(folder))
    assert inspection.source.format == "keras-folder"
    assert listed_by_us(inspection.variables)[0] == listed_by_us(inspect_file(str(archive)).variables)[0]


def test_an_hdf5_file_under_a_keras_name_is_read_as_what_it_is(tmp_path: Path) -> None:
    nested().save(tmp_path / "model.h5")
    shutil.move(tmp_path / "model.h5", tmp_path / "model.keras")
    assert inspect_file(str(tmp_path / "model.keras")).source.format == "legacy-h5"


def test_a_weights_file_tells_layer_names_and_nothing_that_it_does_not_hold(tmp_path: Path) -> None:
    path = tmp_path / "model.weights.h5"
    model = keras.Sequential(
        [keras.Input((5, 3)), keras.layers.LSTM(2, name="memory"), keras.layers.Dense(2, name="out")],
        name="small",
    )
    model.save_weights(path)
    inspection = inspect_file(str(path))
    listed = infos(path)
    assert sorted(listed) == [
        "memory/lstm_cell/0",
        "memory/lstm_cell/1",
        "memory/lstm_cell/2",
        "out/0",
        "out/1",
    ]
    assert {info.trainable for info in listed.values()} == {None}
    assert {info.layer_class for info in listed.values()} == {None}
    assert inspection.model.name == "small"
    assert [note.code for note in inspection.notes] == ["weights-only"]


def test_a_weights_file_without_names_tells_group_paths(tmp_path: Path) -> None:
    path = tmp_path / "old.weights.h5"
    keras.Sequential([keras.Input((5, 3)), keras.layers.LSTM(2, name="memory")]).save_weights(path)
    with h5py.File(path, "a") as file:
        names: list[str] = []
        file.visit(names.append)
        for name in names:
            for attribute in list(file[name].attrs):
                del file[name].attrs[attribute]
    assert list(infos(path)) == [f"layers/lstm/cell/{i}" for i in range(3)]


def test_shards_read_like_one_file(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((64,)), *(keras.layers.Dense(64) for _ in range(6))])
    model.save_weights(tmp_path / "one.weights.h5")
    model.save_weights(tmp_path / "many.weights.json", max_shard_size=0.00005)
    assert len(list(tmp_path.glob("many_*.weights.h5"))) > 1
    one = inspect_file(str(tmp_path / "one.weights.h5"))
    many = inspect_file(str(tmp_path / "many.weights.json"))
    assert [v.info for v in one.variables] == [v.info for v in many.variables]
    for left, right in zip(one.variables, many.variables, strict=True):
        np.testing.assert_array_equal(left.read(), right.read())


def test_a_missing_shard_is_named(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((64,)), *(keras.layers.Dense(64) for _ in range(6))])
    model.save_weights(tmp_path / "many.weights.json", max_shard_size=0.00005)
    (tmp_path / "many_00001.weights.h5").unlink()
    with pytest.raises(FileError, match="many_00001"):
        inspect_file(str(tmp_path / "many.weights.json"))


def test_a_legacy_weights_file_has_the_names_and_no_trainability(tmp_path: Path) -> None:
    path = tmp_path / "weights.h5"
    from keras.src.legacy.saving import legacy_h5_format

    model = nested()
    with h5py.File(path, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, model)
    listed = infos(path)
    assert "same/kernel" in listed
    assert "middle/batch_normalization/moving_mean" in listed
    assert {info.trainable for info in listed.values()} == {None}
    assert inspect_file(str(path)).source.format == "legacy-weights-h5"


def test_lists_of_names_that_keras_split_are_put_together(tmp_path: Path) -> None:
    whole, split = tmp_path / "whole.h5", tmp_path / "split.h5"
    randomized(nested()).save(whole)
    shutil.copy(whole, split)
    with h5py.File(split, "a") as file:
        weights = file["model_weights"]
        for group, name in [(weights, "layer_names"), (weights["middle"], "weight_names")]:
            names = group.attrs[name]
            del group.attrs[name]
            for index in range(len(names)):
                group.attrs[f"{name}{index}"] = names[index : index + 1]
    assert infos(split) == infos(whole)


def test_empty_lists_of_names_may_be_numbers(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    keras.Sequential([keras.Input((3,)), keras.layers.Dropout(0.5), keras.layers.Dense(2)]).save(path)
    with h5py.File(path, "a") as file:
        file["model_weights/dropout"].attrs["weight_names"] = np.zeros(0)
    assert list(infos(path)) == ["dense/kernel", "dense/bias"]


@pytest.mark.parametrize(
    "options",
    [
        {"chunks": (2, 2)},
        {"chunks": (3, 2), "compression": "gzip"},
        {"chunks": (2, 3), "compression": "gzip", "shuffle": True},
        {"chunks": (2, 2), "fletcher32": True},
        {"chunks": (2, 2), "compression": "gzip", "shuffle": True, "fletcher32": True},
        {"chunks": (2, 2), "maxshape": (None, None)},
    ],
)
@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f2", ">f8", "i1", "<i8", ">i4", "?", "u1"])
def test_values_are_read_however_they_are_stored(options: dict[str, Any], dtype: str, tmp_path: Path) -> None:
    path = tmp_path / "model.weights.h5"
    values = (np.random.default_rng(0).normal(size=(5, 7)) * 100).astype(dtype)
    with h5py.File(path, "w") as file:
        file.create_dataset("layers/dense/vars/0", data=values, **options)
        file["layers/dense/vars/1"] = values
    for variable in inspect_file(str(path)).variables:
        assert variable.info.dtype == np.dtype(dtype).name
        np.testing.assert_array_equal(variable.read(), values)
        assert variable.read().dtype.isnative
        np.testing.assert_array_equal(variable.read((slice(1, 4), slice(2, 3))), values[1:4, 2:3])
        np.testing.assert_array_equal(variable.read((slice(0, 1),)), values[:1])


def test_scalars_empty_and_unwritten_datasets_have_values(tmp_path: Path) -> None:
    path = tmp_path / "model.weights.h5"
    with h5py.File(path, "w") as file:
        own = file.create_group("layers/dense/vars")
        own["0"] = np.float32(3)
        own["1"] = np.zeros((0, 3), np.float32)
        own.create_dataset("2", (2, 3), "f4")
        own.create_dataset("3", (2, 3), "f4", chunks=(1, 3))
        own.create_dataset("4", (2, 3), "f4", fillvalue=2.5, chunks=(1, 3))
        own.create_dataset("5", (2, 3), "f4", fillvalue=2.5)
    with h5py.File(path) as file:
        for index, variable in enumerate(inspect_file(str(path)).variables):
            np.testing.assert_array_equal(variable.read(), file[f"layers/dense/vars/{index}"][()])


def test_selections_of_a_large_variable_are_read_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "model.weights.h5"
    values = np.arange(300 * 70 * 40, dtype=np.int32).reshape(300, 70, 40)
    with h5py.File(path, "w") as file:
        file["layers/dense/vars/0"] = values
    (variable,) = inspect_file(str(path)).variables
    for box in [
        np.s_[:, :, 3:4],
        np.s_[5:290, 2:3, :],
        np.s_[:, :, :],
        np.s_[299:, 69:, 39:],
        np.s_[:, 10:60, 5:7],
    ]:
        np.testing.assert_array_equal(variable.read(box), values[box])


OPTIMIZERS: dict[str, Callable[[], Any]] = {
    "SGD": lambda: keras.optimizers.SGD(),
    "SGD-momentum": lambda: keras.optimizers.SGD(momentum=0.9),
    "RMSprop": lambda: keras.optimizers.RMSprop(momentum=0.9, centered=True),
    "Adam": lambda: keras.optimizers.Adam(),
    "Adam-amsgrad-ema": lambda: keras.optimizers.Adam(amsgrad=True, use_ema=True),
    "Adam-accumulating": lambda: keras.optimizers.Adam(gradient_accumulation_steps=2),
    "Adam-schedule": lambda: keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.1, 10)),
    "AdamW": lambda: keras.optimizers.AdamW(),
    "Adadelta": lambda: keras.optimizers.Adadelta(),
    "Adagrad": lambda: keras.optimizers.Adagrad(),
    "Adamax": lambda: keras.optimizers.Adamax(),
    "Adafactor": lambda: keras.optimizers.Adafactor(),
    "Nadam": lambda: keras.optimizers.Nadam(),
    "Ftrl": lambda: keras.optimizers.Ftrl(),
    "Lion": lambda: keras.optimizers.Lion(),
    "Lamb": lambda: keras.optimizers.Lamb(),
    "Muon": lambda: keras.optimizers.Muon(),
    "LossScale": lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam()),
}


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS.keys())
def test_an_optimizers_slots_are_named_after_their_weights(make: Callable[[], Any], tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(3), keras.layers.BatchNormalization(), keras.layers.Dense(2)]
    )
    model.layers[0].trainable = False
    optimizer = make()
    model.compile(optimizer, "mse")
    optimizer.build(model.trainable_variables)
    model.save(path)
    inspection = inspect_file(str(path), Wanted(optimizer=True))
    found = [variable.info for variable in inspection.optimizer or ()]
    assert [info.shape for info in found] == [tuple(variable.shape) for variable in optimizer.variables]
    # Keras names a slot `sequential_dense_1_kernel_momentum`, Adafactor's factors after the weight alone,
    # u_product not
    theirs = [variable.name.removeprefix(f"{model.name}_") for variable in optimizer.variables]
    for info, name in zip(found, theirs, strict=True):
        flat = "_".join(info.path.split("/")[1:]).removeprefix("adam_")
        assert flat == name or flat.endswith(("_r", "_c", "u_product"))
    assert inspection.totals.optimizer_bytes == sum(info.bytes for info in found)
    assert not inspection.notes


@pytest.mark.parametrize("name", ["SGD-momentum", "Adam", "RMSprop", "Lion"])
def test_slots_in_a_legacy_file_are_named_after_their_weights_too(name: str, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.Dense(2)])
    model.compile(OPTIMIZERS[name](), "mse")
    model.optimizer.build(model.trainable_variables)
    model.save(tmp_path / "model.keras")
    model.save(tmp_path / "model.h5")
    assert list(infos(tmp_path / "model.h5", with_optimizer=True)) == list(
        infos(tmp_path / "model.keras", with_optimizer=True)
    )


def test_the_weights_of_a_subclassed_model_are_found_by_its_attributes(tmp_path: Path) -> None:
    class Subclassed(keras.Model):  # type: ignore[misc] # Keras ships no types
        def __init__(self) -> None:
            super().__init__(name="own")
            self.encoder = keras.layers.Dense(3, name="first")
            self.heads = [keras.layers.Dense(2, name="left"), keras.layers.Dense(2, name="right")]

        def call(self, inputs: Any) -> Any:
            encoded = self.encoder(inputs)
            return [head(encoded) for head in self.heads]

    model = Subclassed()
    model(np.zeros((1, 4), np.float32))
    path = tmp_path / "model.weights.h5"
    model.save_weights(path)
    assert list(infos(path)) == [f"{name}/{i}" for name in ("first", "left", "right") for i in range(2)]
    with h5py.File(path, "a") as file:
        del file["vars"]  # as Keras 3.3 left it out
    assert len(infos(path)) == 6


def test_the_optimizers_size_is_known_without_listing_it(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    model = nested()
    model.compile("adam", "mse", metrics=["mae"])
    model.optimizer.build(model.trainable_variables)
    model.save(path)
    plain, full = inspect_file(str(path)), inspect_file(str(path), Wanted(optimizer=True))
    assert plain.optimizer is None
    assert plain.totals.optimizer_bytes == full.totals.optimizer_bytes
    assert (plain.model.optimizer, plain.model.loss) == ("adam", "mse")


def test_the_header_tells_what_a_legacy_file_is(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    model = nested()
    model.compile("sgd", "mse")
    model.save(path)
    inspection = inspect_file(str(path))
    assert inspection.source.keras_version == keras.__version__
    assert inspection.source.backend == keras.backend.backend()
    assert (inspection.model.name, inspection.model.class_name) == ("outer", "Functional")
    assert (inspection.model.optimizer, inspection.model.loss) == (model.optimizer.name, "mse")


def test_a_layer_with_more_variables_than_its_class_has_is_not_guessed_at(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.Dense(2)]).save(path)
    folder = tmp_path / "folder"
    with zipfile.ZipFile(path) as members:
        members.extractall(folder)
    with h5py.File(folder / "model.weights.h5", "a") as file:
        file["layers/dense/vars/2"] = np.zeros(3, np.float32)
        file["layers/extra/vars/0"] = np.zeros(3, np.float32)
    inspection = inspect_file(str(folder))
    listed = infos(folder)
    assert [path for path, info in listed.items() if info.trainable is None] == [
        "dense/0",
        "dense/1",
        "dense/2",
        "layers/extra/0",
    ]
    assert [note.code for note in inspection.notes] == ["unplaced-variables", "variable-count-mismatch"]


def test_the_last_of_several_members_of_one_name_counts_as_in_keras(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="first")]).save(path)
    with zipfile.ZipFile(path, "a") as archive:
        config = json.loads(archive.read("config.json"))
        config["config"]["layers"][1]["config"]["name"] = "second"
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("config.json", json.dumps(config))
    assert list(infos(path)) == ["second/kernel", "second/bias"]
    assert [note.code for note in inspect_file(str(path)).notes] == ["repeated-member"]


def test_custom_objects_that_loading_would_need_are_told(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    with_custom_layer().save(path)
    assert inspect_file(str(path)).model.custom_objects == ("tests>Block",)


def archive_of(path: Path, layers: list[dict[str, Any]], datasets: Mapping[str, Any]) -> None:
    """Writes a `.keras` file whose groups are named as an older version named them."""
    with h5py.File(path.with_suffix(".h5"), "w") as file:
        for at, values in datasets.items():
            file[at] = values
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(hostile.sequential(*layers)))
        archive.writestr("metadata.json", json.dumps({"keras_version": "2.12.0", "date_saved": "2023"}))
        archive.write(path.with_suffix(".h5"), "model.weights.h5")


KERNEL, BIAS = np.ones((3, 2), np.float32), np.ones(2, np.float32)


def test_layers_of_keras_2_12_are_found_under_their_old_group(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    old = "_layer_checkpoint_dependencies/dense/vars"
    archive_of(path, [hostile.layer(name="only")], {f"{old}/0": KERNEL, f"{old}/1": BIAS})
    assert {path: info.trainable for path, info in infos(path).items()} == {
        "only/kernel": True,
        "only/bias": True,
    }


def test_groups_that_were_named_on_windows_are_found(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    old = "layers\\dense/vars"
    archive_of(path, [hostile.layer(name="only")], {f"{old}/0": KERNEL, f"{old}/1": BIAS})
    assert list(infos(path)) == ["only/kernel", "only/bias"]


def test_states_of_metrics_are_no_weights_and_have_the_names_of_keras_2(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    stored = {
        "layers/dense/vars/0": KERNEL,
        "layers/dense/vars/1": BIAS,
        "metrics/mean/vars/0": np.float32(1),
        "metrics/mean/vars/1": np.float32(8),
        "metrics\\auc_1/vars/0": BIAS,
        "metrics\\auc_1/vars/1": BIAS,
        "metrics\\auc_1/vars/2": BIAS,
        "metrics\\auc_1/vars/3": BIAS,
        "metrics/own/vars/0": BIAS,
        "metrics/precision/vars/0": BIAS,
    }
    archive_of(path, [hostile.layer(name="only")], stored)
    states = {path: (info.layer_class, info.trainable) for path, info in infos(path).items() if info.role == "metric"}
    assert [info.role for info in infos(path).values()] == ["weight"] * 2 + ["metric"] * len(states)
    assert states == {
        **{
            f"metrics/auc_1/{kind}_{what}": ("AUC", False)
            for what in ("positives", "negatives")
            for kind in ("true", "false")
        },
        "metrics/mean/total": ("Mean", False),
        "metrics/mean/count": ("Mean", False),
        "metrics/own/0": (None, False),  # a class of one's own
        "metrics/precision/0": ("Precision", False),  # Keras' class has two
    }


def test_a_layer_that_was_not_built_owns_nothing_yet_and_is_told(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    archive_of(path, [hostile.layer(name="only"), hostile.layer(name="later")], {"layers/dense/vars/0": KERNEL})
    inspection = inspect_file(str(path))
    assert [variable.info.path for variable in inspection.variables] == ["only/0"]
    assert [note.code for note in inspection.notes] == ["variable-count-mismatch"] * 2


def test_paths_that_would_repeat_are_numbered(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    stored = {f"layers/{name}/vars/{i}": v for name in ("dense", "dense_1") for i, v in enumerate((KERNEL, BIAS))}
    archive_of(path, [hostile.layer(name="same"), hostile.layer(name="same")], stored)
    assert list(infos(path)) == ["same/kernel", "same/bias", "same/kernel#2", "same/bias#2"]
