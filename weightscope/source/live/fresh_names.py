"""Layers that have no name are named as in a new session, so that a path does not depend on what was made before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from weightscope.source.live.keras_internals import internal

_COUNTERS = "object_name_uids"


@contextmanager
def fresh_names() -> Iterator[None]:
    """Within it the first nameless Dense is `dense`; afterwards Keras counts on from where it was.

    Keras has no public way to do this: `keras.utils.clear_session` would also forget the user's own counters.
    """
    state = internal("backend.common.global_state")
    counters = state.get_global_attribute(_COUNTERS)
    state.set_global_attribute(_COUNTERS, None)
    try:
        yield
    finally:
        state.set_global_attribute(_COUNTERS, counters)
