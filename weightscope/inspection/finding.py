"""What was found to be wrong, or worth knowing, about a model's weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from weightscope.inspection.inspection import Level, SourceInfo
from weightscope.inspection.load_plan import LoadPlan


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
        rules: Ids of the rules that were asked for.
        not_run: Those of them that could not run on this file, each with what the file lacks.
        is_verbose: Whether each finding is to be listed, where usually those of one rule are grouped.
        load: What loading the file into a target would do, where that was asked.
        lists_plan: Whether every assignment of that is to be listed.
    """

    source: SourceInfo
    findings: tuple[Finding, ...]
    variables: int
    bytes: int
    rules: tuple[str, ...]
    not_run: Mapping[str, str] = field(default_factory=dict)
    is_verbose: bool = False
    load: LoadPlan | None = None
    lists_plan: bool = False
