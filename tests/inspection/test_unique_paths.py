"""Paths are unique whatever the names are, and the first of a name keeps it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from weightscope.inspection.unique_paths import UniquePaths

NAMES = st.lists(st.sampled_from(["k", "k#2", "k#3", "k#2#2", "b"]), max_size=12)


@given(NAMES, NAMES)
def test_every_path_is_given_once_and_begins_with_its_name(taken: list[str], names: list[str]) -> None:
    unique = UniquePaths(taken)
    given = [unique(name) for name in names]
    assert len(set(given)) == len(given)
    assert not set(given) & set(taken)
    assert all(path == name or path.startswith(f"{name}#") for path, name in zip(given, names, strict=True))


def test_the_second_of_a_name_gets_a_two() -> None:
    unique = UniquePaths()
    assert [unique(name) for name in ("k", "k", "k", "b")] == ["k", "k#2", "k#3", "b"]
    assert [UniquePaths(["k"])("k"), UniquePaths(["k"])("b")] == ["k#2", "b"]
