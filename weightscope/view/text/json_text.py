"""Standard JSON, safe to print on a terminal: characters that it would obey are escaped."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from weightscope.view.text.pieces import in_pieces
from weightscope.view.text.words import is_unsafe


def indented(document: Any, *, ascii_only: bool = False) -> str:
    """Returns the document over several lines, with lists of plain numbers kept in one."""
    text = json.dumps(document, indent=2, ensure_ascii=ascii_only, allow_nan=False)
    return _escaped(_SHORT_LIST.sub(_joined, text)) + "\n"


def indented_in_pieces(fields: dict[str, Any], *, ascii_only: bool) -> Iterator[str]:
    """Yields the text of `indented`, some entries of a list at a time where the list is an iterator."""

    def value_text(value: Any, depth: int) -> str:
        return indented(value, ascii_only=ascii_only).rstrip("\n").replace("\n", "\n" + "  " * depth)

    before = "{"
    for name, value in fields.items():
        before += f"\n  {json.dumps(name)}: "
        if isinstance(value, Iterator):
            before += "["
            is_empty = True
            for entries in in_pieces(value):
                texts = ",".join(f"\n    {value_text(entry, 2)}" for entry in entries)
                yield before + texts
                before, is_empty = ",", False
            before = f"{before}]," if is_empty else "\n  ],"
        else:
            before += f"{value_text(value, 1)},"
    yield before.removesuffix(",") + "\n}\n"


def compact(document: Any, *, ascii_only: bool = False) -> str:
    """Returns the document in one line."""
    return _escaped(_ENCODERS[ascii_only](document))


#: Made once: `json.dumps` makes an encoder for each call that has options, and a table has a call for each row.
_ENCODERS = {is_ascii: json.JSONEncoder(ensure_ascii=is_ascii, allow_nan=False).encode for is_ascii in (False, True)}

#: A list with nothing nested in it and no strings: shapes, and most previews. It begins with a line break,
#: which JSON has between things and never inside a string, so that brackets in a name are not taken for a list.
_SHORT_LIST = re.compile(r'\[\n([^\[\]{}"]*+)\]')

_PERHAPS_UNSAFE = re.compile(r"[^\x00-\x7e]")


def _joined(match: re.Match[str]) -> str:
    return "[" + " ".join(match[1].split()) + "]"


def _escaped(text: str) -> str:
    """Escapes characters that `json` keeps and a terminal would obey; the meaning of the JSON is unchanged."""
    if text.isascii() and "\x7f" not in text:
        return text
    return _PERHAPS_UNSAFE.sub(lambda match: json.dumps(match[0])[1:-1] if is_unsafe(match[0]) else match[0], text)
