"""The findings about a planned load: first the message of Keras, then the cause, then single variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from math import prod

from weightscope.inspection import Inspection, VariableInfo
from weightscope.inspection.file_format import FORMAT_WORDS
from weightscope.inspection.finding import Finding
from weightscope.inspection.load_plan import Assignment, LoadPlan, Overwritten
from weightscope.measure.check.rules import finding
from weightscope.measure.load.adapter import adapter_cause
from weightscope.measure.load.advice import advice
from weightscope.measure.load.causes import causes
from weightscope.measure.load.file_name import misnamed
from weightscope.measure.load.plan import LoadOptions, sides_of
from weightscope.measure.load.tied import perhaps_tied
from weightscope.measure.load.verdict import is_another_kind, is_another_variable, swapped_layers


def load_findings(weights: Inspection, target: Inspection, plan: LoadPlan, options: LoadOptions) -> tuple[Finding, ...]:
    """Returns the findings about a load; empty if every variable is loaded into its own.

    Args:
        weights: The file.
        target: The model.
        plan: The planned load.
        options: The options that the load was planned with.
    """
    if plan.verdict == "loads":
        return tuple(_overwritten((*plan.overwritten, *perhaps_tied(plan, weights, target))))
    stored = {one.info.path: one.info for one in weights.variables}
    infos = {one.info.path: one.info for one in target.variables}
    sides = sides_of(weights, target, options)
    why = dict(causes(sides, plan.by)) if sides is not None else {}
    fix = advice(weights, target, plan, options)
    name = misnamed(weights.source)
    if name is not None:
        why = {"": f"it is {name[0]} by its content, and Keras goes by the file's name"}
    if weights.source.format in ("saved-model", "checkpoint"):
        why = {"": f"it is a {FORMAT_WORDS[weights.source.format]}, which load_weights of Keras 3 does not read"}
    adapter = adapter_cause(weights, stored, infos)
    if adapter is not None:
        why = {"": adapter}
    wrong = [*_raising(plan, why), *_silent(plan, stored, infos)]
    found = [*wrong, *_overwritten(plan.overwritten), *_single(plan, infos, why)]
    return tuple(replace(one, fix=fix) if place == 0 else one for place, one in enumerate(found))


def _raising(plan: LoadPlan, why: Mapping[str, str]) -> Iterator[Finding]:
    """Yields the causes for which Keras raises an error, or reads nothing."""
    is_a_shape = any(one.outcome == "mismatch" for one in plan.assignments)
    if plan.message is not None and not why and not is_a_shape:
        yield finding("load-raises", plan.message)
    elif plan.message is not None:
        yield from (finding("load-raises", cause, layer or None) for layer, cause in why.items())
    elif "" in why:
        yield finding("not-in-file", f"nothing is loaded, and Keras raises no error: {why['']}")


def _silent(
    plan: LoadPlan, stored: Mapping[str, VariableInfo], target: Mapping[str, VariableInfo]
) -> Iterator[Finding]:
    pairs = [
        (stored[one.stored], target[one.target])
        for one in plan.assignments
        if one.stored is not None and one.target is not None and one.outcome in ("equal-path", "moved")
    ]
    cycle = swapped_layers(pairs)
    if cycle:
        ways = ", ".join(
            f"{layer} is filled from {source}" for layer, source in zip(cycle, cycle[1:] + cycle[:1], strict=True)
        )
        yield finding("load-swaps-layers", ways, cycle[0])
    for one, other in pairs:
        if is_another_variable(one, other):
            yield finding("load-swaps-variables", f"it is filled from {one.path}", other.path)
        if is_another_kind(one, other):
            yield finding(
                "load-changes-kind", f"{one.dtype} values of {one.path} are cast to {other.dtype}", other.path
            )


def _overwritten(replaced: Iterable[Overwritten]) -> Iterator[Finding]:
    """Yields the variables that are filled more than once; a note where all stored copies are equal."""
    for one in replaced:
        found = finding("load-overwrites", one.message, one.target)
        yield replace(found, level="note") if one.are_equal else found


def _single(plan: LoadPlan, target: Mapping[str, VariableInfo], why: Mapping[str, str]) -> Iterator[Finding]:
    for one in plan.assignments:
        if one.outcome == "mismatch":
            yield _mismatch(one)
    for one in plan.assignments:
        if one.outcome == "missing" and one.target is not None:
            layer = target[one.target].layer
            cause = None if plan.message else why.get(layer) or why.get(layer.partition("/")[0])
            yield finding(
                "not-in-file", f"it keeps its values: {cause}" if cause else "it keeps its values", one.target
            )
    replaced = {path for one in plan.overwritten for path in one.earlier}
    for one in plan.assignments:
        if one.outcome == "unused" and one.stored not in replaced:
            yield finding("not-loaded", "it is not loaded", one.stored)


def _mismatch(one: Assignment) -> Finding:
    stored, target = one.stored_shape or (), one.target_shape or ()
    relation = ""
    if sorted(stored) == sorted(target):
        relation = ": the same axes in another order, so the values may only be transposed"
    elif prod(stored) == prod(target):
        relation = ": as many values, so they may only be reshaped"
    message = f"it has shape {one.target_shape}, the file's {one.stored} {one.stored_shape}{relation}"
    return finding("load-other-shape", message, one.target)
