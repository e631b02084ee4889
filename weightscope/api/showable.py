"""Records that can show themselves: as a dict, in a terminal, in a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from os import PathLike
from typing import TYPE_CHECKING, Any, TypeVar

from weightscope import inspection as records
from weightscope.inspection import measured

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

    from weightscope.inspection.overview import Pictures

Record = TypeVar("Record")


def shown_as(kind: type[Record], record: Any) -> Record:
    """Returns the same record as one of a kind that can show itself."""
    return kind(**{field.name: getattr(record, field.name) for field in fields(record)})


def shown_name(name: str) -> str:
    """Returns a name from a model as `repr` shows it: what could move a cursor is escaped."""
    from weightscope.view.text.words import escape

    return escape(name)


class Inspection(records.Inspection):
    """What is known about a model, able to show itself: as a dict, in a terminal, in a notebook."""

    __slots__ = ()

    def to_dict(self, *, preview: int = 5, statistics: bool = False) -> dict[str, Any]:
        """Returns the document that `weightscope inspect --json` prints.

        Args:
            preview: How many values of each variable it holds.
            statistics: Whether all values are read for their statistics, as with `--stats`. Several processes share
                the work only where this one has no other thread; see `weightscope.measure.reading.processes.can_fork`.
        """
        from weightscope.measure import Choice, list_measured
        from weightscope.view.documents.document import inspection_document

        return inspection_document(list_measured(self, Choice(preview=preview, statistics=statistics)))

    def report(self, path: str | PathLike[str], *, pictures: Pictures = "some") -> None:
        """Writes the page that `weightscope report` writes; a file of this name is replaced.

        Args:
            path: A name that ends in `.html`.
            pictures: Of which variables exact quantiles and a picture are shown: `none`, `some` or `all`.

        Raises:
            WeightscopeError: The name has another end, or names a part of the model.
        """
        from weightscope.api.reporting import report_model, write_page

        write_page(report_model(self, pictures=pictures), path, self.source.location)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yields the tables that the command line prints."""
        from weightscope.measure import Choice, list_measured
        from weightscope.view.tables.inspection_table import InspectionTable

        yield InspectionTable(list_measured(self, Choice()))

    def __repr__(self) -> str:
        totals = self.totals
        what = f"{totals.variables:,} variables, {totals.parameters:,} parameters"
        return f"<Inspection {shown_name(self.source.location)}: {what}>"

    def _repr_html_(self) -> str:
        from weightscope.measure import Choice, list_measured
        from weightscope.view.html.card import MOST_ROWS
        from weightscope.view.html.inspection_html import inspection_html

        first = list_measured(self, Choice(top=MOST_ROWS))
        return inspection_html(first, list_measured(self, Choice(by="layer")))


class Listing(measured.Listing):
    """The listed variables of a model, able to show themselves: as a dict, in a terminal, in a notebook."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Returns the document that `weightscope inspect --json` prints."""
        from weightscope.view.documents.document import inspection_document

        return inspection_document(self)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yields the tables that the command line prints."""
        from weightscope.view.tables.inspection_table import InspectionTable

        yield InspectionTable(self)

    def __repr__(self) -> str:
        shown = f"{len(self.rows):,} variables" if self.groups is None else f"{len(self.groups):,} groups"
        return f"<Listing {shown_name(self.inspection.source.location)}: {shown}>"

    def _repr_html_(self) -> str:
        from weightscope.measure import Choice, list_measured
        from weightscope.view.html.card import MOST_ROWS
        from weightscope.view.html.inspection_html import groups_html, inspection_html

        if self.groups is not None:
            return groups_html(self)
        listed = {row.info.path for row in self.rows}
        kept = tuple(one for one in self.inspection.variables if one.info.path in listed)
        layers = list_measured(replace(self.inspection, variables=kept), Choice(by="layer"))
        whole = self.inspection.totals.bytes or 1
        groups = tuple(replace(group, share=group.bytes / whole) for group in layers.groups or ())
        first = replace(self, rows=self.rows[:MOST_ROWS])
        return inspection_html(first, replace(layers, inspection=self.inspection, groups=groups))
