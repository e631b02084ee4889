"""Checks whether a custom layer trains, saves and loads. Examines a built and called layer, and reports its problems.

An examination is a function that takes an examined layer and yields findings. Add it to one of the tables below.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from weightscope.inspection import Finding
from weightscope.source.layer_settings import LayerSettings
from weightscope.source.live.doctor.arrays import weights_in_arrays
from weightscope.source.live.doctor.building import built_without_build, unbuilt_sublayers
from weightscope.source.live.doctor.config import functions_in_config, incomplete_config, not_registered
from weightscope.source.live.doctor.examined_layer import ExaminedLayer
from weightscope.source.live.doctor.hidden_state import hidden_state
from weightscope.source.live.doctor.made_in_call import layers_made_in_call
from weightscope.source.live.doctor.masks import dropped_masks
from weightscope.source.live.doctor.mixed_precision import float32_code
from weightscope.source.live.doctor.outputs import announced_shape, ignored_policy
from weightscope.source.live.doctor.saved_parts import unsaved_sublayers
from weightscope.source.live.doctor.tracking import changed_state, duplicate_names, untracked_variables
from weightscope.source.live.doctor.uses import failing_uses
from weightscope.source.live.foreign_code import describe_error

_log = logging.getLogger(__name__)

Examination = Callable[[ExaminedLayer], Iterator[Finding]]

#: Fast examinations, which always run.
FREE: tuple[Examination, ...] = (
    layers_made_in_call,
    untracked_variables,
    duplicate_names,
    not_registered,
    changed_state,
)

#: The examinations of `--doctor`. Causes come before their consequences.
THOROUGH: tuple[Examination, ...] = (
    layers_made_in_call,
    untracked_variables,
    weights_in_arrays,
    hidden_state,
    unsaved_sublayers,
    functions_in_config,
    failing_uses,
    float32_code,
    dropped_masks,
    built_without_build,
    duplicate_names,
    not_registered,
    incomplete_config,
    announced_shape,
    ignored_policy,
    changed_state,
)

_WORST_FIRST = ("error", "warning", "note")

#: The examinations for a symbolically built layer, which need no values.
WITHOUT_VALUES: tuple[Examination, ...] = (
    untracked_variables,
    unbuilt_sublayers,
    built_without_build,
    duplicate_names,
    not_registered,
    incomplete_config,
    announced_shape,
    ignored_policy,
)


def examine(examined: ExaminedLayer) -> tuple[Finding, ...]:
    """Returns the findings on the layer: the worst level first, and causes before their consequences."""
    notes: list[Finding] = []
    for examination in _chosen(examined.how):
        notes += guarded(examination, examined)
    if examined.how.doctor and examined.how.symbolic:
        message = "built from shapes only: training, gradients, saving and loading were not examined"
        notes.append(Finding("not-examined", "note", message, examined.layer.name))
    return worst_first(notes)


def _chosen(how: LayerSettings) -> tuple[Examination, ...]:
    if not how.doctor:
        return FREE
    return WITHOUT_VALUES if how.symbolic else THOROUGH


def guarded(examination: Examination, examined: ExaminedLayer) -> list[Finding]:
    """Returns the findings of an examination. If it raises an exception, a finding reports that it failed."""
    notes: list[Finding] = []
    try:
        notes.extend(examination(examined))
    except (Exception, SystemExit) as error:
        _log.debug("%s failed", examination.__name__, exc_info=True)
        name = examination.__name__.strip("_").replace("_", " ")
        message = f"the examination {name!r} failed: {describe_error(error)}"
        notes.append(Finding("not-examined", "warning", message, examined.layer.name, fix="--debug shows where"))
    return notes


def worst_first(notes: list[Finding]) -> tuple[Finding, ...]:
    """Returns the findings sorted by level: errors, warnings, notes."""
    return tuple(sorted(notes, key=lambda note: _WORST_FIRST.index(note.level)))
