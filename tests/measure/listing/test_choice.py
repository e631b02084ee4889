"""Which variables are chosen, in which order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.records import inspection, variable
from weightscope.measure import Choice, list_measured

NET = (
    variable("conv/kernel", (3, 3), trainable=False),
    variable("conv/bias", (3,), trainable=True),
    variable("norm/mean", (3,), trainable=False, dtype="float64"),
    variable("dense/kernel", (3, 4), trainable=None),
    variable("dense/bias", (4,), trainable=True),
)


def chosen(choice: Choice) -> list[str]:
    return [row.info.path for row in list_measured(inspection(*NET), choice).rows]


def test_without_a_wish_everything_is_listed_in_the_models_order() -> None:
    assert chosen(Choice()) == [one.info.path for one in NET]


def test_only_trainable_keeps_what_is_known_to_be_trainable() -> None:
    assert chosen(Choice(only="trainable")) == ["conv/bias", "dense/bias"]


def test_only_non_trainable_leaves_out_what_is_not_known() -> None:
    assert chosen(Choice(only="non-trainable")) == ["conv/kernel", "norm/mean"]


def test_any_of_several_filters_may_match() -> None:
    assert chosen(Choice(filters=("*/bias", "norm/*"))) == ["conv/bias", "norm/mean", "dense/bias"]


def test_a_filter_tells_upper_from_lower_case() -> None:
    assert chosen(Choice(filters=("CONV/*",))) == []


def test_the_largest_come_first_and_equals_keep_the_models_order() -> None:
    assert chosen(Choice(sort="parameters"))[:2] == ["dense/kernel", "conv/kernel"]
    assert chosen(Choice(sort="parameters"))[-2:] == ["conv/bias", "norm/mean"]


def test_bytes_count_the_size_of_the_dtype() -> None:
    assert chosen(Choice(sort="bytes")) == ["dense/kernel", "conv/kernel", "norm/mean", "dense/bias", "conv/bias"]


def test_paths_sort_by_name() -> None:
    assert chosen(Choice(sort="path")) == sorted(one.info.path for one in NET)


@given(st.integers(1, 10), st.sampled_from(["model", "path", "parameters", "bytes"]))
def test_the_top_is_the_beginning_of_the_sorted_list(top: int, sort: str) -> None:
    assert chosen(Choice(sort=sort, top=top)) == chosen(Choice(sort=sort))[:top]


def test_layers_add_up_to_the_model() -> None:
    whole = inspection(*NET)
    layers = list_measured(whole, Choice(by="layer")).groups
    assert layers is not None
    assert [one.name for one in layers] == ["conv", "norm", "dense"]
    assert sum(one.parameters for one in layers) == whole.totals.parameters
    assert sum(one.bytes for one in layers) == whole.totals.bytes
    assert sum(one.variables for one in layers) == whole.totals.variables
    assert abs(sum(one.share for one in layers) - 1) < 1e-9


def test_a_layer_with_an_unknown_variable_does_not_say_how_much_is_trainable() -> None:
    layers = list_measured(inspection(*NET), Choice(by="layer")).groups
    assert layers is not None
    assert [one.trainable_parameters for one in layers] == [3, 0, None]


def test_layers_are_sorted_cut_and_chosen_as_variables_are() -> None:
    layers = list_measured(inspection(*NET), Choice(by="layer", sort="bytes", top=1, filters=("*/bias",))).groups
    assert layers is not None
    assert [(one.name, one.bytes) for one in layers] == [("dense", 16)]


def test_an_empty_model_has_no_layers_and_no_share() -> None:
    assert list_measured(inspection(), Choice(by="layer")).groups == ()


def test_totals_are_of_the_whole_model_whatever_is_listed() -> None:
    totals = list_measured(inspection(*NET), Choice(only="trainable", top=1)).inspection.totals
    assert totals.variables == 5
    assert (
        totals.parameters == totals.trainable_parameters + totals.non_trainable_parameters + totals.unknown_parameters
    )


def test_the_optimizers_variables_are_in_no_total_but_their_own() -> None:
    with_optimizer = inspection(*NET, optimizer=(variable("momentum", (100,)),))
    assert with_optimizer.totals.optimizer_bytes == 400
    assert with_optimizer.totals.parameters == inspection(*NET).totals.parameters


NESTED = (
    variable("encoder/block_1/attention/query/kernel", (4, 4), layer_class="EinsumDense"),
    variable("encoder/block_1/norm/gamma", (4,), layer_class="LayerNormalization"),
    variable("encoder/block_2/norm/gamma", (4,), layer_class="LayerNormalization", trainable=False),
    variable("head/kernel", (4, 2), layer_class="Dense", dtype="float16"),
    variable("scale", (1,), layer_class=None),
)


def groups(choice: Choice) -> dict[str | None, int]:
    return {one.name: one.parameters for one in list_measured(inspection(*NESTED), choice).groups or ()}


def test_variables_are_summed_by_class_and_by_dtype() -> None:
    assert groups(Choice(by="class")) == {"EinsumDense": 16, "LayerNormalization": 8, "Dense": 8, None: 1}
    assert groups(Choice(by="dtype", sort="bytes")) == {"float32": 25, "float16": 8}


@pytest.mark.parametrize(
    ("depth", "layers"),
    [
        (1, {"encoder": 24, "head": 8, "": 1}),
        (2, {"encoder/block_1": 20, "encoder/block_2": 4, "head": 8, "": 1}),
        (9, None),
    ],
)
def test_layers_below_a_level_count_to_the_layer_that_they_are_in(depth: int, layers: dict[str, int] | None) -> None:
    assert groups(Choice(by="layer", depth=depth)) == (layers or groups(Choice(by="layer")))


@pytest.mark.parametrize("by", ["layer", "class", "dtype", "model"])
@pytest.mark.parametrize("depth", [None, 1, 2])
def test_the_groups_are_the_whole_model_once(by: Any, depth: int | None) -> None:
    listing = list_measured(inspection(*NESTED), Choice(by=by, depth=depth))
    assert listing.groups is not None
    assert listing.of_groups == len(listing.groups)
    assert listing.listed is None
    assert sum(one.share for one in listing.groups) == pytest.approx(1)
    assert sum(one.variables for one in listing.groups) == len(NESTED)
