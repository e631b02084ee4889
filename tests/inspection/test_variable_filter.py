"""Which variables a pattern matches, and what is proposed for one that matches none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.records import variable
from weightscope.inspection.variable_filter import VariableFilter, matches, select

PATHS = [
    "encoder/dense/kernel",
    "encoder/dense/bias",
    "encoder/dense_1/kernel",
    "encoder/dense_1/kernel#2",
    "head/kernel_scale",
]


def chosen(*patterns: str, exclude: tuple[str, ...] = ()) -> list[str]:
    return select(PATHS, VariableFilter(patterns, exclude), infos=lambda _: (), paths=lambda path: (path,))


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("kernel", 3),
        ("encoder", 4),
        ("dense", 2),
        ("dense/kernel", 1),
        ("encoder/dense", 2),
        ("head/kernel_scale", 1),
        ("encoder/dense_1/kernel#2", 1),
        ("ernel", 0),
        ("Dense", 0),
        ("encoder/kernel", 0),
        ("", 0),
        ("*", 5),
        ("*kernel", 2),
        ("*kernel*", 4),
        ("encoder/*", 4),
        ("encoder/dense_?/*", 2),
        ("*[!1]/kernel", 1),
    ],
)
def test_a_word_is_a_whole_part_and_a_glob_the_whole_path(pattern: str, count: int) -> None:
    assert len(chosen(pattern)) == count


def test_any_pattern_may_match_and_what_is_excluded_is_left_out_afterwards() -> None:
    assert chosen("bias", "head") == ["encoder/dense/bias", "head/kernel_scale"]
    assert chosen("kernel", exclude=("dense_1",)) == ["encoder/dense/kernel"]
    assert chosen(exclude=("encoder",)) == ["head/kernel_scale"]


@given(st.text(), st.text())
def test_a_path_matches_itself_and_is_part_of_longer_ones(path: str, name: str) -> None:
    assert matches(path, path)
    if path and not set(path) & set("*?["):
        assert matches(f"{path}/{name}/x", path)


def test_of_two_paths_that_are_compared_one_is_enough_and_none_is_excluded() -> None:
    a, b = variable("a/kernel", trainable=True).info, variable("b/kernel", trainable=False).info
    pair = [(a, b)]
    assert select(pair, VariableFilter(("a",)), infos=tuple) == pair
    assert select(pair, VariableFilter(("a",), exclude=("b",)), infos=tuple) == []
    assert select(pair, VariableFilter(only="non-trainable"), infos=tuple) == pair


@pytest.mark.parametrize(
    ("pattern", "nearest"),
    [
        ("kernl", ["kernel"]),
        ("Dense", ["dense", "dense_1"]),
        ("dense/kernl", ["kernel"]),
        ("encoder/dense/kernl", ["encoder/dense/kernel"]),
        ("ker", ["*ker*"]),
        ("Encoder/*", ["encoder"]),
        ("*kernl*", ["kernel"]),
        ("xyz", []),
        ("*", []),
    ],
)
def test_the_nearest_pattern_is_proposed_and_matches(pattern: str, nearest: list[str]) -> None:
    if pattern == "*":
        assert list(VariableFilter((pattern,)).unmatched(PATHS)) == []
        return
    ((unmatched, found),) = VariableFilter((pattern,)).unmatched(PATHS)
    assert (unmatched, found[: len(nearest)]) == (pattern, nearest)
    assert all(chosen(one) for one in found)


@given(st.text(max_size=20))
def test_what_is_proposed_matches_whatever_was_typed(pattern: str) -> None:
    for _, nearest in VariableFilter((pattern,)).unmatched(PATHS):
        assert all(chosen(one) for one in nearest)


def test_without_any_path_nothing_is_proposed() -> None:
    assert list(VariableFilter(("kernel",)).unmatched([])) == [("kernel", [])]
