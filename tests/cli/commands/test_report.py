"""`weightscope report`: where it writes, and what it refuses."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import SAMPLES, Run, assert_two_line_error
from weightscope import inspect_model
from weightscope.errors import UsageError

CNN = SAMPLES / "cnn_frozen_batchnorm.keras"
SICK = SAMPLES / "nan_weights.keras"


def test_it_writes_a_page_and_prints_nothing(run: Run, tmp_path: Path) -> None:
    result = run("report", SICK, "-o", tmp_path / "report.html")
    assert (result.exit_code, result.stdout) == (0, "")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert 'data-finding="nan-values"' in page


def test_two_models_make_a_page_of_differences(run: Run, tmp_path: Path) -> None:
    assert run("report", CNN, SICK, "-o", tmp_path / "report.html").exit_code == 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert 'data-total="different" data-value="2"' in page


def test_without_a_name_the_hint_has_one(run: Run) -> None:
    result = run("report", CNN)
    assert_two_line_error(result, saying="no file is named", hinting=f"report {CNN} -o cnn_frozen_batchnorm.html")


@pytest.mark.parametrize("name", ["report.htm", "report.pdf", "report", "/dev/stdout"])
def test_other_ends_are_refused(run: Run, tmp_path: Path, name: str) -> None:
    assert_two_line_error(
        run("report", CNN, "-o", tmp_path / name),
        saying="ends in .html",
        hinting="report.html" if "report" in name else "stdout.html",
    )
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_exists_is_replaced_with_force_alone(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text("mine")
    assert_two_line_error(run("report", CNN, "-o", file), saying="the file exists", hinting="--force")
    assert file.read_text() == "mine"
    assert run("report", CNN, "-o", file, "--force").exit_code == 0
    assert file.read_text().startswith("<!doctype html>")


def test_a_model_that_is_called_so_is_not_replaced(run: Run, tmp_path: Path) -> None:
    model = tmp_path / "model.html"
    shutil.copy(CNN, model)
    assert_two_line_error(run("report", model, "-o", model, "--force"), saying="the model itself")
    with pytest.raises(UsageError, match="a part of"):
        inspect_model(model).report(model)
    assert model.read_bytes() == CNN.read_bytes()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_an_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "report.html").symlink_to("/dev/full")
    assert_two_line_error(run("report", CNN, "-o", tmp_path / "report.html", "--force"), saying="No space left")


def test_a_broken_model_leaves_no_page(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.keras"
    broken.write_bytes(CNN.read_bytes()[:2000])
    assert_two_line_error(run("report", broken, "-o", tmp_path / "report.html"))
    assert_two_line_error(run("report", CNN, tmp_path / "absent.keras", "-o", tmp_path / "report.html"))
    assert not (tmp_path / "report.html").exists()


def test_pictures_are_for_one_model(run: Run, tmp_path: Path) -> None:
    result = run("report", CNN, SICK, "-o", tmp_path / "report.html", "--pictures", "all")
    assert_two_line_error(result, saying="two models")


def test_a_filter_that_matches_nothing_is_noted(run: Run, tmp_path: Path) -> None:
    result = run("report", CNN, "-o", tmp_path / "report.html", "--filter", "nosuch")
    assert result.exit_code == 0
    assert "--filter nosuch matches nothing" in result.stderr
    assert "Listed are 0 of 10 variables" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_rules_that_the_project_ignores_are_ignored(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.weightscope.check]\nignore = ["optimizer-in-file"]\n')
    model = os.path.relpath(CNN, tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run("report", model, "-o", "report.html").exit_code == 0
    page = Path("report.html").read_text(encoding="utf-8")
    assert 'data-finding="untrained-weights"' in page
    assert 'data-finding="optimizer-in-file"' not in page


def test_an_inspection_writes_its_own_page(tmp_path: Path) -> None:
    inspect_model(CNN).report(tmp_path / "report.html", pictures="none")
    assert "conv2d_1/kernel" in (tmp_path / "report.html").read_text(encoding="utf-8")
    with pytest.raises(UsageError, match=r"ends in \.html"):
        inspect_model(CNN).report(tmp_path / "report.txt")
