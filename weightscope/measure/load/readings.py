"""The result of a loading rule: which variable is read into which, and where Keras stops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from weightscope.inspection import VariableInfo
from weightscope.inspection.weight_layout import WeightGroup

#: Variables of one side by their path.
Infos = Mapping[str, VariableInfo]


@dataclass(frozen=True, slots=True)
class Sides:
    """The two sides of a load.

    Attributes:
        stored: The groups of the weights file, in the order in which Keras reads them.
        target: The groups of the model, in the order in which Keras visits them.
        stored_infos: The variables of the file.
        target_infos: The variables of the model.
        skip_mismatch: As in `load_weights`.
    """

    stored: tuple[WeightGroup, ...]
    target: tuple[WeightGroup, ...]
    stored_infos: Infos
    target_infos: Infos
    skip_mismatch: bool = False


@dataclass(slots=True)
class Readings:
    """The readings so far. A rule adds them in Keras' order: a later reading replaces an earlier one.

    Attributes:
        read: The stored variable that each variable of the target is read from.
        overwritten: The stored variables that were read into a variable of the target before the last one.
        mismatched: The stored variable that cannot be read into a variable of the target.
        errors: The error message of Keras for each layer that it cannot load, in order.
        warnings: The warnings of Keras.
    """

    read: dict[str, str] = field(default_factory=dict)
    overwritten: dict[str, list[str]] = field(default_factory=dict)
    mismatched: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def fill(self, target: str, source: str) -> None:
        """Adds that a variable of the target is read from a stored variable."""
        if target in self.read:
            self.overwritten.setdefault(target, []).append(self.read[target])
        self.read[target] = source
        self.mismatched.pop(target, None)
