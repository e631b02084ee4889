"""What a page shows is what the single commands measure, from one pass over the values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from tests.conftest import SAMPLES
from tests.records import InMemory, inspection, variable
from weightscope import api
from weightscope.inspection import Array, Selection
from weightscope.inspection.variable_filter import VariableFilter
from weightscope.measure import Choice, list_measured
from weightscope.measure.check.check_weights import check_weights
from weightscope.measure.check.settings import CheckSettings
from weightscope.measure.closeup.closeup import close_up
from weightscope.measure.compare.settings import CompareSettings
from weightscope.measure.overview.overview import overview
from weightscope.measure.overview.pair_overview import compare_overview

MODELS = ["cnn_frozen_batchnorm.keras", "nan_weights.keras", "bfloat16.keras", "attention_encoder.keras", "legacy.h5"]


@pytest.mark.parametrize("name", MODELS)
def test_statistics_findings_and_quantiles_are_those_of_the_commands(name: str) -> None:
    model = api.inspect_model(SAMPLES / name, optimizer=True)
    found = overview(model, CheckSettings(), "all")
    listing = list_measured(model, Choice(statistics=True, preview=0))
    rows = [row for row in listing.rows if row.info.role != "optimizer"]
    # a page has no grid of the values
    assert [row.statistics for row in found.rows] == [
        row.statistics and replace(row.statistics, grid=None) for row in rows
    ]
    assert found.report == check_weights(model)
    for variable_ in model.variables:
        detail, closeup = found.details[variable_.info.path], close_up(model, variable_)
        assert dict(detail.quantiles) == dict(closeup.quantiles)
        assert detail.histogram == closeup.histogram
        assert detail.axes == closeup.axes


@dataclass(frozen=True)
class Counting(InMemory):
    """Values that count how often they are read."""

    reads: Any = None

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:
        self.reads.append(selection)
        return super().read(selection, scratch)


def test_values_are_read_once_without_pictures() -> None:
    reads: list[Any] = []
    values = np.random.default_rng(0).standard_normal((30, 40)).astype("float32")
    one = replace(variable("dense/kernel", (30, 40)), values=Counting(values, None, reads))
    found = overview(inspection(one), CheckSettings(), "none")
    assert found.rows[0].statistics is not None
    assert len(reads) == 1


def test_a_filter_chooses_rows_and_findings() -> None:
    model = api.inspect_model(SAMPLES / "nan_weights.keras", optimizer=True)
    found = overview(model, CheckSettings(wanted=VariableFilter(("bias",))))
    assert [row.info.path for row in found.rows] == ["hidden/bias", "scores/bias"]
    assert {one.variable for one in found.report.findings} == {"scores/bias"}


def test_filters_stand_side_by_side_and_matrices_are_reduced() -> None:
    kernel = np.arange(3 * 3 * 2 * 4, dtype="float32").reshape(3, 3, 2, 4)
    wide = np.ones((100, 96), "float32")
    model = inspection(
        variable("conv/kernel", kernel.shape, values=kernel, layer_class="Conv2D"),
        variable("dense/kernel", wide.shape, values=wide),
        variable("dense/bias", (3,)),
    )
    found = overview(model, CheckSettings()).details
    filters, matrix = found["conv/kernel"].picture, found["dense/kernel"].picture
    assert filters is not None
    assert filters.cells.shape == (6, 12)
    np.testing.assert_array_equal(filters.cells[3:6, 6:9], kernel[:, :, 1, 2])
    assert (filters.tile, filters.axes) == ((3, 3), ("in", "out"))
    assert matrix is not None
    assert matrix.cells.shape == (34, 48)
    assert matrix.caption == "each cell is the root mean square of 3 x 2 values"
    assert found["dense/bias"].picture is None


def test_two_models_bring_the_distributions_of_what_differs() -> None:
    before = inspection(variable("a/kernel", trainable=False), variable("b/kernel"))
    moved = variable("a/kernel", trainable=False, values=np.full((2, 3), 7.0, "float32"))
    after = inspection(moved, variable("b/kernel"))
    found = compare_overview(before, after, CompareSettings())
    assert [one.a for one in found.comparison.differences] == ["a/kernel"]
    assert found.statistics_a["a/kernel"].maximum == 5.0
    assert found.statistics_b["a/kernel"].maximum == 7.0
    assert set(found.statistics_b) == {"a/kernel"}
    assert [one.code for one in found.comparison.findings] == ["frozen-moved", "trainable-unmoved"]
    assert found.comparison.layers is not None
    assert [one.layer for one in found.comparison.layers] == ["a", "b"]
