"""Examines the outputs of the call: whether their shapes fit `compute_output_shape`, and their dtypes the policy."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from numbers import Integral
from typing import Any

from weightscope.inspection import Finding, TensorInfo
from weightscope.source.live.doctor.examined_layer import ExaminedLayer
from weightscope.source.live.foreign_code import describe_error, plain_errors
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.live.keras_internals import build_shapes, is_default, own_variables

Sizes = tuple[int | None, ...]


def announced_shape(examined: ExaminedLayer) -> Iterator[Finding]:
    """Yields a finding if `compute_output_shape` fails or differs from the outputs, also for an open batch size."""
    layer, passed = examined.layer, examined.run.forward_pass
    if is_default(type(layer).compute_output_shape) or not passed or passed.error is not None:
        return
    came_out = [tuple(one.shape or ()) for one in passed.outputs]
    shapes = _input_shapes(examined)
    for batch, given in (("", shapes), (" for an open batch size", _open_batch(shapes))):
        try:
            with plain_errors():
                announced = layer.compute_output_shape(**given)
        except (Exception, SystemExit) as error:
            yield _mismatch(examined, f"compute_output_shape fails{batch}: {describe_error(error)}")
            return
        flat = _flat(announced)
        if len(flat) != len(came_out) or not all(map(_agree, flat, came_out)):
            yield _mismatch(
                examined, f"compute_output_shape returns {_words(flat)}{batch}, but call() returns {_words(came_out)}"
            )
            return


def _mismatch(examined: ExaminedLayer, message: str) -> Finding:
    fix = "make compute_output_shape return the shape of the outputs, or remove it: Keras infers the shape by itself"
    return Finding("output-shape-mismatch", "warning", message, examined.layer.name, fix=fix)


def _input_shapes(examined: ExaminedLayer) -> dict[str, Any]:
    """Returns the arguments of `compute_output_shape`: shapes by the names of `build()`, or of the inputs."""
    parameters = inspect.signature(examined.layer.compute_output_shape).parameters
    built_with = build_shapes(examined.layer) or {}
    if len(parameters) > 1 and set(built_with) & set(parameters):
        return {name: shape for name, shape in built_with.items() if name in parameters}
    first = keras.tree.map_structure(lambda one: tuple(one.shape), (examined.call.positional, examined.call.named))
    shapes = [*first[0], *first[1].values()]
    return dict(zip(parameters, shapes, strict=False))


def _open_batch(shapes: dict[str, Any]) -> dict[str, Any]:
    def opened(shape: Any) -> Any:
        if isinstance(shape, dict):
            return {name: opened(part) for name, part in shape.items()}
        if _is_shape(shape):
            return (None, *shape[1:])
        return type(shape)(map(opened, shape)) if isinstance(shape, (list, tuple)) else shape

    return {name: opened(shape) for name, shape in shapes.items()}


def _is_shape(shape: Any) -> bool:
    return isinstance(shape, (list, tuple)) and bool(shape) and all(map(_is_size, shape))


def _is_size(one: Any) -> bool:
    return one is None or (isinstance(one, Integral) and not isinstance(one, bool))


def _flat(announced: Any) -> list[Sizes | None]:
    """Returns the shapes in the result of `compute_output_shape` as a list; None for a shape of unknown rank."""
    if isinstance(announced, tensorflow.TensorShape):  # returned by code for tf.keras
        return [None if announced.rank is None else tuple(announced.as_list())]
    if isinstance(announced, dict):
        return [shape for name in sorted(announced) for shape in _flat(announced[name])]
    if _is_shape(announced) or announced == ():
        return [tuple(announced)]
    return [shape for part in announced for shape in _flat(part)] if isinstance(announced, (list, tuple)) else []


def _agree(announced: Sizes | None, came_out: Sizes) -> bool:
    return announced is None or (
        len(announced) == len(came_out)
        and all(one is None or other is None or one == other for one, other in zip(announced, came_out, strict=True))
    )


def _words(shapes: Sequence[Sizes | None]) -> str:
    if not shapes:
        return "nothing"
    return ", ".join("(" + ", ".join("?" if one is None else str(one) for one in shape or ()) + ")" for shape in shapes)


def ignored_policy(examined: ExaminedLayer) -> Iterator[Finding]:
    """Yields a finding for each output and variable whose floating-point dtype differs from the layer's policy."""
    policy, passed = examined.layer.dtype_policy, examined.run.forward_pass
    outputs: tuple[TensorInfo, ...] = passed.outputs if passed else ()
    for place, output in enumerate(outputs):
        if _is_floating(output.dtype) and output.dtype != policy.compute_dtype:
            which = f"output {place}" if len(outputs) > 1 else "the output"
            yield Finding(
                "dtype",
                "warning",
                f"{which} is {output.dtype}, but the dtype policy {policy.name} computes in {policy.compute_dtype}",
                examined.layer.name,
                fix="cast to self.compute_dtype in call(), and pass dtype=self.dtype_policy to sub-layers",
            )
    for path, _, layer in examined.layers():
        policy = layer.dtype_policy
        for variable in own_variables(layer):
            dtype, wanted = keras.backend.standardize_dtype(variable.dtype), policy.variable_dtype
            if _is_floating(dtype) and dtype != wanted and layer.quantization_mode is None:
                yield Finding(
                    "dtype",
                    "warning",
                    f"it is {dtype}, but the dtype policy {policy.name} keeps variables in {wanted}",
                    examined.paths.get(id(variable), f"{path}/{variable.name}"),
                    fix="remove the argument dtype of add_weight",
                )


def _is_floating(dtype: str) -> bool:
    return "float" in dtype
