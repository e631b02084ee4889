"""Each rule finds what it is for, and nothing in what is well; on hand-made values."""

from __future__ import annotations

import base64
import marshal
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.measure.counting import Counting
from tests.records import InMemory, inspection, variable
from weightscope.errors import UsageError
from weightscope.inspection import Array, Finding, Inspection, SourceInfo, Variable
from weightscope.inspection.layer_config import LayerConfig
from weightscope.measure.check import fixes
from weightscope.measure.check.check_weights import check_weights
from weightscope.measure.check.rules import RULES
from weightscope.measure.check.settings import CheckSettings

GENERATOR = np.random.default_rng(0)
TRAINED = GENERATOR.standard_t(4, (16, 12)).astype("float32") * 0.1


def kernel(values: Any, path: str = "dense/kernel", layer_class: str = "Dense", **more: Any) -> Variable:
    array = np.asarray(values)
    return variable(path, array.shape, values=array, dtype=str(array.dtype), layer_class=layer_class, **more)


def changed(place: Any, value: float, values: Array = TRAINED) -> Array:
    array = values.copy()
    array[place] = value
    return array


def glorot(shape: tuple[int, int] = (20, 30)) -> Array:
    limit = np.sqrt(6 / sum(shape))
    return GENERATOR.uniform(-limit, limit, shape).astype("float32")


def dense(**config: Any) -> LayerConfig:
    glorot_uniform = {"class_name": "GlorotUniform", "config": {"seed": None}}
    return LayerConfig("dense", "Dense", {"units": 30, "kernel_initializer": glorot_uniform, **config})


def with_layers(model: Inspection, *layers: LayerConfig) -> Inspection:
    return replace(model, layers=layers)


def slot(path: str, value: float) -> Variable:
    """An optimizer's number."""
    return variable(path, (), values=np.array(value, "float32"), role="optimizer")


def in_sequential(class_name: str, config: dict[str, Any]) -> dict[str, Any]:
    """The config of a model with one layer, as Keras 2 writes it into a legacy file."""
    return {"class_name": "Sequential", "config": {"layers": [{"class_name": class_name, "config": config}]}}


def code(function: Any) -> list[Any]:
    """A function as Keras 2 writes it into a config."""
    return [base64.b64encode(marshal.dumps(function.__code__)).decode(), None, None]


ZEROS = np.zeros(30, "float32")
TINY = np.full((4, 4), 1e-40, "float32")

