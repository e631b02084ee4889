"""Folders, checkpoints, hubs and other filesystems: the local files are the oracle."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.conftest import SAMPLES
from tests.range_server import Asked, Given, serving
from tests.source.file.hub_server import hub_of
from tests.source.file.large_files import write_archive, write_weights
from tests.source.file.test_far import document
from weightscope import api
from weightscope.errors import FileError
from weightscope.source import limits

FOLDERS = ["cnn_savedmodel", "cnn_savedmodel/saved_model.pb", "cnn_checkpoint", "cnn_checkpoint/checkpoint"]
CHECKPOINTS = ["cnn_checkpoint/ckpt-1", "cnn_checkpoint/ckpt-1.index", "cnn_checkpoint/ckpt-1.data-00000-of-00001"]


@pytest.fixture
def unzipped(tmp_path: Path) -> Path:
    folder = tmp_path / "unzipped"
    with zipfile.ZipFile(SAMPLES / "cnn_frozen_batchnorm.keras") as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.parametrize("name", [*FOLDERS, *CHECKPOINTS])
def test_a_folder_on_a_web_server_is_read_as_the_near_one(name: str) -> None:
    with serving(SAMPLES) as server:
        assert document(f"{server.url}{name}", statistics=True) == document(SAMPLES / name, statistics=True)


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_a_checkpoint_takes_at_most_four_requests(name: str) -> None:
    with serving(SAMPLES) as server:
        api.inspect_model(f"{server.url}{name}").to_dict()
        assert len(server.asked) <= 4


def test_a_file_of_some_megabytes_takes_two_requests(tmp_path: Path) -> None:
    write_archive(tmp_path / "model.keras", 5)
    with serving(tmp_path) as server:
        api.inspect_model(f"{server.url}model.keras").to_dict(statistics=True)
        assert len(server.asked) == 2


def test_a_repository_of_a_hub_is_a_model_if_it_has_config_and_weights(
    unzipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hub_of(unzipped, "owner/model", token="geheimnis") as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("HF_TOKEN", "geheimnis")
        found = api.inspect_model("hf://owner/model")
        assert document("hf://owner/model") == document(unzipped)
        weights = "hf://owner/model/model.weights.h5"
        assert document(weights) == document(unzipped / "model.weights.h5")
        sent = [asked.headers.get("authorization") for asked in hub.asked if asked.path.startswith("/storage/")]
    assert found.source.location == "hf://owner/model"
    assert (found.source.format, found.model.class_name) == ("keras-folder", "Sequential")
    assert set(sent) == {"Bearer geheimnis"}  # the same server; another one would not get it


def test_the_storage_that_a_hub_leads_to_gets_no_token(unzipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(unzipped) as storage, hub_of(unzipped, "owner/model", token="geheimnis") as hub:
        own = hub.change
        assert own is not None

        def elsewhere(asked: Asked, given: Given) -> Given:
            given = own(asked, given)
            if given.status == 302:
                given.headers["Location"] = storage.url + given.headers["Location"].removeprefix("/storage/")
            return given

        hub.change = elsewhere
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("HF_TOKEN", "geheimnis")
        assert document("hf://owner/model", statistics=True) == document(unzipped, statistics=True)
    assert storage.asked
    assert not [asked for asked in storage.asked if "authorization" in asked.headers or "geheimnis" in asked.headers]
    assert all("authorization" in asked.headers for asked in hub.asked)


def test_a_hub_is_asked_for_the_revision_that_is_named(unzipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hub_of(unzipped, "owner/model", "refs%2Fpr%2F1") as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        assert document("hf://owner/model@refs/pr/1") == document(unzipped)
        with pytest.raises(FileError, match="hf://owner/model: a folder that holds no saved model"):
            api.inspect_model("hf://owner/model")


def test_a_private_repository_without_a_token_is_refused_with_the_way_to_give_one(
    unzipped: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    with hub_of(unzipped, "owner/model", token="geheimnis") as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        with pytest.raises(FileError, match="401 Unauthorized") as caught:
            api.inspect_model("hf://owner/model")
    assert "HF_TOKEN" in caught.value.hint


def test_a_gated_file_that_a_hub_lists_is_refused_and_not_taken_for_absent(
    unzipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hub_of(unzipped, "owner/model") as hub:
        change = hub.change
        assert change is not None
        hub.change = lambda asked, given: Given(403) if "/resolve/" in asked.path else change(asked, given)
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        with pytest.raises(FileError, match="403 Forbidden"):
            api.inspect_model("hf://owner/model")


def test_a_list_of_a_hub_that_does_not_end_is_refused(unzipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HUB_LIST_BYTES", 100)
    with hub_of(unzipped, "owner/model") as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        with pytest.raises(FileError, match="larger than any hub's"):
            api.inspect_model("hf://owner/model")


def test_a_list_of_a_hub_that_breaks_off_is_asked_for_again(unzipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (unzipped / "README.md").write_text("only the list has it")
    cut: list[str] = []
    with hub_of(unzipped, "owner/model") as hub:
        answer = hub.change
        assert answer is not None

        def breaking(asked: Asked, given: Given) -> Given:
            found = answer(asked, given)
            if "/tree/" in asked.path and not cut:
                cut.append(asked.path)
                return replace(found, body=found.body[:-5], declared=len(found.body), drip=0.001, breaks_off=True)
            return found

        hub.change = breaking
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        far = api.inspect_model("hf://owner/model")
    assert cut
    assert far.source.bytes == sum(one.stat().st_size for one in unzipped.iterdir())


def test_a_folder_with_sharded_weights_has_the_names_of_its_config(unzipped: Path) -> None:
    whole = document(unzipped)
    with h5py.File(unzipped / "model.weights.h5") as weights:
        layers = sorted(weights["layers"])
        for number, some in enumerate((layers[:2], layers[2:])):
            with h5py.File(unzipped / f"model_{number:05d}.weights.h5", "w") as shard:
                for layer in some:
                    weights.copy(weights["layers"][layer], shard.require_group("layers"), layer)
                if number:
                    weights.copy(weights["optimizer"], shard)
    names = {f"layers/{layer}": f"model_{layers.index(layer) // 2 and 1:05d}.weights.h5" for layer in layers}
    (unzipped / "model.weights.h5").unlink()
    (unzipped / "model.weights.json").write_text(json.dumps({"metadata": {}, "weight_map": names}))
    sharded = document(unzipped)
    assert [one["path"] for one in sharded["variables"]] == [one["path"] for one in whole["variables"]]
    assert sharded["variables"] == whole["variables"]
    with serving(unzipped.parent) as server:
        assert document(f"{server.url}unzipped") == {**sharded, "source": document(f"{server.url}unzipped")["source"]}


@pytest.mark.parametrize("name", ["cnn_frozen_batchnorm.keras", "weights_only.weights.h5", "legacy.h5", *FOLDERS])
def test_filesystems_of_fsspec_are_read_as_the_near_files(name: str) -> None:
    memory = pytest.importorskip("fsspec").filesystem("memory")
    memory.put(str(SAMPLES), "/far_samples", recursive=True)
    near = document(SAMPLES / name, statistics=True)
    try:
        assert document(f"memory://far_samples/{name}", statistics=True) == near
        assert document(f"file://{SAMPLES / name}", statistics=True) == near
    finally:
        memory.rm("/far_samples", recursive=True)


def test_the_size_of_a_folder_is_that_of_all_files_where_a_filesystem_lists_them(unzipped: Path) -> None:
    memory = pytest.importorskip("fsspec").filesystem("memory")
    (unzipped / "assets").mkdir()
    (unzipped / "assets" / "vocabulary.txt").write_text("some words")
    memory.put(str(unzipped), "/far_assets", recursive=True)
    try:
        assert document("memory://far_assets") == document(unzipped)
        assert document(f"file://{unzipped}") == document(unzipped)
    finally:
        memory.rm("/far_assets", recursive=True)


@pytest.mark.slow  # importing moto and aiobotocore takes 5 s
def test_an_object_store_is_read_by_ranges(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    moto = pytest.importorskip("moto.server")
    s3fs = pytest.importorskip("s3fs")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        endpoint = "http://{}:{}".format(*server.get_host_and_port())
        for name, value in {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "geheimnis"}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        large = write_archive(tmp_path / "large.keras", 9)
        store = s3fs.S3FileSystem(endpoint_url=endpoint)
        store.mkdir("models")
        store.put(str(large), "models/large.keras")
        store.put(str(SAMPLES / "cnn_savedmodel"), "models/saved", recursive=True)
        found = api.inspect_model("s3://models/large.keras")
        np.testing.assert_array_equal(found.variables[0].read(), api.inspect_model(large).variables[0].read())
        assert document("s3://models/large.keras") == document(large)
        assert document("s3://models/saved") == document(SAMPLES / "cnn_savedmodel")
        with pytest.raises(FileError, match="no such file"):
            api.inspect_model("s3://models/nothing.keras")
    finally:
        server.stop()


def test_a_file_of_a_filesystem_that_changes_is_an_error(tmp_path: Path) -> None:
    memory = pytest.importorskip("fsspec").filesystem("memory")
    weights = write_weights(tmp_path / "weights.h5", 9)
    memory.pipe("/far_change.weights.h5", weights.read_bytes())
    found = api.inspect_model("memory://far_change.weights.h5")
    found.variables[0].read()
    memory.pipe("/far_change.weights.h5", weights.read_bytes())
    with pytest.raises(FileError, match="changed"):
        found.variables[2].read()
    memory.rm("/far_change.weights.h5")
