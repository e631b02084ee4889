"""CSV that a spreadsheet may open: names are never formulas, numbers stay numbers."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from tests.records import inspection, variable
from weightscope.measure import Choice, list_measured
from weightscope.view.csv import inspections
from weightscope.view.text.surface import Surface


def rows_of(path: str, location: str = "model.keras", values: object = None) -> dict[str, str]:
    one = variable(path, (2,), values=None if values is None else np.asarray(values, "float32"))
    listing = list_measured(inspection(one, location=location), Choice(statistics=True))
    heading, row = csv.reader("".join(inspections([listing], Surface())).splitlines())
    return dict(zip(heading, row, strict=True))


@pytest.mark.parametrize("name", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "=HYPERLINK(1)"])
def test_a_name_that_a_spreadsheet_would_run_begins_with_an_apostrophe(name: str) -> None:
    row = rows_of(f"{name}/kernel", location=f"{name}.keras")
    assert (row["path"], row["layer"], row["location"]) == (f"'{name}/kernel", f"'{name}", f"'{name}.keras")
    assert row["name"] == "kernel"


def test_numbers_stay_numbers() -> None:
    row = rows_of("dense/bias", values=[-1.5, -0.5])
    assert (row["minimum"], row["maximum"], row["preview"]) == ("-1.5", "-0.5", "[-1.5, -0.5]")


@pytest.mark.parametrize("name", ["dense-1", "a=b", "a@b", "1", "-1", "'quoted'"])
def test_other_names_are_left_as_they_are(name: str) -> None:
    assert rows_of(f"{name}/kernel")["layer"] == name
