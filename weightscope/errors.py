"""The errors that users can see: each has a location, a message, and a hint for the next step.

They are raised where the fact is known and caught once, in `weightscope.cli.failure`. All of them end in exit code 2.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable


class WeightscopeError(Exception):
    """An error that is reported to the user in two lines.

    Attributes:
        location: The file, layer name or option that it is about.
        message: The fault, in one line.
        hint: The next command or call to try.
    """

    def __init__(self, location: str, message: str, hint: str) -> None:
        super().__init__(f"{location}: {message}")
        self.location = location
        self.message = message
        self.hint = hint


def nearest(word: str, known: Iterable[str], cutoff: float = 0.5) -> list[str]:
    """Returns up to three known words that `word` may have been meant for, the nearest first.

    Args:
        word: The word that was typed.
        known: The words that may be typed; case is ignored.
        cutoff: The least likeness, from 0 to 1 (see `difflib.get_close_matches`).
    """
    from difflib import get_close_matches  # only a mistyped word needs it

    by_lower_case = {one.lower(): one for one in known}
    return [by_lower_case[one] for one in get_close_matches(word.lower(), by_lower_case, n=3, cutoff=cutoff)]


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """Returns a hint that names the nearest of the known words; `otherwise` if none is near."""
    near = nearest(word, known)
    return f"did you mean {' or '.join(near)}?" if near else otherwise


def inspect_line(location: str) -> str:
    """Returns the command line that inspects a model; a command that failed replaces `inspect` by its own words."""
    return shlex.join(["weightscope", "inspect", location])


class FileError(WeightscopeError):
    """A file that is missing, damaged, hostile, or of an unexpected format."""


class NoValuesError(WeightscopeError):
    """A known variable whose values cannot be read."""


class LayerError(WeightscopeError):
    """A layer that is unknown, or that could not be constructed or built."""


class ModelError(WeightscopeError):
    """A model that Keras could not load, build or call."""


class NotLoadedError(ModelError):
    """Keras raised an error while loading a saved model."""


class UsageError(WeightscopeError):
    """An option or argument with an invalid value."""


def not_from_keras(location: str, message: str) -> FileError:
    """Returns the error for a file with contents, or sizes, that Keras never writes."""
    return FileError(location, message, "inspect a file that Keras wrote")


def damaged(location: str, message: str) -> FileError:
    """Returns the error for a file that lacks a part, or contradicts itself."""
    return FileError(location, message, "copy the file again, or save the model again")


def damaged_checkpoint(location: str, message: str) -> FileError:
    """Returns the error for a checkpoint, which consists of several files, that is damaged."""
    return FileError(location, message, "copy the checkpoint again, or save it again")


def unreadable(location: str, error: OSError) -> FileError:
    """Returns the error for a file that the operating system does not open or read."""
    hint = "check the file's permissions" if isinstance(error, PermissionError) else "has the file been moved?"
    return FileError(location, f"cannot be read: {error.strerror or error}", hint)


def cannot_be_written(name: str, error: OSError, hint: str = "-o ANOTHER_FILE") -> UsageError:
    """Returns the error to raise when a file of this name could not be written."""
    return UsageError(name, f"cannot be written: {error.strerror or error}", hint)


def changed_since(location: str, message: str = "the file changed after it was first read") -> FileError:
    """Returns the error for a file that is not any more what it was when it was identified."""
    return FileError(location, message, "inspect it again")


def wrong_address(location: str, message: str) -> FileError:
    """Returns the error for an address at which there is nothing to read."""
    return FileError(location, message, "check the address")


def exists_already(name: str) -> UsageError:
    """Returns the error for a file to write that exists."""
    return UsageError(name, "the file exists", "--force overwrites it")


def no_place(name: str) -> UsageError:
    """Returns the error for a file to write whose folder does not exist, or whose name is that of a folder."""
    return UsageError(name, "no place to write a file to", "-o FILE, in a folder that exists")


def not_to_be_written(name: str, message: str) -> UsageError:
    """Returns the error for a file that must not be replaced, or cannot be."""
    return UsageError(name, message, "-o ANOTHER_FILE")
