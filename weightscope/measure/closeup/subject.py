"""The data of a picture: a row, a matrix, or the filters of a convolution."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from weightscope.errors import UsageError
from weightscope.inspection import Array, Selection, Variable
from weightscope.inspection.closeup import Closeup
from weightscope.inspection.statistics import Statistics
from weightscope.measure.axes import axes_by_place
from weightscope.measure.closeup.folding import Folding
from weightscope.measure.statistics.statistics import as_numbers, has_order

#: The largest size of a filter in one direction.
_LARGEST_FILTER = 32

#: The axes of a filter, by their names.
_FILTER_AXES = (("length",), ("height", "width"))
_UNKNOWN = ("axis 0", "axis 1", "axis 2", "axis 3")

#: The axes of a kernel that sees images.
_IMAGE_AXES = ("height", "width", "in", "out")

Kind = Literal["row", "matrix", "filters"]


@dataclass(frozen=True, slots=True)
class Filters:
    """Some filters of a convolution.

    Attributes:
        values: Axes height, width, input channel, output channel; float64. A filter with one axis has height 1.
        inputs: The number of input channels, shown or not.
        outputs: The number of output channels.
        input_name: The meaning of the third axis: `in`.
        output_name: The meaning of the fourth axis: `out` or `multiplier`.
        is_rgb: Whether the three input channels are those of an image.
    """

    values: npt.NDArray[np.float64]
    inputs: int
    outputs: int
    input_name: str
    output_name: str
    is_rgb: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """A variable or a slice of it.

    Attributes:
        variable: The data.
        axes: The meaning of each axis; empty if unknown.
        is_first: Whether it is the first kernel of the model, or a part of it.
        statistics: Of all values, if the data is the whole variable.
    """

    variable: Variable
    axes: tuple[str, ...] = ()
    is_first: bool = False
    statistics: Statistics | None = None

    @classmethod
    def of(cls, closeup: Closeup) -> Subject:
        """Returns the requested slice, or the whole variable."""
        kernels = (one.info for one in closeup.inspection.variables if len(one.info.shape) > 2)
        is_first = next(kernels, None) == closeup.variable.info
        if closeup.slice is None:
            axes = closeup.axes or axes_by_place(closeup.variable.info)
            return cls(closeup.variable, axes, is_first, closeup.measured.statistics)
        values = closeup.slice.values
        info = replace(closeup.variable.info, shape=values.shape)
        return cls(Variable(info, _InMemory(values)), closeup.slice.axes, is_first)

    @property
    def kind(self) -> Kind:
        """What there is to draw.

        Raises:
            UsageError: There is nothing to draw: a single value, no values, values without an order, or too many axes.
        """
        info = self.variable.info
        if not has_order(info):
            raise UsageError(info.path, f"values of dtype {info.dtype} have no colour", "draw a variable of numbers")
        if not info.shape:
            raise UsageError(info.path, "a single value makes no picture", "leave the picture out: the value is shown")
        if 0 in info.shape:
            raise UsageError(info.path, f"shape {info.shape} holds no values to draw", "draw a variable that has some")
        if self._folding is not None:
            return "row" if len(info.shape) == 1 else "matrix"
        if not self._order:
            axes = f"{len(info.shape)} axes"
            raise UsageError(info.path, f"a heat map has two axes, this has {axes}", f"--slice {self._example}")
        return "filters"

    @property
    def kind_or_none(self) -> Kind | None:
        """What there is to draw; None where that is nothing."""
        try:
            return self.kind
        except UsageError:
            return None

    @property
    def folding(self) -> Folding:
        """How the values become a matrix, where `kind` is a row or a matrix."""
        assert self._folding is not None
        return self._folding

    @property
    def _folding(self) -> Folding | None:
        return Folding.of(self.variable.info.shape, self.axes)

    @property
    def is_rgb(self) -> bool:
        """Whether these are filters of the red, green and blue of an image: three channels into the first layer."""
        return self.is_first and self.axes == _IMAGE_AXES and self.variable.info.shape[2] == 3

    @property
    def filter_size(self) -> tuple[int, int]:
        """The height and width of a filter, in values; a filter with one axis has height 1."""
        sizes = tuple(self.variable.info.shape[axis] for axis in self._order[:-2])
        return (sizes[0], sizes[1]) if len(sizes) == 2 else (1, sizes[0])

    def filters(self, most_inputs: int, most_outputs: int) -> Filters:
        """Returns the first filters; only those are read."""
        shape, order = self.variable.info.shape, self._order
        names = self.axes or _UNKNOWN
        most = {order[-2]: most_inputs, order[-1]: most_outputs}
        selection: Selection = tuple(slice(0, min(most.get(axis, size), size)) for axis, size in enumerate(shape))
        values = as_numbers(self.variable.read(selection)).astype(np.float64).transpose(order)
        return Filters(
            values if values.ndim == 4 else values[None],
            inputs=shape[order[-2]],
            outputs=shape[order[-1]],
            input_name=names[order[-2]],
            output_name=names[order[-1]],
            is_rgb=self.is_rgb and most_inputs >= 3,
        )

    @property
    def _order(self) -> tuple[int, ...]:
        """The axes in the order height, width, in, out; empty when these are no filters."""
        info, axes = self.variable.info, self.axes
        space = next((one for one in _FILTER_AXES if axes[: len(one)] == one), ())
        if not axes and len(info.shape) == 4:  # a convolution of the user's own; no meaning of an axis is claimed
            space = _FILTER_AXES[1]
        if len(info.shape) != len(space) + 2 or not space or max(info.shape[: len(space)]) > _LARGEST_FILTER:
            return ()
        order = tuple(range(len(info.shape)))
        turned = (*order[:-2], order[-1], order[-2])
        # a single multiplier: the filters of the input channels stand side by side
        return turned if axes[-1:] == ("in",) or info.shape[-1] == 1 else order

    @property
    def _example(self) -> str:
        """A slice that leaves two axes: the first two of filters in space, else the last two."""
        count = len(self.variable.info.shape)
        kept = (0, 1) if self.axes[:2] == ("height", "width") else (count - 2, count - 1)
        return ",".join(":" if axis in kept else "0" for axis in range(count))


@dataclass(frozen=True, slots=True)
class _InMemory:
    """Values in memory."""

    array: Array

    @property
    def chunk_shape(self) -> tuple[int, ...] | None:
        """None: values in memory have no chunks."""
        return None

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:  # noqa: ARG002 nothing is read
        """Returns the selected values."""
        selected: Array = self.array[selection]
        return selected
