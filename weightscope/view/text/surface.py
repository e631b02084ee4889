"""The output of a view: a terminal with a width and colours, or a pipe without either."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from weightscope.view.text.console import make_console

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

#: Wider than any line: without a terminal, nothing folds.
UNBOUNDED = 1_000_000

#: The parts of a table that are drawn at once.
_PARTS_OF_A_PIECE = 20

ColorSystem = Literal["standard", "256", "truecolor"]


class Composed(Protocol):
    """A table that consists of parts."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterable[RenderableType]:
        """Yields the parts."""


@runtime_checkable
class Long(Protocol):
    """A part of a table that may be long."""

    def in_parts(self, console: Console, options: ConsoleOptions) -> Iterable[RenderableType]:
        """Yields its own parts."""


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
        page, console = self._console()
        console.print(renderable)
        return page.getvalue()

    def draw_in_pieces(self, table: Composed) -> Iterator[str]:
        """Yields what rich makes of `table`, piece by piece: a long table is never in memory as a whole."""
        from rich.console import Group

        page, console = self._console()
        parts = iter(_parts(table.__rich_console__(console, console.options), console))
        while some := list(islice(parts, _PARTS_OF_A_PIECE)):
            console.print(Group(*some), crop=False)
            yield page.take()

    def _console(self) -> tuple[_Page, Console]:
        page = _Page(self.encoding)
        return page, make_console(
            page,
            width=self.width or UNBOUNDED,
            color_system=self.color,
            force_terminal=self.color is not None,
            no_color=self.color is None,
            legacy_windows=False,
        )


def terminal_colors() -> ColorSystem:
    """Returns the colours that the environment promises (`COLORTERM`, `TERM`); the usual sixteen where it does not."""
    promised = make_console(io.StringIO(), force_terminal=True).color_system
    return "truecolor" if promised == "truecolor" else "256" if promised == "256" else "standard"


def _parts(items: Iterable[RenderableType], console: Console) -> Iterator[RenderableType]:
    """Yields the parts of long items, and other items as they are."""
    for item in items:
        if isinstance(item, Long):
            yield from item.in_parts(console, console.options)
        else:
            yield item


class _Page(io.StringIO):
    """Text in memory with an encoding, which rich asks for."""

    encoding = "utf-8"

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self.encoding = encoding

    def take(self) -> str:
        """Returns the text so far, and starts an empty page."""
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        return text
