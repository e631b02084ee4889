"""Makes HTML elements. Text is escaped, so nothing that a model brings becomes markup."""

from __future__ import annotations

import html
from typing import NewType

from weightscope.view.text import words

#: Markup. Only `element` and what joins its results make it.
Html = NewType("Html", str)

#: Characters of a text: names of a megabyte would stop a browser.
_LONGEST_TEXT = 500

_WITHOUT_END = ("br", "col")


def element(name: str, *children: Html | str, classes: str = "", **attributes: str | None) -> Html:
    """Returns an element.

    Args:
        name: Of the element, `td`.
        children: Elements, which `text` or this function made: a plain string is not escaped.
        classes: The classes, if any.
        attributes: Others; an underscore stands for `-`, one at the end is left out, and None is an attribute without
            a value.
    """
    given = {"class": classes, **attributes} if classes else attributes
    pieces = [
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is None else f'="{html.escape(value)}"')
        for key, value in given.items()
    ]
    start = f"<{name}{''.join(pieces)}>"
    return Html(start if name in _WITHOUT_END else f"{start}{''.join(children)}</{name}>")


def text(raw: str) -> Html:
    """Returns a text as HTML, its control characters and changes of direction escaped, and a very long one cut."""
    shown = raw if len(raw) <= _LONGEST_TEXT else f"{raw[:_LONGEST_TEXT]}..."
    return Html(html.escape(words.escape(shown)))


def name(raw: str, classes: str = "name") -> Html:
    """Returns a name from a model: letters that are written from right to left stay within it."""
    return element("bdi", text(raw), classes=classes)


def span(raw: str, classes: str) -> Html:
    """Returns a text with a class."""
    return element("span", text(raw), classes=classes)


def join(*pieces: Html) -> Html:
    """Returns the pieces one after the other."""
    return Html("".join(pieces))
