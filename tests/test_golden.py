"""What is printed for the samples, kept as files; `pytest --update-golden` writes them anew.

Each is held by an invariant too, so that a wrong file is not just accepted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.conftest import ROOT, Run, of_the_present_keras, parse_documents
from weightscope import inspect_model
from weightscope.inspection import Inspection
from weightscope.measure import Choice, list_measured
from weightscope.view.formats import find_format
from weightscope.view.text.surface import Surface

GOLDEN = Path(__file__).parent / "golden"

STATISTICS = Choice(only="all", statistics=True)

CASES: dict[str, tuple[Callable[[], Inspection], Choice, str, int | None]] = {
    "cnn_80.txt": (lambda: live("cnn_frozen_batchnorm.keras"), Choice(), "table", 80),
    "cnn_120.txt": (lambda: read("cnn_frozen_batchnorm.keras"), Choice(), "table", 120),
    "cnn_piped.txt": (lambda: read("cnn_frozen_batchnorm.keras"), Choice(), "table", None),
    "cnn.md": (lambda: read("cnn_frozen_batchnorm.keras"), Choice(only="trainable"), "markdown", None),
    "cnn_layers_100.txt": (lambda: read("cnn_frozen_batchnorm.keras"), Choice(by="layer"), "table", 100),
    "siamese.json": (lambda: live("nested_shared_siamese.keras"), Choice(), "json", None),
    "nan_80.txt": (lambda: read("nan_weights.keras"), Choice(only="all"), "table", 80),
    "text_40.txt": (lambda: read("text_bidirectional_lstm.keras"), Choice(only="trainable"), "table", 40),
    "attention_200.txt": (lambda: read("attention_encoder.keras"), Choice(), "table", 200),
    "cnn_stats_200.txt": (lambda: read("cnn_frozen_batchnorm.keras"), STATISTICS, "table", 200),
    "cnn_stats_80.txt": (lambda: read("cnn_frozen_batchnorm.keras"), STATISTICS, "table", 80),
    "nan_stats_120.txt": (lambda: read("nan_weights.keras"), STATISTICS, "table", 120),
    "nan_stats.md": (lambda: read("nan_weights.keras"), STATISTICS, "markdown", None),
    "nan_stats_layers_160.txt": (
        lambda: read("nan_weights.keras"),
        Choice(by="layer", statistics=True),
        "table",
        160,
    ),
    "bfloat16.csv": (lambda: read("bfloat16.keras"), Choice(), "csv", None),
}


#: Loaded with Keras; all others are read from their files.
LIVE = {"cnn_80.txt", "siamese.json"}


def read(name: str) -> Inspection:
    return inspect_model(f"sample_models/{name}")


def live(name: str) -> Inspection:
    return inspect_model(f"sample_models/{name}", live=True)


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=of_the_present_keras if name in LIVE else ()) for name in CASES]
)
def test_the_output_is_the_golden_one(name: str, request: pytest.FixtureRequest) -> None:
    make, choice, format_name, width = CASES[name]
    listing = list_measured(make(), choice)
    text = "".join(find_format(format_name).inspections([listing], Surface(width)))
    if request.config.getoption("--update-golden"):
        (GOLDEN / name).write_text(text, encoding="utf-8")
    assert text == (GOLDEN / name).read_text(encoding="utf-8")
    names = [one.name or "?" for one in listing.groups or ()] + [row.info.path for row in listing.rows]
    first_column = "".join(line.strip().split("  ")[0] for line in text.splitlines())
    for name in names:
        assert name in (first_column if format_name == "table" else text)
    if width:
        assert max(map(cell_len, text.splitlines())) <= width


@pytest.mark.parametrize("name", ["CustomConv2D", "CustomDense", "CustomStatsLayer"])
def test_a_layers_table_is_the_golden_one(name: str, run: Run, request: pytest.FixtureRequest) -> None:
    shape = {"CustomConv2D": "1,28,28,3", "CustomDense": "1,128", "CustomStatsLayer": "10,5"}[name]
    result = run("layer", name, "--input-shape", shape, "--arg", f"name={name}", "--preview", "0")
    text = re.sub(r"Keras \d[\w.]*", "Keras VERSION", result.stdout)
    golden = GOLDEN / f"{name}.txt"
    if request.config.getoption("--update-golden"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
    (document,) = parse_documents(run("layer", name, "--input-shape", shape, "--json").stdout)
    total = re.search(r"^Total +(\d+) +([\d,]+)", text, re.MULTILINE)
    assert total is not None
    assert int(total[1]) == document["totals"]["variables"]
    assert int(total[2].replace(",", "")) == document["totals"]["parameters"]


def test_every_golden_file_belongs_to_a_test() -> None:
    layers = {"CustomConv2D.txt", "CustomDense.txt", "CustomStatsLayer.txt"}
    assert {path.name for path in GOLDEN.iterdir()} == set(CASES) | layers
