"""Recognises a file that holds only LoRA factors, which `load_weights` does not read.

Source: `save_lora_weights` and `load_lora_weights` of `keras_hub/src/models/backbone.py`. Older versions store the
factors under the number of the layer, newer ones under its path.
"""

from __future__ import annotations

from collections.abc import Iterator

from weightscope.inspection import Inspection
from weightscope.inspection.weight_layout import WeightGroup
from weightscope.measure.load.causes import enumerated
from weightscope.measure.load.readings import Infos

_ADAPTER = "lora/"

#: The most layers of the file that a message names.
_MOST_GROUPS = 3


def adapter_cause(weights: Inspection, stored: Infos, target: Infos) -> str | None:
    """Returns what an adapter file is, and which kernels of the target its factors fit; None for another file.

    Args:
        weights: The file.
        stored: Its variables.
        target: The variables of the model.
    """
    groups = weights.layout.stored if weights.layout is not None else ()
    factors = [group for group in groups if group.place.startswith(_ADAPTER) and any(group.paths)]
    if not factors or sum(len(group.paths) for group in factors) < len(stored) - 1:  # their rank may stand beside them
        return None
    are_numbers = all(group.place.removeprefix(_ADAPTER).isdecimal() for group in factors)
    by = "by the layers' numbers, not their names" if are_numbers else "by the layers' paths"
    fits = "; ".join(_fits(factors[:_MOST_GROUPS], stored, target))
    return (
        "it holds LoRA factors (an adapter), which load_weights does not read; KerasHub's load_lora_weights does,"
        f" {by}; by shape {fits}"
    )


def _fits(factors: list[WeightGroup], stored: Infos, target: Infos) -> Iterator[str]:
    """Yields for each layer of the file the kernels of the target that have the shape of the factors' product."""
    for group in factors:
        shapes = [stored[path].shape for path in group.paths if path in stored]
        found = []
        if len(shapes) == 2 and all(shapes):
            product = (*shapes[0][:-1], *shapes[1][1:])
            found = [one.layer for one in target.values() if one.shape == product and one.name in _FACTORISED]
        yield f"{group.place} fits {enumerated(found) or 'no kernel'}"


#: The variables that LoRA adds factors to.
_FACTORISED = ("kernel", "embeddings")
