"""The fields of a comparison of two models."""

from __future__ import annotations

from typing import Any, Final, get_args

from weightscope.inspection.difference import ComparisonTotals, Difference, Kind, LayerDifference
from weightscope.view.fields.field import Field
from weightscope.view.fields.kinds import COUNT, NUMBER_OR_NULL, TEXT, TEXT_OR_NULL, one_of

COMPARISON_TOTALS_FIELDS: Final = (
    Field[ComparisonTotals]("compared", "The number of compared pairs.", COUNT),
    Field[ComparisonTotals]("equal", "The number of equal pairs.", COUNT),
    Field[ComparisonTotals]("different", "The number of different pairs.", COUNT),
    Field[ComparisonTotals]("only_in_a", "The number of variables that only A has.", COUNT),
    Field[ComparisonTotals]("only_in_b", "The number of variables that only B has.", COUNT),
)


def _number(name: str, description: str) -> Field[Any]:
    """Returns the field of a distance between values; null if they were not compared."""
    return Field(name, description, NUMBER_OR_NULL, lambda one: one.numbers and getattr(one.numbers, name))


_NUMBERS: Final = (
    _number("maximum_absolute", "The largest |a - b|."),
    _number("relative_l2", "||a - b|| / ||a||."),
    _number("cosine", "The cosine of the angle between A and B."),
    _number("changed", "The share of the elements that differ, from 0 to 1."),
)

DIFFERENCE_FIELDS: Final = (
    Field[Difference]("kind", "The kind of the difference.", one_of(get_args(Kind))),
    Field[Difference]("a", "The variable's path in A; null when only B has it.", TEXT_OR_NULL),
    Field[Difference]("b", "Its path in B; null when only A has it.", TEXT_OR_NULL),
    *_NUMBERS,
    Field[Difference]("message", "The difference in words, from A to B.", TEXT),
    Field[Difference](
        "explained",
        "The relation that explains it exactly: transposed, reshaped, swapped with PATH, quantized, optimizer"
        " average; null: none is known.",
        TEXT_OR_NULL,
    ),
)

LAYER_DIFFERENCE_FIELDS: Final = (
    Field[LayerDifference]("layer", "The path of the layer.", TEXT),
    Field[LayerDifference]("layer_class", "The class of the layer.", TEXT_OR_NULL),
    Field[LayerDifference]("variables", "The number of variables, with and without a partner.", COUNT),
    Field[LayerDifference]("different", "The number of different pairs.", COUNT),
    Field[LayerDifference]("only_in_a", "The number of variables that only A has.", COUNT),
    Field[LayerDifference]("only_in_b", "The number of variables that only B has.", COUNT),
    *_NUMBERS,
)
