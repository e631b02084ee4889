"""What there is to know about a model's weights: what readers and the doctor note, and what rules find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a reader noted, or that a rule found.

    Attributes:
        code: What kind of finding it is, such as `not-in-file`; of a rule its id, such as `nan-values`.
        level: How bad it is.
        message: What is wrong, with the evidence, or what there is to know.
        variable: The path of the variable, or of the layer, that it is about; None when it is about the model.
        count: How many values, channels or variables are concerned; None where nothing is counted.
        fix: What to do about it.
    """

    code: str
    level: Level
    message: str
    variable: str | None = None
    count: int | None = None
    fix: str | None = None
