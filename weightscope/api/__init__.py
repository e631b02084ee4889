"""The whole tool as a few functions: what the command line does, for notebooks and tests.

Importing this imports neither TensorFlow nor Keras; calling a function that needs them does.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weightscope.api.inspecting import (
        InputShapes,
        broken_plugins,
        inspect_built,
        inspect_layer,
        inspect_model,
        known_layers,
        offered_layers,
    )
    from weightscope.api.listing import list_variables
    from weightscope.api.measuring import (
        check_load,
        check_loading,
        check_model,
        close_up,
        diff_models,
    )
    from weightscope.api.showable import Inspection
    from weightscope.api.showable_measures import Closeup, Comparison

_PLACES = {
    "Closeup": "showable_measures",
    "Comparison": "showable_measures",
    "InputShapes": "inspecting",
    "Inspection": "showable",
    "broken_plugins": "inspecting",
    "check_load": "measuring",
    "check_loading": "measuring",
    "check_model": "measuring",
    "close_up": "measuring",
    "diff_models": "measuring",
    "inspect_built": "inspecting",
    "inspect_layer": "inspecting",
    "inspect_model": "inspecting",
    "known_layers": "inspecting",
    "list_variables": "listing",
    "offered_layers": "inspecting",
}

__all__ = [
    "Closeup",
    "Comparison",
    "InputShapes",
    "Inspection",
    "broken_plugins",
    "check_load",
    "check_loading",
    "check_model",
    "close_up",
    "diff_models",
    "inspect_built",
    "inspect_layer",
    "inspect_model",
    "known_layers",
    "list_variables",
    "offered_layers",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
