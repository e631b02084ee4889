"""The fields of a change since a model was locked."""

from __future__ import annotations

from typing import Final, get_args

from weightscope.inspection.lock import Change, ChangeKind
from weightscope.view.fields.field import Field
from weightscope.view.fields.kinds import TEXT, one_of

CHANGE_FIELDS: Final = (
    Field[Change]("path", "The path of the variable; in the lock, if it was renamed.", TEXT),
    Field[Change]("kind", "The kind of the change.", one_of(get_args(ChangeKind))),
    Field[Change]("message", "The change in words.", TEXT),
)
