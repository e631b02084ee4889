"""Files from other projects: each is listed, byte for byte as h5py reads it, or its error names the cause."""

from __future__ import annotations

import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from weightscope.errors import FileError
from weightscope.source.file import inspect_file
from weightscope.source.wanted import Wanted

READ = {
    "keras1_weights.h5": "legacy-weights-h5",
    "keras2_xception_with_optimizer.hdf5": "legacy-h5",
    "keras2_zinc_prop_pred.h5": "legacy-h5",
    "keras3_float64_sequential.keras": "keras",
    "keras3_nested_container.keras": "keras",
    "keras3_with_optimizer.weights.h5": "weights-h5",
}
REFUSED = {
    "lfs_pointer.h5": "git-lfs",
    "lfs_pointer.keras": "git-lfs",
    "not_keras.h5": "no Keras model",
    "README.md": "text file",
}

#: What TensorFlow saved, and how many variables each holds; their values are held against TensorFlow elsewhere.
FROM_TENSORFLOW = {
    "tf1_checkpoint": ("checkpoint", 2),
    "tf1_savedmodel": ("saved-model", 3),
    "tf26_keras_savedmodel": ("saved-model", 8),
    "tf2_savedmodel_int64": ("saved-model", 2),
    "tf2_savedmodel_snappy_index": ("saved-model", 3),
}


def test_every_file_of_the_corpus_is_expected_to_list_or_to_be_refused(corpus: Path) -> None:
    assert {path.name for path in corpus.iterdir()} == {*READ, *REFUSED, *FROM_TENSORFLOW}


@pytest.mark.parametrize("name", READ)
def test_a_real_file_lists_every_dataset_as_h5py_reads_it(name: str, corpus: Path, tmp_path: Path) -> None:
    path = corpus / name
    inspection = inspect_file(str(path), Wanted(optimizer=True))
    assert inspection.source.format == READ[name]
    if path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive:
            path = Path(archive.extract("model.weights.h5", tmp_path))
    listed = {v.info.stored_at: v for v in (*inspection.variables, *(inspection.optimizer or ()))}
    with h5py.File(path) as file:
        datasets: list[str] = []
        file.visititems(lambda at, item: datasets.append(at) if isinstance(item, h5py.Dataset) else None)
        assert set(listed) == set(datasets)
        for at, variable in listed.items():
            assert at is not None
            values = file[at][()]
            assert variable.info.shape == values.shape
            assert variable.info.dtype == values.dtype.name
            assert variable.read().tobytes() == np.asarray(values).tobytes()


@pytest.mark.parametrize("name", FROM_TENSORFLOW)
def test_what_tensorflow_saved_lists(name: str, corpus: Path) -> None:
    inspection = inspect_file(str(corpus / name))
    assert (inspection.source.format, len(inspection.variables)) == FROM_TENSORFLOW[name]
    assert not inspection.notes


def test_a_saved_model_of_keras_2_has_names_classes_and_trainability(corpus: Path) -> None:
    inspection = inspect_file(str(corpus / "tf26_keras_savedmodel"), Wanted(optimizer=True))
    assert inspection.source.keras_version == "2.6.0"
    assert (inspection.model.name, inspection.model.class_name, inspection.model.loss) == (
        "sequential",
        "Sequential",
        "mse",
    )
    weights = [variable.info for variable in inspection.variables if variable.info.role == "weight"]
    assert [info.path for info in weights] == ["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"]
    assert {(info.layer_class, info.trainable) for info in weights} == {("Dense", True)}
    assert {variable.info.path for variable in inspection.optimizer or ()} >= {"Adam/iter", "Adam/dense/kernel/m"}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_not_read_is_named_for_what_it_is(name: str, corpus: Path) -> None:
    with pytest.raises(FileError, match=REFUSED[name]) as caught:
        inspect_file(str(corpus / name))
    assert caught.value.hint


def test_weights_of_keras_2_have_their_trainability_from_the_config(corpus: Path) -> None:
    for name in ("keras2_xception_with_optimizer.hdf5", "keras2_zinc_prop_pred.h5"):
        infos = [variable.info for variable in inspect_file(str(corpus / name)).variables]
        assert {info.trainable for info in infos} == {True, False}
        assert {info.name for info in infos if info.trainable is False} == {"moving_mean", "moving_variance"}
        assert len({info.path for info in infos}) == len(infos)


def test_names_of_keras_1_are_kept(corpus: Path) -> None:
    infos = [variable.info for variable in inspect_file(str(corpus / "keras1_weights.h5")).variables]
    assert infos[0].path == "convolution2d_1/convolution2d_1_W"
    assert {info.trainable for info in infos} == {None}
