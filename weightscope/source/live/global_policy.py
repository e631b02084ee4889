"""The dtype policy of all layers that bring none of their own, set for a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from weightscope.source.live.framework import keras


@contextmanager
def global_dtype_policy(policy: str) -> Iterator[None]:
    """Within it layers are made with this policy, such as `mixed_float16`; the policy from before is put back."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
