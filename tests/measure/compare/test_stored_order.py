"""Legacy files are loaded by order: another order of the weights is found, and Keras fails as predicted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import Run, parse_documents
from tests.records import inspection, variable
from weightscope import inspect_model
from weightscope.inspection import Inspection
from weightscope.inspection.finding import Finding
from weightscope.measure.compare.compare import compare
from weightscope.measure.compare.settings import CompareSettings
from weightscope.source.live.framework import keras


def legacy(*paths: str, shapes: dict[str, tuple[int, ...]] | None = None) -> Inspection:
    """Returns a legacy file that holds these weights in this order."""
    made = []
    for path in paths:
        one = variable(path, (shapes or {}).get(path, (2,)))
        made.append(replace(one, info=replace(one.info, stored_at=path)))
    return replace(inspection(*made), stored_order=tuple(paths))


def found(a: Inspection, b: Inspection) -> list[Finding]:
    return [one for one in compare(a, b, CompareSettings()).findings if one.code == "stored-order"]


def test_weights_of_a_nested_model_in_another_order_are_found() -> None:
    a, b = legacy("body/d/bias", "body/bn/beta", "head/k"), legacy("body/bn/beta", "body/d/bias", "head/k")
    (finding,) = found(a, b)
    assert (finding.level, finding.variable, finding.count) == ("error", "body", 2)
    assert "body/d/bias is number 1 in A and 2 in B" in finding.message
    assert "wrong variables" in finding.message
    (finding,) = found(legacy(*a.stored_order, shapes={"body/d/bias": (3,)}), b)
    assert "do not load" in finding.message


def test_layers_in_another_order_are_found() -> None:
    (finding,) = found(legacy("x/k", "y/k"), legacy("y/k", "x/k"))
    assert (finding.variable, finding.count) == ("x", 2)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (legacy("x/k", "y/k"), legacy("x/k", "y/k")),
        (legacy("x/k", "y/k", "z/k"), legacy("x/k", "z/k")),
        (legacy("x/k", "y/k"), replace(legacy("y/k", "x/k"), stored_order=())),
        (legacy(), legacy()),
    ],
)
def test_nothing_is_found_where_the_order_is_the_same_or_does_not_count(a: Inspection, b: Inspection) -> None:
    assert found(a, b) == []


def nested(*, is_frozen: bool, units: int = 8) -> Any:
    inner = keras.Sequential(
        [keras.Input((8,)), keras.layers.Dense(units, name="d"), keras.layers.BatchNormalization(name="bn")],
        name="body",
    )
    model = keras.Sequential([keras.Input((8,)), inner, keras.layers.Dense(2, name="head")])
    rng = np.random.default_rng(int(is_frozen))
    for one in model.weights:
        one.assign(rng.random(one.shape))
    inner.get_layer("d").trainable = not is_frozen
    return model


def test_keras_fails_to_load_what_is_found_and_loads_it_when_the_same_layers_are_frozen(
    run: Run, tmp_path: Path
) -> None:
    saved = nested(is_frozen=True)
    saved.save(tmp_path / "frozen.h5")
    nested(is_frozen=False).save(tmp_path / "trained.h5")
    result = run("diff", tmp_path / "trained.h5", tmp_path / "frozen.h5", "--json")
    (document,) = parse_documents(result.stdout)
    (finding,) = document["findings"]
    assert (finding["rule"], finding["variable"], result.exit_code) == ("stored-order", "body", 1)
    with pytest.raises(ValueError, match="Shape mismatch"):
        nested(is_frozen=False).load_weights(tmp_path / "frozen.h5")
    saved.save_weights(tmp_path / "by_place.weights.h5")
    for is_frozen, name in ((True, "frozen.h5"), (False, "by_place.weights.h5")):
        assert loads_all_of(saved, nested(is_frozen=is_frozen), tmp_path / name)


def test_layers_in_the_order_of_the_file_are_loaded(tmp_path: Path) -> None:
    x_first, y_first = (
        keras.Sequential([keras.Input((4,)), *(keras.layers.Dense(4, name=name) for name in order)])
        for order in ("xy", "yx")
    )
    for model, name in ((x_first, "x.h5"), (y_first, "y.h5")):
        model.save(tmp_path / name)
    (finding,) = found(inspect_model(tmp_path / "x.h5"), inspect_model(tmp_path / "y.h5"))
    assert "wrong variables" in finding.message
    x_first.load_weights(tmp_path / "y.h5")
    np.testing.assert_array_equal(x_first.get_layer("x").kernel, y_first.get_layer("y").kernel)
    assert loads_all_of(y_first, keras.models.clone_model(y_first), tmp_path / "y.h5")


def loads_all_of(saved: Any, target: Any, path: Path) -> bool:
    for one in target.weights:
        one.assign(np.full(one.shape, 7.0))
    target.load_weights(path)
    return all(np.array_equal(one, its) for one, its in zip(target.variables, saved.variables, strict=True))
