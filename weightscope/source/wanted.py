"""Options for reading more than the model's own variables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to read in addition to the model's variables. Parts that are not wanted are not read.

    Attributes:
        optimizer: Whether to read the optimizer's variables; each is named after its weight.
        layout: Whether to record how loading addresses the weights.
        tree: Whether to list all groups and arrays of a weights file, and the files beside it, for copying them.
    """

    optimizer: bool = False
    layout: bool = False
    tree: bool = False


#: Only the model's variables.
MODEL_ALONE = Wanted()
