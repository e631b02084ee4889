"""Inspects a SavedModel by loading it with TensorFlow, which runs the SavedModel's initializers."""

from __future__ import annotations

import importlib
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from weightscope.errors import ModelError, inspect_line
from weightscope.inspection import Finding, Inspection, Variable
from weightscope.source.file.saved_model.saved_model import tags_to_load
from weightscope.source.live.foreign_code import describe_error
from weightscope.source.live.framework import tensorflow
from weightscope.source.live.snapshot import Snapshot
from weightscope.source.live.variables import LiveValues
from weightscope.source.shapes import InputShape

_ATTRIBUTES = "/.ATTRIBUTES/VARIABLE_VALUE"

_MOST_NAMED = 5

_NOT_CALLED = Finding(
    "not-called", "note", "a SavedModel is loaded and not called: the shape of an input has no effect"
)

#: Escapes in a checkpoint's key: `.S` is a `/` in an attribute's name, `..` is a `.`.
_ESCAPED = re.compile(r"\.(.)")


def inspect_saved_model(from_file: Inspection, inputs: Sequence[InputShape] = ()) -> Inspection:
    """Returns the variables that `tf.saved_model.load` creates, with the loaded values.

    Names, trainability, signatures and the optimizer come from the file; TensorFlow does not load the optimizer.

    Args:
        from_file: The inspection of the file.
        inputs: The shapes of dummy inputs. The model is not called; if shapes are given, a note reports that.

    Raises:
        ModelError: TensorFlow cannot load the model.
    """
    _register_optimizer()
    location = from_file.source.location
    folder = Path(location) if Path(location).is_dir() else Path(location).parent
    try:
        loaded = tensorflow.saved_model.load(str(folder), tags=tags_to_load(folder, location))
    except (Exception, SystemExit) as error:  # code in the SavedModel runs, and may raise anything
        raise ModelError(
            location, f"TensorFlow cannot load it: {describe_error(error)}", inspect_line(location)
        ) from error
    found = dict(_found(from_file, loaded))
    snapshot = Snapshot(found.values())
    variables = tuple(
        Variable(one.info, LiveValues(found[one.info.path], snapshot))
        for one in from_file.variables
        if one.info.path in found
    )
    notes = (*from_file.notes, *_not_loaded(from_file, found), *([_NOT_CALLED] if inputs else []))
    return replace(from_file, read_with="keras", variables=variables, notes=notes)


class _Optimizer(tensorflow.__internal__.tracking.AutoTrackable):  # type: ignore[misc]  # TensorFlow ships no types
    """Replaces the optimizer of Keras 2; without this class TensorFlow cannot load a model with an optimizer."""

    def add_slot(self, var: Any, slot_name: str, **_: Any) -> Any:
        """Returns a slot variable of the optimizer for `var`."""
        return tensorflow.Variable(tensorflow.zeros_like(var), name=slot_name)


@cache
def _register_optimizer() -> None:
    """Registers `_Optimizer` in TensorFlow, unless Keras 2 has registered its own class. Keras 3 registers none."""
    with suppress(ImportError):  # as TensorFlow does when it meets an optimizer
        importlib.import_module("tf_keras")
    loading = tensorflow.__internal__.saved_model.load
    version = loading.VersionedTypeRegistration(
        object_factory=lambda _: _Optimizer(), version=2, min_producer_version=1, min_consumer_version=1, setter=setattr
    )
    with suppress(AssertionError):  # `tf_keras` has registered its own class
        loading.register_revived_type("optimizer", lambda one: isinstance(one, _Optimizer), versions=[version])


def _found(from_file: Inspection, loaded: Any) -> Iterator[tuple[str, Any]]:
    """Yields the path of each listed variable that was loaded, with the variable."""
    view = tensorflow.train.TrackableView(loaded)
    named = {one.name.partition(":")[0]: one for one in getattr(loaded, "variables", ())}
    for variable in from_file.variables:
        key = variable.info.stored_at or ""
        one = _at(view, loaded, key.removesuffix(_ATTRIBUTES)) if key.endswith(_ATTRIBUTES) else named.get(key)
        if isinstance(one, tensorflow.Variable):
            yield variable.info.path, one


def _at(view: Any, start: Any, way: str) -> Any:
    """Returns the object at a key's path, or None if there is no such object."""
    one = start
    for step in way.split("/"):
        name = _ESCAPED.sub(lambda found: "/" if found[1] == "S" else found[1], step)
        one = view.children(one).get(name)
        if one is None:
            return None
    return one


def _not_loaded(from_file: Inspection, found: Collection[str]) -> tuple[Finding, ...]:
    left = [variable.info.path for variable in from_file.variables if variable.info.path not in found]
    if not left:
        return ()
    some = ", ".join(left[:_MOST_NAMED]) + (f" and {len(left) - _MOST_NAMED} more" if len(left) > _MOST_NAMED else "")
    return (Finding("not-loaded", "note", f"stored, but TensorFlow loads no variable for them: {some}"),)
