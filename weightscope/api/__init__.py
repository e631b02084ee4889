"""The whole tool as a few functions: what the command line does, for notebooks and tests.

Importing this imports neither TensorFlow nor Keras; calling a function that needs them does.
"""

from weightscope.api.inspecting import (
    InputShapes,
    broken_plugins,
    inspect_built,
    inspect_layer,
    inspect_model,
    known_layers,
    offered_layers,
)
from weightscope.api.measuring import (
    check_load,
    check_loading,
    check_model,
    close_up,
    diff_models,
    list_variables,
)
from weightscope.api.showable import Closeup, Comparison, Inspection

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
