"""Examines whether the layer keeps weights where no variable is: in numpy arrays and plain tensors.

A constant (a table of positions, a mean that was handed in) comes back when the constructor runs again, and is none.
An array of random numbers does not: it is told of when it differs from one construction to the next, and the outputs
depend on it. Both are tried, so that what is told is certain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from weightscope.inspection import Array, Note
from weightscope.source.live.doctor.config import is_keras_own
from weightscope.source.live.doctor.examined_layer import ExaminedLayer
from weightscope.source.live.foreign_code import plain_errors
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.live.fresh_names import fresh_names
from weightscope.source.live.output_tensors import output_tensors

#: A place in a layer: how it is read, and how another value is put there.
Place = tuple[Callable[[], Any], Callable[[Any], None]]


def weights_in_arrays(examined: ExaminedLayer) -> Iterator[Note]:
    """Yields a note for each array of random numbers that the outputs depend on."""
    if examined.forward_error is not None:
        return
    places = dict(_places(examined.layer, examined.layer.name))
    if not places:
        return
    try:
        with plain_errors(), examined.known_classes():
            twins = dict(_places(_twin(examined), examined.layer.name))
            for path, place in places.items():
                if path in twins and _differ(place[0](), twins[path][0]()) and _matters(examined, place):
                    yield _note(path, place[0]())
    except Exception:  # a layer that cannot be made or called again: other examinations say so
        return
    finally:
        examined.run.snapshot.restore()


def _note(path: str, array: Any) -> Note:
    kind, name = "numpy array" if isinstance(array, np.ndarray) else "plain tensor", path.rpartition("/")[2]
    name = name if name.isidentifier() else "w"
    return Note(
        "untracked-variable",
        "error",
        f"a {kind} of shape {tuple(array.shape)}, of random numbers, that call() uses and Keras does not track: it is "
        "neither trained nor saved, and holds other numbers when the model is loaded",
        path,
        f'in build(): self.{name} = self.add_weight(name="{name}", shape={tuple(array.shape)}, trainable=False)',
    )


def _places(layer: Any, path: str) -> Iterator[tuple[str, Place]]:
    """Yields where a layer of the user's own, and its sub-layers, keep arrays of floating numbers."""
    if not is_keras_own(layer):
        for name, value in list(vars(layer).items()):
            if _is_array(value):
                yield f"{path}/{name}", _attribute(layer, name)
            elif isinstance(value, (list, dict)):
                keys = list(value) if isinstance(value, dict) else range(len(value))
                for key in keys:
                    if _is_array(value[key]):
                        yield f"{path}/{name}/{key}", _item(value, key)
    for sublayer in layer._layers:
        yield from _places(sublayer, f"{path}/{sublayer.name}")


def _attribute(layer: Any, name: str) -> Place:
    return lambda: getattr(layer, name), lambda value: object.__setattr__(layer, name, value)


def _item(container: Any, key: Any) -> Place:
    return lambda: container[key], lambda value: container.__setitem__(key, value)


def _is_array(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind == "f" and value.size > 0
    if isinstance(value, (keras.Variable, tensorflow.Variable)) or not hasattr(value, "numpy"):
        return False
    return bool(tensorflow.is_tensor(value) and value.dtype.is_floating and value.shape.num_elements() > 0)


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
    return not (_is_array(other) and np.array_equal(np.asarray(one), np.asarray(other), equal_nan=True))


def _matters(examined: ExaminedLayer, place: Place) -> bool:
    """Tells whether the outputs change with the array, and do not change without."""
    read, write = place
    array = read()
    before = _outputs(examined)
    if not _same(before, _outputs(examined)):
        return False
    try:
        moved = np.asarray(array) * 1.5 + 0.25
        write(moved.astype(array.dtype) if isinstance(array, np.ndarray) else tensorflow.cast(moved, array.dtype))
        return not _same(before, _outputs(examined))
    finally:
        write(array)


def _outputs(examined: ExaminedLayer) -> list[Array]:
    outputs = examined.layer(*examined.call.positional, **examined.call.named, training=False)
    examined.run.snapshot.restore()
    return [np.asarray(one) for one in output_tensors(outputs)]


def _same(some: list[Array], others: list[Array]) -> bool:
    return all(np.array_equal(one, other, equal_nan=True) for one, other in zip(some, others, strict=True))
