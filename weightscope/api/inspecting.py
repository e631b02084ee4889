"""What is inside a model or a layer."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from weightscope import inspection as records
from weightscope.api.showable import Inspection, shown_as
from weightscope.errors import UsageError
from weightscope.source.bytes.location import check_is_near
from weightscope.source.file import inspect_file
from weightscope.source.layer_settings import LayerSettings
from weightscope.source.shapes import InputShape, Shape, valid_shape
from weightscope.source.wanted import Wanted

if TYPE_CHECKING:
    from weightscope.inspection.layer_entry import LayerEntry
    from weightscope.source.spec import LayerSpec

#: The shape of a dummy input, batch dimension included: one shape, or a mapping from argument names to shapes.
InputShapes = Shape | Sequence[int] | Mapping[str, Sequence[int]] | Sequence[InputShape]


def inspect_model(
    path: str | PathLike[str],
    *,
    live: bool = False,
    input_shape: InputShapes | None = None,
    modules: Sequence[str] = (),
    safe_mode: bool = True,
    optimizer: bool = False,
) -> Inspection:
    """Returns what is inside the saved model at `path`.

    The file is read and nothing of the model is run, unless Keras is asked for: by `live`, or by any of
    `input_shape`, `modules` and `safe_mode=False`, which only Keras has a use for.

    Args:
        path: A `.keras` file, its unzipped folder, `.weights.h5`, sharded `.weights.json`, a legacy `.h5` file, the
            folder of a SavedModel, or a TensorFlow checkpoint: what its files' names begin with, or its folder. Also
            the address of one, such as `https://...` or `hf://owner/repo`, of which only what is needed is fetched.
        live: Load it with Keras and call it once on dummy inputs; a SavedModel is loaded with TensorFlow, not called.
        input_shape: Of the dummy input, batch included, if the model does not store it.
        modules: Python files or modules to import first: those that define the model's own layers.
        safe_mode: Refuse Python bytecode stored in the file. Turn it off for files that you trust.
        optimizer: List the optimizer's variables too.

    Raises:
        WeightscopeError: It could not be done; the error says where, why, and what to try.
    """
    wanted = Wanted(optimizer=optimizer)
    if not (live or input_shape or modules or not safe_mode):
        return shown_as(Inspection, inspect_file(fspath(path), wanted))
    return shown_as(Inspection, _inspect_live(fspath(path), input_shape, modules, wanted, safe_mode=safe_mode))


def _inspect_live(
    location: str, input_shape: InputShapes | None, modules: Sequence[str], wanted: Wanted, *, safe_mode: bool
) -> records.Inspection:
    from weightscope.source.file.identify import identify
    from weightscope.source.spec import check_python_files

    check_python_files(modules)
    check_is_near(location, "loaded with Keras")
    identify(location)  # reports a missing or broken file before TensorFlow is imported

    from weightscope.source.live import registry
    from weightscope.source.live.model import inspect_model as inspect_live
    from weightscope.source.live.modules import import_modules

    registry.load_plugins()
    inputs, custom_objects = _input_shapes(input_shape), import_modules(modules)
    return inspect_live(location, wanted, inputs=inputs, custom_objects=custom_objects, safe_mode=safe_mode)


def inspect_layer(
    layer: Any,
    *,
    input_shape: InputShapes | None = None,
    arguments: Mapping[str, Any] | None = None,
    input_dtype: str | None = None,
    seed: int | None = 0,
    training: bool = False,
    symbolic: bool = False,
    gradients: bool = False,
    doctor: bool = False,
    dtype_policy: str | None = None,
    fresh_process: bool = True,
    layout: bool = False,
    modules: Sequence[str] = (),
) -> Inspection:
    """Builds a layer, calls it once on dummy inputs, and returns what it made; `notes` say what is wrong with it.

    Args:
        layer: A name (`"Dense"`, `"my_layers.py:MyLayer"`), a spec (`{"class_name": "Dense", "config": {...}}`),
            or a Keras layer, which is built and called; values that the call changes are put back.
        input_shape: Of the dummy input, batch included; a mapping where the layer takes several inputs.
        arguments: For the constructor.
        input_dtype: Of the dummy inputs; float32 by default.
        seed: Of initial values and dummy inputs. It seeds Python, numpy and Keras, unless it is None.
        training: Call the layer in training mode.
        symbolic: Build it from shapes only, for layers too large to run: there are no values.
        gradients: Find out which variables a loss on the outputs would train.
        doctor: Find out all that may go wrong when it is trained, saved and loaded; takes some seconds.
        dtype_policy: The dtype policy to build it with, such as `mixed_float16`.
        fresh_process: Let the doctor load the saved layer in a process that knows only what another program would.
        layout: Find out how loading addresses the weights, for `check_load`.
        modules: Python files or modules to import first.

    Raises:
        WeightscopeError: The layer is unknown, refuses its arguments, or made nothing before its call failed.
    """
    how = LayerSettings(seed, training, symbolic, gradients, doctor, dtype_policy, fresh_process, layout)
    spec = _layer_spec(layer, _input_shapes(input_shape), arguments or {}, input_dtype)
    return shown_as(Inspection, _examine(spec, how, modules, layer))


def _examine(spec: LayerSpec, how: LayerSettings, modules: Sequence[str], layer: Any) -> records.Inspection:
    from weightscope.source.layer_checks import check_layer
    from weightscope.source.spec import LayerSpec, check_python_files

    instance = None if isinstance(layer, (str, Mapping, LayerSpec)) else layer
    check_python_files(modules)
    if instance is None:
        check_layer(spec, modules)

    from weightscope.source.live import registry
    from weightscope.source.live.inspecting import layer as live
    from weightscope.source.live.modules import import_modules

    registry.load_plugins()
    import_modules(modules)
    return live.inspect_layer(spec, how, instance)


def inspect_built(model: Any) -> Inspection:
    """Returns what is inside a Keras model, or a layer, that is in memory: its variables, with their values now.

    Args:
        model: It is not called; what is not built has no variables yet.
    """
    from weightscope.source.live.model import inspect_in_memory

    return shown_as(Inspection, inspect_in_memory(model))


def known_layers(*, modules: Sequence[str] = ()) -> tuple[LayerEntry, ...]:
    """Returns the layers that can be built by name: the registered ones, those of `modules` among them, then Keras'."""
    from weightscope.source.live import registry
    from weightscope.source.live.modules import import_modules

    registry.load_plugins()
    import_modules(modules)
    return registry.layer_entries()


