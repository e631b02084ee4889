"""Loading a legacy file by order: the n-th layer with weights is read from the n-th saved layer with weights.

Source: `load_weights_from_hdf5_group` and `_set_weights` of `keras/src/legacy/saving/legacy_h5_format.py`,
Keras 3.15.1.
"""

from __future__ import annotations

from weightscope.inspection.weight_layout import TOP_LEVEL, WeightGroup
from weightscope.measure.load.readings import Readings, Sides


def read_by_order(sides: Sides) -> Readings:
    """Returns the readings of `load_weights` from a legacy `.h5` file, up to the first layer that Keras cannot load."""
    readings = Readings()
    stored = [group for group in sides.stored if group.keys and group.place != TOP_LEVEL]
    target = [group for group in sides.target if group.keys and group.place != TOP_LEVEL]
    if len(stored) != len(target):
        readings.errors.append(
            "Layer count mismatch when loading weights from file. "
            f"Model expected {len(target)} layers, found {len(stored)} saved layers."
        )
        return readings
    for number, (found, group) in enumerate(zip(stored, target, strict=True)):
        if len(found.keys) != len(group.keys):
            readings.errors.append(
                f"Weight count mismatch for layer #{number} (named {group.name} in the current model, {found.name} in"
                f" the save file). Layer expects {len(group.keys)} weight(s)."
                f" Received {len(found.keys)} saved weight(s)"
            )
            return readings
        if not set_weights(found, group, f"layer #{number} (named {group.name})", sides, readings):
            return readings
    read_top_level(sides, readings, "when loading weights from file")
    return readings


def set_weights(found: WeightGroup, group: WeightGroup, name: str, sides: Sides, readings: Readings) -> bool:
    """Reads the weights of one layer in order, and returns whether Keras continues."""
    for source, path in zip(found.paths, group.paths, strict=True):
        if not source or not path:
            continue
        expected, received = sides.target_infos[path].shape, sides.stored_infos[source].shape
        if expected == received:
            readings.fill(path, source)
            continue
        readings.mismatched[path] = source
        what = f"Weight expects shape {expected}. Received saved weight with shape {received}"
        if not sides.skip_mismatch:
            readings.errors.append(f"Shape mismatch in {name}for weight {path}. {what}")
            return False
        readings.warnings.append(
            f"Skipping loading weights for {name}due to mismatch in shape for weight {path}. {what}"
        )
    return True


def read_top_level(sides: Sides, readings: Readings, when: str, *, may_skip: bool = False) -> None:
    """Reads the weights that belong to the model itself.

    Args:
        sides: The file and the model.
        readings: The readings so far.
        when: The next words of Keras' message.
        may_skip: Whether `skip_mismatch` accepts another number of weights.
    """
    found = next((group for group in sides.stored if group.place == TOP_LEVEL), None)
    group = next((group for group in sides.target if group.place == TOP_LEVEL), None)
    if found is None:
        return
    expected = len(group.keys) if group is not None else 0
    if len(found.keys) == expected:
        if group is not None:
            set_weights(found, group, "top-level model", sides, readings)
        return
    message = (
        f"Weight count mismatch for top-level weights {when}. Model expects {expected} top-level weight(s). "
        f"Received {len(found.keys)} saved top-level weight(s)"
    )
    (readings.warnings if may_skip and sides.skip_mismatch else readings.errors).append(message)
