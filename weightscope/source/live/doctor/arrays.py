"""Examines whether the layer keeps weights outside of variables: in numpy arrays and plain tensors.

The constructor can recreate a constant (a table of positions, a mean from an argument), so a constant is not a weight.
It cannot recreate random numbers. An array is reported if a second construction gives another array and if the outputs
depend on it. Both conditions are tested.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from weightscope.inspection import Array, Finding
from weightscope.source.live.doctor.attributes import Place, containers_in, is_float_array
from weightscope.source.live.doctor.examined_layer import ExaminedLayer, is_keras_own
from weightscope.source.live.doctor.trials import undone
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.live.global_settings import fresh_names
from weightscope.source.live.keras_internals import sublayers
from weightscope.source.live.output_tensors import output_tensors


def weights_in_arrays(examined: ExaminedLayer) -> Iterator[Finding]:
    """Yields a finding for each array of random numbers that affects the outputs."""
    if examined.forward_error is not None:
        return
    places = _places(examined.layer, examined.layer.name)
    if not places:
        return
    try:
        with undone(examined):
            twins = _places(_twin(examined), examined.layer.name)
            for path, place in places.items():
                if path in twins and _differ(place.read(), twins[path].read()) and _matters(examined, place):
                    yield _note(path, place.read())
    except Exception:  # the layer cannot be made or called again: other examinations report it
        return
    finally:
        examined.run.snapshot.restore()


def _note(path: str, array: Any) -> Finding:
    kind, name = "numpy array" if isinstance(array, np.ndarray) else "plain tensor", path.rpartition("/")[2]
    name = name if name.isidentifier() else "w"
    return Finding(
        "untracked-variable",
        "error",
        f"a {kind} of shape {tuple(array.shape)}, of random numbers, that call() uses and Keras does not track: it is "
        "neither trained nor saved, and a loaded model has other numbers",
        path,
        fix=f'in build(): self.{name} = self.add_weight(name="{name}", shape={tuple(array.shape)}, trainable=False)',
    )


def _places(layer: Any, path: str) -> dict[str, Place]:
    """Returns the places of floating-point arrays in the user's own layer and its sub-layers, by path."""
    found = {}
    if not is_keras_own(layer):
        for container in containers_in(layer):
            for key, value in container.contents().items():
                if is_float_array(value):
                    place = container.place(key)
                    found[f"{path}/{place.path.removeprefix('self.')}"] = place
    for sublayer in sublayers(layer):
        found |= _places(sublayer, f"{path}/{sublayer.name}")
    return found


def _twin(examined: ExaminedLayer) -> Any:
    """Returns a second layer from the same config, built and called with another random seed."""
    keras.utils.set_random_seed(examined.seed + 1)
    try:
        with fresh_names():
            twin = type(examined.layer).from_config(examined.layer.get_config())
            twin(*examined.call.positional, **examined.call.named)
    finally:
        keras.utils.set_random_seed(examined.seed)
    return twin


def _differ(one: Any, other: Any) -> bool:
    return not (is_float_array(other) and np.array_equal(np.asarray(one), np.asarray(other), equal_nan=True))


def _matters(examined: ExaminedLayer, place: Place) -> bool:
    """Whether a change of the array changes the outputs, which are otherwise repeatable."""
    array = place.read()
    before = _outputs(examined)
    if not _same(before, _outputs(examined)):
        return False
    try:
        moved = np.asarray(array) * 1.5 + 0.25
        place.write(moved.astype(array.dtype) if isinstance(array, np.ndarray) else tensorflow.cast(moved, array.dtype))
        return not _same(before, _outputs(examined))
    finally:
        place.write(array)


def _outputs(examined: ExaminedLayer) -> list[Array]:
    outputs = examined.layer(*examined.call.positional, **examined.call.named, training=False)
    examined.run.snapshot.restore()
    return [np.asarray(one) for one in output_tensors(outputs)]


def _same(some: list[Array], others: list[Array]) -> bool:
    return all(np.array_equal(one, other, equal_nan=True) for one, other in zip(some, others, strict=True))
