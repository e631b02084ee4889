"""Examines whether `build()` builds all there is: what it leaves to the first call is not there when a model is loaded.

Source: `keras.src.layers.layer.Layer` (3.15): loading calls `build_from_config`, which calls `build()`, and then
restores what variables there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from weightscope.inspection import Note
from weightscope.source.live.doctor.examined_layer import ExaminedLayer


def unbuilt_sublayers(examined: ExaminedLayer) -> Iterator[Note]:
    """Yields a note for each sub-layer that was not there, or not built, when the call began, and has variables now."""
    told: set[int] = set()
    for path, chain, layer in examined.layers():
        if not chain or id(layer) in examined.run.built_before or not layer.variables:
            continue
        told.add(id(layer))
        if any(id(one) in told for one in chain[:-1]):
            continue  # its owner is told of: that builds it
        owner = (examined.layer, *chain)[-2]
        place = examined.place_of(layer, owner)
        how = f"{place}.build(input_shape)"
        yield Note(
            "unbuilt-sublayer",
            "warning",
            f"{'build() leaves it' if _has_build(owner) else 'there is no build(), which leaves it'} to the first call "
            f'to be built: loading may end with "was never built", as the file lists {len(layer.variables)} variables',
            path,
            f"in build(): {how}, with the shape that call() hands it"
            if _has_build(owner)
            else f"def build(self, input_shape): {how}, with the shape that call() hands it",
        )


def built_without_build(examined: ExaminedLayer) -> Iterator[Note]:
    """Yields a note for each layer that says it is built, and whose own `build()` never ran."""
    for path, _, layer in examined.layers():
        if layer.built and _has_build(layer) and layer._build_shapes_dict is None and not layer.variables:
            yield Note(
                "built-without-build",
                "warning",
                "it is marked as built, so that its build() never ran: it has no variables",
                path,
                "take out self.built = True where build() has not run; Keras sets it",
            )


def _has_build(layer: Any) -> bool:
    return not hasattr(type(layer).build, "_is_default")
