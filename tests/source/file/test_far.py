"""A model that is far away is read as the same model on disk; the local file is the oracle."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.conftest import SAMPLES
from tests.range_server import RangeServer, serving
from tests.source.file.large_files import LAYERS, OBJECTS, write_archive, write_weights
from weightscope import api
from weightscope.source import limits
from weightscope.view.documents.schema import json_schema

MODELS = sorted(path.name for path in SAMPLES.iterdir() if path.suffix in (".keras", ".h5"))


@pytest.fixture(scope="module")
def samples() -> Iterator[RangeServer]:
    with serving(SAMPLES) as server:
        yield server


def document(location: str | Path, **choices: Any) -> dict[str, Any]:
    """Returns what `inspect --json` prints of a model, without what differs between a near and a far one."""
    found = api.inspect_model(location, optimizer=True).to_dict(**choices)
    found["source"].pop("location")
    found["source"].pop("remote", None)
    plain: dict[str, Any] = json.loads(json.dumps(found))
    return plain


@pytest.mark.parametrize("name", MODELS)
def test_a_far_model_is_listed_as_the_near_one_with_one_request(name: str, samples: RangeServer) -> None:
    before = len(samples.asked)
    assert document(f"{samples.url}{name}", statistics=True) == document(SAMPLES / name, statistics=True)
    assert len(samples.asked) - before == 1


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large")
    write_archive(folder / "stored.keras")
    write_weights(folder / "stored.weights.h5")
    write_weights(folder / "chunked.weights.h5", 9, chunks=(64, 256), shuffle=True)
    write_archive(folder / "packed.keras", 9, compression=zipfile.ZIP_DEFLATED)
    return folder


@pytest.fixture(scope="module")
def far(large: Path) -> Iterator[RangeServer]:
    with serving(large) as server:
        yield server


@pytest.mark.parametrize("name", ["stored.keras", "stored.weights.h5"])
def test_a_large_model_is_listed_in_few_rounds_from_a_small_part_of_it(
    name: str, large: Path, far: RangeServer
) -> None:
    requests, sent = len(far.asked), far.sent
    found = api.inspect_model(f"{far.url}{name}").to_dict()
    remote = found["source"].pop("remote")
    near = api.inspect_model(large / name).to_dict()
    assert found["variables"] == near["variables"]
    assert len(found["variables"]) == 2 * LAYERS
    assert remote["rounds"] <= 14
    assert remote["requests"] == len(far.asked) - requests <= 0.4 * OBJECTS
    assert remote["bytes_read"] == far.sent - sent <= 0.025 * (large / name).stat().st_size
    assert far.at_once <= 16


@pytest.mark.slow
def test_of_a_hundred_layers_less_than_a_fiftieth_is_fetched(tmp_path: Path) -> None:
    layers = 100
    weights = write_weights(tmp_path / "many.weights.h5", layers)
    with serving(tmp_path) as server:
        remote = api.inspect_model(f"{server.url}many.weights.h5").to_dict()["source"]["remote"]
    assert remote["rounds"] <= 14
    assert remote["requests"] <= 0.4 * 4 * layers
    assert remote["bytes_read"] <= 0.02 * weights.stat().st_size


@pytest.mark.parametrize(
    "name", [pytest.param("stored.keras", marks=pytest.mark.slow), "chunked.weights.h5", "packed.keras"]
)
def test_statistics_read_each_byte_about_once(name: str, large: Path, far: RangeServer) -> None:
    sent = far.sent
    assert document(f"{far.url}{name}", statistics=True) == document(large / name, statistics=True)
    assert far.sent - sent <= 1.05 * (large / name).stat().st_size


def test_values_beyond_what_is_kept_are_fetched_again(
    large: Path, far: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FAR_KEPT_BYTES", 2 * limits.MIB)
    name = "chunked.weights.h5"
    assert document(f"{far.url}{name}", statistics=True) == document(large / name, statistics=True)


def test_the_document_of_a_far_model_fits_the_schema(far: RangeServer) -> None:
    found = api.inspect_model(f"{far.url}stored.keras").to_dict()
    Draft202012Validator(json_schema()).validate(json.loads(json.dumps(found)))
    assert list(found["source"]["remote"]) == ["bytes_read", "requests", "rounds"]
