"""Watches Keras variables being created: refuses those that would not fit, and sees their first values."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from math import prod
from typing import Any

from weightscope.inspection.dtype import storage_bytes
from weightscope.source.live.framework import keras
from weightscope.source.live.replaced import replaced
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
    signature = inspect.signature(create)
    taken = 0

    @functools.wraps(create)
    def create_watched(self: Any, *arguments: Any, **options: Any) -> None:
        nonlocal taken
        with suppress(TypeError, ValueError):  # arguments that make no sense are refused by the constructor itself
            taken += _checked_bytes(signature.bind(self, *arguments, **options).arguments, bound, taken)
        create(self, *arguments, **options)
        on_create(self)

    with replaced(keras.Variable, "__init__", create_watched):
        yield


def _checked_bytes(arguments: Mapping[str, Any], bound: int, taken: int) -> int:
    """Returns the bytes of a variable that is about to be made; 0 if its initial value, and so its shape, is given."""
    shape = arguments.get("shape")
    if shape is None:
        return 0
    sizes = (shape,) if isinstance(shape, int) else tuple(size or 0 for size in shape)
    needed = storage_bytes(keras.backend.standardize_dtype(arguments.get("dtype")), prod(sizes))
    if taken + needed > bound:
        raise TooLargeError(
            f"a variable of shape {sizes} takes {gibibytes(needed)}, "
            f"and all variables together may take {gibibytes(bound)}"
        )
    return needed
