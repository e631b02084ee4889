"""Finds a call that loads more: plans other ways of loading, and names one only if it is better."""

from __future__ import annotations

from dataclasses import replace

from weightscope.errors import UsageError
from weightscope.inspection import Inspection
from weightscope.inspection.load_plan import LoadPlan
from weightscope.measure.load.file_name import misnamed
from weightscope.measure.load.plan import LoadOptions, plan_load


def advice(weights: Inspection, target: Inspection, plan: LoadPlan, options: LoadOptions) -> str | None:
    """Returns the call that loads more than the planned one; None if there is none."""
    best: tuple[int, str] | None = None
    name = misnamed(weights.source)
    if name is not None:
        weights = replace(weights, source=replace(weights.source, location=name[1]))
    others = _others(options, weights.source.location) if name is None else [(options, f"named {name[1]}, it")]
    for other, call in others:
        try:
            planned = plan_load(weights, target, other)
        except UsageError:  # the target does not say what this way of loading needs
            continue
        if planned.verdict in ("raises", "silently-wrong"):
            continue
        read = _read(planned)
        if (read > _read(plan) or plan.verdict == "raises") and read and (best is None or read > best[0]):
            best = read, f"{call} loads {read:,} of {_wanted(planned):,} variables"
    return None if best is None else best[1]


def _others(options: LoadOptions, location: str) -> list[tuple[LoadOptions, str]]:
    is_legacy = not location.endswith((".keras", ".weights.h5", ".weights.json"))
    others = []
    if options.by_name:
        others.append((replace(options, by_name=False), "load_weights(path) without by_name"))
    elif is_legacy:
        others.append((replace(options, by_name=True), "load_weights(path, by_name=True)"))
    if not options.skip_mismatch:
        others.append((replace(options, skip_mismatch=True), f"{_call(options)} with skip_mismatch=True"))
        if is_legacy and not options.by_name:
            both = LoadOptions(by_name=True, skip_mismatch=True)
            others.append((both, "load_weights(path, by_name=True, skip_mismatch=True)"))
    return others


def _call(options: LoadOptions) -> str:
    return "load_weights(path, by_name=True)" if options.by_name else "load_weights(path)"


def _read(plan: LoadPlan) -> int:
    return sum(one.outcome in ("equal-path", "moved") for one in plan.assignments)


def _wanted(plan: LoadPlan) -> int:
    return sum(one.target is not None for one in plan.assignments)
