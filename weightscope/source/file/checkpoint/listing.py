"""Named variables and stored tensors brought together: variables as an inspection lists them."""

from __future__ import annotations

from collections.abc import Iterable

from weightscope.inspection import Note, Variable, VariableInfo
from weightscope.source.file.checkpoint.bundle import Bundle, BundleEntry
from weightscope.source.file.checkpoint.graph_variables import GraphVariable
from weightscope.source.file.model_variables import UniquePaths

Rows = Iterable[tuple[GraphVariable, BundleEntry]]


def listed(rows: Rows) -> tuple[tuple[Variable, ...], tuple[Variable, ...]]:
    """Returns the variables of the model, and those of its optimizers, each path once."""
    model, optimizers = UniquePaths(), UniquePaths()
    variables: list[Variable] = []
    slots: list[Variable] = []
    for named, entry in rows:
        is_slot = named.role == "optimizer"
        info = VariableInfo(
            path=(optimizers if is_slot else model)(named.path),
            name=named.name.rpartition("/")[2],
            layer=named.layer,
            layer_class=named.layer_class,
            role=named.role,
            shape=entry.shape,
            dtype=entry.dtype,
            trainable=named.trainable,
            stored_at=entry.key or None,
        )
        (slots if is_slot else variables).append(Variable(info, entry.values, has_values=entry.has_values))
    return tuple(variables), tuple(slots)


def missing_notes(bundle: Bundle) -> tuple[Note, ...]:
    """Returns a note on each data shard that is not there."""
    return tuple(
        Note("missing-shard", "warning", f"{name} is not there: the values that lie in it cannot be read")
        for name in bundle.missing_shards
    )
