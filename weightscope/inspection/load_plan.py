"""The predicted outcome of `load_weights`: where each stored variable goes, and the messages of Keras."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: `equal-path`: read, and the paths are equal; `moved`: read, and they differ; `mismatch`: Keras pairs the two and
#: cannot read the one into the other; `missing`: the target's variable keeps its values; `unused`: not loaded.
Outcome = Literal["equal-path", "moved", "mismatch", "missing", "unused"]

Verdict = Literal["loads", "partly", "silently-wrong", "raises"]

#: How stored variables are assigned to the target's variables.
LoadedBy = Literal["place", "order", "name"]

#: The code of the finding about an `Overwritten`.
OVERWRITTEN = "load-overwrites"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A stored variable and the variable of the target that it is read into; one of the two may be None.

    Attributes:
        stored: Path of the stored variable.
        target: Path of the target's.
        stored_shape: In elements.
        target_shape: In elements.
        outcome: The outcome for the two.
    """

    stored: str | None
    target: str | None
    stored_shape: tuple[int, ...] | None
    target_shape: tuple[int, ...] | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Overwritten:
    """A variable of the target that is filled more than once, such as one that two layers own.

    Attributes:
        target: The path of the target's variable.
        earlier: The paths of the stored variables that another one overwrites.
        last: The path of the stored variable that is read last.
        are_equal: Whether all of these have the same values.
        may_be: The path of another variable of the target; empty if it is certain that the two are one variable.
    """

    target: str
    earlier: tuple[str, ...]
    last: str
    are_equal: bool
    may_be: str = ""

    @property
    def message(self) -> str:
        """What is read into the variable, and which value it keeps."""
        doubt = f"if {self.may_be} is the same variable in the code (tied weights), " if self.may_be else ""
        copies = f"it is filled from the file's {', '.join(self.earlier)} and then from {self.last}"
        return f"{doubt}{copies}: the last one counts, and {'they are equal' if self.are_equal else 'they differ'}"


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """The state after `load_weights`, also when it raises.

    Attributes:
        verdict: The first that holds of: raises, silently wrong, partly, loads.
        by: How stored variables are assigned to the target's variables.
        message: The error message of Keras; None without an error.
        assignments: Each variable of the target once, then the stored variables that are not loaded.
        warnings: The warnings of Keras, verbatim.
        target: The location of the target; empty if Keras loaded a whole model.
        overwritten: The variables of the target that are filled more than once.
        is_by_path: Whether arrays are assigned to the variables of their names, which `load_weights` does not do.
    """

    verdict: Verdict
    by: LoadedBy
    message: str | None
    assignments: tuple[Assignment, ...]
    warnings: tuple[str, ...] = ()
    target: str = ""
    overwritten: tuple[Overwritten, ...] = ()
    is_by_path: bool = False