#: By rule: a model that it finds something in, and one of the same kind that is well.
CASES: dict[str, tuple[Inspection, Inspection]] = {
    "nan-values": (inspection(kernel(changed((3, 4), np.nan))), inspection(kernel(TRAINED))),
    "infinite-values": (inspection(kernel(changed((3, 4), -np.inf))), inspection(kernel(TRAINED))),
    "zero-kernel": (inspection(kernel(TRAINED * 0)), inspection(kernel(np.zeros(9, "float32"), "dense/bias"))),
    "constant-kernel": (inspection(kernel(TRAINED * 0 + 2)), inspection(kernel(np.ones(9, "float32"), "bn/gamma"))),
    "dead-channels": (inspection(kernel(changed(np.s_[:, 5], 0.0))), inspection(kernel(changed(np.s_[5, :], 0.0)))),
    "untrained-batchnorm": (
        inspection(
            kernel(np.zeros(3, "float32"), "bn/moving_mean", "BatchNormalization"),
            kernel(np.ones(3, "float32"), "bn/moving_variance", "BatchNormalization"),
        ),
        inspection(
            kernel(np.zeros(3, "float32"), "bn/moving_mean", "BatchNormalization"),
            kernel(np.array([1, 1, 0.9], "float32"), "bn/moving_variance", "BatchNormalization"),
        ),
    ),
    "unadapted-normalization": (
        inspection(
            kernel(np.zeros(3, "float32"), "scale/mean", "Normalization"),
            kernel(np.ones(3, "float32"), "scale/variance", "Normalization"),
        ),
        inspection(
            kernel(np.zeros(3, "float32"), "scale/mean", "Normalization"),
            kernel(np.array([1, 1, 0.9], "float32"), "scale/variance", "Normalization"),
        ),
    ),
    "negative-variance": (
        inspection(kernel(np.array([1, -1e-3], "float32"), "bn/moving_variance", "BatchNormalization")),
        inspection(kernel(np.array([1, -1e-3], "float32"), "bn/moving_mean", "BatchNormalization")),
    ),
    "untrained-weights": (
        with_layers(inspection(kernel(glorot()), kernel(ZEROS, "dense/bias")), dense()),
        with_layers(inspection(kernel(glorot()), kernel(ZEROS + 1e-3, "dense/bias")), dense()),
    ),
    "exploding-values": (
        inspection(kernel(changed((0, 0), 2e4))),
        inspection(kernel(np.array([1, 2e4], "float32"), "bn/moving_variance", "BatchNormalization")),
    ),
    "exploding-statistics": (
        inspection(kernel(np.array([1, 2e8], "float32"), "bn/moving_variance", "BatchNormalization")),
        inspection(kernel(np.array([1, 2e8], "float32"), "scale/variance", "Normalization")),
    ),
    "denormal-values": (inspection(kernel(TINY)), inspection(kernel(changed((0, 0), 1e-40)))),
    "duplicate-variables": (
        inspection(kernel(TRAINED), kernel(TRAINED, "other/kernel")),
        inspection(kernel(TRAINED), kernel(TRAINED[::-1], "other/kernel")),
    ),
    "optimizer-without-steps": (
        inspection(optimizer=(slot("adam/iteration", 0), slot("adam/learning_rate", 0))),
        inspection(optimizer=(slot("adam/iteration", 3), slot("adam/learning_rate", 0))),
    ),
    "skipped-steps": (
        inspection(optimizer=(slot("scale/iteration", 0), slot("scale/dynamic_scale", 512))),
        inspection(optimizer=(slot("scale/iteration", 0), slot("scale/dynamic_scale", 32768))),
    ),
    "misnamed-file": (
        replace(inspection(), source=SourceInfo("model.keras", "legacy-h5")),
        replace(inspection(), source=SourceInfo("model.weights.h5", "legacy-h5")),  # load_model reads it
    ),
    "shape-mismatch": (
        with_layers(inspection(kernel(TRAINED)), dense(units=13)),
        with_layers(inspection(kernel(TRAINED)), dense(units=12)),
    ),
    "missing-weights": (
        with_layers(inspection(kernel(TRAINED)), LayerConfig("dense", "Dense", {}, expected=2, stored=1)),
        with_layers(inspection(kernel(TRAINED)), LayerConfig("dense", "Dense", {}, expected=None, stored=1)),
    ),
    "unexpected-weights": (
        with_layers(inspection(kernel(TRAINED)), LayerConfig("dense", "Dense", {}, expected=1, stored=2)),
        with_layers(inspection(kernel(TRAINED)), LayerConfig("dense", "Dense", {}, expected=2, stored=2)),
    ),
    "misplaced-weights": (
        with_layers(
            inspection(kernel(TRAINED)),
            LayerConfig("dense", "Dense", {}, group="layers/dense_2", sought="layers/dense_1"),
        ),
        with_layers(
            inspection(kernel(TRAINED)),
            LayerConfig("dense", "Dense", {}, group="layers/dense_1", sought="layers/dense_1"),
        ),
    ),
    "unknown-argument": (
        replace(inspection(), config=in_sequential("Dense", {"name": "dense", "time_major": False})),
        replace(inspection(), config=in_sequential("Dense", {"name": "dense", "units": 3})),
    ),
    "refused-value": (
        replace(
            inspection(),
            config=in_sequential("Attention", {"name": "a", "score_mode": "dot"}),
            source=replace(inspection().source, format="legacy-h5"),
        ),
        replace(inspection(), config=in_sequential("Attention", {"name": "a", "score_mode": "dot"})),
    ),
    "misread-input-shape": (
        replace(
            inspection(),
            config=in_sequential("Dense", {"name": "a", "units": 3, "batch_input_shape": [None, 4]}),
            source=replace(inspection().source, format="legacy-h5"),
        ),
        replace(
            inspection(),
            config=in_sequential("InputLayer", {"name": "a", "batch_input_shape": [None, 4]}),
            source=replace(inspection().source, format="legacy-h5"),
        ),
    ),
    "unknown-class": (
        replace(inspection(), config=in_sequential("CuDNNLSTM", {"name": "lstm"})),
        replace(inspection(), config=in_sequential("MyLSTM", {"name": "lstm", "x": 1})),
    ),
    "needs-custom-objects": (
        replace(inspection(), model=replace(inspection().model, custom_objects=("my>Layer",))),
        inspection(),
    ),
    "runs-code-on-load": (
        inspection(notes=(Finding("lambda-bytecode", "warning", "a Lambda layer holds Python bytecode"),)),
        inspection(notes=(Finding("weights-only", "note", "no architecture"),)),
    ),
    "lambda-weights": (
        with_layers(inspection(), LayerConfig("f", "Lambda", {"function": code(lambda x: unknown_layer(x))})),  # type: ignore[name-defined]  # noqa: F821
        with_layers(inspection(), LayerConfig("f", "Lambda", {"function": code(lambda x: np.abs(x) + len(x))})),
    ),
    "lora-not-in-file": (
        with_layers(inspection(kernel(TRAINED)), LayerConfig("dense", "Dense", {"lora_rank": 2}, 2, 2)),
        with_layers(
            inspection(kernel(TRAINED), kernel(TRAINED, "dense/lora_kernel_a")),
            LayerConfig("dense", "Dense", {"lora_rank": 2}, 4, 4),
        ),
    ),
    "freeze-lost-on-load": (
        with_layers(inspection(kernel(TRAINED)), dense(trainable=False, units=12)),
        with_layers(inspection(kernel(TRAINED, trainable=False)), dense(trainable=False, units=12)),
    ),
    "optimizer-not-loaded": (
        replace(
            inspection(kernel(TRAINED, trainable=False), optimizer=(slot("adam/dense/kernel/momentum", 1),)),
            source=SourceInfo("model.keras", "keras"),
            config={"class_name": "Sequential", "config": {"layers": []}},
        ),
        replace(
            inspection(kernel(TRAINED, trainable=True), optimizer=(slot("adam/dense/kernel/momentum", 1),)),
            source=SourceInfo("model.keras", "keras"),
            config={"class_name": "Sequential", "config": {"layers": []}},
        ),
    ),
    "optimizer-in-file": (replace(inspection(), optimizer_bytes=99), replace(inspection(), optimizer_bytes=None)),
}


