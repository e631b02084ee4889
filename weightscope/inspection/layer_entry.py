"""A layer that can be built by its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LayerEntry:
    """What `weightscope layers` tells of one layer class.

    Attributes:
        name: What to type after `weightscope layer`.
        module: Where Python finds the class.
        origin: The distribution that brings it, `keras` or `my-package 1.2`, or the user's module.
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
