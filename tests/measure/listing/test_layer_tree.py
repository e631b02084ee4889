"""The tree of layers: subtotals add up, and nothing is counted twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from weightscope.inspection.measured import GroupSum
from weightscope.measure.listing.layer_tree import LayerRow, layer_tree


def group(name: str, parameters: int = 1, trainable: int | None = 1) -> GroupSum:
    return GroupSum(name, "Dense", 1, parameters, trainable, 4 * parameters, 0.1)


def outline(*names: str) -> list[tuple[int, str | None, int]]:
    rows = layer_tree([group(name) for name in names], {"a": "Model"})
    return [(row.level, row.name, row.total.variables) for row in rows]


def test_layers_inside_a_layer_follow_its_subtotal() -> None:
    assert outline("a/x", "a/y", "b") == [(0, "a", 2), (1, "x", 1), (1, "y", 1), (0, "b", 1)]


def test_a_layer_that_is_alone_inside_another_has_no_row_of_its_own() -> None:
    assert outline("a/only/x", "a/only/y", "b/c/d") == [(0, "a/only", 2), (1, "x", 1), (1, "y", 1), (0, "b/c/d", 1)]


def test_the_own_variables_of_a_layer_stand_beside_those_inside_it() -> None:
    assert outline("a", "a/x") == [(0, "a", 2), (1, None, 1), (1, "x", 1)]


def test_layers_whose_parts_are_apart_are_listed_flat() -> None:
    assert outline("a/x", "b", "a/y") == [(0, "a/x", 1), (0, "b", 1), (0, "a/y", 1)]


def test_a_subtotal_has_the_class_of_its_layer_and_is_unknown_where_a_part_is() -> None:
    subtotal = layer_tree([group("a/x", 2), group("a/y", 3, None)], {"a": "Model"})[0].total
    assert (subtotal.name, subtotal.layer_class, subtotal.parameters) == ("a", "Model", 5)
    assert (subtotal.trainable_parameters, subtotal.bytes) == (None, 20)


NAMES = st.lists(st.text("ab/", min_size=1, max_size=6), unique=True, max_size=8)


@given(NAMES)
def test_the_rows_without_others_inside_are_the_groups(names: list[str]) -> None:
    rows = layer_tree([group(name) for name in names], {})
    leaves = [row.total.name for place, row in enumerate(rows) if not _has_others_inside(rows, place)]
    assert sorted(map(str, leaves)) == sorted(names)


def _has_others_inside(rows: list[LayerRow], place: int) -> bool:
    return place + 1 < len(rows) and rows[place + 1].level > rows[place].level
