"""The states of Keras 2's metrics, which it stores in `.keras` files; Keras 3 stores none.

Source: `keras/src/metrics`, Keras 2.13 to 2.15.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from weightscope.keras_facts.group_names import snake_case

_CONFUSION = ("true_positives", "true_negatives", "false_positives", "false_negatives")
_F_SCORE = ("true_positives", "false_positives", "false_negatives", "intermediate_weights")
_MEANS = """
    Accuracy BinaryAccuracy BinaryCrossentropy CategoricalAccuracy CategoricalCrossentropy CategoricalHinge
    CosineSimilarity Hinge KLDivergence LogCoshError Mean MeanAbsoluteError MeanAbsolutePercentageError
    MeanMetricWrapper MeanRelativeError MeanSquaredError MeanSquaredLogarithmicError Poisson RootMeanSquaredError
    SparseCategoricalAccuracy SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy SquaredHinge
    TopKCategoricalAccuracy
"""


def _each(classes: str, *states: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    return ((name, states) for name in classes.split())


#: The names of a metric's states in the order of the keys `vars/0`, `vars/1`, ... of a file, by class.
STATES: Final[dict[str, tuple[str, ...]]] = dict(
    (
        *_each(_MEANS, "total", "count"),
        *_each("Sum", "total"),
        *_each(
            "AUC PrecisionAtRecall RecallAtPrecision SensitivityAtSpecificity SpecificityAtSensitivity", *_CONFUSION
        ),
        *_each("Precision", "true_positives", "false_positives"),
        *_each("Recall", "true_positives", "false_negatives"),
        *_each("TruePositives TrueNegatives FalsePositives FalseNegatives", "accumulator"),
        *_each("IoU BinaryIoU MeanIoU OneHotIoU OneHotMeanIoU", "total_confusion_matrix"),
        *_each("F1Score FBetaScore", *_F_SCORE),
        *_each("R2Score", "num_samples", "squared_sum", "sum", "residual", "count"),
    )
)

_CLASSES: Final = {snake_case(name): name for name in STATES}


def class_of_group(name: str) -> str | None:
    """Returns the class of the metric in a group such as `mean_metric_wrapper_1`; None where it is none of Keras'."""
    return _CLASSES.get(name) or _CLASSES.get(re.sub(r"_\d+$", "", name))
