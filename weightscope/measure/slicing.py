"""The slice of a variable that a user writes as in numpy, `:,:,0,3`: parsed, never evaluated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import prod

from weightscope.errors import UsageError
from weightscope.inspection import Array, Selection, Variable
from weightscope.inspection.closeup import Slice

#: What is shown of a variable at once, in elements.
MOST_ELEMENTS = 1 << 22

_PART = re.compile(r"\s*([+-]?\d{1,18})?\s*(?:(:)\s*([+-]?\d{1,18})?\s*(?:(:)\s*([+-]?\d{1,18})?\s*)?)?")
_EXAMPLE = "as in numpy: --slice ':,0' takes the first column of a matrix"

#: An index, which drops its axis, or a slice, which keeps it.
Part = int | slice


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to read, and what to do with it: the box that holds the slice, and the steps inside of it."""

    box: Selection
    inside: tuple[Part, ...]
    shape: tuple[int, ...]


def read_slice(variable: Variable, selection: str, axes: tuple[str, ...]) -> Slice:
    """Returns the values of `variable` that `selection` names; only the box around them is read.

    Args:
        variable: Of any shape.
        selection: Whole numbers, `start:stop:step` and one `...`, joined by commas: one for each axis.
        axes: What its axes mean, or nothing.

    Raises:
        UsageError: It is no slice, has another number of axes, leads outside, or holds too many values.
    """
    shape = variable.info.shape
    parts = _with_ellipsis_filled(selection, len(shape))
    plan = _plan(selection, parts, shape)
    if prod(plan.shape) > MOST_ELEMENTS or _elements(plan.box) > 16 * MOST_ELEMENTS:
        raise UsageError(
            f"--slice {selection}", f"{prod(plan.shape):,} values are too many to show", "-o FILE.npy writes them all"
        )
    values: Array = variable.read(plan.box)[plan.inside]
    kept = tuple(axis for axis, part in zip(axes, parts, strict=False) if isinstance(part, slice))
    return Slice(selection, values, kept)


def _with_ellipsis_filled(selection: str, rank: int) -> list[Part]:
    words = selection.split(",") if selection.strip() else []
    if sum(word.strip() == "..." for word in words) > 1:
        raise UsageError(f"--slice {selection}", "there is more than one ...", _EXAMPLE)
    parts: list[Part] = []
    for word in words:
        if word.strip() == "...":
            parts += [slice(None)] * (rank - len(words) + 1)
        else:
            parts.append(_part(word, selection))
    if len(parts) != rank:
        raise UsageError(
            f"--slice {selection}",
            f"it has {len(parts)} axes, the variable has {rank}",
            f"--slice '{','.join([':'] * rank)}' takes everything",
        )
    return parts


def _part(word: str, selection: str) -> Part:
    match = _PART.fullmatch(word)
    if match is None or not word.strip():
        raise UsageError(f"--slice {selection}", f"{word.strip() or 'nothing'} is no index and no slice", _EXAMPLE)
    start, colon, stop, _, step = match.groups()
    if not colon:
        return int(start)
    if step is not None and int(step) == 0:
        raise UsageError(f"--slice {selection}", "a step of 0 leads nowhere", _EXAMPLE)
    return slice(*(None if number is None else int(number) for number in (start, stop, step)))


def _plan(selection: str, parts: list[Part], shape: tuple[int, ...]) -> _Plan:
    box: list[slice] = []
    inside: list[Part] = []
    sizes: list[int] = []
    for axis, (part, size) in enumerate(zip(parts, shape, strict=True)):
        if isinstance(part, int):
            index = part + size if part < 0 else part
            if not 0 <= index < size:
                told = f"index {part} is outside of axis {axis}, which has {size:,}"
                raise UsageError(f"--slice {selection}", told, f"0 to {size - 1:,}" if size else "the axis is empty")
            box.append(slice(index, index + 1))
            inside.append(0)
            continue
        taken = range(*part.indices(size))
        sizes.append(len(taken))
        low, high = (min(taken), max(taken) + 1) if taken else (0, 0)
        box.append(slice(low, high))
        inside.append(_steps(taken, low))
    return _Plan(tuple(box), tuple(inside), tuple(sizes))


def _steps(taken: range, low: int) -> slice:
    """Returns the slice that takes `taken` out of a box that begins at `low`."""
    if not taken:
        return slice(0, 0)
    stop = taken[-1] - low + taken.step
    return slice(taken[0] - low, stop if stop >= 0 else None, taken.step)


def _elements(box: Selection) -> int:
    return prod(part.stop - part.start for part in box)
