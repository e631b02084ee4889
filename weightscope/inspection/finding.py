"""What was found to be wrong, or worth knowing, about a model's weights."""

from __future__ import annotations

from dataclasses import dataclass

from weightscope.inspection.inspection import Level, SourceInfo


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found.

    Attributes:
        rule: The rule's id, such as `nan-values`.
        level: How bad it is.
        message: What is wrong, with the evidence.
        variable: The path of the variable, or of the layer, that it is about; None when it is about the model.
        count: How many values, channels or variables are concerned; None where nothing is counted.
        fix: What to do about it.
    """

    rule: str
    level: Level
    message: str
    variable: str | None = None
    count: int | None = None
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a check of one model found.

    Attributes:
        source: The model.
        findings: The worst first.
        variables: How many variables were read.
        bytes: How many bytes their values take.
        rules: Ids of the rules that it was held against.
    """

    source: SourceInfo
    findings: tuple[Finding, ...]
    variables: int
    bytes: int
    rules: tuple[str, ...]
