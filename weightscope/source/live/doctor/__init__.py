"""Will this custom layer train, save and come back? Examines a layer that was built and called, and says what is wrong.

A new examination is a function from an examined layer to notes, and a line in one of the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from weightscope.inspection import Note
from weightscope.source.live.doctor.arrays import weights_in_arrays
from weightscope.source.live.doctor.building import built_without_build, unbuilt_sublayers
from weightscope.source.live.doctor.config import incomplete_config, not_registered
from weightscope.source.live.doctor.examined_layer import ExaminedLayer
from weightscope.source.live.doctor.outputs import announced_shape, ignored_policy
from weightscope.source.live.doctor.round_trip import broken_round_trip
from weightscope.source.live.doctor.tracking import changed_state, duplicate_names, untracked_variables

Examination = Callable[[ExaminedLayer], Iterator[Note]]

#: What costs nothing, and is always done.
FREE: tuple[Examination, ...] = (untracked_variables, duplicate_names, not_registered, changed_state)

#: What is done when the doctor is asked for.
THOROUGH: tuple[Examination, ...] = (
    untracked_variables,
    weights_in_arrays,
    unbuilt_sublayers,
    built_without_build,
    duplicate_names,
    not_registered,
    incomplete_config,
    broken_round_trip,
    announced_shape,
    ignored_policy,
    changed_state,
)

_WORST_FIRST = ("error", "warning", "note")


def examine(examined: ExaminedLayer, *, thoroughly: bool) -> tuple[Note, ...]:
    """Returns what is wrong with the layer, or worth knowing: the worst first."""
    found = [note for examination in (THOROUGH if thoroughly else FREE) for note in examination(examined)]
    return worst_first(found)


def worst_first(notes: list[Note]) -> tuple[Note, ...]:
    """Returns the notes with errors before warnings, and those before notes."""
    return tuple(sorted(notes, key=lambda note: _WORST_FIRST.index(note.level)))
