"""Two models compared as a whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.records import inspection, variable
from weightscope.errors import UsageError
from weightscope.inspection import Inspection, Variable
from weightscope.inspection.difference import Comparison, Numbers
from weightscope.inspection.variable_filter import VariableFilter
from weightscope.measure.compare.compare import compare
from weightscope.measure.compare.settings import SORT, CompareSettings, Tolerance

MIRRORED = {"only-in-a": "only-in-b", "only-in-b": "only-in-a"}


@st.composite
def models(draw: st.DrawFn) -> Inspection:
    paths = draw(st.lists(st.sampled_from(["a/kernel", "a/bias", "b/kernel", "c/kernel"]), unique=True))
    return inspection(*(draw(variables(path)) for path in paths))


@st.composite
def variables(draw: st.DrawFn, path: str) -> Variable:
    shape = draw(st.sampled_from([(2, 3), (6,)]))
    values = draw(st.sampled_from([0.0, 1.0, np.nan])) + np.arange(6.0).reshape(shape)
    dtype = draw(st.sampled_from(["float32", "float16"]))
    trainable = draw(st.sampled_from([True, False, None]))
    return variable(path, shape, dtype=dtype, values=values.astype(dtype), trainable=trainable)


@given(models(), st.booleans())
def test_a_model_does_not_differ_from_itself(model: Inspection, by_layer: bool) -> None:
    found = compare(model, model, CompareSettings(include_equal=False, by_layer=by_layer))
    assert (found.differences, found.findings) == ((), ())
    assert found.layers == (() if by_layer else None)
    assert found.totals.equal == found.totals.compared == len(model.variables)


@given(models(), models())
def test_the_other_way_round_the_same_differs(a: Inspection, b: Inspection) -> None:
    there, back = compare(a, b, CompareSettings()), compare(b, a, CompareSettings())
    assert {(one.kind, one.a, one.b) for one in there.differences} == {
        (MIRRORED.get(one.kind, one.kind), one.b, one.a) for one in back.differences
    }


@given(models(), models(), st.sampled_from(SORT))
def test_totals_and_rows_add_up(a: Inspection, b: Inspection, sort: str) -> None:
    found = compare(a, b, CompareSettings(sort=sort, by_layer=True))
    totals = found.totals
    rows = {(one.a, one.b) for one in found.differences}
    assert totals.compared == len(rows)
    assert totals.equal == sum(one.kind == "equal" for one in found.differences)
    assert totals.only_in_a == sum(one.kind == "only-in-a" for one in found.differences)
    assert found.layers is not None
    assert sum(one.variables for one in found.layers) == totals.compared
    assert sum(one.different for one in found.layers) == totals.different


def kinds(found: Comparison) -> list[str]:
    return [one.kind for one in found.differences]


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        ({}, {}, ["equal"]),
        ({}, {"values": np.ones((2, 3), "float32")}, ["values"]),
        ({"shape": (3, 2)}, {}, ["shape"]),
        ({}, {"dtype": "float64", "values": np.arange(6.0).reshape(2, 3)}, ["dtype"]),
        ({"trainable": True}, {"trainable": False}, ["trainable"]),
        ({"trainable": None}, {"trainable": False}, ["equal"]),
        (
            {"trainable": False},
            {"dtype": "float64", "values": np.ones((2, 3)), "trainable": True},
            ["values", "dtype", "trainable"],
        ),
    ],
)
def test_each_way_to_differ_is_told(a: dict[str, Any], b: dict[str, Any], wanted: list[str]) -> None:
    one, other = (inspection(variable("layer/kernel", **each)) for each in (a, b))
    assert kinds(compare(one, other, CompareSettings())) == wanted


def steps(*moves: float) -> Inspection:
    """Returns a model of which each variable is off by another amount."""
    zero = np.arange(6, dtype="float32").reshape(2, 3)
    return inspection(*(variable(f"layer_{place}/kernel", values=zero + move) for place, move in enumerate(moves)))


def test_the_largest_difference_comes_first_when_asked_for_not_a_number_before_all() -> None:
    found = compare(steps(0, 0, 0, 0), steps(1, 0, np.nan, 5), CompareSettings(sort="maximum_absolute"))
    assert [one.a for one in found.differences] == [f"layer_{place}/kernel" for place in (2, 3, 0, 1)]


def test_within_the_tolerance_is_equal_and_told_how_far() -> None:
    found = compare(steps(0), steps(0.5), CompareSettings(tolerance=Tolerance(absolute=0.5)))
    (one,) = found.differences
    assert one.kind == "equal"
    assert one.numbers is not None
    assert one.numbers.maximum_absolute == 0.5


def test_the_numbers_of_a_layer_are_over_all_its_elements() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
    bias = rng.normal(size=3)
    one, other = (
        inspection(variable("l/kernel", (4, 3), values=kernel), variable("l/bias", (3,), values=bias))
        for kernel in (a, b)
    )
    (layer,) = compare(one, other, CompareSettings(by_layer=True)).layers or ()
    whole_a, whole_b = np.append(a, bias), np.append(b, bias)
    assert layer.numbers is not None
    assert layer.numbers.relative_l2 == pytest.approx(np.linalg.norm(whole_a - whole_b) / np.linalg.norm(whole_a))
    assert layer.numbers.changed == pytest.approx((whole_a != whole_b).mean())
    norms = np.linalg.norm(whole_a) * np.linalg.norm(whole_b)
    assert layer.numbers.cosine == pytest.approx(whole_a @ whole_b / norms)


def test_an_equal_layer_is_no_distance_apart() -> None:
    (layer,) = compare(steps(0), steps(0), CompareSettings(by_layer=True)).layers or ()
    assert layer.numbers == Numbers(0.0, 0.0, None, 0.0)


def test_a_filter_matches_the_path_of_either_and_says_when_nothing_matches() -> None:
    a, b = inspection(variable("a/kernel"), variable("both/kernel")), inspection(variable("both/kernel"))
    found = compare(a, b, CompareSettings(wanted=VariableFilter(("a/*",))))
    assert [one.a for one in found.differences] == ["a/kernel"]
    nothing = compare(a, b, CompareSettings(wanted=VariableFilter(("x*",))))
    assert (nothing.totals.compared, [note.code for note in nothing.notes]) == (0, ["nothing-compared"])


def test_frozen_is_not_asked_of_a_file_that_does_not_say_what_is_trainable() -> None:
    silent = inspection(variable("layer/0", trainable=None))
    with pytest.raises(UsageError, match="trainability is not stored in this file"):
        compare(silent, silent, CompareSettings(frozen=True))


def test_optimizers_are_compared_where_they_are_listed() -> None:
    slot, moved = (variable("adam/momentum", values=np.full((2, 3), move), role="optimizer") for move in (0.0, 1.0))
    a, b = (inspection(variable("layer/kernel"), optimizer=(one,)) for one in (slot, moved))
    assert kinds(compare(a, b, CompareSettings())) == ["equal", "values"]


def test_what_a_file_did_not_fill_is_not_compared_and_said_so() -> None:
    new = variable("grid/kernel", values=np.ones((2, 3)), role="unloaded")
    a, b = inspection(variable("out/kernel"), new), inspection(variable("out/kernel"), variable("grid/kernel"))
    found = compare(a, b, CompareSettings())
    assert [(one.kind, one.a, one.b) for one in found.differences] == [
        ("equal", "out/kernel", "out/kernel"),
        ("only-in-b", None, "grid/kernel"),
    ]
    assert [(note.code, note.variable) for note in found.notes] == [("not-in-file", "grid/kernel")]
    assert "A" in found.notes[0].message
    assert kinds(compare(a, a, CompareSettings())) == ["equal"]


@pytest.mark.parametrize("role", ["metric", "seed", "untracked"])
def test_a_state_that_only_one_file_keeps_is_no_difference_and_noted(role: str) -> None:
    state = variable("mean/total", role=role)
    a, b = inspection(variable("x/kernel"), state), inspection(variable("x/kernel"))
    for one, other, side in ((a, b, "A"), (b, a, "B")):
        found = compare(one, other, CompareSettings())
        assert (kinds(found), found.totals.compared) == (["equal"], 1)
        (note,) = found.notes
        assert f"only {side} has them: 1" in note.message
    assert kinds(compare(a, a, CompareSettings())) == ["equal", "equal"]
