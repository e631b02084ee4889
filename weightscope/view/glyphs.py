"""The characters beyond ASCII that tables are drawn with, and what stands for them where they cannot be printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import ConsoleOptions


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One character, or a few, for each purpose."""

    rule: str = "─"
    dot: str = "·"
    arrow: str = "→"
    more: str = "…"
    bar: str = "█"

    @classmethod
    def of(cls, options: ConsoleOptions) -> Glyphs:
        """Returns the glyphs that a console can print."""
        return cls(rule="-", dot="-", arrow="->", more="...", bar="#") if options.ascii_only else cls()
