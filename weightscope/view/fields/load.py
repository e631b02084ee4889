"""The fields of a load plan."""

from __future__ import annotations

from typing import Final, get_args

from weightscope.inspection.load_plan import Assignment, LoadedBy, LoadPlan, Outcome, Verdict
from weightscope.view.fields.field import Field, entry_of, schema_of
from weightscope.view.fields.kinds import SHAPE, TEXT, TEXT_OR_NULL, list_of, one_of, or_null

ASSIGNMENT_FIELDS: Final = (
    Field[Assignment]("from", "The stored variable; null: nothing is read.", TEXT_OR_NULL, lambda one: one.stored),
    Field[Assignment]("to", "The target's variable; null: not loaded.", TEXT_OR_NULL, lambda one: one.target),
    Field[Assignment](
        "shapes",
        "The shapes of the two, in elements.",
        list_of(or_null(SHAPE)),
        lambda one: (one.stored_shape, one.target_shape),
    ),
    Field[Assignment]("outcome", "The outcome for the two.", one_of(get_args(Outcome))),
)

LOAD_FIELDS: Final = (
    Field[LoadPlan]("target", "The target of the load.", TEXT),
    Field[LoadPlan]("verdict", "The outcome of load_weights.", one_of(get_args(Verdict))),
    Field[LoadPlan]("by", "How stored variables are assigned to the target's variables.", one_of(get_args(LoadedBy))),
    Field[LoadPlan]("message", "The error message of Keras; null: no error.", TEXT_OR_NULL),
    Field[LoadPlan]("warnings", "The warnings of Keras.", list_of(TEXT)),
    Field[LoadPlan](
        "assignments",
        "The state after the call: each variable of the target once, then the stored ones not loaded.",
        list_of(schema_of(ASSIGNMENT_FIELDS)),
        lambda plan: [entry_of(ASSIGNMENT_FIELDS, one) for one in plan.assignments],
    ),
)
