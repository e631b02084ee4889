"""Formats words and numbers for every view. Names are untrusted: terminal control characters are escaped."""

from __future__ import annotations

import math
import unicodedata
from typing import Any

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")

#: Control characters, formatting ones (bidirectional overrides among them), surrogates, line and paragraph separators.
_UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def escape(text: str) -> str:
    r"""Returns `text` with each character that could move a cursor or hide another one as `\x1b`, `\u202e`, ..."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char.encode("unicode_escape").decode() if is_unsafe(char) else char for char in text)


def spreadsheet_text(text: str) -> str:
    """Returns text escaped, and with a `'` before it where a spreadsheet would run it as a formula.

    Numbers, which may begin with a sign, stay as they are. Source: OWASP, *CSV Injection*.
    """
    escaped = escape(text)
    return f"'{escaped}" if escaped.startswith(("=", "+", "-", "@")) and not _is_number(escaped) else escaped


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def is_unsafe(char: str) -> bool:
    """Whether a terminal would obey the character, or not show it."""
    return unicodedata.category(char) in _UNSAFE


def shape(sizes: tuple[int | None, ...]) -> str:
    """Returns a shape as Keras prints it: `(3, 3, 3, 8)`, `(8,)`, `()`."""
    return str(tuple(sizes))


def count(number: int | None) -> str:
    """Returns a whole number with its thousands separated; `?` when it is not known."""
    return "?" if number is None else f"{number:,}"


def size(number: int) -> str:
    """Returns a number of bytes in binary units, with three to four digits: `212.3 KiB`."""
    amount = float(number)
    for unit in _UNITS:
        if amount < 1024 or unit == _UNITS[-1]:
            break
        amount /= 1024
    return f"{number} B" if unit == "B" else f"{amount:,.1f} {unit}"


def shortened(text: str, width: int) -> str:
    """Returns the text, without its middle if it is too long: what is drawn anew in place must take one line."""
    if len(text) <= width:
        return text
    kept = max(0, width - 3)
    return f"{text[: kept // 3]}...{text[len(text) - (kept - kept // 3) :]}"


def trainable(flag: bool | None) -> str:
    """Returns `yes`, `no`, or `?` if unknown."""
    return "?" if flag is None else "yes" if flag else "no"


def value(number: Any, digits: int = 3) -> str:
    """Returns a value with three significant digits, or as many as are asked for; text escaped and quoted."""
    if not isinstance(number, float):
        return f"'{escape(number)}'" if isinstance(number, str) else str(number)
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Inf" if number > 0 else "-Inf"
    text = f"{number:.3g}" if digits == 3 else f"{number:.{digits}g}"
    return text if "." in text or "e" in text else f"{text}.0"


def percent(share: float) -> str:
    """Returns a share from 0 to 1 as `12.3 %`; what is not nothing is not `0.0 %`."""
    return "<0.1 %" if 0 < share < 0.0005 else f"{share * 100:.1f} %"
