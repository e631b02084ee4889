"""Values that are stored in Fortran order: the first axis lies densest."""

from __future__ import annotations

from dataclasses import dataclass

from weightscope.inspection import Array, Selection
from weightscope.inspection.variable import BitValues, Values


@dataclass(frozen=True, slots=True)
class FortranOrder:
    """The transpose of values that are stored in C order.

    Attributes:
        transposed: The values with the axes the other way round.
        shape: The shape of these.
    """

    transposed: Values
    shape: tuple[int, ...]

    @property
    def chunk_shape(self) -> tuple[int, ...] | None:
        """Whole columns: they lie densest."""
        return (self.shape[0], *(1 for _ in self.shape[1:]))

    def bits(self) -> Values:
        """Returns the same values, bfloat16 by its bits."""
        inside = self.transposed
        return FortranOrder(inside.bits(), self.shape) if isinstance(inside, BitValues) else self

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:
        """Returns the selected values."""
        whole = (*selection, *(slice(None) for _ in self.shape[len(selection) :]))
        found: Array = self.transposed.read(whole[::-1], scratch).T
        return found
