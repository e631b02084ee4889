"""Assertions for the tests of your own layers and models; no plugin is needed.

from weightscope.testing import assert_layer_healthy, assert_no_nan, assert_same_weights

def test_my_layer_trains_and_is_saved_whole():
assert_layer_healthy(MyLayer(units=8), (1, 16))

def test_training_goes_on_from_the_checkpoint():
assert_same_weights(restored_model, "model.keras")

def test_the_model_that_we_ship_is_sane():
assert_no_nan("model.keras")
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from os import PathLike
from typing import Any

from weightscope.api import InputShapes, check_model, diff_models, inspect_built, inspect_layer, inspect_model
from weightscope.inspection import Inspection, Level

__all__ = ["assert_layer_healthy", "assert_no_nan", "assert_same_weights"]

_LEVELS: tuple[Level, ...] = ("note", "warning", "error")


def assert_layer_healthy(
    layer: Any,
    input_shape: InputShapes,
    *,
    input_dtype: str | None = None,
    arguments: Mapping[str, Any] | None = None,
    ignore: Collection[str] = (),
    level: Level = "warning",
    fresh_process: bool = True,
) -> None:
    """Checks that a layer trains, is saved whole and comes back as it was: all that `weightscope layer --doctor` does.

    Args:
        layer: A Keras layer that is not built yet, or what `weightscope layer` takes: a name, or a spec as a dict. A
            layer that is handed in is built and called, and its values are put back.
        input_shape: Of the dummy input, batch included; a mapping where the layer takes several inputs.
        input_dtype: Of the dummy inputs; float32 where nothing else is told.
        arguments: For the constructor, where `layer` is a name.
        ignore: Codes of findings that are known and meant: `{"not-registered"}`.
        level: The mildest finding that counts.
        fresh_process: Load the saved layer in a fresh process, as your users will: three seconds for TensorFlow. In
            this process it takes a tenth of that, and classes count as known that only this test knows.

    Raises:
        AssertionError: Something was found, or the call failed; it says what, and what mends it.
        WeightscopeError: The layer is unknown, refuses its arguments, or made nothing before its call failed.
    """
    inspection = inspect_layer(
        layer,
        input_shape=input_shape,
        input_dtype=input_dtype,
        arguments=arguments,
        doctor=True,
        fresh_process=fresh_process,
    )
    counted = _LEVELS[_LEVELS.index(level) :]
    found = [note for note in inspection.notes if note.level in counted and note.code not in ignore]
    failure = inspection.forward_pass.error if inspection.forward_pass else None
    lines = [f"the forward pass failed: {failure}"] if failure else []
    for note in found:
        lines.append(f"{note.level}: {note.code}: {note.variable or inspection.model.name}: {note.message}")
        lines += [f"    fix: {note.fix}"] if note.fix else []
    _fail_with(f"{inspection.model.class_name} is not healthy", lines)


def assert_same_weights(a: Any, b: Any, *, rtol: float = 0.0, atol: float = 0.0) -> None:
    """Checks that two models have the same weights: names, shapes, dtypes and values.

    Args:
        a: A saved model, whose file is read and not run, or a Keras model or layer in memory.
        b: Another one.
        rtol: Values are equal when `|a - b| <= atol + rtol * |b|`.
        atol: See `rtol`.

    Raises:
        AssertionError: Something differs; it says what, and by how much.
        WeightscopeError: A file cannot be read.
    """
    comparison = diff_models(_weights_of(a), _weights_of(b), rtol=rtol, atol=atol)
    lines = [f"{one.a or one.b}: {one.message}" for one in comparison.differences if one.kind != "renamed"]
    _fail_with(f"{comparison.a.location} and {comparison.b.location} differ", lines)


def assert_no_nan(path: str | PathLike[str]) -> None:
    """Checks that no weight of the saved model at `path` is NaN or infinite.

    Raises:
        AssertionError: One is; it says which, and how many.
        WeightscopeError: The file cannot be read.
    """
    findings = check_model(path, select=("nan-values", "infinite-values"))
    _fail_with(f"{path} holds values that are not finite", [f"{one.variable}: {one.message}" for one in findings])


def _weights_of(model: Any) -> Inspection:
    """Returns what is known of a model's weights; what a file does not hold (seeds, metrics) is left out."""
    inspection = inspect_model(model) if isinstance(model, (str, PathLike)) else inspect_built(model)
    weights = tuple(one for one in inspection.variables if one.info.role == "weight")
    return replace(inspection, variables=weights)


def _fail_with(heading: str, lines: Iterable[str]) -> None:
    told = [f"  {line}" for line in lines]
    if told:
        raise AssertionError("\n".join((f"{heading}:", *told)))
