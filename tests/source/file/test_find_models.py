from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import SAMPLES
from weightscope.source.file.candidate import Candidate
from weightscope.source.file.find_models import find_models


def names(*paths: Path | str) -> list[str]:
    return [Path(one.location).name for one in find_models([str(path) for path in paths])]


def test_models_are_found_in_natural_order_and_a_path_that_is_named_twice_is_one(tmp_path: Path) -> None:
    for name in ("m10.keras", "m2.keras", "deep/m1.h5"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    assert names(tmp_path) == ["m2.keras", "m10.keras", "m1.h5"]
    assert names(tmp_path / "m10.keras", tmp_path, tmp_path) == ["m10.keras", "m2.keras", "m1.h5"]
    assert names(f"{tmp_path}/**/m1*") == ["m1.h5", "m10.keras"]


def test_a_model_of_several_files_is_one_candidate(tmp_path: Path) -> None:
    folder = tmp_path / "sharded"
    folder.mkdir()
    for name in ("w.weights.json", "w_00000.weights.h5", "w_00001.weights.h5", "other_00000.weights.h5"):
        (folder / name).write_bytes(b"")
    assert names(folder) == ["other_00000.weights.h5", "w.weights.json"]
    assert names(SAMPLES / "cnn_checkpoint") == ["ckpt-1"]
    assert names(SAMPLES / "cnn_savedmodel") == ["cnn_savedmodel"]


def test_links_in_circles_end(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "m.keras").write_bytes(b"")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "linked.keras").symlink_to("m.keras")
    (tmp_path / "self.keras").symlink_to("self.keras")
    found = {Path(one.location).name: one.error for one in find_models([str(tmp_path)])}
    assert list(found) == ["self.keras", "linked.keras", "m.keras"]
    assert found["m.keras"] is found["linked.keras"] is None
    assert "symbolic links" in (found["self.keras"] or "")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_glob_over_links_in_circles_finds_a_file_once(tmp_path: Path) -> None:
    models = tmp_path / "models"
    (models / "inner").mkdir(parents=True)
    (models / "inner" / "a.keras").touch()
    for name in ("first", "second"):  # two of them double what is below at every level
        (models / name).symlink_to(models)
    for pattern in ("**/*.keras", "**/inner/**/a*", "**"):
        found = [one.location for one in find_models([f"{models}/{pattern}"])]
        assert found == [str(models / "inner" / "a.keras")]


def test_a_file_below_a_folder_that_is_named_too_is_one(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    model = tmp_path / "inner" / "a.keras"
    model.touch()
    for paths in ([tmp_path, model], [model, tmp_path], [f"{tmp_path}/**/*"]):
        assert [one.location for one in find_models([str(one) for one in paths])] == [str(model)]


def test_what_is_no_regular_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    os.mkfifo(tmp_path / "pipe.index")
    os.mkfifo(tmp_path / "pipe.keras")  # to open one would wait for a writer, for ever
    assert list(find_models([str(tmp_path), "/dev/zero"])) == [
        Candidate(str(tmp_path / "pipe.keras"), error="this is no regular file")
    ]


def test_a_path_or_a_glob_that_leads_nowhere_is_a_candidate_that_cannot_be_read(tmp_path: Path) -> None:
    missing, glob = find_models([str(tmp_path / "nowhere"), f"{tmp_path}/*.keras"])
    assert missing == Candidate(str(tmp_path / "nowhere"))
    assert glob.error == "no file or folder has a name that matches"


def test_an_index_of_something_else_is_no_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "search.index").write_bytes(b"an index of vectors" * 9)
    (tmp_path / "ckpt.index").write_bytes(b"cut")
    (tmp_path / "ckpt.data-00000-of-00001").write_bytes(b"")
    assert names(tmp_path) == ["ckpt"]
