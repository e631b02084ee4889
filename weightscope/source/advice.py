"""Hints for errors of foreign code (Keras, TensorFlow, the user's module) whose message shows the cause."""

from __future__ import annotations

import os
import re

from weightscope.source.keras2_names import MEMBERS, REPLACEMENTS, SHAPES

_GPU = re.compile(r"\b(GPUs?|CUDA|[Cc]u[Dd][Nn][Nn]\w*|device='GPU')")

_MISSING = (
    re.compile(r"module '?(?P<module>[\w.]+)'? has no attribute '?(?P<name>\w+)"),
    re.compile(r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'"),
    re.compile(r"No module named '(?P<module>(?:\w+\.)*)(?P<name>\w+)'"),
)
_MISSING_MEMBER = re.compile(r"'(?P<type>\w+)' object has no attribute '(?P<name>\w+)'")
_WEIGHT_BY_POSITION = re.compile(
    r"`name` must be passed as a keyword argument\. Received: add_weight\('(?P<name>[^']+)'"
)

#: The same mistake, as Keras before 3.15 reports it: a name in the place of the shape.
_ARGUMENTS_IN_OLD_ORDER = re.compile(r"add_(weight|variable)\(\) got multiple values")

#: How Keras refuses a variable or sub-layer that `call()` makes.
_NEW_STATE = "You cannot add new elements of state"


def advice_for(message: str) -> str | None:
    """Returns a hint: the replacement for a Keras 2 name, how to enable GPUs, or where state is made; None for others.

    Args:
        message: The message of the error that Keras, TensorFlow or Python raised.
    """
    is_hidden = os.environ.get("CUDA_VISIBLE_DEVICES") == "-1"
    if is_hidden and _GPU.search(message):
        return "the GPUs are hidden from TensorFlow; the option --gpu lets it see them"
    if _NEW_STATE in message:
        return "create variables and sub-layers in __init__() or build(), not in call()"
    return replacement_for(message)


def replacement_for(message: str) -> str | None:
    """Returns a hint with the Keras 3 replacement for a Keras 2 name; None if the error has another cause.

    Args:
        message: The message of the error that Keras or Python raised.
    """
    positional = _WEIGHT_BY_POSITION.search(message)
    if positional is not None or _ARGUMENTS_IN_OLD_ORDER.search(message):
        name = positional["name"] if positional else "..."
        return _hint(f'self.add_weight(shape=..., name="{name}")', "a name as the first argument")
    for pattern in _MISSING:
        found = pattern.search(message)
        if found is not None:
            old = _public_name(f"{found['module'].strip('.')}.{found['name']}".lstrip("."))
            return _hint(REPLACEMENTS[old], old) if old in REPLACEMENTS else None
    member = _MISSING_MEMBER.search(message)
    if member is not None and member["name"] in MEMBERS:
        return _hint(MEMBERS[member["name"]], member["name"])
    if member is not None and (member["type"], member["name"]) in SHAPES:
        old, new = SHAPES[member["type"], member["name"]]
        return _hint(new, old)
    return None


def _hint(new: str, old: str) -> str:
    return f"this is code for Keras 2; in Keras 3 write {new} in place of {old}"


def _public_name(name: str) -> str:
    """Returns the name without its prefix: `keras.layers.X` for `tensorflow.keras.layers.X`."""
    parts = name.split(".")
    return ".".join(parts[len(parts) - 1 - parts[::-1].index("keras") :]) if "keras" in parts else name
