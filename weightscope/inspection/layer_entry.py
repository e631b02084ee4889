"""A layer that can be built by its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LayerEntry:
    """A layer class in the list of `weightscope layers`.

    Attributes:
        name: The name that `weightscope layer` takes.
        module: The module of the class.
        origin: The distribution that provides it, `keras` or `my-package 1.2`, or the user's module.
        signature: The constructor's parameters, as Python writes them.
        defaults: Arguments that registration brings, so that an input shape is enough.
        summary: The first line of the class's docstring.
    """

    name: str
    module: str
    origin: str
    signature: str
    defaults: Mapping[str, Any]
    summary: str
