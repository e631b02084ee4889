"""axe-core finds nothing to complain about: labels, roles, contrast. It comes from npm, where there is one."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import SAMPLES, Run
from tests.view.report.browser import Browser, open_browser

CNN = SAMPLES / "cnn_frozen_batchnorm.keras"
SICK = SAMPLES / "nan_weights.keras"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs npm, which brings axe-core")
    folder = tmp_path_factory.mktemp("npm")
    install = [npm, "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund", "axe-core@4"]
    done = subprocess.run(install, capture_output=True, check=False, timeout=300)
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    if done.returncode or not script.exists():
        pytest.skip("npm cannot install axe-core here")
    return script.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with open_browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("models", [[CNN], [SICK], [CNN, SICK]], ids=["sound", "sick", "two"])
def test_nothing_stands_in_the_way_of_anybody(
    browser: Browser, axe: str, run: Run, tmp_path: Path, models: list[Path], width: int, theme: str
) -> None:
    file = tmp_path / "report.html"
    assert run("report", *models, "-o", file).exit_code == 0
    browser.show(file.read_text(encoding="utf-8"), "#dense/kernel", width=width, theme=theme)
    browser.run(axe)
    found = browser.run_async(
        "axe.run().then(found => arguments[0](found.violations.map(one => `${one.id}: ${one.nodes[0].html}`)))"
    )
    assert found == []
