"""Reads the parameters of constructors and functions."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any


def parameters_of(thing: Any) -> Mapping[str, inspect.Parameter]:
    """Returns the parameters of a function, or of a class's constructor without `self`.

    If Python cannot read the signature, the result is `**arguments`.
    """
    called = vars(thing).get("__init__", getattr(thing, "__init__", thing)) if isinstance(thing, type) else thing
    try:
        parameters = dict(inspect.signature(called).parameters)
    except (ValueError, TypeError):
        return {"arguments": inspect.Parameter("arguments", inspect.Parameter.VAR_KEYWORD)}
    if isinstance(thing, type):
        parameters.pop(next(iter(parameters), ""), None)
    return parameters


def required_arguments(thing: Any) -> list[str]:
    """Returns the names of the arguments that have no default."""
    return [
        name
        for name, one in parameters_of(thing).items()
        if one.default is one.empty and one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)
    ]


def takes_any_argument(thing: Any) -> bool:
    """Whether the signature has a `**kwargs`."""
    return any(one.kind is one.VAR_KEYWORD for one in parameters_of(thing).values())


def signature_text(thing: Any) -> str:
    """Returns the parameters as Python writes them, without annotations: `(units, activation=None)`."""
    return str(inspect.Signature([one.replace(annotation=one.empty) for one in parameters_of(thing).values()]))
