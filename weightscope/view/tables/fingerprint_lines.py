"""The ids of a model, for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType
from rich.text import Text

from weightscope.inspection.fingerprint import Fingerprint
from weightscope.view.fields.fingerprint import FINGERPRINT_FIELDS
from weightscope.view.text import words


@dataclass(frozen=True, slots=True)
class FingerprintLines:
    """The name of a model, and its ids in a line each."""

    fingerprint: Fingerprint

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yields the lines."""
        yield Text(words.escape(self.fingerprint.source.location), style="bold")
        yield from id_lines(self.fingerprint, indent=2)


def id_lines(fingerprint: Fingerprint, indent: int = 0) -> Iterator[Text]:
    """Yields a line for each id; `?` for one that is unknown."""
    for name, found in ids_of(fingerprint):
        yield Text.assemble((f"{'':{indent}}{name:<10}", "dim"), found or "?")


def ids_of(fingerprint: Fingerprint) -> list[tuple[str, str | None]]:
    """Returns the ids by name; None for one that is unknown."""
    return [(field.name, field.of(fingerprint)) for field in FINGERPRINT_FIELDS]