def offered_layers(file: str) -> tuple[LayerEntry, ...]:
    """Returns what `weightscope layer FILE:NAME` can build of a Python file or a notebook.

    Raises:
        WeightscopeError: The file is missing, cannot be imported, or has no layer and no model.
    """
    from weightscope.source.spec import check_python_files

    check_python_files([file])

    from weightscope.source.live.targets import offered_by

    return offered_by(file)


def broken_plugins() -> tuple[str, ...]:
    """Returns what is wrong with layers that installed packages announce and that cannot be loaded, a line for each."""
    from weightscope.source.live import registry

    return registry.load_plugins()


def _layer_spec(
    layer: Any, inputs: tuple[InputShape, ...], arguments: Mapping[str, Any], input_dtype: str | None
) -> LayerSpec:
    spec = _described(layer)
    return replace(
        spec,
        arguments={**spec.arguments, **arguments},
        inputs=inputs or spec.inputs,
        input_dtype=input_dtype or spec.input_dtype,
    )


def _described(layer: Any) -> LayerSpec:
    from weightscope.source.spec import LayerSpec, parse_spec

    if isinstance(layer, LayerSpec):
        return layer
    if isinstance(layer, str):
        return LayerSpec(layer)
    if isinstance(layer, Mapping):
        return parse_spec(dict(layer), "the spec")
    if not hasattr(layer, "get_config"):
        raise UsageError(repr(layer), "neither a name, a spec nor a Keras layer", 'inspect_layer("Dense", ...)')
    return LayerSpec(layer.name)


def _input_shapes(given: InputShapes | None) -> tuple[InputShape, ...]:
    if not given:
        return ()
    if isinstance(given, Mapping):
        return tuple(_input_shape(shape, name) for name, shape in given.items())
    named = tuple(one for one in given if isinstance(one, InputShape))
    return named or (_input_shape(given),)


def _input_shape(sizes: Any, name: str | None = None) -> InputShape:
    try:
        return valid_shape(InputShape(tuple(map(operator.index, sizes)), name))
    except TypeError as error:
        raise UsageError(
            f"input_shape {sizes!r}", "not a valid shape", "whole numbers, the batch first: (1, 28, 28, 3)"
        ) from error
