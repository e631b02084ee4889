"""Examines whether `build()` builds all there is: what it leaves to the first call is not there when a model is loaded.

Source: `keras.src.layers.layer.Layer` (3.15): loading calls `build_from_config`, which calls `build()`, and then
restores what variables there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import NoneType
from typing import Any

from weightscope.inspection import Finding
from weightscope.source.live.doctor.examined_layer import ExaminedLayer, is_keras_own
from weightscope.source.live.keras_internals import build_shapes


def unbuilt_sublayers(examined: ExaminedLayer, *, is_lost: bool = False) -> Iterator[Finding]:
    """Yields a note for each sub-layer that was not there, or not built, when the call began, and has variables now.

    Keras (3.15) loads models of such layers, as it calls what it has built: a warning only if this one was lost, a note
    if the layer has a `build()` of its own, and nothing if it has none and Keras builds it by calling it.
    """
    told: set[int] = set()
    for path, chain, layer in examined.layers():
        if not chain or id(layer) in examined.run.built_before or not layer.variables:
            continue
        told.add(id(layer))
        owner = (examined.layer, *chain)[-2]
        if any(id(one) in told for one in chain[:-1]) or not (is_lost or _has_build(owner)) or is_keras_own(owner):
            continue  # its owner is told of: that builds it
        place = examined.place_of(layer, owner)
        how = f"{place}.{_build_call(examined, layer)}" if place else "build what holds it"
        count = len(layer.variables)
        variables = f"its {count} variables are" if count > 1 else "its variable is"
        yield Finding(
            "unbuilt-sublayer",
            "warning" if is_lost else "note",
            ("build() leaves it" if _has_build(owner) else "there is no build(), which leaves it")
            + f" to the first call: after build() alone {variables} not there to be loaded",
            path,
            fix=f"in build(): {how}" if _has_build(owner) else f"def build(self, input_shape): {how}",
        )


def _build_call(examined: ExaminedLayer, layer: Any) -> str:
    """Returns the call that builds a sub-layer with the shapes that it was built with."""
    shapes = build_shapes(layer) or {}
    written = [_written(shape, examined) for shape in shapes.values()]
    if len(shapes) == 1:
        return f"build({written[0]})"
    return f"build({', '.join(f'{name}={shape}' for name, shape in zip(shapes, written, strict=True))})"


def _written(shape: Any, examined: ExaminedLayer) -> str:
    """Returns a shape as code in `build(self, input_shape)` would have it: relative to `input_shape` if that fits."""
    if not isinstance(shape, (list, tuple)) or not shape or not all(isinstance(one, (int, NoneType)) for one in shape):
        return "the shape that call() hands it"
    given = examined.call.inputs[0].shape if len(examined.call.inputs) == 1 else None
    if given is not None and tuple(shape) == tuple(given):
        return "input_shape"
    if given is not None and len(given) > 1 and tuple(shape[:-1]) == tuple(given[:-1]):
        return f"(*input_shape[:-1], {shape[-1]})"
    return f"({', '.join(map(str, (None, *shape[1:])))}{',' if len(shape) == 1 else ''})"


def built_without_build(examined: ExaminedLayer) -> Iterator[Finding]:
    """Yields a note for each layer that says it is built, and whose own `build()` never ran."""
    for path, _, layer in examined.layers():
        if layer.built and _has_build(layer) and build_shapes(layer) is None and not layer.variables:
            yield Finding(
                "built-without-build",
                "warning",
                "it is marked as built, so that its build() never ran: it has no variables",
                path,
                fix="take out self.built = True where build() has not run; Keras sets it",
            )


def _has_build(layer: Any) -> bool:
    return not hasattr(type(layer).build, "_is_default")
