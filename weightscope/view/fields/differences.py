"""The fields of what differs between two models."""

from __future__ import annotations

from typing import Any, Final, get_args

from weightscope.inspection.difference import ComparisonTotals, Difference, Kind, LayerDifference
from weightscope.view.fields.field import Field
from weightscope.view.fields.kinds import COUNT, NUMBER_OR_NULL, TEXT, TEXT_OR_NULL, one_of

COMPARISON_TOTALS_FIELDS: Final = (
    Field[ComparisonTotals]("compared", "How many pairs were compared.", COUNT),
    Field[ComparisonTotals]("equal", "How many of them are equal.", COUNT),
    Field[ComparisonTotals]("different", "How many differ.", COUNT),
    Field[ComparisonTotals]("only_in_a", "How many variables only A has.", COUNT),
    Field[ComparisonTotals]("only_in_b", "How many variables only B has.", COUNT),
)


def _number(name: str, description: str) -> Field[Any]:
    """Returns the field of a number that says how far values are apart; null where they were not compared."""
    return Field(name, description, NUMBER_OR_NULL, lambda one: one.numbers and getattr(one.numbers, name))


_NUMBERS: Final = (
    _number("maximum_absolute", "The largest |a - b|."),
    _number("relative_l2", "||a - b|| / ||a||."),
    _number("cosine", "Of the angle between A and B."),
    _number("changed", "The share of the elements that differ, from 0 to 1."),
)

DIFFERENCE_FIELDS: Final = (
    Field[Difference]("kind", "In what the two differ.", one_of(get_args(Kind))),
    Field[Difference]("a", "The variable's path in A; null when only B has it.", TEXT_OR_NULL),
    Field[Difference]("b", "Its path in B; null when only A has it.", TEXT_OR_NULL),
    *_NUMBERS,
    Field[Difference]("message", "The difference in words, from A to B.", TEXT),
    Field[Difference](
        "explained",
        "The relation that accounts for it exactly: transposed, reshaped, swapped with PATH, quantized, optimizer"
        " average; null: none is known.",
        TEXT_OR_NULL,
    ),
)

LAYER_DIFFERENCE_FIELDS: Final = (
    Field[LayerDifference]("layer", "Its path.", TEXT),
    Field[LayerDifference]("layer_class", "Its class.", TEXT_OR_NULL),
    Field[LayerDifference]("variables", "How many variables there are, with and without a partner.", COUNT),
    Field[LayerDifference]("different", "How many pairs differ.", COUNT),
    Field[LayerDifference]("only_in_a", "How many only A has.", COUNT),
    Field[LayerDifference]("only_in_b", "How many only B has.", COUNT),
    *_NUMBERS,
)
