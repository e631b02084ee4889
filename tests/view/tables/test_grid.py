"""The layout of a table in the width there is."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from weightscope.view.tables.grid import Column, Grid, Row
from weightscope.view.text.surface import Surface

WORDS = st.text(alphabet="abcdefgh/_", min_size=1, max_size=50)
COLUMNS = (Column("name"), Column("count", "right", labelled=True), Column("kind"))


def grid_of(cells: list[tuple[str, str, str]]) -> Grid:
    return Grid(COLUMNS, [Row(tuple(((text, ""),) for text in row)) for row in cells])


@settings(deadline=None)
@given(st.lists(st.tuples(WORDS, st.integers(0, 10**9).map(str), WORDS), min_size=1, max_size=5), st.integers(20, 140))
def test_folding_loses_nothing_and_keeps_to_the_width(cells: list[tuple[str, str, str]], width: int) -> None:
    text = Surface(width).draw(grid_of(cells))
    assert max(map(cell_len, text.splitlines())) <= width
    letters = sorted(re.sub(r"[^a-z/_0-9]", "", text.replace("name", "").replace("count", "").replace("kind", "")))
    expected = sorted("".join("".join(row) for row in cells))
    assert letters == expected or not set(expected) - set(letters)


@settings(deadline=None)
@given(st.lists(st.tuples(WORDS, st.integers(0, 10**9).map(str), WORDS), min_size=1, max_size=5))
def test_without_a_width_every_row_is_one_line(cells: list[tuple[str, str, str]]) -> None:
    lines = Surface().draw(grid_of(cells)).splitlines()
    assert [tuple(line.split()) for line in lines[2:]] == cells


def test_numbers_are_flush_right() -> None:
    heading, _, *rows = Surface().draw(grid_of([("a", "1", "x"), ("b", "1000", "y")])).splitlines()
    assert {row.rindex(number) + len(number) for row, number in zip(rows, ("1", "1000"), strict=True)} == {
        heading.index("count") + len("count")
    }


def test_wide_characters_count_as_two() -> None:
    _, _, *rows = Surface().draw(grid_of([("層層", "1", "x"), ("abcd", "1", "y")])).splitlines()
    assert cell_len(rows[0]) == cell_len(rows[1])


def test_a_wide_character_is_not_cut_in_half() -> None:
    text = Surface(21).draw(grid_of([("a" + "層" * 40, "1", "x")]))
    assert text.count("層") == 40
    assert max(map(cell_len, text.splitlines())) <= 21
