"""Loading by place: each layer is read from its own group, such as `layers/dense`; Keras continues after a failure.

Source: `load_weights_only`, `_load_state` and `_load_container_state` of `keras/src/saving/saving_lib.py` and
`Layer.load_own_variables`, Keras 3.15.1.
"""

from __future__ import annotations

import re

from weightscope.inspection.weight_layout import WeightGroup
from weightscope.measure.load.readings import Readings, Sides

#: A list or dict inside another one: Keras skips it if the file lacks it.
_NESTED_CONTAINER = re.compile(r"^(.*?/container(?:_[0-9]+)?)(?:/|$)")

#: The group in which Keras 2.12 and 2.13 store the layers of a model.
_EARLIER_LAYERS = "_layer_checkpoint_dependencies"


def read_by_place(sides: Sides) -> Readings:
    """Returns the readings of `load_weights` from a `.keras` or `.weights.h5` file, or from its shards."""
    stored = {group.place: group for group in sides.stored}
    is_earlier = any(place.partition("/")[0] == _EARLIER_LAYERS for place in stored)
    readings = Readings()
    failed: dict[str, str] = {}
    loaded: set[str] = set()
    skipped: dict[str, None] = {}
    for group in sides.target:
        if group.first_place in loaded:
            continue
        found = stored.get(group.place)
        if found is None and is_earlier:
            found = stored.get(group.place.replace("layers", _EARLIER_LAYERS))
        container = _missing_container(group.place, stored)
        if found is None and container is not None and group.paths:
            skipped.setdefault(container)
            continue
        error = _read_layer(group, found, sides, readings)
        if error is None:
            loaded.add(group.first_place)
            failed.pop(group.first_place, None)
        else:
            failed[group.first_place] = f"{_words_of(group)}: {error}"
    readings.errors += failed.values()
    readings.warnings += [
        f"Skipping nested container at '{place}': no matching group found in the saved file." for place in skipped
    ]
    return readings


def place_message(errors: list[str]) -> str:
    """Returns the final error message of Keras when some layers could not be loaded."""
    return f"A total of {len(errors)} objects could not be loaded. Example error message for object {errors[0]}"


def _missing_container(place: str, stored: dict[str, WeightGroup]) -> str | None:
    """Returns the nested container around a place that the file lacks; None if there is none."""
    match = _NESTED_CONTAINER.match(place)
    if match is None:
        return None
    container = match.group(1)
    return None if any(one == container or one.startswith(f"{container}/") for one in stored) else container


def _read_layer(group: WeightGroup, found: WeightGroup | None, sides: Sides, readings: Readings) -> str | None:
    """Reads the variables of one layer, and returns the error message of Keras if it cannot."""
    keys = found.keys if found is not None else ()
    has_own_keys = any(not key.isdecimal() for key in group.keys)
    if len(keys) != len(group.keys) and not has_own_keys:
        return _count_error(group, len(keys), sides)
    sources = dict(zip(keys, found.paths if found is not None else (), strict=True))
    for key, path in zip(group.keys, group.paths, strict=True):
        source = sources.get(key)
        if source is None:
            return repr(key) if not keys else f"Unable to synchronously open object (object '{key}' doesn't exist)"
        if not path or not source:
            continue
        target_shape, stored_shape = sides.target_infos[path].shape, sides.stored_infos[source].shape
        if target_shape != stored_shape:
            readings.mismatched[path] = source
            return (
                "The shape of the target variable and the shape of the target value in `variable.assign(value)` must"
                f" match. variable.shape={target_shape}, Received: value.shape={stored_shape}."
            )
        readings.fill(path, source)
    return None


def _count_error(group: WeightGroup, received: int, sides: Sides) -> str:
    if not group.keys and not group.is_built:
        return (
            f"Layer '{group.name}' was never built and thus it doesn't have any variables. However the weights file"
            f" lists {received} variables for this layer."
        )
    message = f"Layer '{group.name}' expected {len(group.keys)} variables, but received {received} variables"
    # Keras lists the trainable variables first, as `layer.variables` and the inspection do
    order = {path: place for place, path in enumerate(sides.target_infos)}
    names = [sides.target_infos[path].name for path in sorted(filter(None, group.paths), key=order.__getitem__)]
    expected = "" if any(name.isdecimal() for name in names) else f" Expected: {names}"
    return f"{message} during loading.{expected}"


def _words_of(group: WeightGroup) -> str:
    return f"<{(group.class_name or 'Layer').rpartition('>')[2]} name={group.name}, built=True>"
