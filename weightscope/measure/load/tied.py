"""Finds variables of a saved target that may be one variable in its code: layers of custom classes that tie weights.

A file stores such a variable with each layer that owns it, with equal values. Only the code shows whether it is one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from weightscope.inspection import Inspection, Variable
from weightscope.inspection.load_plan import LoadPlan, Overwritten
from weightscope.measure.listing.preview import leading_selection
from weightscope.measure.load.overwritten import have_equal_bytes

#: Values at the start of a variable that are compared before all of them are.
_HEAD = 64


def perhaps_tied(plan: LoadPlan, weights: Inspection, target: Inspection) -> Iterator[Overwritten]:
    """Yields the variables of the target that equal an earlier one, where a custom class owns one of the two.

    Args:
        plan: The planned load.
        weights: The file.
        target: The model; if Keras built it, which variables are one is known, and nothing is yielded.
    """
    if target.read_with != "file":
        return
    sources = {one.target: one.stored for one in plan.assignments if one.outcome in ("equal-path", "moved")}
    stored = {one.info.path: one for one in weights.variables}
    for earlier, later in _equal_pairs(target):
        first, last = sources.get(earlier.info.path), sources.get(later.info.path)
        if first is not None and last is not None and first != last:
            are_equal = have_equal_bytes(stored[first], stored[last])
            yield Overwritten(earlier.info.path, (first,), last, are_equal, may_be=later.info.path)


def _equal_pairs(target: Inspection) -> Iterator[tuple[Variable, Variable]]:
    """Yields pairs of variables with equal values, the one that Keras reads first before the other."""
    by_path = {one.info.path: one for one in target.variables if one.info.role == "weight" and one.has_values}
    groups = target.layout.by_place if target.layout is not None else None
    order = dict.fromkeys(path for group in groups or () for path in group.paths if path in by_path)
    custom = {by_path[path].info.shape for path in order if _is_of_custom_class(by_path[path])}
    heads: dict[tuple[object, ...], Variable] = {}
    for variable in (by_path[path] for path in order if by_path[path].info.shape in custom):
        info = variable.info
        head = np.ascontiguousarray(variable.read(leading_selection(info.shape, _HEAD)))
        if not head.size or (head == head.flat[0]).all():
            continue  # new biases are equal too
        other = heads.setdefault((info.shape, info.dtype, head.tobytes()), variable)
        if other is variable or not (_is_of_custom_class(other) or _is_of_custom_class(variable)):
            continue
        if have_equal_bytes(other, variable):
            yield other, variable


def _is_of_custom_class(variable: Variable) -> bool:
    """Whether the layer's class is not one of Keras: the names of its variables are unknown then."""
    return variable.info.name.isdecimal()
