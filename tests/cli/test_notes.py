"""Notes on stderr are few lines whatever a file is like; JSON has every one."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.conftest import Run
from tests.source.file import hostile
from weightscope import inspect_model
from weightscope.cli.notes import MOST_LINES, MOST_OF_A_KIND, Line, print_lines


def model_without_weights(path: Path, layers: int) -> Path:
    """Writes a model that has weights for none of its layers but one: each of the others brings a note."""
    weights = path.with_suffix(".weights.h5")
    with h5py.File(weights, "w") as file:
        file["layers/dense/vars/0"] = np.ones((3, 2), np.float32)
        file["layers/dense/vars/1"] = np.ones(2, np.float32)
    config = hostile.sequential(*[hostile.layer(name=f"dense_{index}") for index in range(layers + 1)])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", json.dumps(config))
        archive.write(weights, "model.weights.h5")
    return path


@pytest.mark.parametrize("layers", [1, MOST_OF_A_KIND, MOST_OF_A_KIND + 1, MOST_OF_A_KIND + 2, 5000])
def test_what_repeats_is_counted_and_adds_up(layers: int, run: Run, tmp_path: Path) -> None:
    path = model_without_weights(tmp_path / "model.keras", layers)
    result = run("inspect", path)
    lines = result.stderr.splitlines()
    notes = json.loads(run("inspect", path, "--json").stdout)["notes"]
    assert Counter(note["code"] for note in notes) == {"variable-count-mismatch": layers}
    if layers <= MOST_OF_A_KIND + 1:
        assert [line.split("keras: ")[1] for line in lines] == [note["message"] for note in notes]
    else:
        assert len(lines) == MOST_OF_A_KIND + 1
        rest = f"{layers - MOST_OF_A_KIND:,}"
        assert lines[-1] == (f"warning: {path}: and {rest} more variable-count-mismatch (--format json lists each)")


@pytest.mark.parametrize(("kinds", "each"), [(1, 1000), (3, 100), (12, 30), (30, 30), (100, 5)])
def test_there_are_at_most_forty_lines(kinds: int, each: int, capsys: pytest.CaptureFixture[str]) -> None:
    print_lines([Line(f"kind-{index % kinds}", "note", f"about {index}") for index in range(kinds * each)])
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) <= MOST_LINES
    if kinds <= MOST_LINES // 2:
        assert {f"kind-{kind}" for kind in range(kinds)} <= {line.rpartition(" ")[2] for line in lines}


def test_a_name_of_a_megabyte_does_not_fill_stderr(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        config = hostile.sequential(hostile.layer("X" * (1 << 20), "mine"))
        archive.writestr("config.json", json.dumps(config))
        archive.write(model_without_weights(tmp_path / "other.keras", 0).with_suffix(".weights.h5"), "model.weights.h5")
    result = run("inspect", path)
    assert len(result.stderr) < 10_000
    assert f"custom objects: {'X' * 500}...\n" in result.stdout


def test_the_header_names_twenty_custom_classes_and_counts_the_rest(run: Run, tmp_path: Path) -> None:
    path = model_without_weights(tmp_path / "model.keras", 0)
    own = [hostile.layer(f"Mine{index}", "mine", name=f"mine_{index}") for index in range(30)]
    with zipfile.ZipFile(path, "a") as archive:
        archive.NameToInfo.pop("config.json")
        archive.writestr(zipfile.ZipInfo("config.json"), json.dumps(hostile.sequential(hostile.layer(), *own)))
    assert "custom objects: Mine0, Mine1, " in run("inspect", path).stdout
    assert "Mine19 and 10 more\n" in run("inspect", path).stdout
    assert len(inspect_model(path).model.custom_objects) == 30
