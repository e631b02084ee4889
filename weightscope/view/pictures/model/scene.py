"""A drawing made of boxes and words: it is written as SVG without a library, or drawn as PNG by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: The width of a character, as a share of the size of the font, which is a monospaced one.
CHARACTER = 0.602

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, from its upper left corner, in pixels; `tip` is shown where a viewer can point at it."""

    x: float
    y: float
    width: float
    height: float
    color: str
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A line of text: where its baseline begins, is in the middle, or ends."""

    x: float
    y: float
    words: str
    color: str = "#1c1e21"
    size: float = 12
    anchor: Anchor = "start"
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """A drawing of a size in pixels; later shapes cover earlier ones."""

    width: int
    height: int
    shapes: tuple[Box | Label, ...]
