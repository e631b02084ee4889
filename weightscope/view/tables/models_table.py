"""Several models in one table, a row for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.console import Console, ConsoleOptions, RenderableType
from rich.text import Text

from weightscope.inspection.measured import Listing
from weightscope.view.tables.groups_grid import groups_grid
from weightscope.view.text import words
from weightscope.view.text.glyphs import Glyphs


@dataclass(frozen=True, slots=True)
class ModelsTable:
    """The output of the table format for models that are summed as a whole.

    Attributes:
        listings: One for each model, with one group each.
    """

    listings: Sequence[Listing]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yields the table and the sums over all models."""
        glyphs = Glyphs.of(options)
        groups = tuple(group for listing in self.listings for group in listing.groups or ())
        yield Text.assemble(("Models", "bold cyan"), "  ", (f"{len(groups):,}", "dim"))
        yield groups_grid(replace(self.listings[0], groups=groups), options.max_width, glyphs)
        yield Text()
        yield Text(f" {glyphs.dot} ".join(models_in_words(self.listings)), style="bold")


def models_in_words(listings: Sequence[Listing]) -> tuple[str, ...]:
    """Returns the sums over all models: of what is listed, and of the whole models if that is more."""
    groups = [group for listing in listings for group in listing.groups or ()]
    totals = [listing.inspection.totals for listing in listings]
    variables, whole = sum(one.variables for one in groups), sum(one.variables for one in totals)
    return (
        f"{len(groups):,} model{'s' * (len(groups) != 1)}",
        f"{variables:,} variables" if variables == whole else f"{variables:,} of {whole:,} variables",
        f"{sum(one.parameters for one in groups):,} parameters",
        words.size(sum(one.bytes for one in groups)),
    )
