"""Hints that are command lines."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from weightscope.errors import WeightscopeError
from weightscope.source.bytes.location import is_far

_INSPECT = re.compile(r"weightscope inspect ((?:'[^']*'|\"[^\"]*\"|\S)+)(.*)")


def command_line(words: Iterable[str]) -> str:
    """Returns these words as a command line of the program that can be copied."""
    return shlex.join(["weightscope", *words])


def models_here() -> list[str]:
    """Returns the models in the working directory by name, and at last two names that a model may have."""
    try:
        found = sorted(path.name for path in Path().iterdir() if path.suffix in (".keras", ".h5"))
    except OSError:
        found = []
    return [*found, "model.keras", "other.keras"]


def as_typed(error: WeightscopeError, words: Sequence[str]) -> str:
    """Returns an error's hint; `weightscope inspect FILE` as the command line that was typed, with FILE.

    So is `weightscope layer NAME` with the shape that is missing, where NAME is the target of a check.
    """
    if words[:1] == ["check"] and error.hint.startswith(f"{command_line(['layer', error.location])} "):
        _, option, shape = error.hint.partition("--input-shape ")
        return f"{command_line(words)} {option}{shape}".rstrip()
    match = _INSPECT.fullmatch(error.hint)
    if match is None or error.location not in words:
        return error.hint
    file = "".join(shlex.split(match[1]))
    is_sentence = file != error.location and not Path(file).exists()  # such as: weightscope inspect shows the others
    if is_sentence or (file, match[2]) == (error.location, ""):
        return error.hint
    return command_line(file if word == error.location else word for word in words) + match[2]


def looks_like_model(word: str) -> bool:
    """Returns whether a word names a file or folder, or looks as if it did, as an address does."""
    from weightscope.inspection.file_format import MODEL_ENDS  # it needs the records of models

    return is_far(word) or word.lower().endswith(MODEL_ENDS) or (not word.startswith("-") and Path(word).exists())
