"""The errors that a user can meet: each says where, what is wrong, and what to type next.

They are raised where the fact is known and caught once, in `weightscope.cli.failure`. All of them end in exit code 2.
"""

from __future__ import annotations

from collections.abc import Iterable


class WeightscopeError(Exception):
    """Something that could not be done, told to the user in two lines.

    Attributes:
        location: What it is about: a file, a layer's name, an option.
        message: What is wrong, in one line.
        hint: What to type next.
    """

    def __init__(self, location: str, message: str, hint: str) -> None:
        super().__init__(f"{location}: {message}")
        self.location = location
        self.message = message
        self.hint = hint


def nearest(word: str, known: Iterable[str], cutoff: float = 0.5) -> list[str]:
    """Returns up to three known words that `word` may have been meant for, the nearest first.

    Args:
        word: What was typed.
        known: What may be typed; upper and lower case are not told apart.
        cutoff: The least likeness, from 0 to 1 (see `difflib.get_close_matches`).
    """
    from difflib import get_close_matches  # only a mistyped word needs it

    by_lower_case = {one.lower(): one for one in known}
    return [by_lower_case[one] for one in get_close_matches(word.lower(), by_lower_case, n=3, cutoff=cutoff)]


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """Returns a hint that names the nearest of the known words; `otherwise` if none is near."""
    near = nearest(word, known)
    return f"did you mean {' or '.join(near)}?" if near else otherwise


class FileError(WeightscopeError):
    """A file that is missing, broken, hostile, or not what it was taken for."""


class NoValuesError(WeightscopeError):
    """A variable that is known, and whose values are not there to be read."""


class LayerError(WeightscopeError):
    """A layer that is unknown, or that could not be constructed or built."""


class ModelError(WeightscopeError):
    """A model that Keras could not load, build or call."""


class NotLoadedError(ModelError):
    """Keras raised when it loaded a saved model."""


class UsageError(WeightscopeError):
    """An option or argument whose value makes no sense."""
