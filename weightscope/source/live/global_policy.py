"""Sets Keras' global dtype policy temporarily."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from weightscope.source.live.framework import keras


@contextmanager
def global_dtype_policy(policy: str) -> Iterator[None]:
    """In the context, new layers have this dtype policy, such as `mixed_float16`. Then the old policy is restored."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
