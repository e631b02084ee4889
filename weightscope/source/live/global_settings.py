"""Keras' global settings, changed for a while: the counters of layer names and the dtype policy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from weightscope.source.live.framework import keras
from weightscope.source.live.keras_internals import internal

_COUNTERS = "object_name_uids"


@contextmanager
def fresh_names() -> Iterator[None]:
    """In the context, the first unnamed Dense is `dense`. Afterwards Keras' own counters are restored.

    Keras has no public function for this: `keras.utils.clear_session` would also reset the user's counters.
    """
    state = internal("backend.common.global_state")
    counters = state.get_global_attribute(_COUNTERS)
    state.set_global_attribute(_COUNTERS, None)
    try:
        yield
    finally:
        state.set_global_attribute(_COUNTERS, counters)


@contextmanager
def global_dtype_policy(policy: str) -> Iterator[None]:
    """In the context, new layers have this dtype policy, such as `mixed_float16`. Then the old policy is restored."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
