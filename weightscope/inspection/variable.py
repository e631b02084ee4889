"""A variable of a model: its description, and a way to read its values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from math import prod
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from weightscope.inspection.dtype import storage_bytes

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]
else:
    Array = Any  # numpy is imported by the code that reads values

Role = Literal["weight", "seed", "metric", "optimizer", "untracked", "unloaded"]

#: What a layer was doing when it created a variable.
CreatedIn = Literal["constructor", "build", "call"]

#: One slice an axis, from the first axis on; axes that are not named are taken whole, as numpy does.
Selection = tuple[slice, ...]


class Values(Protocol):
    """Where a variable's values are read from."""

    @property
    def chunk_shape(self) -> tuple[int, ...] | None:
        """The shape of the chunks that values are stored in, to be read whole; None where any box is as good."""

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:
        """Returns the selected values; see `Variable.read`."""


@runtime_checkable
class BitValues(Protocol):
    """Values that can also be read by their bits, without the conversion of bfloat16 to float32."""

    def bits(self) -> Values:
        """Returns the same values, bfloat16 by its two bytes as uint16."""


class Fetcher(Protocol):
    """Fetches the values of far files."""

    def run(self, reads: Iterable[Callable[[], object]]) -> None:
        """Runs reads that come next, in as few rounds as possible, so that what they need is there."""
        ...


@dataclass(frozen=True, slots=True)
class VariableInfo:
    """The description of a variable, without its values.

    Attributes:
        path: Unique within the model: the names of the layers that lead to it and its own, joined with `/`.
        name: Its own name in Keras (`kernel`), or its index if the name is unknown.
        layer: The path of the layer that owns it; empty when the model itself does.
        layer_class: That layer's class; None if unknown.
        role: `weight` for a variable from `add_weight`; `unloaded` for a weight that the file of a loaded model
            did not fill; the other roles are not weights.
        shape: In elements.
        dtype: The name in Keras, such as `float32` or `bfloat16`.
        trainable: Whether it is in the loaded model's `trainable_variables`; None if unknown.
        stored_at: Its place inside the file, such as `layers/conv2d/vars/0`; None when it came from no file.
        created_in: When the layer that was built created it; None for a saved model's.
    """

    path: str
    name: str
    layer: str
    layer_class: str | None
    role: Role
    shape: tuple[int, ...]
    dtype: str
    trainable: bool | None
    stored_at: str | None = None
    created_in: CreatedIn | None = None

    @property
    def parameters(self) -> int:
        """The number of elements."""
        return prod(self.shape)

    @property
    def bytes(self) -> int:
        """The bytes its values take."""
        return storage_bytes(self.dtype, self.parameters)


@dataclass(frozen=True, slots=True)
class Gradient:
    """L2 norm of the gradient of a loss on a layer's outputs; None if no gradient reaches the variable.

    A norm of 0 is a gradient too: the variable is connected, but has no effect for this input.
    """

    norm: float | None


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable's description and the way to its values. Nothing is read until `read` is called, and nothing is kept.

    Attributes:
        info: Its description.
        values: The source of its values.
        gradient: The gradient of a trainable variable, if gradients were requested.
        has_values: Whether there are values; if not, reading raises a `NoValuesError` with the reason.
        fetcher: What fetches the values of a far file; None for a local one.
    """

    info: VariableInfo
    values: Values = field(compare=False, repr=False)
    gradient: Gradient | None = None
    has_values: bool = True
    fetcher: Fetcher | None = field(default=None, compare=False, repr=False)

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:
        """Returns the selected values: an array of their shape, in the variable's dtype (bfloat16 as float32).

        Args:
            selection: Slices as in numpy, without steps; the empty one takes everything.
            scratch: Memory for the array, for a caller that reads one piece after the other: the returned array is
                valid until the scratch is used again.
        """
        import numpy as np

        return np.asarray(self.values.read(selection, scratch))

    def with_bits(self) -> Variable:
        """Returns the variable with its values read by their bits where that is possible: bfloat16 as uint16."""
        return replace(self, values=self.values.bits()) if isinstance(self.values, BitValues) else self
