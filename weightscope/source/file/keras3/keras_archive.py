"""A `.keras` file, or its unzipped folder: config, metadata, and the weights read in place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from weightscope.errors import FileError, damaged, not_from_keras
from weightscope.inspection import Finding, Inspection, ModelInfo, SourceInfo
from weightscope.inspection.stored_tree import StoredBytes
from weightscope.keras_facts.custom_code import custom_code
from weightscope.keras_facts.serialized import Config, is_object, part, text
from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.bytes.far.path import bytes_below, look_up, whole_file
from weightscope.source.bytes.zip_archive import Archive
from weightscope.source.file.config.json_config import parse_config
from weightscope.source.file.config.structure import Node, Structure
from weightscope.source.file.hdf5.hdf5_file import open_hdf5, read_root
from weightscope.source.file.hdf5.objects_ahead import ObjectsAhead, fetch_objects
from weightscope.source.file.keras3.layer_configs import layer_configs
from weightscope.source.file.keras3.model_variables import Placement, named_variables
from weightscope.source.file.keras3.optimizer import (
    compiled_optimizer,
    find_optimizers,
    loss_names,
    optimizer_bytes,
    optimizer_names,
    optimizer_variables,
)
from weightscope.source.file.keras3.other_files import CONFIG, METADATA, files_of_archive, files_of_folder
from weightscope.source.file.keras3.placement_notes import bytecode_note, outside_note, unbuilt_note
from weightscope.source.file.keras3.stored_tree import read_tree
from weightscope.source.file.keras3.weight_layout import layout_by_place, unique_nodes
from weightscope.source.file.keras3.weight_store import read_names, read_weight_store
from weightscope.source.file.keras3.weights_h5 import shard_ranges
from weightscope.source.identified import Identified
from weightscope.source.wanted import Wanted

WEIGHTS = "model.weights.h5"
SHARDED_WEIGHTS = "model.weights.json"
PICKLED_WEIGHTS = "model.weights.npz"


@dataclass(frozen=True, slots=True)
class _Parts:
    """The three files that make a model, wherever they are."""

    source: SourceInfo
    config: Config
    weights: Sequence[ByteRange]
    notes: tuple[Finding, ...] = ()


def read_archive(found: Identified[Archive], wanted: Wanted) -> Inspection:
    """Returns what a `.keras` file holds.

    Raises:
        FileError: It is damaged, hostile, or its weights are pickled.
    """
    archive, location = found.opened, found.location
    _check_names(archive.members.keys(), location)
    archive.whole.together(
        [
            lambda: archive.read(CONFIG, limits.CONFIG_BYTES),
            lambda: archive.read(METADATA, limits.CONFIG_BYTES),
            lambda: ObjectsAhead(archive.range_of(WEIGHTS)).begin(),
        ]
    )

    def read(name: str) -> Config:
        if name not in archive.members:
            return {}
        return parse_config(archive.read(name, limits.CONFIG_BYTES), name, location)

    source = _source(found, archive.whole.length, read(METADATA))
    notes = tuple(
        Finding("repeated-member", "warning", f"the zip has several {name}; the last one is read, as Keras does")
        for name in archive.repeated
    )
    parts = _Parts(source, read(CONFIG), [archive.range_of(WEIGHTS)], notes)
    inspection = _inspection(parts, wanted)
    return _with_tree(inspection, parts, files_of_archive(archive)) if wanted.tree else inspection


def read_folder(found: Identified[None], wanted: Wanted) -> Inspection:
    """Returns what the unzipped model in a folder holds.

    Raises:
        FileError: It is damaged, hostile, or its weights are pickled.
    """
    path, location = found.path, found.location
    present = {name: path / name for name in (CONFIG, METADATA, WEIGHTS, SHARDED_WEIGHTS, PICKLED_WEIGHTS)}
    look_up(present.values())
    files = {name: part for name, part in present.items() if part.is_file()}
    _check_names(files.keys(), location)

    def read(name: str) -> Config:
        if name not in files:
            return {}
        whole = whole_file(files[name], location)
        return parse_config(whole.read(0, min(whole.length, limits.CONFIG_BYTES + 1)), name, location)

    if WEIGHTS in files:
        weights = [whole_file(files[WEIGHTS], location)]
        fetch_objects(weights)
    else:
        weights = shard_ranges(files[SHARDED_WEIGHTS], location)
    source = _source(found, bytes_below(path), read(METADATA))
    parts = _Parts(source, read(CONFIG), weights)
    inspection = _inspection(parts, wanted)
    return _with_tree(inspection, parts, files_of_folder(path, location)) if wanted.tree else inspection


def _with_tree(inspection: Inspection, parts: _Parts, files: Mapping[str, StoredBytes]) -> Inspection:
    return replace(inspection, tree=read_tree(map(read_root, parts.weights), files))


def _source(found: Identified[Any], size: int | None, metadata: Config) -> SourceInfo:
    return SourceInfo(
        found.location,
        found.format.value,
        size,
        keras_version=text(metadata, "keras_version"),
        saved_at=text(metadata, "date_saved"),
    )


def _check_names(present: Collection[str], location: str) -> None:
    if CONFIG not in present:
        raise not_from_keras(location, f"no {CONFIG} in it")
    if WEIGHTS in present or SHARDED_WEIGHTS in present:
        return
    if PICKLED_WEIGHTS in present:
        raise FileError(
            location,
            f"its weights are pickled Python objects ({PICKLED_WEIGHTS}), which are never opened",
            "save the model again with Keras' default weights format, h5",
        )
    raise damaged(location, f"no {WEIGHTS} in it")


def _inspection(parts: _Parts, wanted: Wanted) -> Inspection:
    if not is_object(parts.config):
        raise not_from_keras(parts.source.location, f"its {CONFIG} describes no Keras model")
    root, placement = _read_weights(parts)
    store = placement.store
    placed = placement.place(root)
    optimizers = find_optimizers(store, root)
    layers = layer_configs(root, store)
    slots, optimizer_notes = optimizer_variables(store, optimizers, placed) if wanted.optimizer else (None, ())
    code = custom_code(parts.config)
    variables = named_variables(placed)
    return Inspection(
        source=parts.source,
        read_with="file",
        model=ModelInfo(
            name=root.name or None,
            class_name=root.class_name,
            optimizer=optimizer_names(optimizers, compiled_optimizer(parts.config)),
            loss=loss_names(part(parts.config, "compile_config").get("loss")),
            custom_objects=code.names,
        ),
        variables=variables,
        optimizer=slots,
        notes=(
            *parts.notes,
            *bytecode_note(code.bytecode),
            *unbuilt_note(placement.notes, is_built=bool(placed) or any(one.expected for one in layers)),
            *optimizer_notes,
            *outside_note(store.outside),
        ),
        optimizer_bytes=optimizer_bytes(store),
        layers=layers,
        layout=layout_by_place(root, store, placed, variables) if wanted.layout else None,
        config=parts.config,
    )


def _read_weights(parts: _Parts) -> tuple[Node, Placement]:
    """Returns the model that the config describes, and what places the weights in it."""
    with ExitStack() as stack:
        files = [stack.enter_context(open_hdf5(read_root(one))) for one in parts.weights]
        store = read_weight_store(files)
        structure = Structure(store.groups, parts.source.location, parts.source.keras_version)
        root = structure.build(parts.config, "")
        named = {node.group for node in unique_nodes(root)}
        # the config names most objects, and reading a name takes as long as listing a group
        unnamed = [owner for owner in store.owners if owner not in named]
        names = {owner: name for file in files for owner, name in read_names(file, unnamed).items()}
    return root, Placement(replace(store, names=names), structure)
