"""The layers that can be built by name, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType
from rich.text import Text

from weightscope.inspection.layer_entry import LayerEntry
from weightscope.view.tables.grid import Column, Grid, Row
from weightscope.view.text import words
from weightscope.view.text.folding import Cell
from weightscope.view.text.glyphs import Glyphs


@dataclass(frozen=True, slots=True)
class LayerEntriesTable:
    """The layers that can be built by name."""

    entries: Sequence[LayerEntry]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yields a table for each origin, the registered layers first."""
        glyphs = Glyphs.of(options)
        for place, origin in enumerate(dict.fromkeys(entry.origin for entry in self.entries)):
            entries = [entry for entry in self.entries if entry.origin == origin]
            rows = [Row((((words.escape(entry.name), "bold"),),), (_arguments(entry),)) for entry in entries]
            if place:
                yield Text()
            yield Text.assemble((words.escape(origin), "bold cyan"), "  ", (f"{len(entries)}", "dim"))
            yield Grid((Column("layer"),), rows, glyphs.rule)


def _arguments(entry: LayerEntry) -> Cell:
    defaults = ", ".join(f"{name}={value!r}" for name, value in entry.defaults.items())
    parts = words.escape(entry.signature).split(", ")
    signature: Cell = (*((f"{part}, ", "dim") for part in parts[:-1]), (parts[-1], "dim"))
    return (*signature, ("  defaults: ", "dim"), (words.escape(defaults), "green")) if defaults else signature
