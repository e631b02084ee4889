"""The characters beyond ASCII that tables are drawn with, and what stands for them where they cannot be printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import ConsoleOptions


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One character, or a few, for each purpose.

    Attributes:
        rule: A line is drawn with it.
        dot: Stands between facts.
        ellipsis: Stands for what is left out of a list.
        arrow: Stands between inputs and outputs.
        more: There are more values than are shown.
        bar: A share is drawn with it.
        lengths: A bar ends with one of them, from the shortest to a whole character.
        heights: How many values lie in a bin of a histogram, from a few to the most.
        gap: None lie in it.
        beyond: Values lie beyond the left end, and beyond the right end of a scale.
        half_block: Its upper half is of one colour, its lower half of another; empty if not available.
        axis: The axis that points upwards.
        corner: Where two axes meet.
        tick: On the axis that points to the right, a number stands below it.
    """

    rule: str = "─"
    dot: str = "·"
    ellipsis: str = "…"
    arrow: str = "→"
    more: str = "…"
    bar: str = "█"
    lengths: str = "▏▎▍▌▋▊▉█"
    heights: str = "▁▂▃▄▅▆▇█"
    gap: str = "·"
    beyond: str = "◂▸"
    half_block: str = "▀"
    axis: str = "│"
    corner: str = "┼"
    tick: str = "┴"

    @classmethod
    def plain(cls) -> Glyphs:
        """Returns glyphs of ASCII alone."""
        return cls(
            rule="-",
            dot="-",
            ellipsis="...",
            arrow="->",
            more="...",
            bar="#",
            lengths="#",
            heights=".:-=+*#@",
            gap="_",
            beyond="<>",
            half_block="",
            axis="|",
            corner="+",
            tick="+",
        )

    @classmethod
    def of(cls, options: ConsoleOptions) -> Glyphs:
        """Returns the glyphs that a console can print."""
        if not options.ascii_only:
            return cls()
        return cls.plain()
