"""What functions of the api show while they read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from weightscope.measure.reading.gather import Progress

#: Called with the number of bytes to read; returns a context whose value is called with each number of bytes read.
ShowProgress = Callable[[int], AbstractContextManager["Progress | None"]]


def silent(_bytes: int) -> AbstractContextManager[None]:
    """Shows nothing."""
    return nullcontext()
