"""The whole tool as a few functions: what the command line does, for notebooks and tests.

Importing this imports neither TensorFlow nor Keras; calling a function that needs them does.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weightscope.api.checking import check_load, check_loading, check_model, check_weights
    from weightscope.api.exporting import export
    from weightscope.api.fingerprinting import fingerprint, lock_models, locked_models, verify_model
    from weightscope.api.inspecting import (
        InputShapes,
        broken_plugins,
        inspect_built,
        inspect_layer,
        inspect_model,
        known_layers,
        offered_layers,
    )
    from weightscope.api.listing import list_variables, select_variables
    from weightscope.api.measuring import close_up, compare_weights, diff_models
    from weightscope.api.reporting import report_difference, report_model
    from weightscope.api.scanning import scan
    from weightscope.api.showable import Inspection
    from weightscope.api.showable_measures import Closeup, Comparison
    from weightscope.api.trending import trend
    from weightscope.inspection.variable_filter import VariableFilter
    from weightscope.measure.check.settings import CheckSettings
    from weightscope.measure.compare.settings import CompareSettings
    from weightscope.measure.find import find_variable
    from weightscope.measure.listing.choice import Choice
    from weightscope.measure.listing.grouping import sort_models
    from weightscope.measure.listing.row_options import RowOptions
    from weightscope.measure.trend.trend import TrendSettings, measure_trend
    from weightscope.source.bytes.far.downloading import downloading
    from weightscope.source.file.lock_file import is_lock, read_lock
    from weightscope.writer.options import ExportOptions

_PLACES = {
    "CheckSettings": "weightscope.measure.check.settings",
    "Choice": "weightscope.measure.listing.choice",
    "Closeup": "weightscope.api.showable_measures",
    "CompareSettings": "weightscope.measure.compare.settings",
    "Comparison": "weightscope.api.showable_measures",
    "ExportOptions": "weightscope.writer.options",
    "InputShapes": "weightscope.api.inspecting",
    "Inspection": "weightscope.api.showable",
    "RowOptions": "weightscope.measure.listing.row_options",
    "TrendSettings": "weightscope.measure.trend.trend",
    "VariableFilter": "weightscope.inspection.variable_filter",
    "broken_plugins": "weightscope.api.inspecting",
    "check_load": "weightscope.api.checking",
    "check_loading": "weightscope.api.checking",
    "check_model": "weightscope.api.checking",
    "check_weights": "weightscope.api.checking",
    "close_up": "weightscope.api.measuring",
    "compare_weights": "weightscope.api.measuring",
    "diff_models": "weightscope.api.measuring",
    "downloading": "weightscope.source.bytes.far.downloading",
    "export": "weightscope.api.exporting",
    "find_variable": "weightscope.measure.find",
    "fingerprint": "weightscope.api.fingerprinting",
    "inspect_built": "weightscope.api.inspecting",
    "inspect_layer": "weightscope.api.inspecting",
    "inspect_model": "weightscope.api.inspecting",
    "is_lock": "weightscope.source.file.lock_file",
    "known_layers": "weightscope.api.inspecting",
    "list_variables": "weightscope.api.listing",
    "lock_models": "weightscope.api.fingerprinting",
    "locked_models": "weightscope.api.fingerprinting",
    "measure_trend": "weightscope.measure.trend.trend",
    "offered_layers": "weightscope.api.inspecting",
    "read_lock": "weightscope.source.file.lock_file",
    "report_difference": "weightscope.api.reporting",
    "report_model": "weightscope.api.reporting",
    "scan": "weightscope.api.scanning",
    "select_variables": "weightscope.api.listing",
    "sort_models": "weightscope.measure.listing.grouping",
    "trend": "weightscope.api.trending",
    "verify_model": "weightscope.api.fingerprinting",
}

__all__ = [
    "CheckSettings",
    "Choice",
    "Closeup",
    "CompareSettings",
    "Comparison",
    "ExportOptions",
    "InputShapes",
    "Inspection",
    "RowOptions",
    "TrendSettings",
    "VariableFilter",
    "broken_plugins",
    "check_load",
    "check_loading",
    "check_model",
    "check_weights",
    "close_up",
    "compare_weights",
    "diff_models",
    "downloading",
    "export",
    "find_variable",
    "fingerprint",
    "inspect_built",
    "inspect_layer",
    "inspect_model",
    "is_lock",
    "known_layers",
    "list_variables",
    "lock_models",
    "locked_models",
    "measure_trend",
    "offered_layers",
    "read_lock",
    "report_difference",
    "report_model",
    "scan",
    "select_variables",
    "sort_models",
    "trend",
    "verify_model",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_PLACES[name]), name)
