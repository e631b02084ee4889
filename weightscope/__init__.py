"""Shows what is inside a Keras model. Start with `inspect_model` or `inspect_layer`.

Importing this package is fast: it imports neither TensorFlow nor Keras.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weightscope.api import (
        CheckSettings,
        Choice,
        Closeup,
        CompareSettings,
        Comparison,
        ExportOptions,
        Inspection,
        RowOptions,
        TrendSettings,
        VariableFilter,
        check_model,
        check_weights,
        close_up,
        compare_weights,
        diff_models,
        downloading,
        export,
        fingerprint,
        inspect_layer,
        inspect_model,
        known_layers,
        list_variables,
        scan,
        trend,
    )
    from weightscope.errors import WeightscopeError
    from weightscope.source.live.registry import register_layer

_PLACES = {
    "CheckSettings": "weightscope.api",
    "Choice": "weightscope.api",
    "Closeup": "weightscope.api",
    "CompareSettings": "weightscope.api",
    "Comparison": "weightscope.api",
    "ExportOptions": "weightscope.api",
    "Inspection": "weightscope.api",
    "RowOptions": "weightscope.api",
    "TrendSettings": "weightscope.api",
    "VariableFilter": "weightscope.api",
    "WeightscopeError": "weightscope.errors",
    "check_model": "weightscope.api",
    "check_weights": "weightscope.api",
    "close_up": "weightscope.api",
    "compare_weights": "weightscope.api",
    "diff_models": "weightscope.api",
    "downloading": "weightscope.api",
    "export": "weightscope.api",
    "fingerprint": "weightscope.api",
    "inspect_layer": "weightscope.api",
    "inspect_model": "weightscope.api",
    "known_layers": "weightscope.api",
    "list_variables": "weightscope.api",
    "register_layer": "weightscope.source.live.registry",
    "scan": "weightscope.api",
    "trend": "weightscope.api",
}

__all__ = [
    "CheckSettings",
    "Choice",
    "Closeup",
    "CompareSettings",
    "Comparison",
    "ExportOptions",
    "Inspection",
    "RowOptions",
    "TrendSettings",
    "VariableFilter",
    "WeightscopeError",
    "check_model",
    "check_weights",
    "close_up",
    "compare_weights",
    "diff_models",
    "downloading",
    "export",
    "fingerprint",
    "inspect_layer",
    "inspect_model",
    "known_layers",
    "list_variables",
    "register_layer",
    "scan",
    "trend",
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
