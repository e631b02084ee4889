"""What a check of one model found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from weightscope.inspection.finding import Finding
from weightscope.inspection.inspection import SourceInfo
from weightscope.inspection.load_plan import LoadPlan


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
