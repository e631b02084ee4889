"""Makes the inputs of a layer's dummy call from the shapes that the user gives."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from weightscope.errors import UsageError, did_you_mean
from weightscope.inspection import TensorInfo
from weightscope.source.live.dummy_tensors import Call, Dummies
from weightscope.source.live.framework import keras
from weightscope.source.shapes import InputShape, Shape, describe


def inputs_for_layer(layer: Any, shapes: Sequence[InputShape], dummies: Dummies, command: str = "") -> Call:
    """Returns the arguments that call `layer` with tensors of these shapes.

    One shape without a name becomes a tensor, several become a list of tensors. A named shape becomes the argument of
    `call` with that name; several shapes with the same name become a list. If `call` takes one input and has no such
    argument, the named tensors become a dict for that input. The states of an RNN cell are a list, as in Keras.

    Args:
        layer: A Keras layer or model.
        shapes: The shapes of the inputs.
        dummies: Makes the tensors.
        command: The beginning of the command line in hints.

    Raises:
        UsageError: A name is not an argument of `call`, a required argument has no shape, or the tensors would take too
            much memory.
    """
    dtypes = [given.dtype or ("bool" if _is_mask(given.name) else dummies.dtype) for given in shapes]
    wanted = [(given.shape, dtype) for given, dtype in zip(shapes, dtypes, strict=True)]
    make = dummies.maker(wanted)
    tensors = [(given.name, make(*one)) for given, one in zip(shapes, wanted, strict=True)]
    infos = tuple(TensorInfo(given.shape, dtype, given.name) for given, dtype in zip(shapes, dtypes, strict=True))
    positional, named = _arguments(layer, tensors)
    parameters = inspect.signature(layer.call).parameters
    unknown = [name for name in named if name not in parameters]
    if unknown and not any(one.kind is one.VAR_KEYWORD for one in parameters.values()):
        if not positional and len(_required(parameters)) == 1:
            return Call(infos, (named,))
        raise UsageError(
            f"--input-shape {unknown[0]}=...",
            f"the call of {type(layer).__name__} has no argument {unknown[0]!r}",
            did_you_mean(unknown[0], parameters, f"call({', '.join(parameters)})"),
        )
    missing = [name for name in _required(parameters)[len(positional) :] if name not in named]
    if missing:
        names = " and ".join(map(repr, missing))
        known = _required(parameters)[0] if positional else None
        hint = " ".join([command, *_options(layer, shapes, known, missing)]).strip()
        raise UsageError("--input-shape", f"the call is missing a required argument: {names}", hint)
    return Call(infos, positional, named)


def _arguments(layer: Any, tensors: Sequence[tuple[str | None, Any]]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Returns the positional and the named arguments for tensors, each with its name or None."""
    unnamed = [tensor for name, tensor in tensors if name is None]
    named: dict[str, Any] = {}
    for name in dict.fromkeys(name for name, _ in tensors if name is not None):
        same = [tensor for other, tensor in tensors if other == name]
        named[name] = same if len(same) > 1 or (name == "states" and hasattr(layer, "state_size")) else same[0]
    return (unnamed[0] if len(unnamed) == 1 else unnamed,) if unnamed else (), named


def _required(parameters: Mapping[str, inspect.Parameter]) -> list[str]:
    """Returns the names of the required arguments of `call`, without `training`, which Keras always passes."""
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [
        name
        for name, one in parameters.items()
        if one.default is one.empty and one.kind not in variable and name != "training"
    ]


def _is_mask(name: str | None) -> bool:
    return name is not None and (name == "mask" or name.endswith("_mask"))


def options_for(layer: Any) -> list[str]:
    """Returns suggested `--input-shape` options for a layer of unknown input shape, of the rank in its `input_spec`."""
    parameters = inspect.signature(layer.call).parameters
    asked = [one for one in keras.tree.flatten(getattr(layer, "input_spec", None)) if one is not None]
    ranks = [getattr(one, "ndim", None) or getattr(one, "min_ndim", None) or 2 for one in asked]
    shape = (1, 28, 28, 3, 3)[: ranks[0]] if ranks else (1, 16)
    required = _required(parameters)
    return _options(layer, [InputShape(shape)], required[0] if len(required) > 1 else None, required[1:])


def _options(layer: Any, shapes: Sequence[InputShape], first: str | None, missing: Sequence[str]) -> list[str]:
    """Returns `--input-shape` options for all inputs of a call.

    A missing input gets the shape of the first given input; a missing `states` gets the shapes of the layer's state.

    Args:
        layer: The layer.
        shapes: The shapes that the user gave.
        first: The argument that receives a shape without a name.
        missing: Arguments without a shape.
    """
    given = [InputShape(one.shape, one.name or first, one.dtype) for one in shapes]
    shape = given[0].shape if given else (1, 16)
    options = [f"--input-shape {describe(one)}" for one in given]
    for name in missing:
        states = _state_shapes(layer, shape[0] if shape else 1) if name == "states" else []
        value = ",".join(f"[{','.join(map(str, one))}]" for one in states)
        options.append(
            f"--input-shape {name}={value}" if value else f"--input-shape {describe(InputShape(shape, name))}"
        )
    return options


def _state_shapes(layer: Any, batch: int) -> list[Shape]:
    """Returns the shapes of an RNN cell's states; an empty list if `state_size` is not made of whole numbers."""
    sizes = keras.tree.flatten(getattr(layer, "state_size", ()))
    return [(batch, size) for size in sizes] if all(isinstance(size, int) for size in sizes) else []
