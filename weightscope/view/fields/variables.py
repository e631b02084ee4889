"""The fields of a variable, and of the sums of variables."""

from __future__ import annotations

from typing import Final, get_args

from weightscope.inspection.measured import GroupBy, GroupSum, Measured
from weightscope.inspection.variable import CreatedIn, Role
from weightscope.view.fields.field import Field
from weightscope.view.fields.kinds import (
    BOOLEAN_OR_NULL,
    COUNT,
    COUNT_OR_NULL,
    NUMBER_OR_NULL,
    SHAPE,
    SHARE,
    TEXT,
    TEXT_OR_NULL,
    list_of,
    one_of,
)

_NUMBER_OR_TEXT = {"type": ["number", "boolean", "string"]}

VARIABLE_FIELDS: Final = (
    Field[Measured](
        "path",
        "The unique path in the model: the names of its layers and its own name.",
        TEXT,
        lambda row: row.info.path,
    ),
    Field[Measured]("name", "The variable's name in Keras, or its index.", TEXT, lambda row: row.info.name),
    Field[Measured]("layer", "The path of the layer that owns it.", TEXT, lambda row: row.info.layer),
    Field[Measured]("layer_class", "The class of that layer.", TEXT_OR_NULL, lambda row: row.info.layer_class),
    Field[Measured]("role", "The role of the variable.", one_of(get_args(Role)), lambda row: row.info.role),
    Field[Measured]("shape", "The shape.", SHAPE, lambda row: row.info.shape),
    Field[Measured]("dtype", "The dtype's name in Keras.", TEXT, lambda row: row.info.dtype),
    Field[Measured]("parameters", "The number of elements.", COUNT, lambda row: row.info.parameters),
    Field[Measured]("bytes", "The bytes of its values.", COUNT, lambda row: row.info.bytes),
    Field[Measured](
        "trainable",
        "Whether it is in the loaded model's trainable_variables; null: not stored.",
        BOOLEAN_OR_NULL,
        lambda row: row.info.trainable,
    ),
    Field[Measured]("stored_at", "The place in the file.", TEXT_OR_NULL, lambda row: row.info.stored_at),
    Field[Measured](
        "created_in",
        "When the built layer created it.",
        one_of(get_args(CreatedIn)),
        lambda row: row.info.created_in,
        is_present=lambda row: row.info.created_in is not None,
    ),
    Field[Measured](
        "gradient_norm",
        "With --gradients: the L2 norm of its gradient; null: no gradient reaches it.",
        NUMBER_OR_NULL,
        lambda row: None if row.gradient is None else row.gradient.norm,
        is_present=lambda row: row.gradient is not None,
    ),
    Field[Measured](
        "preview",
        "The first values in C order; text for values that JSON lacks.",
        list_of(_NUMBER_OR_TEXT),
        lambda row: () if row.preview is None else row.preview.values,
    ),
)

_SUM_FIELDS: Final = (
    Field[GroupSum]("variables", "The number of variables in the group.", COUNT),
    Field[GroupSum]("parameters", "The number of their elements.", COUNT),
    Field[GroupSum]("trainable_parameters", "The elements of trainable variables; null: not stored.", COUNT_OR_NULL),
    Field[GroupSum]("bytes", "The bytes of their values.", COUNT),
    Field[GroupSum]("share", "The share of the bytes of the whole model, from 0 to 1.", SHARE),
)

#: What a group of variables is, by what they are grouped by.
GROUP_FIELDS: Final[dict[GroupBy, tuple[Field[GroupSum], ...]]] = {
    "layer": (
        Field[GroupSum]("layer", "The path of the layer; empty for the model itself.", TEXT, lambda group: group.name),
        Field[GroupSum]("layer_class", "The class of the layer.", TEXT_OR_NULL),
        *_SUM_FIELDS,
    ),
    "class": (
        Field[GroupSum]("layer_class", "The class of layers.", TEXT_OR_NULL, lambda group: group.name),
        *_SUM_FIELDS,
    ),
    "model": (
        Field[GroupSum]("model", "The location of the model.", TEXT, lambda group: group.name),
        *_SUM_FIELDS,
    ),
    "dtype": (Field[GroupSum]("dtype", "The dtype's name in Keras.", TEXT, lambda group: group.name), *_SUM_FIELDS),
}

#: What a list of groups is called, by what they are grouped by.
GROUPS: Final[dict[GroupBy, str]] = {"layer": "layers", "class": "classes", "dtype": "dtypes", "model": "models"}
