"""The output of a view: a terminal with a width and colours, or a pipe without either."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from weightscope.view.console import make_console

if TYPE_CHECKING:
    from rich.console import RenderableType

#: Wider than any line: without a terminal, nothing folds.
UNBOUNDED = 1_000_000

ColorSystem = Literal["standard", "256", "truecolor"]


@dataclass(frozen=True, slots=True)
class Surface:
    """Where text goes.

    Attributes:
        width: In terminal cells; None for as wide as needed.
        color: The colours that escape codes may ask for; None for no escape codes at all.
        encoding: Of the characters; without UTF-8, rules and dots are drawn in ASCII.
    """

    width: int | None = None
    color: ColorSystem | None = None
    encoding: str = "utf-8"

    @property
    def is_ascii(self) -> bool:
        """Whether characters beyond ASCII may be more than it can print."""
        return not self.encoding.lower().startswith("utf")

    def draw(self, renderable: RenderableType) -> str:
        """Returns what rich makes of `renderable` here. Square brackets and emoji names in it are just text."""
        page = _Page(self.encoding)
        console = make_console(
            page,
            width=self.width or UNBOUNDED,
            color_system=self.color,
            force_terminal=self.color is not None,
            no_color=self.color is None,
            legacy_windows=False,
        )
        console.print(renderable)
        return page.getvalue()


def terminal_colors() -> ColorSystem:
    """Returns the colours that the environment promises (`COLORTERM`, `TERM`); the usual sixteen where it does not."""
    promised = make_console(io.StringIO(), force_terminal=True).color_system
    return "truecolor" if promised == "truecolor" else "256" if promised == "256" else "standard"


class _Page(io.StringIO):
    """Text in memory with an encoding, which rich asks for."""

    encoding = "utf-8"

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self.encoding = encoding
