"""The rule that finds variables with the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from weightscope.inspection import Variable, VariableInfo
from weightscope.inspection.finding import Finding
from weightscope.inspection.statistics import Statistics
from weightscope.measure.check import fixes
from weightscope.measure.check.kinds import is_learnt
from weightscope.measure.check.rules import finding
from weightscope.measure.reading.blocks import block_selections

_BOX_ELEMENTS = 1 << 18

#: What holds for copies of which a custom class owns one.
_TIED = ": if they are one variable in the code (tied weights), load_weights reads both, and the last one counts"


def likeness(statistics: Statistics) -> int | None:
    """Returns a number that equal values have in common; None for few distinct values, which are equal by chance."""
    return None if _is_plain(statistics) else hash(statistics)


def duplicates(variables: Sequence[tuple[Variable, int | None]]) -> Iterator[Finding]:
    """Yields each variable whose values equal those of an earlier variable, bit by bit.

    Only variables with equal shape, dtype, distribution and chunk shape are read again, each once. Variables with
    one or two distinct values are left out.

    Args:
        variables: Each with its `likeness`.
    """
    keys = [_key(variable.info, variable.values.chunk_shape, like) for variable, like in variables]
    repeated = {one for one, other in pairwise(sorted(key for key in keys if key is not None)) if one == other}
    alike: dict[int | None, list[Variable]] = {}
    for (variable, _), key in zip(variables, keys, strict=True):
        if key in repeated:
            alike.setdefault(key, []).append(variable)
    for candidates in alike.values():
        yield from _same(candidates)


def _key(info: VariableInfo, chunk_shape: tuple[int, ...] | None, like: int | None) -> int | None:
    """Returns a number that candidates have in common; None for a variable that is no candidate."""
    follows_data = "float" in info.dtype and not is_learnt(info)
    if info.role != "weight" or follows_data or like is None:
        return None
    return hash((info.shape, info.dtype, chunk_shape, like))


def _same(candidates: Sequence[Variable]) -> Iterator[Finding]:
    originals: dict[bytes, Variable] = {}
    for variable in candidates:
        original = originals.setdefault(_digest(variable), variable)
        if original is not variable:
            infos = original.info, variable.info
            message = f"it has the same bytes as {original.info.path}{_TIED * _may_be_tied(*infos)}"
            yield finding("duplicate-variables", message, variable.info.path, fix=_fix(*infos))


def _fix(original: VariableInfo, copy: VariableInfo) -> str:
    """Returns the hint for a copy; empty if the copy may be a layer or a variable that is shared already.

    A legacy file stores a layer that is shared with a nested model once in each place, under the same name.
    """
    if _may_be_tied(original, copy):
        return ""
    names = (original.layer.rpartition("/")[2], copy.layer.rpartition("/")[2])
    return fixes.SHARE if names[0] != names[1] else ""


def _may_be_tied(original: VariableInfo, copy: VariableInfo) -> bool:
    """Whether the code of a custom class may use one variable for both: the names of its variables are unknown."""
    return original.name.isdecimal() or copy.name.isdecimal()


def _is_plain(statistics: Statistics) -> bool:
    """Whether a variable has so few distinct values, like a new bias, that another variable may equal it by chance."""
    histogram = statistics.histogram
    return histogram is None or sum(count > 0 for count in histogram.counts) <= 2


def _digest(variable: Variable) -> bytes:
    """Returns a key that differs for different bytes: comparing each pair takes too long for many variables."""
    digest = hashlib.blake2b(digest_size=32)
    for box in block_selections(variable.info.shape, variable.values.chunk_shape, _BOX_ELEMENTS):
        digest.update(np.ascontiguousarray(variable.read(box)).view(np.uint8).data)
    return digest.digest()