def test_a_rules_fix_is_one_of_those_that_are_tried() -> None:
    assert all(rule.fix is None or rule.fix in vars(fixes).values() for rule in RULES.values())


def rules_found(model: Inspection) -> list[str]:
    return [one.code for one in check_weights(model).findings]


def test_every_rule_has_a_case() -> None:
    assert sorted(CASES) == sorted(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_it_finds_what_it_is_for_and_nothing_in_what_is_well(rule: str) -> None:
    sick, well = CASES[rule]
    (found,) = [one for one in check_weights(sick).findings if one.code == rule]
    assert found.level == RULES[rule].level
    assert found.fix == RULES[rule].fix or found.fix in vars(fixes).values()
    assert found.message
    assert rule not in rules_found(well)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_can_be_selected_and_ignored(rule: str) -> None:
    sick, _ = CASES[rule]
    assert {one.code for one in check_weights(sick, CheckSettings(select=frozenset({rule}))).findings} == {rule}
    assert rule not in {one.code for one in check_weights(sick, CheckSettings(ignore=frozenset({rule}))).findings}


@pytest.mark.parametrize("rule", ["zero-kernel", "constant-kernel"])
@pytest.mark.parametrize("name", ["prelu/alpha", "norm/beta", "norm/gamma", "dense/kernel_scale", "gru/bias"])
def test_slopes_scales_and_shifts_are_no_kernels(rule: str, name: str) -> None:
    values = np.full((3, 4), rule == "constant-kernel", "float32")
    assert rule in rules_found(inspection(kernel(values)))
    assert rule not in rules_found(inspection(kernel(values, name)))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_channels_told_as_dead_are_those_of_zeros(data: st.DataObject) -> None:
    shape = data.draw(st.tuples(st.integers(1, 400), st.integers(2, 9)))
    values = np.zeros(shape, "float32")
    for place in data.draw(
        st.sets(st.tuples(st.integers(0, shape[0] - 1), st.integers(0, shape[1] - 1)), min_size=1, max_size=20)
    ):
        values[place] = 1.0
    chunk = data.draw(st.none() | st.tuples(st.integers(50, 400), st.integers(2, 9)))
    found = [
        one
        for one in check_weights(inspection(Variable(kernel(values).info, InMemory(values, chunk)))).findings
        if one.code == "dead-channels"
    ]
    dead = np.flatnonzero((values == 0).all(axis=0))
    assert [one.count for one in found] == ([dead.size] if dead.size else [])
    assert all(one.message.endswith(f": {', '.join(map(str, dead))}") for one in found)


def test_trained_weights_are_not_taken_for_fresh_ones() -> None:
    rng = np.random.default_rng(1)
    for step in (0.02, 0.1, 0.5):
        moved = glorot() + rng.standard_normal((20, 30)).astype("float32") * step * 0.3
        model = with_layers(inspection(kernel(moved), kernel(ZEROS, "dense/bias")), dense())
        assert "untrained-weights" not in rules_found(model)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_where_values_are_not_finite_is_told_exactly(data: st.DataObject) -> None:
    shape = data.draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    places = data.draw(st.sets(st.tuples(st.integers(0, shape[0] - 1), st.integers(0, shape[1] - 1)), min_size=1))
    values = np.ones(shape, "float32")
    for place in places:
        values[place] = np.nan
    info = kernel(values).info
    chunk = data.draw(st.none() | st.tuples(st.integers(1, 9), st.integers(1, 9)))
    (found,) = [
        one
        for one in check_weights(inspection(Variable(info, InMemory(values, chunk)))).findings
        if one.code == "nan-values"
    ]
    assert found.count == len(places)
    assert f"first at index {list(min(places))}," in found.message
    assert found.message.endswith(", ".join(map(str, sorted({column for _, column in places}))))


@pytest.mark.parametrize("rule", RULES)
def test_values_are_read_only_for_rules_that_ask_for_them(rule: str) -> None:
    stored = Counting(TRAINED)
    model = inspection(Variable(kernel(TRAINED).info, stored))
    report = check_weights(model, CheckSettings(select=frozenset({rule})))
    assert (stored.reads > 0) == RULES[rule].reads_values
    assert report.bytes == (TRAINED.nbytes if stored.reads else 0)


def test_a_rule_that_there_is_not_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(UsageError) as raised:
        CheckSettings(ignore=frozenset({"nan-vales"}))
    assert "nan-values" in raised.value.hint


def test_of_many_classes_only_some_are_named() -> None:
    model = replace(inspection(), model=replace(inspection().model, custom_objects=tuple(f"c{n}" for n in range(5000))))
    (found,) = check_weights(model).findings
    assert found.count == 5000
    assert found.message.endswith("c19 and 4,980 more")


def test_limits_can_be_set() -> None:
    model = inspection(kernel(changed((0, 0), 50.0)))
    assert "exploding-values" not in rules_found(model)
    strict = CheckSettings(limits={"exploding-values": 10.0})
    assert "exploding-values" in [one.code for one in check_weights(model, strict).findings]


def test_the_worst_comes_first() -> None:
    model = replace(inspection(kernel(changed((0, 0), np.nan)), kernel(TRAINED * 0, "b/kernel")), optimizer_bytes=1)
    assert [one.level for one in check_weights(model).findings] == ["error", "warning", "note"]
