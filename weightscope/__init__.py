"""Shows what is inside a Keras model. Start with `inspect_model` or `inspect_layer`.

Importing this package is fast: it imports neither TensorFlow nor Keras.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weightscope.api import (
        Closeup,
        Comparison,
        Inspection,
        check_model,
        close_up,
        diff_models,
        inspect_layer,
        inspect_model,
        known_layers,
    )
    from weightscope.errors import WeightscopeError
    from weightscope.source.live.registry import register_layer

_PLACES = {
    "Closeup": "weightscope.api",
    "Comparison": "weightscope.api",
    "Inspection": "weightscope.api",
    "WeightscopeError": "weightscope.errors",
    "check_model": "weightscope.api",
    "close_up": "weightscope.api",
    "diff_models": "weightscope.api",
    "inspect_layer": "weightscope.api",
    "inspect_model": "weightscope.api",
    "known_layers": "weightscope.api",
    "register_layer": "weightscope.source.live.registry",
}

__all__ = [
    "Closeup",
    "Comparison",
    "Inspection",
    "WeightscopeError",
    "check_model",
    "close_up",
    "diff_models",
    "inspect_layer",
    "inspect_model",
    "known_layers",
    "register_layer",
]


def __dir__() -> list[str]:
    return [*globals(), *__all__]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("keras-weightscope")
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_PLACES[name]), name)
