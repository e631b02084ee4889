"""Text that a font of matplotlib can draw."""

from __future__ import annotations


def printable(text: str, family: str = "sans-serif") -> str:
    """Returns `text` with the characters escaped that the font has no shapes for."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font = get_font(findfont(FontProperties(family=[family])))  # a string alone is a pattern
    return "".join(char if font.get_char_index(ord(char)) else char.encode("unicode_escape").decode() for char in text)
