"""Inspects a SavedModel by loading it with TensorFlow, which runs what the SavedModel runs on loading."""

from __future__ import annotations

import importlib
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from weightscope.errors import ModelError
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

#: How a checkpoint's key writes a `/` in an attribute's name, and a point: `.S` and `..`.
_ESCAPED = re.compile(r"\.(.)")


def inspect_saved_model(told: Inspection, inputs: Sequence[InputShape] = ()) -> Inspection:
    """Returns the variables that `tf.saved_model.load` makes, with the values that it loaded.

    Names, trainability and signatures are those that the file tells, and so is what is known of the optimizer, which
    TensorFlow does not load.

    Args:
        told: What the file tells.
        inputs: Shapes of dummy inputs, which nothing is called with: a note says so.

    Raises:
        ModelError: TensorFlow cannot load it.
    """
    _register_optimizer()
    location = told.source.location
    folder = Path(location) if Path(location).is_dir() else Path(location).parent
    try:
        loaded = tensorflow.saved_model.load(str(folder), tags=tags_to_load(folder, location))
    except (Exception, SystemExit) as error:  # what is loaded runs, and may fail in any way
        raise ModelError(
            location, f"TensorFlow cannot load it: {describe_error(error)}", f"weightscope inspect {location}"
        ) from error
    found = dict(_found(told, loaded))
    snapshot = Snapshot(found.values())
    variables = tuple(
        Variable(one.info, LiveValues(found[one.info.path], snapshot))
        for one in told.variables
        if one.info.path in found
    )
    notes = (*told.notes, *_not_loaded(told, found), *([_NOT_CALLED] if inputs else []))
    return replace(told, read_with="keras", variables=variables, notes=notes)


class _Optimizer(tensorflow.__internal__.tracking.AutoTrackable):  # type: ignore[misc]  # TensorFlow ships no types
    """Stands in for an optimizer of Keras 2, without which TensorFlow could not load a model that has one."""

    def add_slot(self, var: Any, slot_name: str, **_: Any) -> Any:
        """Returns what the optimizer keeps for a variable."""
        return tensorflow.Variable(tensorflow.zeros_like(var), name=slot_name)


@cache
def _register_optimizer() -> None:
    """Lets TensorFlow make a stand-in where a SavedModel has an optimizer; Keras 2 has its own, Keras 3 has none."""
    with suppress(ImportError):  # as TensorFlow does when it meets an optimizer
        importlib.import_module("tf_keras")
    loading = tensorflow.__internal__.saved_model.load
    version = loading.VersionedTypeRegistration(
        object_factory=lambda _: _Optimizer(), version=2, min_producer_version=1, min_consumer_version=1, setter=setattr
    )
    with suppress(AssertionError):  # it is there, and has registered its own
        loading.register_revived_type("optimizer", lambda one: isinstance(one, _Optimizer), versions=[version])


def _found(told: Inspection, loaded: Any) -> Iterator[tuple[str, Any]]:
    """Yields the path of each listed variable that was loaded, with the variable."""
    view = tensorflow.train.TrackableView(loaded)
    named = {one.name.partition(":")[0]: one for one in getattr(loaded, "variables", ())}
    for variable in told.variables:
        key = variable.info.stored_at or ""
        one = _at(view, loaded, key.removesuffix(_ATTRIBUTES)) if key.endswith(_ATTRIBUTES) else named.get(key)
        if isinstance(one, tensorflow.Variable):
            yield variable.info.path, one


def _at(view: Any, start: Any, way: str) -> Any:
    """Returns the object that a key leads to; None where it leads to none."""
    one = start
    for step in way.split("/"):
        name = _ESCAPED.sub(lambda found: "/" if found[1] == "S" else found[1], step)
        one = view.children(one).get(name)
        if one is None:
            return None
    return one


def _not_loaded(told: Inspection, found: Collection[str]) -> tuple[Finding, ...]:
    left = [variable.info.path for variable in told.variables if variable.info.path not in found]
    if not left:
        return ()
    some = ", ".join(left[:_MOST_NAMED]) + (f" and {len(left) - _MOST_NAMED} more" if len(left) > _MOST_NAMED else "")
    return (Finding("not-loaded", "note", f"stored, and no variable of what TensorFlow loads: {some}"),)
