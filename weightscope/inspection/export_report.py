"""What an export wrote, or would write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weightscope.inspection.finding import Finding
from weightscope.inspection.inspection import SourceInfo
from weightscope.inspection.variable import VariableInfo


@dataclass(frozen=True, slots=True)
class CastLoss:
    """What casting a variable to another dtype lost.

    Attributes:
        overflow: Finite values that became infinite.
        underflow: Values other than zero that became zero.
        largest_error: The largest absolute difference among values that stayed finite.
    """

    overflow: int = 0
    underflow: int = 0
    largest_error: float = 0.0


@dataclass(frozen=True, slots=True)
class ExportedVariable:
    """A variable that was written.

    Attributes:
        info: The variable in the model.
        key: Its name, or its place, in the new file.
        dtype: Its dtype in the new file.
        loss: What the cast lost; None without a cast.
    """

    info: VariableInfo
    key: str
    dtype: str
    loss: CastLoss | None = None


@dataclass(frozen=True, slots=True)
class ExportReport:
    """The outcome of an export.

    Attributes:
        source: The model.
        location: The new file.
        format: Its format.
        variables: What was written, in the order of the model.
        notes: What the new file does not keep, and what was left out.
        bytes: The size of the new file; None if nothing was written.
        paths: The paths that patterns were matched with, also those of variables that were left out.
    """

    source: SourceInfo
    location: str
    format: str
    variables: Sequence[ExportedVariable]
    notes: tuple[Finding, ...] = ()
    bytes: int | None = None
    paths: tuple[str, ...] = ()

    @property
    def has_overflow(self) -> bool:
        """Whether a cast made a finite value infinite."""
        return any(one.loss is not None and one.loss.overflow for one in self.variables)
