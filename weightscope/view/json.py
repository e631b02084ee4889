"""JSON as the standard has it, safe to print on a terminal: one document a model."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from weightscope.inspection.layer_entry import LayerEntry
from weightscope.inspection.measured import Listing
from weightscope.view.document import inspection_document, layers_document
from weightscope.view.surface import Surface
from weightscope.view.text import is_unsafe


def inspections(listings: Iterable[Listing], surface: Surface) -> Iterator[str]:  # noqa: ARG001 - a format's signature
    """Yields the document of each listing."""
    for listing in listings:
        yield indented(inspection_document(listing))


def layers(entries: Sequence[LayerEntry], surface: Surface) -> str:  # noqa: ARG001 - a format's signature
    """Returns the document of the layers that can be built by name."""
    return indented(layers_document(entries))


def indented(document: Any) -> str:
    """Returns the document over several lines, with lists of plain numbers kept in one."""
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    return _escaped(_SHORT_LIST.sub(_joined, text)) + "\n"


def compact(document: Any) -> str:
    """Returns the document in one line."""
    return _escaped(json.dumps(document, ensure_ascii=False, allow_nan=False))


#: A list with nothing nested in it and no strings (which could hold a bracket): shapes, and most previews.
_SHORT_LIST = re.compile(r'\[\s+([^\[\]{}"]*?)\s+\]')

_PERHAPS_UNSAFE = re.compile(r"[^\x00-\x7e]")


def _joined(match: re.Match[str]) -> str:
    return "[" + " ".join(match[1].split()) + "]"


def _escaped(text: str) -> str:
    """Escapes what `json` leaves as it is and a terminal would obey; the JSON means the same."""
    return _PERHAPS_UNSAFE.sub(lambda match: json.dumps(match[0])[1:-1] if is_unsafe(match[0]) else match[0], text)
