"""What a reader is asked for beyond the model's own variables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to read besides the model's variables; what is not asked for costs nothing.

    Attributes:
        optimizer: The optimizer's variables, each named after its weight.
        layout: How loading addresses the weights.
    """

    optimizer: bool = False
    layout: bool = False


#: Nothing but the model's variables.
MODEL_ALONE = Wanted()
