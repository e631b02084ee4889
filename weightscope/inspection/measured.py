"""A variable together with what its values say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from weightscope.inspection.inspection import Inspection
from weightscope.inspection.statistics import Statistics
from weightscope.inspection.variable import Gradient, VariableInfo


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
        gradient: What a loss tells it.
        has_values: Whether there is anything to measure.
    """

    info: VariableInfo
    preview: Preview | None = None
    statistics: Statistics | None = None
    gradient: Gradient | None = None
    has_values: bool = True


@dataclass(frozen=True, slots=True)
class LayerSum:
    """What the variables of one layer add up to.

    Attributes:
        layer: Its path.
        layer_class: Its class; None where the source does not tell.
        variables: How many it owns.
        parameters: Their elements.
        trainable_parameters: Those of trainable variables; None where the source does not tell of one.
        bytes: What their values take.
        share: Of the bytes of the whole model, from 0 to 1.
        statistics: Over all their elements; None where they were not asked for, or the values have no order.
    """

    layer: str
    layer_class: str | None
    variables: int
    parameters: int
    trainable_parameters: int | None
    bytes: int
    share: float
    statistics: Statistics | None = None


@dataclass(frozen=True, slots=True)
class ListedSums:
    """What the listed variables add up to; the optimizer's are not among them."""

    variables: int
    parameters: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Listing:
    """What is to be shown of an inspection: the variables that were chosen, measured, in the order asked for.

    Attributes:
        inspection: All of it; totals are of the whole model.
        rows: The chosen variables.
        only: The one table that was asked for: `trainable`, `non-trainable` or `all`; None for the usual two.
        layers: The chosen variables summed by layer, when that was asked for instead of them.
        has_statistics: Whether statistics were asked for.
        is_verbose: Whether it was asked when each variable was created.
    """

    inspection: Inspection
    rows: tuple[Measured, ...]
    only: str | None = None
    layers: tuple[LayerSum, ...] | None = None
    has_statistics: bool = False
    is_verbose: bool = False

    @property
    def listed(self) -> ListedSums | None:
        """The sums over what is listed, as totals count; None where the whole model is listed."""
        if self.layers is not None:
            sums = ListedSums(
                variables=sum(layer.variables for layer in self.layers),
                parameters=sum(layer.parameters for layer in self.layers),
                bytes=sum(layer.bytes for layer in self.layers),
            )
        else:
            infos = [row.info for row in self.rows if row.info.role not in ("optimizer", "untracked")]
            sums = ListedSums(
                variables=len(infos),
                parameters=sum(info.parameters for info in infos),
                bytes=sum(info.bytes for info in infos),
            )
        return None if sums.variables == self.inspection.totals.variables else sums
