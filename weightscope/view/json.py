"""Standard JSON, safe to print on a terminal: one document for each model."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from weightscope.view.documents.document import inspection_fields, layers_document
from weightscope.view.pieces import in_pieces
from weightscope.view.text import is_unsafe

if TYPE_CHECKING:
    from weightscope.inspection.check_result import CheckResult
    from weightscope.inspection.closeup import Closeup
    from weightscope.inspection.difference import Comparison
    from weightscope.inspection.fingerprint import Fingerprint
    from weightscope.inspection.layer_entry import LayerEntry
    from weightscope.inspection.measured import Listing
    from weightscope.view.surface import Surface


def inspections(listings: Iterable[Listing], surface: Surface) -> Iterator[str]:
    """Yields the document of each listing."""
    for listing in listings:
        yield from _indented_in_pieces(inspection_fields(listing), ascii_only=surface.is_ascii)


def known_layers(entries: Sequence[LayerEntry], surface: Surface) -> str:
    """Returns the document of the layers that can be built by name."""
    return indented(layers_document(entries), ascii_only=surface.is_ascii)


def closeup(closeup: Closeup, surface: Surface, **_: bool | str) -> str:
    """Returns the document of one variable."""
    from weightscope.view.documents.closeup_document import closeup_document  # a listing needs none of these

    return indented(closeup_document(closeup), ascii_only=surface.is_ascii)


def findings(reports: Iterable[CheckResult], surface: Surface) -> Iterator[str]:
    """Yields a document for each model."""
    from weightscope.view.documents.findings_document import findings_document

    for report in reports:
        yield indented(findings_document(report), ascii_only=surface.is_ascii)


def comparison(comparison: Comparison, surface: Surface) -> str:
    """Returns the document of a comparison of two models."""
    from weightscope.view.documents.comparison_document import comparison_document

    return indented(comparison_document(comparison), ascii_only=surface.is_ascii)


def fingerprints(fingerprints: Iterable[Fingerprint], surface: Surface) -> Iterator[str]:
    """Yields the document of the ids of each model."""
    from weightscope.view.documents.fingerprint_document import fingerprint_document

    for fingerprint in fingerprints:
        yield indented(fingerprint_document(fingerprint), ascii_only=surface.is_ascii)


def indented(document: Any, *, ascii_only: bool = False) -> str:
    """Returns the document over several lines, with lists of plain numbers kept in one."""
    text = json.dumps(document, indent=2, ensure_ascii=ascii_only, allow_nan=False)
    return _escaped(_SHORT_LIST.sub(_joined, text)) + "\n"


def _indented_in_pieces(fields: dict[str, Any], *, ascii_only: bool) -> Iterator[str]:
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
    return _escaped(json.dumps(document, ensure_ascii=ascii_only, allow_nan=False))


#: A list with nothing nested in it and no strings: shapes, and most previews. It begins with a line break,
#: which JSON has between things and never inside a string, so that brackets in a name are not taken for a list.
_SHORT_LIST = re.compile(r'\[\n([^\[\]{}"]*+)\]')

_PERHAPS_UNSAFE = re.compile(r"[^\x00-\x7e]")


def _joined(match: re.Match[str]) -> str:
    return "[" + " ".join(match[1].split()) + "]"


def _escaped(text: str) -> str:
    """Escapes characters that `json` keeps and a terminal would obey; the meaning of the JSON is unchanged."""
    return _PERHAPS_UNSAFE.sub(lambda match: json.dumps(match[0])[1:-1] if is_unsafe(match[0]) else match[0], text)
