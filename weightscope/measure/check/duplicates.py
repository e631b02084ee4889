"""The rule that finds variables of the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from weightscope.inspection import Variable
from weightscope.inspection.finding import Finding
from weightscope.inspection.statistics import Statistics
from weightscope.measure.boxes import boxes
from weightscope.measure.check.values import finding

_BOX_ELEMENTS = 1 << 18


def duplicates(variables: Sequence[tuple[Variable, Statistics]]) -> Iterator[Finding]:
    """Yields each variable whose values are those of an earlier one, bit by bit.

    Only variables of one shape, dtype and distribution are compared; those of one value or two are left out.
    """
    alike: dict[tuple[object, ...], list[Variable]] = {}
    for variable, statistics in variables:
        info = variable.info
        if info.role != "weight" or _is_plain(statistics):
            continue
        originals = alike.setdefault((info.shape, info.dtype, statistics), [])
        original = next((one for one in originals if _have_same_bits(one, variable)), None)
        if original is None:
            originals.append(variable)
        else:
            yield finding("duplicate-variables", f"it has the same bytes as {original.info.path}", info.path)


def _is_plain(statistics: Statistics) -> bool:
    """Tells whether a variable has so few different values that another one has them by chance: a fresh bias."""
    histogram = statistics.histogram
    return histogram is None or sum(count > 0 for count in histogram.counts) <= 2


def _have_same_bits(one: Variable, other: Variable) -> bool:
    for box in boxes(one.info.shape, one.values.chunk_shape, _BOX_ELEMENTS):
        first, second = np.ascontiguousarray(one.read(box)), np.ascontiguousarray(other.read(box))
        if not np.array_equal(first.view(np.uint8), second.view(np.uint8)):
            return False
    return True
