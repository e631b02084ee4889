"""Records which stored values Keras assigns to which variables while it loads a model.

Keras has no public hook for this. Some of its private functions are therefore wrapped during the load; only this module
uses them: `H5IOStore` and `DiskIOStore` of `keras/src/saving/saving_lib.py`, `load_subset_weights_from_hdf5_group` of
`keras/src/legacy/saving/legacy_h5_format.py`, Keras 3.13 to 3.15.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

from weightscope.source.live.framework import keras
from weightscope.source.live.keras_internals import group_of, internal

_SAVING = internal("saving.saving_lib")
_LEGACY = internal("legacy.saving.legacy_h5_format")


class LoadLog:
    """The stored values that Keras read, the variables that received them, and the warnings of Keras.

    Attributes:
        read: The location in the file of every stored value that was read.
        warnings: The distinct messages of the warnings, in order.
    """

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.warnings: list[str] = []
        self._origins: dict[int, str | None] = {}
        self._overwritten: dict[int, dict[str, bool]] = {}
        self._set: set[int] = set()
        self._has_begun = False
        self._reads_assets = False
        self._held: list[Any] = []  # so that no other object gets the id of a variable
        self._values: dict[int, tuple[Any, str]] = {}  # the values that the current owner read, with their locations
        self._unused: set[int] = set()

    def is_filled(self, variable: Any) -> bool:
        """Whether `variable` was assigned a stored value, or a value computed from stored values."""
        return id(variable) in self._origins

    def is_set(self, variable: Any) -> bool:
        """Whether any value was assigned to `variable` while its owner was loaded."""
        return id(variable) in self._set

    def origin(self, variable: Any) -> str | None:
        """Returns the location of the variable's value in the file; None if it was computed or not loaded."""
        return self._origins.get(id(variable))

    def overwritten(self, variable: Any) -> dict[str, bool]:
        """Returns the locations of the values that another stored value overwrote, and whether the two were equal."""
        return self._overwritten.get(id(variable), {})

    @contextmanager
    def watching(self) -> Iterator[None]:
        """In the context, records reads, assignments and warnings."""
        variable = next(one for one in keras.Variable.__mro__ if "assign" in vars(one))
        with ExitStack() as stack:
            stack.enter_context(_replaced(_SAVING.H5IOStore, "get", self._watched_get))
            stack.enter_context(_replaced(_SAVING.H5IOStore, "__getitem__", self._watched_item))
            stack.enter_context(_replaced(_SAVING.DiskIOStore, "get", self._watched_assets))
            stack.enter_context(_replaced(_LEGACY, "load_subset_weights_from_hdf5_group", self._watched_subset))
            stack.enter_context(_replaced(variable, "assign", self._watched_assign))
            caught = stack.enter_context(warnings.catch_warnings(record=True))
            warnings.simplefilter("always")
            yield
            texts = (" ".join(str(one.message).split()) for one in caught if issubclass(one.category, UserWarning))
            self.warnings = list(dict.fromkeys(texts))
        self._begin_owner()

    def _begin_owner(self) -> None:
        """Forgets the values that the previous owner read. Those not assigned by now never will be."""
        self._has_begun = True
        self._reads_assets = False
        self._values.clear()
        self._unused.clear()

    def _note_read(self, value: Any, group: Any, key: str) -> None:
        place = f"{group.name}/{key}".replace("//", "/").lstrip("/")
        self.read.add(place)
        self._values[id(value)] = (value, place)
        self._unused.add(id(value))

    def _note_overwritten(self, variable: Any, value: Any) -> None:
        """Notes that a stored value is about to replace another one: a variable that several layers store."""
        place, new = self._origins.get(id(variable)), self._values.get(id(value))
        if place is not None and new is not None and new[1] != place:
            current = keras.ops.convert_to_numpy(variable)
            is_equal = bool(np.array_equal(current, np.asarray(value).astype(current.dtype)))
            self._overwritten.setdefault(id(variable), {})[place] = is_equal

    def _note_assigned(self, variable: Any, value: Any) -> None:
        if not self._has_begun:  # assigned by a layer's own code in `build()`
            return
        self._held.append(variable)
        self._set.add(id(variable))
        if id(value) in self._values:
            self._origins[id(variable)] = self._values[id(value)][1]
            self._unused.discard(id(value))
        elif self._unused or self._reads_assets:  # computed from stored values
            self._origins[id(variable)] = None

    def _watched_get(self, get: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(get)
        def watched(store: Any, path: str) -> Any:
            self._begin_owner()
            return get(store, path)

        return watched

    def _watched_assets(self, get: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(get)
        def watched(store: Any, path: str) -> Any:
            self._reads_assets = True
            return get(store, path)

        return watched

    def _watched_item(self, get_item: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(get_item)
        def watched(entry: Any, key: str) -> Any:
            value = get_item(entry, key)
            self._note_read(value, group_of(entry), key)
            return value

        return watched

    def _watched_subset(self, load_subset: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(load_subset)
        def watched(group: Any) -> Any:
            self._begin_owner()
            values = load_subset(group)
            names = _LEGACY.load_attributes_from_hdf5_group(group, "weight_names")
            for name, value in zip(names, values, strict=True):
                self._note_read(value, group, name)
            return values

        return watched

    def _watched_assign(self, assign: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(assign)
        def watched(variable: Any, value: Any) -> Any:
            self._note_overwritten(variable, value)
            result = assign(variable, value)
            self._note_assigned(variable, value)
            return result

        return watched


@contextmanager
def _replaced(owner: Any, name: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Iterator[None]:
    original = getattr(owner, name)
    setattr(owner, name, wrap(original))
    try:
        yield
    finally:
        setattr(owner, name, original)
