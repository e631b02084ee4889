"""Makes the inputs of a dummy forward pass: repeatable, harmless to look-ups, and of a bounded size."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from weightscope.errors import UsageError
from weightscope.inspection import TensorInfo
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.shapes import InputShape, Shape, check_memory

#: Stands for a dimension that a model leaves open, the batch (1) apart: large enough for most pyramids of strides.
OPEN_DIMENSION = 32


@dataclass(frozen=True, slots=True)
class Call:
    """The arguments of one dummy call, and what they are."""

    inputs: tuple[TensorInfo, ...]
    positional: tuple[Any, ...] = ()
    named: dict[str, Any] = field(default_factory=dict)


def inputs_for_layer(
    layer: Any, shapes: Sequence[InputShape], dtype: str, seed: int, *, symbolic: bool = False
) -> Call:
    """Returns the arguments that call `layer` with dummies of these shapes, or with the shapes alone.

    Shapes without a name make one tensor, or a list of tensors. Named ones go to the arguments of `call` of those
    names; where `call` has no such argument and takes one input, that input is a dict of them.

    Raises:
        UsageError: A name is no argument of `call`, or the dummies would take too much memory.
    """
    make = keras.KerasTensor if symbolic else _maker([(given.shape, dtype) for given in shapes], seed)
    tensors = [(given.name, make(given.shape, dtype)) for given in shapes]
    infos = tuple(TensorInfo(given.shape, dtype, given.name) for given in shapes)
    unnamed = [tensor for name, tensor in tensors if name is None]
    named: dict[str, Any] = {}
    for name in dict.fromkeys(name for name, _ in tensors if name is not None):
        same = [tensor for other, tensor in tensors if other == name]
        named[name] = same[0] if len(same) == 1 else same
    positional = (unnamed[0] if len(unnamed) == 1 else unnamed,) if unnamed else ()
    parameters = inspect.signature(layer.call).parameters
    if _accepts(parameters.values(), named):
        return Call(infos, positional, named)
    required = [one for one in parameters.values() if one.default is one.empty and one.kind is not one.VAR_KEYWORD]
    if not positional and len(required) == 1:
        return Call(infos, (named,))
    unknown = next(name for name in named if name not in parameters)
    raise UsageError(
        f"--input-shape {unknown}=...",
        f"the call of {type(layer).__name__} has no argument {unknown!r}",
        f"call({', '.join(parameters)})",
    )


def _accepts(parameters: Iterable[inspect.Parameter], named: dict[str, Any]) -> bool:
    parameters = list(parameters)
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)
    return takes_any or set(named) <= {parameter.name for parameter in parameters}


def inputs_for_model(model: Any, shapes: Sequence[InputShape], seed: int) -> Call | None:
    """Returns the arguments that call `model`; None where neither it nor `shapes` tells the shape of its input.

    Raises:
        UsageError: The shapes given do not fit the model's inputs, or the dummies would take too much memory.
    """
    symbolic = _symbolic_inputs(model)
    if symbolic is not None:
        return _inputs_like(symbolic, shapes, seed)
    if shapes:
        return inputs_for_layer(model, shapes, keras.config.floatx(), seed)
    return _inputs_as_built(model.get_build_config() or {}, seed)


def _symbolic_inputs(model: Any) -> Any:
    """Returns the (nested) KerasTensors that a functional or built sequential model takes; None for others."""
    if isinstance(model, keras.Sequential):
        return model.inputs[0] if model.built and model.inputs else None
    return model.input if isinstance(model, keras.src.models.Functional) else None


def _inputs_like(symbolic: Any, shapes: Sequence[InputShape], seed: int) -> Call:
    leaves = keras.tree.flatten(symbolic)
    batch = shapes[0].shape[0] if shapes else 1
    wanted = [_closed(leaf.shape, batch) for leaf in leaves]
    for place, given in zip(_places(leaves, shapes), shapes, strict=True):
        told = tuple(leaves[place].shape)
        if len(given.shape) != len(told):
            raise UsageError(
                f"--input-shape {','.join(map(str, given.shape))}",
                f"{len(given.shape)} dimensions, and the model's input {leaves[place].name!r} has {len(told)}: {told}",
                f"--input-shape {','.join(map(str, wanted[place]))}",
            )
        wanted[place] = given.shape
    dtypes = [keras.backend.standardize_dtype(leaf.dtype) for leaf in leaves]
    make = _maker(list(zip(wanted, dtypes, strict=True)), seed)
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
            f"{len(shapes)} given, and the model's inputs are {', '.join(map(repr, names))}",
            f"--input-shape {names[0]}={','.join(map(str, _closed(leaves[0].shape)))}",
        )
    return places


def _inputs_as_built(build_config: dict[str, Any], seed: int) -> Call | None:
    """Returns the arguments that a model was once built with, as its `get_build_config` tells them."""
    if "input_shape" in build_config:
        structures: dict[str | None, Any] = {None: build_config["input_shape"]}
    else:
        told = build_config.get("shapes_dict") or {}
        structures = {name.removesuffix("_shape"): shape for name, shape in told.items()}
    dtype = keras.config.floatx()
    leaves = [(_closed(shape), dtype) for structure in structures.values() for shape in _shapes_in(structure)]
    if not leaves:
        return None
    make = _maker(leaves, seed)
    made = {name: _fill(structure, lambda shape: make(_closed(shape), dtype)) for name, structure in structures.items()}
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


def _closed(shape: Sequence[int | None], batch: int = 1) -> Shape:
    """Returns the shape with this batch and `OPEN_DIMENSION` where the model leaves a size open."""
    return tuple(
        size if size is not None else batch if axis == 0 else OPEN_DIMENSION for axis, size in enumerate(shape)
    )


def _maker(shapes: list[tuple[Shape, str]], seed: int) -> Callable[[Shape, str], Any]:
    """Returns a function that makes one tensor a call, after checking the memory of all of them.

    Floating numbers are uniform in [0, 1), so that an embedding that is handed them looks up entry 0; integers are 0,
    which is in every vocabulary; booleans are True, so that a mask leaves something to look at.
    """
    check_memory(shapes)
    generator = np.random.default_rng(seed)

    def make(shape: Shape, dtype: str) -> Any:
        if dtype == "string":
            return tensorflow.fill(shape, "")
        if dtype == "bool":
            return tensorflow.ones(shape, "bool")
        if "int" in dtype:
            return tensorflow.zeros(shape, dtype)
        return tensorflow.cast(generator.random(shape, "float32"), dtype)

    return make
