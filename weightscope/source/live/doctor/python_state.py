"""Stores the Python state of a layer, to restore it after each trial and to find changes by a call."""

from __future__ import annotations

from typing import Any

import numpy as np

from weightscope.source.live.doctor.attributes import ABSENT, Container, Place, containers, is_state, shared_places
from weightscope.source.live.doctor.examined_layer import ExaminedLayer


class PythonState:
    """The values of a layer's attributes when this object was created."""

    def __init__(self, examined: ExaminedLayer) -> None:
        """Stores the current state."""
        self._containers = [(one, one.contents()) for one in containers(examined)]
        self._shared = [(place, place.read()) for place in shared_places(examined)]
        held = (value for _, contents in self._containers for value in contents.values())
        values = (*held, *(value for _, value in self._shared))
        self._arrays = {id(one): (one, one.copy()) for one in values if _is_array(one)}

    def restore(self) -> None:
        """Restores the stored state."""
        for array, values in self._arrays.values():
            array[...] = values
        for container, before in self._containers:
            container.refill(before)
        for place, value in self._shared:
            if place.read() is not value:
                place.write(value)

    def grown(self) -> list[tuple[Container, dict[Any, Any]]]:
        """Returns the lists and dicts whose length changed, with their current items."""
        return [
            (container, container.contents())
            for container, before in self._containers
            if not container.is_object and len(container.items) != len(before)
        ]

    def changed(self) -> list[Place]:
        """Returns the places whose number, text, array or tensor changed."""
        places = [
            (container.place(key), before.get(key, ABSENT))
            for container, before in self._containers
            for key in container.contents()
            if container.is_object or len(container.items) == len(before)
        ]
        return [place for place, before in (*places, *self._shared) if self._is_other(before, place.read())]

    def _is_other(self, before: Any, after: Any) -> bool:
        if not is_state(after):
            return False
        if id(before) in self._arrays:
            before = self._arrays[id(before)][1]
        elif before is after:
            return False
        if isinstance(after, str) or not is_state(before):
            return bool(type(before) is not type(after) or before != after)
        one, other = np.asarray(before), np.asarray(after)
        return one.dtype != other.dtype or one.shape != other.shape or one.tobytes() != other.tobytes()


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.flags.writeable and value.dtype.kind != "O"
