"""An inspection: all facts about one model or layer, as records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from weightscope.inspection.finding import Finding
from weightscope.inspection.layer_config import LayerConfig
from weightscope.inspection.variable import Variable, VariableInfo

if TYPE_CHECKING:
    from weightscope.inspection.stored_tree import StoredTree
    from weightscope.inspection.weight_layout import WeightLayout

#: `file`: the file was read and no code of the model was run; `keras`: loaded or built with Keras.
ReadWith = Literal["file", "keras"]


class RemoteTraffic(Protocol):
    """What reading a far file has taken so far; it grows as values are read."""

    @property
    def bytes_read(self) -> int:
        """Bytes of the bodies of answers that were received."""
        ...

    @property
    def requests(self) -> int:
        """Requests that were sent, repeated and redirected ones included."""
        ...

    @property
    def rounds(self) -> int:
        """Sets of requests that are sent together, without waiting for answers."""
        ...


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """The source of an inspection.

    Attributes:
        location: As the user typed it: a path, or a layer's name.
        format: `keras`, `keras-folder`, `legacy-h5`, ... (see `weightscope.source.format`), or `layer`.
        bytes: Size on disk; None without a file, and for a SavedModel on a web server whose assets are not listed.
        keras_version: The version of Keras that wrote the file or built the layer; None if unknown.
        saved_at: When it was saved, as stored in the file; None if unknown.
        backend: The backend of Keras when it was saved (`tensorflow`, ...); None if unknown.
        tensorflow_version: The version of TensorFlow that wrote the file; None if unknown.
        remote: What reading a far file has taken so far; None for a local file.
    """

    location: str
    format: str
    bytes: int | None = None
    keras_version: str | None = None
    saved_at: str | None = None
    backend: str | None = None
    tensorflow_version: str | None = None
    remote: RemoteTraffic | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """The name, class and compilation of the model; None for unknown facts.

    Attributes:
        name: Its name in Keras.
        class_name: Its class, such as `Sequential`.
        optimizer: The name of the optimizer that it was compiled with.
        loss: The loss that it was compiled with; several are joined with commas.
        custom_objects: Classes and functions outside of Keras that loading the model needs.
    """

    name: str | None = None
    class_name: str | None = None
    optimizer: str | None = None
    loss: str | None = None
    custom_objects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """An input or output. A dimension that the model leaves open is None; so is a shape of unknown rank."""

    shape: tuple[int | None, ...] | None
    dtype: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ForwardPass:
    """The inputs and outputs of a dummy forward pass; `error` is the reason if it failed."""

    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """A function that a SavedModel can be called by.

    Attributes:
        name: Such as `serving_default`.
        inputs: Its inputs, with their names.
        outputs: Its outputs, with their names.
        tags: The tags of its MetaGraph.
    """

    name: str
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the variables of a model; its optimizer's are never among them.

    `parameters` is the sum of the trainable, the non-trainable and the unknown ones. `optimizer_bytes` is None where
    the source knows of no optimizer.
    """

    variables: int
    parameters: int
    bytes: int
    trainable_variables: int
    trainable_parameters: int
    non_trainable_parameters: int
    unknown_parameters: int
    optimizer_bytes: int | None


@dataclass(frozen=True, slots=True)
class Inspection:
    """All facts about one model.

    Attributes:
        source: The file, folder or layer.
        read_with: How it was read.
        model: Name and class.
        variables: In the model's own order, each once, shared ones too.
        optimizer: The optimizer's variables; None if they were not requested.
        notes: Notes for the user.
        forward_pass: The dummy forward pass; None if none was run.
        optimizer_bytes: The bytes of the optimizer's variables, known without listing them; None without any.
        layers: The config of each layer; empty if the file has no config.
        config: The whole config, as Keras serialized it, a legacy file's with its `training_config`; None where the
            file has none. It comes from the file: anything may stand in it.
        signatures: The functions that a SavedModel can be called by.
        stored_order: The places of a legacy file's weights in the order that `load_weights` goes by; empty for what is
            not loaded by order.
        layout: How loading addresses its weights; None where the source has no such order.
        is_examined: Whether the layer doctor ran all its trials; without notes, it found nothing.
        tree: Everything that the model stores, for copying it; None if it was not requested, or for other formats than
            those of Keras 3.
        has_keras_names: Whether the source knows the names that the variables have in Keras.
    """

    source: SourceInfo
    read_with: ReadWith
    model: ModelInfo
    variables: tuple[Variable, ...]
    optimizer: tuple[Variable, ...] | None = None
    notes: tuple[Finding, ...] = ()
    forward_pass: ForwardPass | None = None
    optimizer_bytes: int | None = None
    layers: tuple[LayerConfig, ...] = ()
    config: dict[str, Any] | None = field(default=None, repr=False, compare=False)
    signatures: tuple[Signature, ...] = ()
    stored_order: tuple[str, ...] = ()
    layout: WeightLayout | None = None
    is_examined: bool = False
    has_keras_names: bool = True
    tree: StoredTree | None = field(default=None, repr=False, compare=False)

    @property
    def all_variables(self) -> tuple[Variable, ...]:
        """The model's variables, and then its optimizer's where the source was asked about them."""
        return (*self.variables, *(self.optimizer or ()))

    @property
    def has_gradients(self) -> bool:
        """Whether gradients were asked for, and a trainable variable was there to have one."""
        return any(variable.gradient is not None for variable in self.variables)

    @property
    def totals(self) -> Totals:
        """Sums over `variables`; what Keras does not track is no part of the model to Keras, and not counted."""
        infos = [variable.info for variable in self.variables if variable.info.role != "untracked"]
        return Totals(
            variables=len(infos),
            parameters=_parameters(infos),
            bytes=sum(info.bytes for info in infos),
            trainable_variables=sum(info.trainable is True for info in infos),
            trainable_parameters=_parameters(info for info in infos if info.trainable is True),
            non_trainable_parameters=_parameters(info for info in infos if info.trainable is False),
            unknown_parameters=_parameters(info for info in infos if info.trainable is None),
            optimizer_bytes=sum(variable.info.bytes for variable in self.optimizer)
            if self.optimizer
            else self.optimizer_bytes,
        )


def _parameters(infos: Iterable[VariableInfo]) -> int:
    return sum(info.parameters for info in infos)
