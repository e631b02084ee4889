"""Watches Keras variables being created: refuses those that would not fit, and sees their first values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import prod
from typing import Any

from weightscope.inspection.dtype import storage_bytes
from weightscope.source.live.framework import keras
from weightscope.source.shapes import gibibytes


class TooLargeError(Exception):
    """Variables that would take more than the stated bound; raised before the memory is taken."""


@contextmanager
def watched_creation(bound: int, on_create: Callable[[Any], None]) -> Iterator[None]:
    """Within it every new Keras variable is measured before, and handed to `on_create` after, it is made.

    A layer makes its variables deep inside `build()` or `call()`, and Keras has no hook there: the constructor of
    `keras.Variable`, through which all of them come, is wrapped for the time being.

    Args:
        bound: Bytes that the new variables may take together.
        on_create: Called with each Keras variable; its `_value` is None where Keras puts initialisation off.

    Raises:
        TooLargeError: From the code that creates the variable that would pass the bound.
    """
    create = keras.Variable.__init__
    taken = 0

    def create_watched(self: Any, initializer: Any, shape: Any = None, dtype: Any = None, **options: Any) -> None:
        nonlocal taken
        if shape is not None:
            sizes = tuple(size or 0 for size in shape)
            needed = storage_bytes(keras.backend.standardize_dtype(dtype), prod(sizes))
            if taken + needed > bound:
                raise TooLargeError(
                    f"a variable of shape {sizes} takes {gibibytes(needed)}, "
                    f"and all variables together may take {gibibytes(bound)}"
                )
            taken += needed
        create(self, initializer, shape, dtype, **options)
        on_create(self)

    keras.Variable.__init__ = create_watched
    try:
        yield
    finally:
        keras.Variable.__init__ = create
