"""The record of a rule of `weightscope check`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from weightscope.inspection.finding import Finding, Level

#: What a file must have for a rule to run, and the words in the table for a file without it.
Need = Literal["config", "layers", "counts", "classes", "names", "optimizer-names"]

LACKING: Final[dict[Need, str]] = {
    "config": "no config of the whole model",
    "layers": "no configs of layers",
    "counts": "no count of variables for each layer",
    "classes": "no classes of layers",
    "names": "no names of variables",
    "optimizer-names": "no names of the optimizer's variables",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule.

    Attributes:
        id: The id that `--select` and `--ignore` take.
        name: A short title.
        level: The level of its findings.
        explanation: What the rule looks for, what a finding means, and what it does not mean.
        fix: The hint for a finding; None if it depends on the finding, or nothing helps for certain.
        needs: What a file must have for the rule to run.
        reads_values: Whether it reads the values of the model's variables.
        about: Whether its findings name a variable or a layer.
        limit: The default of its limit; None if the rule has no limit that can be set.
        of: The subject of the rule: one model, the loading of a file into a model, or two models.
    """

    id: str
    name: str
    level: Level
    explanation: str
    fix: str | None
    needs: tuple[Need, ...] = ()
    reads_values: bool = True
    about: Literal["variable", "layer"] = "variable"
    limit: float | None = None
    of: Literal["model", "loading", "comparison"] = "model"

    def found(
        self, message: str, variable: str | None = None, count: int | None = None, fix: str | None = None
    ) -> Finding:
        """Returns a finding of the rule, with its level and, where no other is given, its fix."""
        return Finding(self.id, self.level, message, variable, count, fix or self.fix)
