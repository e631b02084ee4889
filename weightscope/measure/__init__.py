"""Measures the values of variables: pure functions."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weightscope.measure.listing.choice import Choice
    from weightscope.measure.listing.listing import bytes_to_read, list_measured

__all__ = ["Choice", "bytes_to_read", "list_measured"]

#: Where each name is, imported when it is used: the options of the command line need no numpy.
_PLACES = {"Choice": "listing.choice", "bytes_to_read": "listing.listing", "list_measured": "listing.listing"}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
