"""A legacy `.h5` file of Keras 1, 2 or 3: weights by name, layer by layer, with or without a config."""

from __future__ import annotations

from dataclasses import dataclass

from weightscope.errors import damaged
from weightscope.inspection import Inspection, ModelInfo, SourceInfo
from weightscope.inspection.file_format import FileFormat
from weightscope.keras_facts.custom_code import custom_code
from weightscope.keras_facts.serialized import Config
from weightscope.source import limits
from weightscope.source.escape import escape
from weightscope.source.file.config.json_config import parse_config
from weightscope.source.file.config.structure import Node, Structure
from weightscope.source.file.hdf5.hdf5_file import Hdf5, Hdf5Root, as_text, as_texts, open_hdf5
from weightscope.source.file.keras3.model_variables import gated, named_variables
from weightscope.source.file.keras3.optimizer import StoredOptimizer, loss_names, optimizer_names
from weightscope.source.file.keras3.placement_notes import NO_ARCHITECTURE, bytecode_note, outside_note
from weightscope.source.file.legacy.legacy_counts import legacy_layer_configs
from weightscope.source.file.legacy.legacy_layout import layout_by_order
from weightscope.source.file.legacy.legacy_names import LegacyWeight, resolve
from weightscope.source.file.legacy.legacy_optimizer import legacy_optimizer, legacy_optimizer_variables
from weightscope.source.identified import Identified
from weightscope.source.natural_order import in_natural_order
from weightscope.source.wanted import Wanted

_WEIGHTS = "model_weights"
_TOP_LEVEL = "top_level_model_weights"
_OPTIMIZER = "optimizer_weights"


@dataclass(frozen=True, slots=True)
class _Legacy:
    """The content of the file, before names are resolved."""

    layers: list[str]
    weights: list[LegacyWeight]
    optimizer: list[LegacyWeight]
    attributes: dict[str, str]
    outside: list[str]


def read_legacy(found: Identified[Hdf5Root], wanted: Wanted) -> Inspection:
    """Returns the content of a legacy file.

    Raises:
        FileError: It is damaged or hostile.
    """
    location = found.location
    with open_hdf5(found.opened) as file:
        legacy = _read(file, location)
    config = _config(legacy.attributes.get("model_config"), "model_config", location)
    training = _config(legacy.attributes.get("training_config"), "training_config", location)
    root = Structure((), location).build(config, "") if config else None
    placed, notes = resolve(legacy.weights, root)
    placed = gated(root, placed) if root is not None else placed
    optimizer = legacy_optimizer(training)
    whole = {**config, "training_config": training} if config else {}
    code = custom_code(whole)
    variables = named_variables(placed)
    return Inspection(
        source=_source(location, found.opened.file_bytes, legacy, has_config=bool(config)),
        read_with="file",
        model=_model(root, optimizer, training, code.names),
        variables=variables,
        optimizer=legacy_optimizer_variables(optimizer, legacy.optimizer, legacy.weights, placed)
        if wanted.optimizer
        else None,
        notes=(
            *(() if config else (NO_ARCHITECTURE,)),
            *bytecode_note(code.bytecode),
            *notes,
            *outside_note(legacy.outside),
        ),
        optimizer_bytes=sum(one.dataset.bytes for one in legacy.optimizer) if legacy.optimizer else None,
        stored_order=tuple(one.dataset.path for one in legacy.weights),
        layers=legacy_layer_configs(root, legacy.weights, legacy.attributes.get("keras_version")) if root else (),
        layout=layout_by_order(legacy.layers, legacy.weights, root, placed, variables) if wanted.layout else None,
        config=whole or None,
    )


def _model(
    root: Node | None, optimizer: StoredOptimizer, training: Config, custom_objects: tuple[str, ...]
) -> ModelInfo:
    return ModelInfo(
        name=(root.name or None) if root else None,
        class_name=root.class_name if root else None,
        optimizer=optimizer_names([optimizer]) if optimizer.config else None,
        loss=loss_names(training.get("loss")),
        custom_objects=custom_objects,
    )


def _source(location: str, size: int, legacy: _Legacy, *, has_config: bool) -> SourceInfo:
    kind = FileFormat.LEGACY_H5 if has_config else FileFormat.LEGACY_WEIGHTS_H5
    attributes = legacy.attributes
    return SourceInfo(
        location, kind.value, size, keras_version=attributes.get("keras_version"), backend=attributes.get("backend")
    )


def _read(file: Hdf5, location: str) -> _Legacy:
    root = _WEIGHTS if _WEIGHTS in file.groups else ""
    layers = _layer_names(file, root)
    weights: list[LegacyWeight] = []
    for layer in (*layers, _TOP_LEVEL):
        if (group := f"{root}/{layer}" if root else layer) in file.groups:
            weights += _weights_of(file, group, "" if layer == _TOP_LEVEL else layer, location)
        if len(weights) > limits.HDF5_DATASETS:  # a layer may name what another one names too
            raise damaged(location, f"names more than {limits.HDF5_DATASETS:,} weights")
    optimizer = _weights_of(file, _OPTIMIZER, "", location) if _OPTIMIZER in file.groups else []
    attributes = {name: as_text(value) for group in ("", root) for name, value in file.attributes(group).items()}
    seen = {weight.dataset.path for weight in (*weights, *optimizer)}
    has_top_level = (f"{root}/{_TOP_LEVEL}" if root else _TOP_LEVEL) in file.groups
    return _Legacy(
        [*layers, ""] if has_top_level else layers,
        weights,
        optimizer,
        {name: value for name, value in attributes.items() if value is not None},
        [dataset.path for dataset in file.datasets.values() if dataset.path not in seen],
    )


def _layer_names(file: Hdf5, root: str) -> list[str]:
    """Returns the layers in the model's order; the oldest files only have groups: `layer_0`, `layer_1`."""
    names = _texts(file, root, "layer_names")
    if names is None:
        prefix = f"{root}/" if root else ""
        below = (group.removeprefix(prefix) for group in file.groups if group.startswith(prefix))
        names = in_natural_order({group for group in below if group and "/" not in group})
        names = [name for name in names if name not in (_WEIGHTS, _TOP_LEVEL, _OPTIMIZER)]
    return [name.replace("\\", "/") for name in dict.fromkeys(names)]


def _weights_of(file: Hdf5, group: str, layer: str, location: str) -> list[LegacyWeight]:
    names = _texts(file, group, "weight_names")
    if names is None:
        names = in_natural_order(file.datasets_below(group))
    found = []
    for name in names:
        dataset = file.datasets.get(f"{group}/{name}".replace("\\", "/").replace("//", "/"))
        if dataset is None:
            raise damaged(location, f"{escape(group)} names a weight {escape(name)} that the file does not hold")
        found.append(LegacyWeight(layer, name.replace("\\", "/"), dataset))
    return found


def _texts(file: Hdf5, group: str, name: str) -> list[str] | None:
    """Returns a list of names; Keras splits one that HDF5 could not hold into `name0`, `name1`, ...

    Source: `keras.src.legacy.saving.legacy_h5_format.load_attributes_from_hdf5_group`.
    """
    attributes = file.attributes(group)
    if name in attributes:
        return as_texts(attributes[name])
    if f"{name}0" not in attributes:
        return None
    found: list[str] = []
    number = 0
    while f"{name}{number}" in attributes:
        found += as_texts(attributes[f"{name}{number}"])
        number += 1
    return found


def _config(text: str | None, what: str, location: str) -> Config:
    return parse_config(text.encode(), what, location) if text is not None else {}
