"""Loading a legacy file by name: pairs top-level layers with equal names, and silently skips the others.

Source: `load_weights_from_hdf5_group_by_name` of `keras/src/legacy/saving/legacy_h5_format.py`, Keras 3.15.1.
"""

from __future__ import annotations

from weightscope.inspection.weight_layout import TOP_LEVEL
from weightscope.measure.load.by_order import read_top_level, set_weights
from weightscope.measure.load.readings import Readings, Sides


def read_by_name(sides: Sides) -> Readings:
    """Returns the readings of `load_weights(by_name=True)` from a legacy `.h5` file."""
    readings = Readings()
    index: dict[str, list[int]] = {}
    for place, group in enumerate(sides.target):
        if group.place != TOP_LEVEL:
            index.setdefault(group.name, []).append(place)
    for number, found in enumerate(sides.stored):
        for place in index.get(found.name, ()) if found.place != TOP_LEVEL else ():
            group = sides.target[place]
            if len(found.keys) != len(group.keys):
                counts = f"Layer expects {len(group.keys)} weight(s). Received {len(found.keys)} saved weight(s)"
                if not sides.skip_mismatch:
                    readings.errors.append(f"Weight count mismatch for layer #{number} (named {group.name}). {counts}")
                    return readings
                readings.warnings.append(
                    f"Skipping loading of weights for layer #{number} (named {group.name}) due to mismatch in number of"
                    f" weights. {counts}"
                )
                continue
            if not set_weights(found, group, f"layer #{number} (named {group.name})", sides, readings):
                return readings
    read_top_level(sides, readings, "of model", may_skip=True)
    return readings
