"""Examines whether Keras saves all sub-layers. Keras searches attributes, except those that it uses itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from weightscope.inspection import Finding
from weightscope.source.live.doctor.examined_layer import ExaminedLayer, place_of
from weightscope.source.live.keras_internals import saved_objects
from weightscope.source.live.untracked import own_attributes


def unsaved_sublayers(examined: ExaminedLayer) -> Iterator[Finding]:
    """Yields a finding for each sub-layer with variables that Keras does not save."""
    saved = saved_objects(examined.layer)
    for path, chain, layer in examined.layers():
        if id(layer) in saved or not layer.variables or any(id(one) not in saved for one in chain[:-1]):
            continue
        place = place_of(layer, (examined.layer, *chain)[-2]) or "an object in an attribute"
        attribute = next(iter(re.findall(r"self\.(\w+)", place)), "")
        is_taken = attribute in own_attributes()
        because = f"Keras itself uses {attribute}" if is_taken else "Keras does not search the object that contains it"
        yield Finding(
            "unsaved-sublayer",
            "error",
            f"{place} is not saved, because {because}: a loaded model has new initial values for its variables",
            path,
            fix=f"rename self.{attribute} to self.{_other_name(attribute)}"
            if is_taken
            else "store it in an attribute of the layer, or in a list or dict",
        )


def _other_name(attribute: str) -> str:
    return f"my{attribute}" if attribute.startswith("_") else "sublayers"
