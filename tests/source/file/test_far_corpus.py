"""Real models, and those of the zoo, from a loopback server: the local file is the oracle."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.range_server import serving
from tests.source.file.test_far import document
from weightscope.errors import FileError

NAMES = (
    *("keras1_weights.h5", "keras2_xception_with_optimizer.hdf5", "keras2_zinc_prop_pred.h5"),
    *("keras3_float64_sequential.keras", "keras3_nested_container.keras", "keras3_with_optimizer.weights.h5"),
    *("lfs_pointer.h5", "lfs_pointer.keras", "not_keras.h5", "tf1_checkpoint", "tf1_savedmodel"),
    *("tf26_keras_savedmodel", "tf2_savedmodel_int64", "tf2_savedmodel_snappy_index"),
)

#: Their size on a web server is less by that of their assets, which only a listing names.
WITH_ASSETS = ("tf1_savedmodel", "tf2_savedmodel_snappy_index")


@pytest.mark.parametrize("name", NAMES)
def test_a_real_model_from_afar_is_the_near_one(name: str, corpus: Path) -> None:
    with serving(corpus) as server:
        near, far = (outcome(location) for location in (str(corpus / name), f"{server.url}{name}"))
    if name in WITH_ASSETS and isinstance(near, dict) and isinstance(far, dict):
        assert near["source"].pop("bytes") >= far["source"].pop("bytes")
    assert far == near


def outcome(location: str) -> object:
    """Returns the document of a model, or the message of the error."""
    try:
        return document(location, statistics=True)
    except FileError as error:
        return error.message
