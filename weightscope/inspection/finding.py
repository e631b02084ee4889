"""The record of a finding or a note about a model's weights, from readers, rules and the layer doctor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A note of a reader, or a finding of a rule.

    Attributes:
        code: The kind of note, such as `not-in-file`, or the id of the rule, such as `nan-values`.
        level: The severity.
        message: The fault with its evidence, or the fact.
        variable: The path of the variable or layer that it is about; None for the whole model.
        count: The number of affected values, channels or variables; None if nothing is counted.
        fix: The hint.
    """

    code: str
    level: Level
    message: str
    variable: str | None = None
    count: int | None = None
    fix: str | None = None
