"""The fields of a model: where it comes from, what it is, its totals, a forward pass, its signatures."""

from __future__ import annotations

from typing import Any, Final

from weightscope.inspection import ForwardPass, ModelInfo, Signature, SourceInfo, TensorInfo
from weightscope.inspection.inspection import Totals
from weightscope.view.fields.field import Field, entry_of, schema_of
from weightscope.view.fields.kinds import COUNT, COUNT_OR_NULL, TEXT, TEXT_OR_NULL, list_of, or_null

SOURCE_FIELDS: Final = (
    Field[SourceInfo]("location", "The file, folder or layer, as it was named.", TEXT),
    Field[SourceInfo]("format", "What it is: keras, weights-h5, legacy-h5, saved-model, checkpoint, layer, ...", TEXT),
    Field[SourceInfo]("bytes", "Its size; null when it came from no file.", COUNT_OR_NULL),
    Field[SourceInfo]("keras_version", "The version of Keras that wrote or built it.", TEXT_OR_NULL),
    Field[SourceInfo]("saved_at", "When it was saved, in the file's own words.", TEXT_OR_NULL),
    Field[SourceInfo]("backend", "What Keras computed with when it was saved.", TEXT_OR_NULL),
    Field[SourceInfo]("tensorflow_version", "The version of TensorFlow that wrote it.", TEXT_OR_NULL),
)

MODEL_FIELDS: Final = (
    Field[ModelInfo]("name", "Its name in Keras.", TEXT_OR_NULL),
    Field[ModelInfo]("class_name", "Its class.", TEXT_OR_NULL),
    Field[ModelInfo]("optimizer", "The names of its optimizers, joined with commas.", TEXT_OR_NULL),
    Field[ModelInfo]("loss", "The names of its losses, joined with commas.", TEXT_OR_NULL),
    Field[ModelInfo]("custom_objects", "Classes and functions that are not Keras' own.", list_of(TEXT)),
)

TOTALS_FIELDS: Final = (
    Field[Totals]("variables", "How many variables the model has; its optimizer's never count.", COUNT),
    Field[Totals]("parameters", "Their elements.", COUNT),
    Field[Totals]("bytes", "What their values take.", COUNT),
    Field[Totals]("trainable_variables", "How many are trainable.", COUNT),
    Field[Totals]("trainable_parameters", "Elements of trainable variables.", COUNT),
    Field[Totals]("non_trainable_parameters", "Elements of variables that are not trainable.", COUNT),
    Field[Totals]("unknown_parameters", "Elements of variables whose trainability is unknown.", COUNT),
    Field[Totals]("optimizer_bytes", "What the optimizer's variables take; null: no optimizer.", COUNT_OR_NULL),
)

#: A dimension that the model leaves open is null; so is a shape of unknown rank.
_SHAPE = or_null(list_of(COUNT_OR_NULL))

_TENSOR_FIELDS: Final = (
    Field[TensorInfo]("shape", "In elements, the batch first; null where it is open.", _SHAPE),
    Field[TensorInfo]("dtype", "The dtype of its elements.", TEXT),
)
_NAMED_TENSOR_FIELDS: Final = (
    Field[TensorInfo]("name", "The name of the input or output.", TEXT_OR_NULL),
    *_TENSOR_FIELDS,
)


def _tensors(tensors: tuple[TensorInfo, ...], fields: tuple[Field[TensorInfo], ...]) -> list[dict[str, Any]]:
    return [entry_of(fields, tensor) for tensor in tensors]


FORWARD_PASS_FIELDS: Final = (
    Field[ForwardPass](
        "inputs",
        "What the dummy forward pass was given.",
        list_of(schema_of(_NAMED_TENSOR_FIELDS)),
        lambda one: _tensors(one.inputs, _NAMED_TENSOR_FIELDS),
    ),
    Field[ForwardPass](
        "outputs",
        "What came out.",
        list_of(schema_of(_TENSOR_FIELDS)),
        lambda one: _tensors(one.outputs, _TENSOR_FIELDS),
    ),
    Field[ForwardPass]("error", "Why nothing came out.", TEXT_OR_NULL),
)

SIGNATURE_FIELDS: Final = (
    Field[Signature]("name", "Such as serving_default.", TEXT),
    Field[Signature]("tags", "The tags of its MetaGraph.", list_of(TEXT)),
    Field[Signature](
        "inputs",
        "What it takes, by name.",
        list_of(schema_of(_NAMED_TENSOR_FIELDS)),
        lambda one: _tensors(one.inputs, _NAMED_TENSOR_FIELDS),
    ),
    Field[Signature](
        "outputs",
        "What it returns, by name.",
        list_of(schema_of(_NAMED_TENSOR_FIELDS)),
        lambda one: _tensors(one.outputs, _NAMED_TENSOR_FIELDS),
    ),
)
