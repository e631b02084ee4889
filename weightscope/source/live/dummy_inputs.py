"""Makes the inputs of a model's dummy call, from the model's own inputs, its build config, or the user's shapes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from weightscope.errors import UsageError
from weightscope.inspection import TensorInfo
from weightscope.source.live.dummy_tensors import Call, Dummies, closed
from weightscope.source.live.framework import keras
from weightscope.source.live.keras_internals import functional_class
from weightscope.source.live.layer_inputs import inputs_for_layer
from weightscope.source.shapes import InputShape


def inputs_for_model(model: Any, shapes: Sequence[InputShape], dummies: Dummies, command: str = "") -> Call | None:
    """Returns the arguments that call `model`; None if its input shape is unknown and `shapes` is empty.

    Args:
        model: A Keras model.
        shapes: The input shapes that the user gave.
        dummies: Makes the tensors. If the model defines its inputs, their dtypes come from the model.
        command: The beginning of the command line in hints.

    Raises:
        UsageError: The shapes do not fit the model's inputs, or the tensors would take too much memory.
    """
    symbolic = _symbolic_inputs(model)
    if symbolic is not None:
        return inputs_like(symbolic, shapes, dummies)
    if shapes:
        return inputs_for_layer(model, shapes, dummies, command)
    return inputs_as_built(model, dummies)


def _symbolic_inputs(model: Any) -> Any:
    """Returns the (nested) input KerasTensors of a functional or built sequential model; None for other models."""
    if isinstance(model, keras.Sequential):
        return model.inputs[0] if model.built and model.inputs else None
    return model.input if isinstance(model, functional_class()) else None


def inputs_like(symbolic: Any, shapes: Sequence[InputShape], dummies: Dummies) -> Call:
    """Returns the arguments that call a model with inputs like the (nested) symbolic tensors `symbolic`.

    Raises:
        UsageError: The shapes do not fit, or the tensors would take too much memory.
    """
    leaves = keras.tree.flatten(symbolic)
    batch = shapes[0].shape[0] if shapes else 1
    wanted = [closed(leaf.shape, batch) for leaf in leaves]
    dtypes = [getattr(leaf.dtype, "name", leaf.dtype) for leaf in leaves]
    for place, given in zip(_places(leaves, shapes), shapes, strict=True):
        expected = tuple(leaves[place].shape)
        if len(given.shape) != len(expected):
            raise UsageError(
                f"--input-shape {','.join(map(str, given.shape))}",
                f"{len(given.shape)} dimensions, but the model's input {leaves[place].name!r} has {len(expected)}: "
                f"{expected}",
                f"--input-shape {','.join(map(str, wanted[place]))}",
            )
        wanted[place] = given.shape
        dtypes[place] = given.dtype or dtypes[place]
    make = dummies.maker(list(zip(wanted, dtypes, strict=True)))
    tensors = [make(shape, dtype) for shape, dtype in zip(wanted, dtypes, strict=True)]
    infos = tuple(
        TensorInfo(shape, dtype, leaf.name) for leaf, shape, dtype in zip(leaves, wanted, dtypes, strict=True)
    )
    return Call(infos, (keras.tree.pack_sequence_as(symbolic, tensors),))


def _places(leaves: Sequence[Any], shapes: Sequence[InputShape]) -> list[int]:
    names = [leaf.name for leaf in leaves]
    places = [
        position if given.name is None else names.index(given.name) if given.name in names else -1
        for position, given in enumerate(shapes)
    ]
    if any(not 0 <= place < len(leaves) for place in places):
        raise UsageError(
            "--input-shape",
            f"the shapes given do not match the model's inputs: {', '.join(map(repr, names))}",
            f"--input-shape {names[0]}={','.join(map(str, closed(leaves[0].shape)))}",
        )
    return places


def inputs_as_built(layer: Any, dummies: Dummies) -> Call | None:
    """Returns arguments with the shapes in the layer's `get_build_config`; None if it has no shapes."""
    build_config = layer.get_build_config() or {}
    if "input_shape" in build_config:
        structures: dict[str | None, Any] = {None: build_config["input_shape"]}
    else:
        shapes = build_config.get("shapes_dict") or {}
        structures = {name.removesuffix("_shape"): shape for name, shape in shapes.items()}
    dtype = dummies.dtype
    leaves = [(closed(shape), dtype) for structure in structures.values() for shape in _shapes_in(structure)]
    if not leaves:
        return None
    make = dummies.maker(leaves)
    made = {name: _fill(structure, lambda shape: make(closed(shape), dtype)) for name, structure in structures.items()}
    infos = tuple(TensorInfo(shape, dtype) for shape, dtype in leaves)
    positional = tuple(value for name, value in made.items() if name is None)
    return Call(infos, positional, {name: value for name, value in made.items() if name is not None})


def _is_shape(structure: Any) -> bool:
    return isinstance(structure, (list, tuple)) and all(size is None or isinstance(size, int) for size in structure)


def _shapes_in(structure: Any) -> list[Any]:
    if structure is None:
        return []
    if _is_shape(structure):
        return [structure]
    parts = structure.values() if isinstance(structure, dict) else structure
    return [shape for part in parts for shape in _shapes_in(part)]


def _fill(structure: Any, make: Callable[[Any], Any]) -> Any:
    if structure is None or _is_shape(structure):
        return structure if structure is None else make(structure)
    if isinstance(structure, dict):
        return {name: _fill(part, make) for name, part in structure.items()}
    return [_fill(part, make) for part in structure]
