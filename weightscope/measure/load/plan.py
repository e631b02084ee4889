"""Plans a load: chooses the rule by the name of the file, as Keras does, and predicts the outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from weightscope.errors import UsageError
from weightscope.inspection import Inspection, VariableInfo
from weightscope.inspection.load_plan import LoadedBy, LoadPlan
from weightscope.inspection.weight_layout import WeightGroup
from weightscope.measure.load.by_name import read_by_name
from weightscope.measure.load.by_order import read_by_order
from weightscope.measure.load.by_path import is_of_arrays, read_by_path
from weightscope.measure.load.by_place import place_message, read_by_place
from weightscope.measure.load.file_name import refusal_of, rule_of
from weightscope.measure.load.overwritten import overwritten
from weightscope.measure.load.readings import Readings, Sides
from weightscope.measure.load.verdict import assignments, verdict


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """The options of Keras' `load_weights`.

    Attributes:
        by_name: Whether the layers of a legacy file are paired by their names.
        skip_mismatch: Whether Keras warns instead of raising an error for different shapes.
    """

    by_name: bool = False
    skip_mismatch: bool = False


def plan_load(weights: Inspection, target: Inspection, options: LoadOptions | None = None) -> LoadPlan:
    """Returns the predicted outcome of `target.load_weights(weights)`. Reads no values but those of stored copies.

    Arrays by name, which `load_weights` does not read, are planned by the paths of the variables.

    Args:
        weights: The file; Keras chooses its reader only by the file's name.
        target: The model.
        options: The options of `load_weights`.

    Raises:
        UsageError: The target's file does not store which layer owns which variable.
    """
    if is_of_arrays(weights.source):
        return _plan_by_path(weights, target)
    chosen = options or LoadOptions()
    by = rule_of(weights.source.location, by_name=chosen.by_name)
    stored, target_infos = _weights(weights), _weights(target)
    refusal = refusal_of(weights.source, by_name=chosen.by_name)
    sides = sides_of(weights, target, chosen)
    readings = Readings(errors=[refusal or ""]) if sides is None else _READERS[by](sides)
    raises = bool(readings.errors) and not (by == "place" and chosen.skip_mismatch and refusal is None)
    message = _message(readings, by, refusal) if readings.errors else None
    replaced = tuple(overwritten(readings, weights))
    return LoadPlan(
        verdict(readings, stored, target_infos, replaced, does_raise=raises),
        by,
        message if raises else None,
        assignments(readings, stored, target_infos),
        tuple(readings.warnings) if raises or message is None else (*readings.warnings, message),
        target.source.location,
        replaced,
    )


def _plan_by_path(weights: Inspection, target: Inspection) -> LoadPlan:
    stored, infos = _weights(weights), _weights(target)
    readings = read_by_path(stored, infos)
    outcome = verdict(readings, stored, infos, does_raise=False)
    found = assignments(readings, stored, infos)
    return LoadPlan(outcome, "name", None, found, target=target.source.location, is_by_path=True)


def sides_of(weights: Inspection, target: Inspection, options: LoadOptions) -> Sides | None:
    """Returns the two sides for a loading rule; None if Keras does not open the file.

    Raises:
        UsageError: The target's file does not store which layer owns which variable.
    """
    if refusal_of(weights.source, by_name=options.by_name) is not None:
        return None
    by = rule_of(weights.source.location, by_name=options.by_name)
    groups = _groups_of(target, by)
    return Sides(_stored_groups(weights, by), groups, _weights(weights), _weights(target), options.skip_mismatch)


_READERS: dict[LoadedBy, Callable[[Sides], Readings]] = {
    "place": read_by_place,
    "order": read_by_order,
    "name": read_by_name,
}


def _message(readings: Readings, by: LoadedBy, refusal: str | None) -> str:
    return place_message(readings.errors) if by == "place" and refusal is None else readings.errors[0]


def _weights(inspection: Inspection) -> dict[str, VariableInfo]:
    """Returns the variables that loading can fill or read, by path."""
    return {one.info.path: one.info for one in inspection.variables if one.info.role == "weight"}


def _stored_groups(weights: Inspection, by: LoadedBy) -> tuple[WeightGroup, ...]:
    """Returns the groups that Keras finds in a file by this rule; none in a file written for the other rule."""
    layout = weights.layout
    if layout is None or (layout.addressing == "place") != (by == "place"):
        return ()
    return layout.stored


def _groups_of(target: Inspection, by: LoadedBy) -> tuple[WeightGroup, ...]:
    layout = target.layout
    groups = None if layout is None else layout.by_place if by == "place" else layout.by_order
    if groups is None:
        raise UsageError(
            target.source.location,
            f"the layers of the model are not stored in this file, so loading by {by} cannot be predicted",
            "name a saved model, or the code that builds it: --into my_models.py:build_model",
        )
    return groups
