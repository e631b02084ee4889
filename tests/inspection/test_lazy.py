"""A lazy sequence is as good as the tuple of its items."""

from __future__ import annotations

import copy
import pickle

from weightscope.inspection.lazy import Lazy, chosen

ITEMS = Lazy(4, lambda place: place * 10)


def test_it_equals_its_tuple_and_hashes_as_it_does() -> None:
    assert ITEMS == (0, 10, 20, 30)
    assert (0, 10, 20, 30) == ITEMS  # noqa: SIM300 - the tuple is asked first
    assert ITEMS != (0, 10, 20)
    assert hash(ITEMS) == hash((0, 10, 20, 30))
    assert repr(ITEMS) == "(0, 10, 20, 30)"


def test_it_can_be_sent_to_another_process_and_copied() -> None:
    assert pickle.loads(pickle.dumps(ITEMS)) == ITEMS
    assert copy.deepcopy(ITEMS) == ITEMS


def test_slices_and_negative_places_are_those_of_a_tuple() -> None:
    assert ITEMS[-1] == 30
    assert ITEMS[::-2] == (30, 10)
    assert chosen(ITEMS, [2, 0])[1:] == (0,)
