"""Describes exceptions of foreign code in one line, with the file and line in the user's own code."""

from __future__ import annotations

import re
import sys
import sysconfig
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from weightscope.source.live.creation import TooLargeError
from weightscope.source.live.framework import keras

_LIBRARIES = ("keras", "tensorflow", "optree", "numpy", "weightscope")
_LONGEST_MESSAGE = 500
_LONGEST_READ = 5_000


def describe_error(error: BaseException) -> str:
    """Returns `ValueError: message (my_layers.py:12)`, without the place if no file of the user is in the traceback."""
    message = _one_line(_text(error))
    if isinstance(error, TooLargeError):
        return message
    place = _place_in_users_code(error)
    name = type(error).__name__
    return f"{name}{': ' if message else ''}{message}{f' ({place})' if place else ''}"


def _text(error: BaseException) -> str:
    """Returns the exception's message, or a fixed text if the exception cannot be converted to a string."""
    try:
        return str(error)
    except (Exception, SystemExit):  # raised by __str__ or __repr__ of the exception or of its arguments
        return "(its message cannot be printed: __str__ raises)"


def _one_line(message: str) -> str:
    # Keras repeats a whole config before the message
    message = message.rpartition("Exception encountered: ")[2][:_LONGEST_READ]
    message = re.split(r"\n[ \t]*Example:[ \t]*\n", message)[0]  # Keras adds an example of ten lines
    message = re.split(r"\sPlease see https://www\.tensorflow\.org/", message)[0]  # a stack of calls follows
    message = re.sub(r"\x1b\[[0-9;]*m", "", message)
    message = re.sub(r"\{\{function_node [^{}]*\}\}\s*", "", message)  # TensorFlow's name for an op it ran
    message = re.sub(r"(?<!\s)\s*\[Op:\w+\](\s*name:\s*\w*)?", "", message)
    message = " ".join(message.partition(" ; NodeDef:")[0].split())  # all attributes of the op follow
    return message if len(message) <= _LONGEST_MESSAGE else message[:_LONGEST_MESSAGE] + " ..."


def _place_in_users_code(error: BaseException) -> str | None:
    """Returns the innermost file and line outside of the known libraries and of Python's standard library."""
    modules = [sys.modules[name] for name in _LIBRARIES if name in sys.modules]
    packages = [Path(module.__file__).parent for module in modules if module.__file__]
    standard_library = Path(sysconfig.get_paths()["stdlib"])
    site_packages = Path(sysconfig.get_paths()["purelib"])
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        in_standard_library = path.is_relative_to(standard_library) and not path.is_relative_to(site_packages)
        in_library = any(path.is_relative_to(package) for package in packages)
        if not (in_library or in_standard_library or frame.filename.startswith("<")):
            return f"{_shortest(path)}:{frame.lineno}"
    if isinstance(error, SyntaxError) and error.filename:
        return f"{_shortest(Path(error.filename))}:{error.lineno}"
    return None


def _shortest(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


@contextmanager
def plain_errors() -> Iterator[None]:
    """In the context, Keras raises the user's exceptions unchanged, without a description of the call's arguments."""
    filtered = keras.config.is_traceback_filtering_enabled()
    keras.config.disable_traceback_filtering()
    try:
        yield
    finally:
        if filtered:
            keras.config.enable_traceback_filtering()
