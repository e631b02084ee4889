"""The words below a heat map: what lies along its sides, and what a cell of it stands for."""

from __future__ import annotations

from weightscope.measure.closeup.downsample import Downsampled
from weightscope.measure.closeup.subject import Subject

_POOLED = {"rms": "the root mean square", "mean": "the mean", "max": "the value of largest magnitude"}


def side(subject: Subject, axes: tuple[int, ...]) -> str:
    """Returns the sizes and the meaning of the axes that lie along one side: `784 in`, `4 heads x 32 features`."""
    shape, names = subject.variable.info.shape, subject.axes or ("",) * 3
    return " x ".join(f"{shape[axis]:,} {names[axis]}".rstrip() for axis in axes)


def what_a_cell_is(small: Downsampled, of: str) -> str:
    """Returns what a cell stands for; `of` is the number of values, in words."""
    return "each cell is one value" if small.is_whole else f"each cell is {_POOLED[small.pool]} of {of} values"
