"""Finds variables of a layer that Keras does not track. Keras neither trains nor saves them.

Keras 3 tracks Keras variables and layers in attributes, lists, dicts, tuples and sets. It tracks no `tf.Variable`, and
nothing inside a `tf.Module` or an object of another class.
"""

from __future__ import annotations

import functools
import gc
from collections import deque
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from types import FunctionType, MethodType
from typing import Any

from weightscope.source.live.creation_log import CreationLog
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.live.keras_internals import tensor_of
from weightscope.source.live.variables import Chain, keras_variables, walk_layers

#: The largest number of objects that a search visits. A layer with more objects has no weights in most of them.
_MOST_OBJECTS = 100_000

_LIBRARIES = ("builtins", "keras", "tensorflow", "numpy", "optree", "threading", "logging")


@dataclass(frozen=True, slots=True)
class Untracked:
    """A variable that Keras does not track.

    Attributes:
        variable: A `tf.Variable`, or a Keras variable in a place that Keras does not search.
        chain: The layers from below the root to the layer that contains the variable.
        path: The attributes, indices and keys from that layer to the variable; its own name if it is not held.
        is_held: Whether an object that is reachable from the layer refers to the variable.
    """

    variable: Any
    chain: Chain
    path: tuple[str, ...]
    is_held: bool = True

    @property
    def has_values(self) -> bool:
        """Whether the variable was initialized. A Keras variable from a symbolic build was not."""
        return not isinstance(self.variable, keras.Variable) or tensor_of(self.variable) is not None


def find_untracked(root: Any, creation_log: CreationLog) -> list[Untracked]:
    """Returns the untracked variables of `root` and its sub-layers, then those in the log that no object refers to."""
    known = _known(root)
    found = []
    for chain, layer in walk_layers(root, ()):
        for path, variable in _Walk(root).inside(layer):
            if id(variable) not in known:
                known.add(id(variable))
                found.append(Untracked(variable, chain, path))
    if any(id(variable) not in known for variable in creation_log.raw_variables()):
        gc.collect()
    lost = [variable for variable in creation_log.raw_variables() if id(variable) not in known]
    return [*found, *(Untracked(one, (), (one.name.partition(":")[0].rpartition("/")[2],), False) for one in lost)]


def _known(root: Any) -> set[int]:
    known = set()
    for variable in keras_variables(root):
        known |= {id(variable), id(tensor_of(variable))}
    for _, layer in walk_layers(root, ()):
        if isinstance(layer, keras.layers.RNN):  # the variables of an RNN layer do not include its states
            for state in keras.tree.flatten(layer.states or ()):
                known |= {id(state), *((id(tensor_of(state)),) if isinstance(state, keras.Variable) else ())}
    return known


@functools.cache
def own_attributes() -> frozenset[str]:
    """Returns the names of the attributes that Keras itself creates in every layer."""
    return frozenset(vars(keras.layers.Layer()))


class _Walk:
    """Searches the objects inside of layers. Each layer of the model is searched separately."""

    def __init__(self, root: Any) -> None:
        self._seen = {id(layer) for _, layer in walk_layers(root, ())}

    def inside(self, layer: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
        """Yields each variable that is reachable from `layer`, with the shortest path to it."""
        own = own_attributes()
        waiting: deque[tuple[tuple[str, ...], Any]] = deque(
            ((name,), value) for name, value in _attributes(layer) if name not in own
        )
        while waiting and len(self._seen) < _MOST_OBJECTS:
            path, value = waiting.popleft()
            if id(value) in self._seen:
                continue
            self._seen.add(id(value))
            if isinstance(value, keras.Variable):
                yield (*path[:-1], value.name), value
            elif isinstance(value, tensorflow.Variable):
                yield path, value
            else:
                waiting.extend(((*path, name), part) for name, part in _parts(value))


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    """Yields the parts of a value that may contain variables, each with a name."""
    if isinstance(value, Mapping):
        yield from ((str(key), part) for key, part in list(value.items()))
    elif isinstance(value, (list, tuple, deque, Set)):
        yield from ((str(place), part) for place, part in enumerate(list(value)))
    elif isinstance(value, FunctionType):
        for name, cell in zip(value.__code__.co_freevars, value.__closure__ or (), strict=False):
            try:
                yield name, cell.cell_contents
            except ValueError:  # not assigned to yet
                continue
    elif isinstance(value, MethodType):
        yield "self", value.__self__
    elif isinstance(value, functools.partial):
        yield from _parts([value.func, *value.args, *value.keywords.values()])
    elif isinstance(value, (keras.layers.Layer, tensorflow.Module)) or is_of_the_user(value):
        yield from _attributes(value)


def _attributes(thing: Any) -> list[tuple[str, Any]]:
    """Returns the attributes of an object. Public attributes come first, because their names are better paths."""
    return sorted(getattr(thing, "__dict__", {}).items(), key=lambda item: item[0].startswith("_"))


def is_of_the_user(value: Any) -> bool:
    """Whether a value is an instance of a class outside of the known libraries."""
    kind = type(value)
    return not isinstance(value, type) and str(kind.__module__).partition(".")[0] not in _LIBRARIES
