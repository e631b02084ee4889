"""What `load_weights` would do: which stored variable goes where, and what Keras would say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: `equal-path`: read, and the paths are equal; `moved`: read, and they differ; `mismatch`: Keras pairs the two and
#: cannot read the one into the other; `missing`: the target's variable keeps its values; `unused`: not loaded.
Outcome = Literal["equal-path", "moved", "mismatch", "missing", "unused"]

Verdict = Literal["loads", "partly", "silently-wrong", "raises"]

#: How stored variables find their place.
LoadedBy = Literal["place", "order", "name"]


@dataclass(frozen=True, slots=True)
class Assignment:
    """A stored variable and the variable of the target that it is read into; one of the two may be None.

    Attributes:
        stored: Path of the stored variable.
        target: Path of the target's.
        stored_shape: In elements.
        target_shape: In elements.
        outcome: What becomes of the two.
    """

    stored: str | None
    target: str | None
    stored_shape: tuple[int, ...] | None
    target_shape: tuple[int, ...] | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """The state after `load_weights`, also when it raises.

    Attributes:
        verdict: The first that holds of: raises, silently wrong, partly, loads.
        by: How stored variables find their place.
        message: What Keras says when it raises, in its own words; None otherwise.
        assignments: Each variable of the target once, then what is stored and goes nowhere.
        warnings: What Keras says without raising, in its own words.
        target: The location of what the weights are loaded into; empty where Keras loaded a whole model.
    """

    verdict: Verdict
    by: LoadedBy
    message: str | None
    assignments: tuple[Assignment, ...]
    warnings: tuple[str, ...] = ()
    target: str = ""
