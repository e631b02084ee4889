"""What the rows of a table over many models hold."""

from __future__ import annotations

from dataclasses import dataclass

from weightscope.errors import UsageError
from weightscope.measure.listing.choice import Choice


@dataclass(frozen=True, slots=True)
class RowOptions:
    """What is asked about each model.

    Attributes:
        models: A row a model; else a row a variable.
        statistics: Whether to read all values and take their statistics.
        check: Whether to count the findings of `weightscope check`.
        fingerprint: Whether to take the three ids of `weightscope id`.
        optimizer: Whether the optimizer's variables are listed too.
        filters: Patterns on the path of a variable, of which any may match; none chooses everything.
        exclude: Patterns on the path, of which none may match.
        only: A key of `weightscope.inspection.variable_filter.ONLY`, or None.
        preview: How many values of each variable.
        sort: A key of `weightscope.measure.listing.choice.SORT` or a statistic: the order of each model's variables.
        top: The most sorted variables of each model; None for all.
    """

    models: bool = False
    statistics: bool = False
    check: bool = False
    fingerprint: bool = False
    optimizer: bool = False
    filters: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    only: str | None = None
    preview: int = 5
    sort: str = "model"
    top: int | None = None

    def __post_init__(self) -> None:
        """Checks that the options agree.

        Raises:
            UsageError: Variables are to be sorted, or counted off, where a row is a model.
        """
        if self.models and (self.sort != "model" or self.top is not None):
            what = "they choose among the variables of a model, and a row is a whole model"
            raise UsageError("--models with --sort or --top", what, "leave out --models")

    @property
    def choice(self) -> Choice:
        """The variables to list, and what about them."""
        return Choice(
            filters=self.filters,
            exclude=self.exclude,
            only=self.only,
            preview=0 if self.models else self.preview,
            statistics=self.statistics,
            sort=self.sort,
            top=self.top,
        )

    @property
    def reads_optimizer(self) -> bool:
        """Whether the optimizer's variables are read."""
        return self.optimizer or self.check
