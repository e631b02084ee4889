"""Which variable of one model is which one of another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.records import variable
from weightscope.inspection import Variable
from weightscope.inspection.difference import Match
from weightscope.measure.compare.matching import Matching, match_variables


def at(place: str, one: Variable) -> Variable:
    return replace(one, info=replace(one.info, stored_at=place))


def nowhere(*variables: Variable) -> list[Variable]:
    """Returns the variables as if they came from no file, so that places say nothing."""
    return [replace(one, info=replace(one.info, stored_at=None)) for one in variables]


def paths(matching: Matching) -> list[tuple[str | None, str | None]]:
    return [(path_of(pair.a), path_of(pair.b)) for pair in matching.pairs]


def path_of(one: Variable | None) -> str | None:
    return None if one is None else one.info.path


SIDES = st.lists(
    st.builds(
        lambda path, shape, place: at(f"layers/{place}/vars/0", variable(path, shape)),
        st.sampled_from(["a/kernel", "a/bias", "b/kernel", "b/0", "b/1", "c/0", "c/kernel"]),
        st.sampled_from([(2,), (3,), ()]),
        st.integers(0, 4),
    ),
    unique_by=(lambda one: one.info.path, lambda one: one.info.stored_at),
    max_size=5,
)
MATCHES: Any = st.sampled_from(["path", "order", "values"])


@given(SIDES, SIDES, MATCHES)
def test_every_variable_is_in_one_pair(a: list[Variable], b: list[Variable], match: Match) -> None:
    pairs = match_variables(a, b, match).pairs
    assert [pair.a for pair in pairs if pair.a is not None] == a
    taken = [pair.b.info.path for pair in pairs if pair.b is not None]
    assert sorted(taken) == sorted(one.info.path for one in b)


@given(SIDES, SIDES, MATCHES)
def test_the_other_way_round_the_pairs_are_the_same(a: list[Variable], b: list[Variable], match: Match) -> None:
    back = {(one, other) for other, one in paths(match_variables(b, a, match))}
    assert set(paths(match_variables(a, b, match))) == back


@given(SIDES, MATCHES)
def test_a_model_is_paired_with_itself_by_path(a: list[Variable], match: Match) -> None:
    assert paths(match_variables(a, a, match)) == [(one.info.path, one.info.path) for one in a]


def test_a_path_decides_before_a_place() -> None:
    a = [at("layers/dense/vars/0", variable("x/kernel")), at("layers/dense_1/vars/0", variable("y/kernel"))]
    b = [at("layers/dense/vars/0", variable("y/kernel")), at("layers/dense_1/vars/0", variable("x/kernel"))]
    assert paths(match_variables(a, b, "path")) == [("x/kernel", "x/kernel"), ("y/kernel", "y/kernel")]


def test_a_place_decides_before_a_path_whose_shape_is_another() -> None:
    a = [
        at("layers/dense/vars/0", variable("dense/kernel", (8, 4))),
        at("layers/dense_1/vars/0", variable("dense_1/kernel", (4, 2))),
    ]
    b = [
        at("layers/dense/vars/0", variable("dense_1/kernel", (8, 4))),
        at("layers/dense_1/vars/0", variable("dense_2/kernel", (4, 2))),
    ]
    found = match_variables(a, b, "path")
    assert paths(found) == [("dense/kernel", "dense_1/kernel"), ("dense_1/kernel", "dense_2/kernel")]
    assert all(pair.is_renamed for pair in found.pairs)


def test_an_index_stands_for_the_name_that_a_file_does_not_tell() -> None:
    a = nowhere(variable("tower/kernel", (3, 3)), variable("tower/bias", (3,)))
    b = nowhere(variable("tower/0", (3, 3)), variable("tower/1", (3,)))
    found = match_variables(a, b, "path")
    assert paths(found) == [("tower/kernel", "tower/0"), ("tower/bias", "tower/1")]
    assert not any(pair.is_renamed for pair in found.pairs)


def test_a_group_stands_for_the_layer_that_a_file_does_not_name() -> None:
    a = [at("layers/dense/vars/0", variable("tower/kernel"))]
    b = [at("layers/dense/vars/0", variable("layers/dense/0"))]
    (pair,) = match_variables(a, b, "path").pairs
    assert (pair.a, pair.b, pair.is_renamed) == (a[0], b[0], False)


@pytest.mark.parametrize("match", ["path", "order", "values"])
def test_what_has_neither_path_nor_place_in_common_is_paired_as_asked(match: Match) -> None:
    ones, twos = np.full((2, 2), 1.0, "float32"), np.full((2, 2), 2.0, "float32")
    a = nowhere(variable("a/k", (2, 2), values=ones), variable("b/k", (2, 2), values=twos))
    b = nowhere(variable("c/k", (2, 2), values=twos), variable("d/k", (2, 2), values=ones))
    wanted = {
        "path": [("a/k", None), ("b/k", None), (None, "c/k"), (None, "d/k")],
        "order": [("a/k", "c/k"), ("b/k", "d/k")],
        "values": [("a/k", "d/k"), ("b/k", "c/k")],
    }
    assert paths(match_variables(a, b, match)) == wanted[match]


def test_the_same_content_in_several_places_is_told_and_not_paired() -> None:
    zeros = np.zeros(4, "float32")
    a = nowhere(variable("a/bias", (4,), values=zeros))
    b = nowhere(variable("b/bias", (4,), values=zeros), variable("c/bias", (4,), values=zeros))
    found = match_variables(a, b, "values")
    assert paths(found) == [("a/bias", None), (None, "b/bias"), (None, "c/bias")]
    (note,) = found.notes
    assert all(path in note.message for path in ("a/bias", "b/bias", "c/bias"))


def test_only_what_could_be_equal_is_read() -> None:
    class Unread:
        chunk_shape = None

        def read(self, *_: object) -> Any:
            raise AssertionError("read")

    a = [replace(one, values=Unread()) for one in nowhere(variable("a/k", (2, 2)), variable("same/k", (3,)))]
    b = [replace(one, values=Unread()) for one in nowhere(variable("b/k", (2, 3)), variable("same/k", (3,)))]
    assert paths(match_variables(a, b, "values")) == [("a/k", None), ("same/k", "same/k"), (None, "b/k")]


def layer(path: str, *shapes: tuple[int, ...], place: str | None = None, names: str = "kernel bias") -> list[Variable]:
    """Returns the variables of a layer, at a place in the file of Keras 3 where one is given."""
    made = [variable(f"{path}/{name}", shape) for name, shape in zip(names.split(), shapes, strict=True)]
    if place is None:
        return nowhere(*made)
    return [at(f"layers/{place}/vars/{index}", one) for index, one in enumerate(made)]


def test_layers_of_the_same_place_and_other_shapes_are_paired_whole() -> None:
    a = [
        *layer("c1", (3, 3, 3, 8), (8,), place="conv2d"),
        *layer("bn", (8,), (8,), place="batch_normalization", names="0 1"),
        *layer("out", (8, 80), (80,), place="dense", names="0 1"),
    ]
    b = [
        *layer("c1", (3, 3, 3, 16), (16,), place="conv2d"),
        *layer("bn", (16,), (16,), place="batch_normalization", names="gamma beta"),
        *layer("out", (16, 5), (5,), place="dense"),
    ]
    assert paths(match_variables(a, b, "path")) == [
        ("c1/kernel", "c1/kernel"),
        ("c1/bias", "c1/bias"),
        ("bn/0", "bn/gamma"),
        ("bn/1", "bn/beta"),
        ("out/0", "out/kernel"),
        ("out/1", "out/bias"),
    ]


def test_the_variables_of_a_layer_stay_together_where_only_some_shapes_agree() -> None:
    # another session counted on: `dense_1` is not the layer that it was, though its bias has the same shape
    a = [*layer("dense", (8, 4), (4,), place="dense"), *layer("dense_1", (4, 4), (4,), place="dense_1")]
    b = [*layer("dense_1", (9, 4), (4,), place="dense"), *layer("dense_2", (4, 4), (4,), place="dense_1")]
    assert paths(match_variables(a, b, "path")) == [
        ("dense/kernel", "dense_1/kernel"),
        ("dense/bias", "dense_1/bias"),
        ("dense_1/kernel", "dense_2/kernel"),
        ("dense_1/bias", "dense_2/bias"),
    ]


def test_a_variable_more_leaves_the_others_of_the_layer_paired() -> None:
    a = layer("out", (4, 2), place="dense", names="kernel")
    b = layer("out", (4, 2), (2,), place="dense")
    assert paths(match_variables(a, b, "path")) == [("out/kernel", "out/kernel"), (None, "out/bias")]


def test_a_layer_that_was_put_in_between_has_no_partner() -> None:
    a = [*layer("x", (4, 4), (4,), place="dense"), *layer("y", (4, 4), (4,), place="dense_1")]
    b = [
        *layer("new", (4, 4), (4,), place="dense"),
        *layer("x", (4, 4), (4,), place="dense_1"),
        *layer("y", (4, 4), (4,), place="dense_2"),
    ]
    assert paths(match_variables(a, b, "path")) == [
        ("x/kernel", "x/kernel"),
        ("x/bias", "x/bias"),
        ("y/kernel", "y/kernel"),
        ("y/bias", "y/bias"),
        (None, "new/kernel"),
        (None, "new/bias"),
    ]


def test_in_order_a_layer_is_paired_whole() -> None:
    a = [*layer("a", (4, 4), (4,)), *layer("b", (4, 4), names="kernel")]
    b = [*layer("c", (4, 4), names="kernel"), *layer("d", (4, 4), (4,))]
    assert paths(match_variables(a, b, "order")) == [
        ("a/kernel", "d/kernel"),
        ("a/bias", "d/bias"),
        ("b/kernel", "c/kernel"),
    ]


def test_by_content_a_layer_is_paired_whole_although_its_bias_is_zero_as_others_are() -> None:
    def filled(path: str, number: float) -> list[Variable]:
        kernel = np.full((2, 2), number, "float32")
        return nowhere(variable(f"{path}/k", (2, 2), values=kernel), variable(f"{path}/b", (2,), values=np.zeros(2)))

    found = match_variables([*filled("a", 1), *filled("b", 2)], [*filled("c", 2), *filled("d", 1)], "values")
    assert paths(found) == [("a/k", "d/k"), ("a/b", "d/b"), ("b/k", "c/k"), ("b/b", "c/b")]
    assert found.notes == ()


def test_a_layer_is_found_where_one_file_does_not_name_the_model_around_it() -> None:
    a = [*layer("d", (4, 4), (4,)), *layer("head", (4, 1), (1,))]
    b = [*layer("body/d", (4, 4), (4,)), *layer("other/head", (9, 9), (9,))]
    assert paths(match_variables(a, b, "path"))[:3] == [
        ("d/kernel", "body/d/kernel"),
        ("d/bias", "body/d/bias"),
        ("head/kernel", None),
    ]
    twice = [*b, *layer("tail/d", (4, 4), (4,))]
    assert paths(match_variables(a, twice, "path"))[0] == ("d/kernel", None)
