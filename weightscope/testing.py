"""Assertions for tests of your own layers and models. They need no test plugin.

from weightscope.testing import assert_layer_healthy, assert_no_nan, assert_same_weights

def test_my_layer_trains_and_is_saved_whole():
assert_layer_healthy(MyLayer(units=8), (1, 16))

def test_training_goes_on_from_the_checkpoint():
assert_same_weights(restored_model, "model.keras")

def test_the_model_that_we_ship_is_sane():
assert_no_nan("model.keras")
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from os import PathLike
from typing import Any

from weightscope.api import InputShapes, check_model, diff_models, inspect_built, inspect_layer, inspect_model
from weightscope.inspection import Finding, Inspection, Level

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
    """Checks that a layer trains, saves and loads correctly. Runs the same checks as `weightscope layer --doctor`.

    Args:
        layer: An unbuilt Keras layer, the name of a layer, or a spec as a dict. A layer object is built and called;
            afterwards its variables have the values from before the call.
        input_shape: The shape of the dummy input, with the batch; a mapping of names to shapes for several inputs.
        input_dtype: The dtype of the dummy inputs; float32 if None.
        arguments: Constructor arguments, if `layer` is a name.
        ignore: Codes of findings to ignore, such as `{"not-registered"}`.
        level: The lowest level of finding that fails the test.
        fresh_process: Load the saved layer in a new process, as your users will. Starting TensorFlow there takes about
            three seconds. Loading in this process takes a tenth of that, but also succeeds for classes that only this
            test defines.

    Raises:
        AssertionError: The doctor found a problem, or the call failed. The message lists the problems and their fixes.
        WeightscopeError: The layer is unknown, its constructor failed, or it made no variable before its call failed.
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
    _fail_with(f"{inspection.model.class_name} is not healthy", _problems(inspection, found))


def assert_same_weights(a: Any, b: Any, *, rtol: float = 0.0, atol: float = 0.0) -> None:
    """Checks that two models have the same weights: names, shapes, dtypes and values.

    Args:
        a: The path of a saved model, or a Keras model or layer in memory. A saved model is read without running it.
        b: The model to compare with, given in the same way.
        rtol: Relative tolerance. Values are equal when `|a - b| <= atol + rtol * |b|`.
        atol: Absolute tolerance; see `rtol`.

    Raises:
        AssertionError: The models differ. The message lists each difference and its size.
        WeightscopeError: A file cannot be read.
    """
    comparison = diff_models(_weights_of(a), _weights_of(b), rtol=rtol, atol=atol)
    lines = [f"{one.a or one.b}: {one.message}" for one in comparison.differences if one.kind != "renamed"]
    _fail_with(f"{comparison.a.location} and {comparison.b.location} differ", lines)


def assert_no_nan(path: str | PathLike[str]) -> None:
    """Checks that no weight of the saved model at `path` is NaN or infinite.

    Raises:
        AssertionError: A value is NaN or infinite. The message names the weights and the number of such values.
        WeightscopeError: The file cannot be read.
    """
    findings = check_model(path, select=("nan-values", "infinite-values"))
    _fail_with(f"{path} holds values that are not finite", [f"{one.variable}: {one.message}" for one in findings])


def _problems(inspection: Inspection, found: Iterable[Finding]) -> Iterator[str]:
    if inspection.forward_pass and inspection.forward_pass.error:
        yield f"the forward pass failed: {inspection.forward_pass.error}"
    for note in found:
        yield f"{note.level}: {note.code}: {note.variable or inspection.model.name}: {note.message}"
        if note.fix:
            yield f"    fix: {note.fix}"


def _weights_of(model: Any) -> Inspection:
    """Returns the inspection of a model, without the variables that files do not store (seeds, metrics)."""
    inspection = inspect_model(model) if isinstance(model, (str, PathLike)) else inspect_built(model)
    weights = tuple(one for one in inspection.variables if one.info.role == "weight")
    return replace(inspection, variables=weights)


def _fail_with(heading: str, lines: Iterable[str]) -> None:
    indented = [f"  {line}" for line in lines]
    if indented:
        raise AssertionError("\n".join((f"{heading}:", *indented)))
