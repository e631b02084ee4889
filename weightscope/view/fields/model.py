"""The fields of a model: source, name and class, totals, forward pass, signatures."""

from __future__ import annotations

from typing import Any, Final

from weightscope.inspection import ForwardPass, ModelInfo, Signature, SourceInfo, TensorInfo
from weightscope.inspection.inspection import RemoteTraffic, Totals
from weightscope.view.fields.field import Field, entry_of, schema_of
from weightscope.view.fields.kinds import COUNT, COUNT_OR_NULL, TEXT, TEXT_OR_NULL, list_of, or_null

REMOTE_FIELDS: Final = (
    Field[RemoteTraffic]("bytes_read", "The bytes of the bodies of answers that were received.", COUNT),
    Field[RemoteTraffic]("requests", "The requests that were sent, repeated and redirected ones included.", COUNT),
    Field[RemoteTraffic]("rounds", "Sets of requests that are sent together, without waiting for answers.", COUNT),
)

SOURCE_FIELDS: Final = (
    Field[SourceInfo]("location", "The file, folder or layer, as the user typed it.", TEXT),
    Field[SourceInfo]("format", "The format: keras, weights-h5, legacy-h5, saved-model, checkpoint, layer, ...", TEXT),
    Field[SourceInfo]("bytes", "The size of the file; null without a file.", COUNT_OR_NULL),
    Field[SourceInfo]("keras_version", "The version of Keras that wrote the file or built the layer.", TEXT_OR_NULL),
    Field[SourceInfo]("saved_at", "When it was saved, as stored in the file.", TEXT_OR_NULL),
    Field[SourceInfo]("backend", "The backend of Keras when it was saved.", TEXT_OR_NULL),
    Field[SourceInfo]("tensorflow_version", "The version of TensorFlow that wrote it.", TEXT_OR_NULL),
    Field[SourceInfo](
        "remote",
        "What reading a far file took; only for one that is named by an address.",
        schema_of(REMOTE_FIELDS),
        lambda one: one.remote and entry_of(REMOTE_FIELDS, one.remote),
        lambda one: one.remote is not None,
    ),
)

MODEL_FIELDS: Final = (
    Field[ModelInfo]("name", "The name in Keras.", TEXT_OR_NULL),
    Field[ModelInfo]("class_name", "Its class.", TEXT_OR_NULL),
    Field[ModelInfo]("optimizer", "The names of its optimizers, joined with commas.", TEXT_OR_NULL),
    Field[ModelInfo]("loss", "The names of its losses, joined with commas.", TEXT_OR_NULL),
    Field[ModelInfo]("custom_objects", "Classes and functions that are not part of Keras.", list_of(TEXT)),
)

TOTALS_FIELDS: Final = (
    Field[Totals]("variables", "The number of variables of the model, without the optimizer's.", COUNT),
    Field[Totals]("parameters", "The number of their elements.", COUNT),
    Field[Totals]("bytes", "The bytes of their values.", COUNT),
    Field[Totals]("trainable_variables", "The number of trainable variables.", COUNT),
    Field[Totals]("trainable_parameters", "Elements of trainable variables.", COUNT),
    Field[Totals]("non_trainable_parameters", "Elements of variables that are not trainable.", COUNT),
    Field[Totals]("unknown_parameters", "Elements of variables whose trainability is unknown.", COUNT),
    Field[Totals]("optimizer_bytes", "The bytes of the optimizer's variables; null: no optimizer.", COUNT_OR_NULL),
)

#: A dimension that the model leaves open is null; so is a shape of unknown rank.
_SHAPE = or_null(list_of(COUNT_OR_NULL))

_TENSOR_FIELDS: Final = (
    Field[TensorInfo]("shape", "The shape, the batch first; null for an open dimension.", _SHAPE),
    Field[TensorInfo]("dtype", "The dtype of the elements.", TEXT),
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
        "The inputs of the dummy forward pass.",
        list_of(schema_of(_NAMED_TENSOR_FIELDS)),
        lambda one: _tensors(one.inputs, _NAMED_TENSOR_FIELDS),
    ),
    Field[ForwardPass](
        "outputs",
        "The outputs of the dummy forward pass.",
        list_of(schema_of(_TENSOR_FIELDS)),
        lambda one: _tensors(one.outputs, _TENSOR_FIELDS),
    ),
    Field[ForwardPass]("error", "The reason if the forward pass failed.", TEXT_OR_NULL),
)

SIGNATURE_FIELDS: Final = (
    Field[Signature]("name", "The name, such as serving_default.", TEXT),
    Field[Signature]("tags", "The tags of its MetaGraph.", list_of(TEXT)),
    Field[Signature](
        "inputs",
        "The inputs, with their names.",
        list_of(schema_of(_NAMED_TENSOR_FIELDS)),
        lambda one: _tensors(one.inputs, _NAMED_TENSOR_FIELDS),
    ),
    Field[Signature](
        "outputs",
        "The outputs, with their names.",
        list_of(schema_of(_NAMED_TENSOR_FIELDS)),
        lambda one: _tensors(one.outputs, _NAMED_TENSOR_FIELDS),
    ),
)
