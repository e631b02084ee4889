"""The fields of a layer that can be built by name."""

from __future__ import annotations

from typing import Final

from weightscope.inspection.layer_entry import LayerEntry
from weightscope.view.fields.field import Field
from weightscope.view.fields.kinds import TEXT

LAYER_ENTRY_FIELDS: Final = (
    Field[LayerEntry]("name", "The name that `weightscope layer` takes.", TEXT),
    Field[LayerEntry]("module", "The module of the class.", TEXT),
    Field[LayerEntry]("origin", "The distribution or module that provides it.", TEXT),
    Field[LayerEntry]("signature", "The constructor's parameters, as Python writes them.", TEXT),
    Field[LayerEntry]("defaults", "Default arguments from the registration.", {"type": "object"}),
    Field[LayerEntry]("summary", "The first line of the class's docstring.", TEXT),
)
