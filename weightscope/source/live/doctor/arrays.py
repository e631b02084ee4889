"""Examines whether the layer keeps weights where no variable is: in numpy arrays and plain tensors.

A constant (a table of positions, a mean that was handed in) comes back when the constructor runs again, and is none.
An array of random numbers does not: it is told of when it differs from one construction to the next, and the outputs
depend on it. Both are tried, so that what is told is certain.
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
from weightscope.source.live.fresh_names import fresh_names
from weightscope.source.live.keras_internals import sublayers
from weightscope.source.live.output_tensors import output_tensors


def weights_in_arrays(examined: ExaminedLayer) -> Iterator[Finding]:
    """Yields a note for each array of random numbers that the outputs depend on."""
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
    except Exception:  # a layer that cannot be made or called again: other examinations say so
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
        "neither trained nor saved, and holds other numbers when the model is loaded",
        path,
        fix=f'in build(): self.{name} = self.add_weight(name="{name}", shape={tuple(array.shape)}, trainable=False)',
    )


def _places(layer: Any, path: str) -> dict[str, Place]:
    """Returns where a layer of the user's own, and its sub-layers, keep arrays of floating numbers, by path."""
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
    """Returns the layer made, built and called a second time, with other random numbers."""
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
    """Tells whether the outputs change with the array, and do not change without."""
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
