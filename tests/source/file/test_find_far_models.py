"""What may be a model in a far folder: the same as in the near one, found by names."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import SAMPLES, Run, assert_two_line_error
from tests.source.file.hub_server import hub_of
from weightscope.source.file.find_models import find_models


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    models = tmp_path / "models"
    shutil.copytree(SAMPLES / "cnn_savedmodel", models / "saved")
    shutil.copytree(SAMPLES / "cnn_checkpoint", models / "run")
    for name in ("legacy.h5", "unbuilt.keras"):
        shutil.copy(SAMPLES / name, models)
    (models / "README.md").write_text("other files are passed over")
    return models


def below(locations: list[str], top: str) -> set[str]:
    return {location.removeprefix(top).lstrip("/") for location in locations}


def test_a_folder_of_a_filesystem_has_the_models_of_the_near_one(folder: Path) -> None:
    pytest.importorskip("fsspec")
    near = [one.location for one in find_models([str(folder)]) if one.is_model]
    far = [one.location for one in find_models([f"file://{folder}"])]
    assert below(far, f"file://{folder}") == below(near, str(folder))
    assert len(far) == 4


def test_a_repository_of_a_hub_is_listed_with_one_request(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hub_of(folder, "owner/models") as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        found = [one.location for one in find_models(["hf://owner/models"])]
        assert len(hub.asked) == 1
    assert below(found, "hf://owner/models") == {"legacy.h5", "unbuilt.keras", "saved", "run/ckpt-1"}


def test_a_place_that_cannot_be_listed_is_a_candidate_with_an_error() -> None:
    (found,) = find_models(["nonsense://models/"])
    assert (found.location, "unknown kind" in (found.error or "")) == ("nonsense://models/", True)


def test_scan_keeps_no_secrets(run: Run, tmp_path: Path) -> None:
    location = "https://user:geheimnis@models.invalid/model.keras?signature=geheimnis"
    result = run("scan", location, "-o", str(tmp_path / "models.jsonl"))
    assert_two_line_error(result, saying="password", hinting="environment")
    assert "geheimnis" not in result.stderr
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"geheimnis" in path.read_bytes()]
