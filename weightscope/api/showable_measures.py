"""Closeups and comparisons that can show themselves: as a dict, and in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from weightscope.inspection import closeup, difference

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType


class Closeup(closeup.Closeup):
    """One variable seen closely, able to show itself: as a dict, and in a terminal."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Returns the document that `weightscope show --json` prints."""
        from weightscope.view.documents.closeup_document import closeup_document

        return closeup_document(self)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yields what the command line prints."""
        from weightscope.view.tables.closeup_table import CloseupTable

        yield CloseupTable(self)


class Comparison(difference.Comparison):
    """What differs between two models, able to show itself: as a dict, and in a terminal."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Returns the document that `weightscope diff --json` prints."""
        from weightscope.view.documents.comparison_document import comparison_document

        return comparison_document(self)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yields what the command line prints."""
        from weightscope.view.tables.comparison_table import ComparisonTable

        yield ComparisonTable(self)
