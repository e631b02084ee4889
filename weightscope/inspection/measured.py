"""A variable with measures of its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from weightscope.inspection.inspection import Inspection
from weightscope.inspection.statistics import Statistics
from weightscope.inspection.variable import Gradient, VariableInfo

if TYPE_CHECKING:
    from weightscope.inspection.fingerprint import Fingerprint

#: What variables can be summed by.
GroupBy = Literal["layer", "class", "dtype", "model"]


@dataclass(frozen=True, slots=True)
class Preview:
    """The first values of a variable, in C order, as Python numbers; `is_whole` when there are no more."""

    values: tuple[Any, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """A variable's description and its measures.

    Attributes:
        info: The description.
        preview: Its first values; a measure that was not taken is None.
        statistics: Over all its values.
        gradient: Its gradient in a forward and backward pass.
        has_values: Whether there is anything to measure.
    """

    info: VariableInfo
    preview: Preview | None = None
    statistics: Statistics | None = None
    gradient: Gradient | None = None
    has_values: bool = True


@dataclass(frozen=True, slots=True)
class GroupSum:
    """The sums over the variables of one layer, of one class of layers, of one dtype, or of one model.

    Attributes:
        name: The layer's path, the class, the dtype, or the model's location; None for layers of unknown class.
        layer_class: The class of the layer; None where it is unknown, and for other groups.
        variables: How many belong to it.
        parameters: Their elements.
        trainable_parameters: The elements of trainable variables; None if the trainability of one is unknown.
        bytes: The bytes of their values.
        share: Of the bytes of the whole model, from 0 to 1.
        statistics: Over all their elements; None where they were not asked for, or the values have no order.
    """

    name: str | None
    layer_class: str | None
    variables: int
    parameters: int
    trainable_parameters: int | None
    bytes: int
    share: float
    statistics: Statistics | None = None


@dataclass(frozen=True, slots=True)
class ListedSums:
    """The sums over the listed variables without the optimizer's."""

    variables: int
    parameters: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Listing:
    """The chosen variables of an inspection, measured, in the requested order.

    Attributes:
        inspection: All of it; totals are of the whole model.
        rows: The chosen variables.
        only: The one table that was asked for: `trainable`, `non-trainable` or `all`; None for the usual two.
        groups: The chosen variables summed by `by`, when that was asked for instead of them.
        has_statistics: Whether statistics were asked for.
        is_verbose: Whether to show when each variable was created.
        by: The kind of `groups`.
        of_groups: How many groups the whole model has.
        fingerprint: The ids of the model; None if they were not asked for.
    """

    inspection: Inspection
    rows: Sequence[Measured]
    only: str | None = None
    groups: Sequence[GroupSum] | None = None
    has_statistics: bool = False
    is_verbose: bool = False
    by: GroupBy = "layer"
    of_groups: int = 0
    fingerprint: Fingerprint | None = None

    @property
    def listed(self) -> ListedSums | None:
        """The sums over the listed variables, counted as in totals; None if the whole model is listed."""
        if self.groups is not None:
            sums = ListedSums(
                variables=sum(group.variables for group in self.groups),
                parameters=sum(group.parameters for group in self.groups),
                bytes=sum(group.bytes for group in self.groups),
            )
        else:
            infos = [row.info for row in self.rows if row.info.role not in ("optimizer", "untracked")]
            sums = ListedSums(
                variables=len(infos),
                parameters=sum(info.parameters for info in infos),
                bytes=sum(info.bytes for info in infos),
            )
        return None if sums.variables == self.inspection.totals.variables else sums
