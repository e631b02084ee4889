"""Markdown: whatever a name holds, a row stays a row."""

from __future__ import annotations

import re

from tests.records import inspection, variable
from tests.view.conftest import Show
from weightscope.inspection import Inspection


def cells(line: str) -> list[str]:
    return re.split(r"(?<!\\)\|", line)[1:-1]


def test_every_row_has_as_many_cells_as_the_heading(hostile: Inspection, show: Show) -> None:
    rows = [line for line in show(hostile, "markdown").splitlines() if line.startswith("|")]
    assert {len(cells(row)) for row in rows} == {6}


def test_html_in_a_name_stays_text(show: Show) -> None:
    text = show(inspection(variable("a/kernel"), location="<script>`x`.keras"), "markdown")
    assert "<script>" not in text


def test_the_heading_tells_the_totals(network: Inspection, show: Show) -> None:
    heading = show(network, "markdown").splitlines()[0]
    assert f"{network.totals.parameters:,} parameters" in heading
    assert "unknown" in heading


def test_underscores_do_not_make_a_name_slanted(show: Show) -> None:
    assert "`my_layer/my_kernel`" in show(inspection(variable("my_layer/my_kernel")), "markdown")


def test_a_pipe_and_a_backquote_in_a_name_are_escaped_once(show: Show) -> None:
    text = show(inspection(variable("a|b`c/kernel"), variable("d|e/kernel")), "markdown")
    assert r"| a\|b\`c/kernel |" in text
    assert r"| `d\|e/kernel` |" in text
