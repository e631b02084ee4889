"""A comparison in words and numbers, as the table and markdown show it."""

from __future__ import annotations

import math

from weightscope.inspection.difference import ComparisonTotals, Difference, LayerDifference, Numbers
from weightscope.view.text import words

#: The headings of `difference_cells`, and the alignment of the cells.
DIFFERENCE_HEADINGS: tuple[str, ...] = ("path", "difference", "max |A-B|", "relative L2", "cosine", "changed")
DIFFERENCE_SIDES = "llrrrr"

#: The headings of `layer_cells`.
LAYER_HEADINGS: tuple[str, ...] = ("layer", "class", "variables", "differ", *DIFFERENCE_HEADINGS[2:])
LAYER_SIDES = "llrrrrrr"


def difference_cells(one: Difference) -> tuple[str, ...]:
    """Returns a cell for each of `DIFFERENCE_HEADINGS`, as the file has the names."""
    what = one.kind if one.kind in ("values", "equal") else one.message
    if one.explained is not None:
        what = f"{what}: {one.explained}"
    return (_path(one), what, *_number_cells(one.numbers))


def layer_cells(one: LayerDifference) -> tuple[str, ...]:
    """Returns a cell for each of `LAYER_HEADINGS`, as the file has the names."""
    differ = one.different + one.only_in_a + one.only_in_b
    return (
        one.layer or "(the model itself)",
        one.layer_class or "?",
        words.count(one.variables),
        words.count(differ),
        *_number_cells(one.numbers),
    )


def totals_in_words(totals: ComparisonTotals) -> str:
    """Returns the totals in a line."""
    if not totals.equal + totals.different:
        alone = f"{totals.only_in_a:,} only in A, {totals.only_in_b:,} only in B"
        return f"nothing could be compared: {alone if totals.compared else 'there are no variables'}"
    return (
        f"{totals.compared:,} compared: {totals.different:,} differ, {totals.equal:,} equal, "
        f"{totals.only_in_a:,} only in A, {totals.only_in_b:,} only in B"
    )


def _path(one: Difference) -> str:
    """Returns the path in A, or the path in B if only B stores the variable's name."""
    if one.a is None or (one.b is not None and one.a.rpartition("/")[2].isdecimal()):
        return one.b or ""
    return one.a


def _cosine(cosine: float) -> str:
    return f"{cosine:.4f}" if math.isfinite(cosine) else words.value(cosine)


def _number_cells(numbers: Numbers | None) -> tuple[str, ...]:
    if numbers is None:
        return ("", "", "", "")
    return (
        "" if numbers.maximum_absolute is None else words.value(numbers.maximum_absolute),
        "" if numbers.relative_l2 is None else words.value(numbers.relative_l2),
        "" if numbers.cosine is None else _cosine(numbers.cosine),
        words.percent(numbers.changed),
    )
