"""Inspects a saved model by loading it with Keras and calling it once on dummy inputs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from weightscope.errors import FileError, ModelError, NotLoadedError, inspect_line
from weightscope.inspection import Finding, Inspection, ModelInfo, SourceInfo, Variable
from weightscope.inspection.file_format import FileFormat
from weightscope.inspection.weight_layout import WeightLayout
from weightscope.source.file import inspect_file
from weightscope.source.live.creation import TooLargeError, watched_creation
from weightscope.source.live.creation_log import CreationLog
from weightscope.source.live.dummy_inputs import inputs_for_model
from weightscope.source.live.dummy_tensors import Dummies
from weightscope.source.live.foreign_code import describe_error
from weightscope.source.live.forward_pass import PassResult, changed_by_pass, run_forward_pass
from weightscope.source.live.framework import keras
from weightscope.source.live.global_settings import fresh_names
from weightscope.source.live.keyed_variables import with_keyed
from weightscope.source.live.load_log import LoadLog
from weightscope.source.live.reconcile import load_notes, with_origins
from weightscope.source.live.saved_model import inspect_saved_model
from weightscope.source.live.snapshot import Snapshot
from weightscope.source.live.variables import keras_variables, list_variables
from weightscope.source.live.weight_layout import live_layout
from weightscope.source.shapes import MEMORY_BOUND, InputShape
from weightscope.source.temporary_folder import temporary_folder
from weightscope.source.wanted import MODEL_ALONE, Wanted

#: The largest ratio of memory to file size. Compressed and quantized weights grow when they are loaded, but not more.
_GROWTH = 16

_SUFFIXES: dict[str, str] = {FileFormat.KERAS: ".keras", FileFormat.LEGACY_H5: ".h5", FileFormat.KERAS_FOLDER: ""}


def inspect_model(
    location: str,
    wanted: Wanted = MODEL_ALONE,
    *,
    inputs: Sequence[InputShape] = (),
    custom_objects: Mapping[str, Any] | None = None,
    safe_mode: bool = True,
) -> Inspection:
    """Returns the variables of the saved model at `location` as Keras loads them.

    Facts that a loaded model does not have (the Keras version and date of saving, the optimizer) come from the file.

    Args:
        location: The file or folder. A SavedModel is loaded with TensorFlow and not called.
        wanted: What to read from the file. The model is loaded uncompiled, without its optimizer.
        inputs: The shapes of the dummy inputs, for models whose input shapes are unknown.
        custom_objects: The user's classes by name.
        safe_mode: Whether to refuse Python bytecode, as Keras does by default.

    Raises:
        FileError: The file is missing, damaged, or has no architecture.
        ModelError: Keras cannot load the model, or cannot build it.
    """
    # files do not store the states of seed generators or the values of an unbuilt model: make them repeatable
    keras.utils.set_random_seed(0)
    from_file = inspect_file(location, wanted)
    if from_file.source.format == FileFormat.SAVED_MODEL:
        return inspect_saved_model(from_file, inputs)
    log = LoadLog()
    with fresh_names():
        with log.watching():
            model = _load(from_file, custom_objects or {}, safe_mode)
        run = _call(model, location, inputs)
    return _reconciled(from_file, model, run, log)


def _reconciled(from_file: Inspection, model: Any, run: PassResult, log: LoadLog) -> Inspection:
    """Returns what is known about the loaded model, with the facts that only the file has."""
    live = keras_variables(model)
    variables = with_origins(list_variables(model, run.snapshot), live, log)
    paths = {id(one): variable.info.path for one, variable in zip(live, variables, strict=True)}
    return replace(
        from_file,
        read_with="keras",
        model=replace(from_file.model, name=model.name, class_name=type(model).__name__),
        variables=with_keyed(variables, model, live, _loaded(from_file, log)),
        notes=(*load_notes(from_file, variables, live, log), *changed_by_pass(run, paths), *_failed_pass(run)),
        forward_pass=run.forward_pass,
    )


def _loaded(from_file: Inspection, log: LoadLog) -> dict[str, str]:
    """Returns where the values are in the file that Keras read, by path."""
    places = ((one.info.path, one.info.stored_at) for one in from_file.variables)
    return {path: place for path, place in places if place is not None and place in log.read}


def inspect_in_memory(model: Any, wanted: Wanted = MODEL_ALONE) -> Inspection:
    """Returns the variables of a Keras model or layer with their current values, without calling it."""
    is_model = isinstance(model, keras.Model)
    variables = list_variables(model, Snapshot(keras_variables(model)), () if is_model else (model,))
    return Inspection(
        source=SourceInfo(model.name, "keras-object", keras_version=keras.__version__),
        read_with="keras",
        model=ModelInfo(model.name, type(model).__name__),
        variables=variables,
        layout=_layout(model, variables) if wanted.layout and is_model else None,
    )


def _layout(model: Any, variables: Sequence[Variable]) -> WeightLayout:
    weights = {id(one) for one in model.weights}
    listed = zip(keras_variables(model), variables, strict=True)
    return live_layout(model, {id(one): its.info.path for one, its in listed if id(one) in weights})


def _load(from_file: Inspection, custom_objects: Mapping[str, Any], safe_mode: bool) -> Any:
    location = from_file.source.location
    suffix = _SUFFIXES.get(from_file.source.format)
    if suffix is None:
        what = "weights only: the file has no architecture to build a model from"
        raise FileError(location, what, inspect_line(location))
    bound = MEMORY_BOUND + _GROWTH * (from_file.source.bytes or 0)
    try:
        with temporary_folder() as folder, watched_creation(bound, lambda _: None):
            # Keras chooses the format by the file's suffix: use a link with the suffix that fits the content
            named = folder / f"model{suffix}"
            named.symlink_to(Path(location).resolve())
            return keras.saving.load_model(
                named, custom_objects=dict(custom_objects), compile=False, safe_mode=safe_mode
            )
    except TooLargeError as error:
        raise ModelError(location, f"refused: {error}", "inspect it without --live, which allocates nothing") from error
    except (Exception, SystemExit) as error:  # a model's own code may raise anything
        raise NotLoadedError(location, *_why_not_loaded(from_file, custom_objects, safe_mode, error)) from error


def _why_not_loaded(
    from_file: Inspection, custom_objects: Mapping[str, Any], safe_mode: bool, error: BaseException
) -> tuple[str, str]:
    location = from_file.source.location
    names = from_file.model.custom_objects
    unknown = [name.rpartition(">")[2] for name in names if not _is_known(name, custom_objects)]
    if unknown:
        return (
            f"it needs custom classes that are not registered: {', '.join(unknown)}",
            f"{inspect_line(location)} --module FILE_THAT_DEFINES_{'IT' if len(unknown) == 1 else 'THEM'}.py",
        )
    if safe_mode and any(note.code == "lambda-bytecode" for note in from_file.notes):
        return (
            "refused: loading it would run Python bytecode of a Lambda layer in the file",
            f"if you trust the file: {inspect_line(location)} --unsafe",
        )
    if safe_mode and "safe_mode=False" in str(error):  # what safe mode refuses names the way to turn it off
        return f"refused: {describe_error(error)}", f"if you trust the file: {inspect_line(location)} --unsafe"
    writer = from_file.source.keras_version
    if _version(writer) > _version(keras.__version__):
        return (
            f"Keras {keras.__version__} cannot load what Keras {writer} wrote: {describe_error(error)}",
            "pip install --upgrade keras",
        )
    return (
        f"Keras cannot load it: {describe_error(error)}",
        f"{inspect_line(location)} --live --debug shows what Keras and TensorFlow wrote",
    )


def _version(text: str | None) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text or "")[:3])


def _is_known(name: str, custom_objects: Mapping[str, Any]) -> bool:
    return name.rpartition(">")[2] in custom_objects or keras.saving.get_registered_object(name) is not None


def _call(model: Any, location: str, inputs: Sequence[InputShape]) -> PassResult:
    call = inputs_for_model(model, inputs, Dummies(keras.config.floatx()), inspect_line(location))
    if call is None:
        if model.built and keras_variables(model):
            return PassResult(None, Snapshot(keras_variables(model)), frozenset(), CreationLog())
        raise ModelError(
            location,
            "the model was saved before it was built, so the shape of its input is unknown",
            f"{inspect_line(location)} --input-shape 1,28,28,3 (the batch first)",
        )
    built = model.built
    run = run_forward_pass(model, call, training=False)
    error = run.forward_pass.error if run.forward_pass else None
    if error is not None and (inputs or not built):
        shapes = " and ".join(",".join(map(str, one.shape or ())) for one in call.inputs)
        raise ModelError(
            location,
            f"it could not be {'called' if built else 'built'} with an input of shape {shapes}: {error}",
            "give the model's input shape, the batch first; for several inputs, --input-shape NAME=SHAPE for each",
        )
    return run


def _failed_pass(run: PassResult) -> tuple[Finding, ...]:
    if run.forward_pass is None or run.forward_pass.error is None:
        return ()
    return (Finding("forward-pass-failed", "warning", f"the dummy forward pass failed: {run.forward_pass.error}"),)
