"""The result of a check of one model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from weightscope.inspection.finding import Finding
from weightscope.inspection.inspection import SourceInfo

if TYPE_CHECKING:
    from weightscope.inspection.load_plan import LoadPlan
from weightscope.inspection.variable_filter import VariableFilter


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of a check of one model.

    Attributes:
        source: The model.
        findings: The findings, the most severe first.
        variables: The number of variables that were read.
        bytes: The number of bytes of their values.
        rules: The ids of the selected rules.
        not_run: The selected rules that could not run on this file, each with what the file lacks.
        is_verbose: Whether each finding is to be listed, where usually those of one rule are grouped.
        load: The plan of loading the file into a target, if requested.
        lists_plan: Whether to list every assignment of the plan.
        plan_filter: The assignments to list, by either path.
        is_untrained: Whether the model as a whole has the values that its initializers make.
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
    plan_filter: VariableFilter = field(default_factory=VariableFilter)
    is_untrained: bool = False
