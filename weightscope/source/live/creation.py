"""Watches the creation of Keras variables: refuses variables that are too large, and reports each new variable."""

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
    """New variables would take more memory than allowed. Raised before the memory is allocated."""


@contextmanager
def watched_creation(bound: int, on_create: Callable[[Any], None]) -> Iterator[None]:
    """In the context, checks the size of each new Keras variable and then passes the variable to `on_create`.

    A layer creates its variables deep inside `build()` or `call()`, and Keras has no hook there. Therefore the
    constructor of `keras.Variable`, which creates all of them, is wrapped.

    Args:
        bound: The largest total size of the new variables, in bytes.
        on_create: Called with each Keras variable. Its `_value` is None if Keras postpones initialization.

    Raises:
        TooLargeError: The total size would exceed `bound`. Raised in the code that creates the variable.
    """
    create = keras.Variable.__init__
    signature = inspect.signature(create)
    taken = 0

    @functools.wraps(create)
    def create_watched(self: Any, *arguments: Any, **options: Any) -> None:
        nonlocal taken
        with suppress(TypeError, ValueError):  # the constructor itself refuses invalid arguments
            taken += _checked_bytes(signature.bind(self, *arguments, **options).arguments, bound, taken)
        create(self, *arguments, **options)
        on_create(self)

    with replaced(keras.Variable, "__init__", create_watched):
        yield


def _checked_bytes(arguments: Mapping[str, Any], bound: int, taken: int) -> int:
    """Returns the bytes of a variable before it is created; 0 if its initial value is given instead of a shape."""
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
