"""The table of variables on terminals: a line for each variable where there is room, and how names fold."""

from __future__ import annotations

from tests.conftest import SAMPLES
from weightscope.api import inspect_model
from weightscope.measure import Choice, list_measured
from weightscope.view.tables.grid import Column, Grid, Row
from weightscope.view.tables.inspection_table import InspectionTable
from weightscope.view.text.surface import Surface


def shown(file: str, width: int) -> list[str]:
    inspection = inspect_model(SAMPLES / file)
    listing = list_measured(inspection, Choice(only="all"))
    return Surface(width).draw(InspectionTable(listing)).splitlines()


def test_a_variable_takes_one_line_where_the_dtype_is_in_the_title_and_one_value_fits() -> None:
    lines = shown("attention_encoder.keras", 80)
    start = next(place for place, line in enumerate(lines) if line.startswith("All variables"))
    assert lines[start] == "All variables  12 · all float32"
    assert lines[start + 1].split() == ["path", "shape", "parameters", "trainable", "values"]
    rows = lines[start + 3 : start + 15]
    assert all("/" in row and row.endswith("…") for row in rows)
    assert rows[0].split()[-2:] == ["0.171", "…"]


def test_the_column_of_dtypes_stays_where_there_is_room() -> None:
    lines = shown("attention_encoder.keras", 120)
    assert any("dtype" in line and "values" in line for line in lines)
    assert not any("all float32" in line for line in lines)


def folded(name: str, width: int) -> list[str]:
    grid = Grid((Column("name"), Column("count")), [Row((((name, ""),), (("1", ""),)))])
    return [line.rstrip() for line in Surface(width).draw(grid).splitlines()[2:]]


def test_a_long_name_folds_after_a_slash_and_goes_on_further_in() -> None:
    assert folded("encoder/attention_output/recurrent_kernel", 34) == [
        "encoder/attention_output/    1",
        "  recurrent_kernel",
    ]


def test_a_component_that_is_wider_than_a_line_folds_after_an_underscore() -> None:
    assert folded("a_very_long_name_of_one_layer_alone", 30) == ["a_very_long_name_of_     1", "  one_layer_alone"]
