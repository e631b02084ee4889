"""The states of Keras 2's metrics, which it stores in `.keras` files; Keras 3 stores none.

Source: `keras/src/metrics`, Keras 2.13 to 2.15.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from weightscope.keras_facts.group_names import snake_case


@dataclass(frozen=True, slots=True)
class MetricFacts:
    """The facts about a metric class of Keras 2.

    Attributes:
        name: The name of the class.
        states: The names of its variables, in the order of the keys `vars/0`, `vars/1`, ... of a file.
    """

    name: str
    states: tuple[str, ...]


_MEANS = (
    *("Accuracy", "BinaryAccuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy"),
    *("TopKCategoricalAccuracy", "SparseTopKCategoricalAccuracy"),
    *("BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy"),
    *("Hinge", "SquaredHinge", "CategoricalHinge", "CosineSimilarity", "KLDivergence", "LogCoshError", "Poisson"),
    *("Mean", "MeanMetricWrapper", "MeanRelativeError", "RootMeanSquaredError"),
    *("MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError", "MeanSquaredLogarithmicError"),
)
_BY_THRESHOLD = (
    "AUC",
    "PrecisionAtRecall",
    "RecallAtPrecision",
    "SensitivityAtSpecificity",
    "SpecificityAtSensitivity",
)
_COUNTS = ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives")
_OVERLAPS = ("IoU", "BinaryIoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU")

_CONFUSION = ("true_positives", "true_negatives", "false_positives", "false_negatives")
_F_SCORE = ("true_positives", "false_positives", "false_negatives", "intermediate_weights")

_FACTS = (
    *(MetricFacts(name, ("total", "count")) for name in _MEANS),
    MetricFacts("Sum", ("total",)),
    *(MetricFacts(name, _CONFUSION) for name in _BY_THRESHOLD),
    MetricFacts("Precision", ("true_positives", "false_positives")),
    MetricFacts("Recall", ("true_positives", "false_negatives")),
    *(MetricFacts(name, ("accumulator",)) for name in _COUNTS),
    *(MetricFacts(name, ("total_confusion_matrix",)) for name in _OVERLAPS),
    MetricFacts("F1Score", _F_SCORE),
    MetricFacts("FBetaScore", _F_SCORE),
    MetricFacts("R2Score", ("num_samples", "squared_sum", "sum", "residual", "count")),
)

#: Every metric of Keras 2 that has states from the start, by the name of its class.
METRIC_CLASSES: Final = {facts.name: facts for facts in _FACTS}

_CLASSES: Final = {snake_case(name): name for name in METRIC_CLASSES}


def class_of_group(name: str) -> str | None:
    """Returns the class of the metric in a group such as `mean_metric_wrapper_1`; None for a custom class."""
    return _CLASSES.get(name) or _CLASSES.get(re.sub(r"_\d+$", "", name))
