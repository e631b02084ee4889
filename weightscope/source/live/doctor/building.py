"""Examines whether `build()` creates all variables. Variables that the first call creates do not exist during loading.

Source: `keras.src.layers.layer.Layer` (3.15): loading calls `build_from_config`, which calls `build()`, and then
restores the existing variables.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import NoneType
from typing import Any

from weightscope.inspection import Finding
from weightscope.source.live.doctor.examined_layer import ExaminedLayer, is_keras_own, place_of
from weightscope.source.live.keras_internals import build_shapes, is_default


def unbuilt_sublayers(examined: ExaminedLayer, *, is_lost: bool = False) -> Iterator[Finding]:
    """Yields a finding for each sub-layer with variables that was missing or not built before the call.

    Keras (3.15) can load many such layers, because it calls a layer after building it. The finding is a warning if the
    layer's variables were lost. Otherwise it is a note if the layer has its own `build()`. If the layer has none, Keras
    builds it by calling it, and there is no finding.
    """
    reported: set[int] = set()
    for path, chain, layer in examined.layers():
        if not chain or id(layer) in examined.run.built_before or not layer.variables:
            continue
        reported.add(id(layer))
        owner = (examined.layer, *chain)[-2]
        if any(id(one) in reported for one in chain[:-1]) or not (is_lost or _has_build(owner)) or is_keras_own(owner):
            continue  # the owner, which builds this layer, is reported
        place = place_of(layer, owner)
        how = f"{place}.{_build_call(examined, layer)}" if place else "build the object that contains it"
        count = len(layer.variables)
        variables = f"its {count} variables do" if count > 1 else "its variable does"
        yield Finding(
            "unbuilt-sublayer",
            "warning" if is_lost else "note",
            ("build() does not build it" if _has_build(owner) else "there is no build() that builds it")
            + f", so the first call does: without that call {variables} not exist and cannot be loaded",
            path,
            fix=f"in build(): {how}" if _has_build(owner) else f"def build(self, input_shape): {how}",
        )


def _build_call(examined: ExaminedLayer, layer: Any) -> str:
    """Returns code that builds a sub-layer with the shapes of its first build."""
    shapes = build_shapes(layer) or {}
    written = [_written(shape, examined) for shape in shapes.values()]
    if len(shapes) == 1:
        return f"build({written[0]})"
    return f"build({', '.join(f'{name}={shape}' for name, shape in zip(shapes, written, strict=True))})"


def _written(shape: Any, examined: ExaminedLayer) -> str:
    """Returns code for a shape in `build(self, input_shape)`, relative to `input_shape` if possible."""
    if not isinstance(shape, (list, tuple)) or not shape or not all(isinstance(one, (int, NoneType)) for one in shape):
        return "the shape of its input in call()"
    given = examined.call.inputs[0].shape if len(examined.call.inputs) == 1 else None
    if given is not None and tuple(shape) == tuple(given):
        return "input_shape"
    if given is not None and len(given) > 1 and tuple(shape[:-1]) == tuple(given[:-1]):
        return f"(*input_shape[:-1], {shape[-1]})"
    return f"({', '.join(map(str, (None, *shape[1:])))}{',' if len(shape) == 1 else ''})"


def built_without_build(examined: ExaminedLayer) -> Iterator[Finding]:
    """Yields a finding for each layer that is marked as built although its own `build()` never ran."""
    for path, _, layer in examined.layers():
        if layer.built and _has_build(layer) and build_shapes(layer) is None and not layer.variables:
            yield Finding(
                "built-without-build",
                "warning",
                "it is marked as built, so its build() never ran, and it has no variables",
                path,
                fix="remove self.built = True outside of build(); Keras sets it",
            )


def _has_build(layer: Any) -> bool:
    return not is_default(type(layer).build)
