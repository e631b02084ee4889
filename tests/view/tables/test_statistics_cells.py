"""Statistics in tables: beside the row, below it, and of values that have none."""

from __future__ import annotations

import numpy as np
import pytest
from rich.cells import cell_len

from tests.records import inspection, variable
from tests.view.conftest import Show
from weightscope.inspection import Inspection
from weightscope.measure import Choice
from weightscope.view.text.surface import Surface

ALL = Choice(only="all", statistics=True)
HEADINGS = ["min", "max", "mean", "std", "L2", "zeros"]


@pytest.mark.parametrize("width", [30, 60, 80, 100, 130, 160, 250, None])
def test_every_number_is_shown_whatever_the_width(network: Inspection, show: Show, width: int | None) -> None:
    text = show(network, surface=Surface(width), choice=ALL)
    for word in ("conv/bias", "3.5", "2.29", "11.8", "█", "NaN x 1", "-Inf x 1", "no values"):
        assert word in " ".join(text.split())
    if width:
        assert max(map(cell_len, text.splitlines())) <= width


def test_a_wide_table_has_a_column_each_and_a_narrow_one_a_word_each(network: Inspection, show: Show) -> None:
    (heading,) = [line for line in show(network, choice=ALL).splitlines() if line.startswith("path")]
    assert [word for word in heading.split() if word in HEADINGS] == HEADINGS
    narrow = show(network, surface=Surface(80), choice=ALL)
    (line,) = [line for line in narrow.splitlines() if "max 7.0" in line]
    assert [word for word in line.split() if word in HEADINGS] == HEADINGS


def test_values_without_order_are_told_apart_from_values_that_are_missing(show: Show) -> None:
    model = inspection(
        variable("layer/phase", (2,), dtype="complex64", values=np.array([1j, 2], "complex64")),
        variable("layer/kernel", (2,)),
    )
    assert "these values have no order" in show(model, choice=ALL)
    assert '"statistics": null' in show(model, "json", choice=ALL)


def test_without_utf_8_the_distribution_is_drawn_in_ascii(network: Inspection, show: Show) -> None:
    text = show(network, surface=Surface(encoding="ascii"), choice=ALL)
    assert text.isascii()
    assert "#" in text or "@" in text
