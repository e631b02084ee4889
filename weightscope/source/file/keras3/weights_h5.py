"""A weights-only file of Keras 3, `.weights.h5`, or several of them behind a `.weights.json`.

It has no architecture: layers have the names that the file stores, else their groups; variables have indices, and
trainability is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from weightscope.errors import FileError, not_from_keras
from weightscope.inspection import Inspection, ModelInfo, SourceInfo
from weightscope.keras_facts.serialized import part
from weightscope.source import limits
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.bytes.far.path import look_up, whole_file
from weightscope.source.escape import escape
from weightscope.source.file.config.json_config import parse_config
from weightscope.source.file.config.structure import Node, Structure
from weightscope.source.file.hdf5.hdf5_file import Hdf5, Hdf5Root, open_hdf5, read_root
from weightscope.source.file.hdf5.objects_ahead import fetch_objects
from weightscope.source.file.keras3.model_variables import Placement, named_variables
from weightscope.source.file.keras3.optimizer import (
    find_optimizers,
    optimizer_bytes,
    optimizer_names,
    optimizer_variables,
)
from weightscope.source.file.keras3.placement_notes import NO_ARCHITECTURE, outside_note
from weightscope.source.file.keras3.stored_tree import read_tree
from weightscope.source.file.keras3.weight_layout import layout_by_place
from weightscope.source.file.keras3.weight_store import WeightStore, read_weight_store
from weightscope.source.file_path import FilePath
from weightscope.source.identified import Identified
from weightscope.source.wanted import Wanted


def read_weights_file(found: Identified[Hdf5Root], wanted: Wanted) -> Inspection:
    """Returns what a `.weights.h5` file holds.

    Raises:
        FileError: It is damaged or hostile.
    """
    with open_hdf5(found.opened) as file:
        store = read_weight_store([file], with_names=True)
    inspection = _inspection(SourceInfo(found.location, found.format.value, found.opened.file_bytes), store, wanted)
    return replace(inspection, tree=read_tree([found.opened])) if wanted.tree else inspection


def read_shards(found: Identified[None], wanted: Wanted) -> Inspection:
    """Returns what the shards hold that a `.weights.json` file lists.

    Raises:
        FileError: The list or a shard is damaged or hostile, a shard is missing, or its name leads elsewhere.
    """
    shards = shard_ranges(found.path, found.location)
    store = read_weight_store(_opened(shards), with_names=True)
    size = whole_file(found.path, found.location).length + sum(shard.length for shard in shards)
    inspection = _inspection(SourceInfo(found.location, found.format.value, size), store, wanted)
    return replace(inspection, tree=read_tree(map(read_root, shards))) if wanted.tree else inspection


def shard_ranges(path: FilePath, location: str) -> list[ByteRange]:
    """Returns the shards that the list at `path` names.

    Raises:
        FileError: As `read_shards`.
    """
    shards = [path.with_name(name) for name in shard_names(path, location)]
    look_up(shards)
    for shard in shards:
        if not shard.is_file():
            raise FileError(location, f"the shard {escape(shard.name)} is missing", f"put it beside {path.name}")
    ranges = [whole_file(shard, str(shard)) for shard in shards]
    fetch_objects(ranges)
    return ranges


def _opened(shards: Iterable[ByteRange]) -> Iterator[Hdf5]:
    for shard in shards:
        with open_hdf5(read_root(shard)) as file:
            yield file


def shard_names(path: FilePath, location: str) -> list[str]:
    """Returns the names of the files that the list of shards at `path` names, each once, which must lie beside it.

    Source: `keras.src.saving.saving_lib.ShardedH5IOStore`.

    Raises:
        FileError: It is no such list, or a name leads elsewhere.
    """
    whole = whole_file(path, location)
    text = whole.read(0, min(whole.length, limits.SHARD_LIST_BYTES + 1))
    config = parse_config(text, "the list of shards", location)
    names: dict[str, None] = {}
    for shard in part(config, "weight_map").values():
        for name in shard if isinstance(shard, list) else [shard]:
            if not isinstance(name, str) or not name or name.startswith(".") or set(name) & set("/\\:\0"):
                raise not_from_keras(location, "names a shard that does not lie beside it")
            names.setdefault(name)
    if not names or len(names) > limits.SHARDS:
        raise not_from_keras(location, f"lists {len(names):,} shards")
    return list(names)


def _inspection(source: SourceInfo, store: WeightStore, wanted: Wanted) -> Inspection:
    root = Node(store.names.get("", ""), None, "", frozen=None)
    placement = Placement(store, Structure(store.groups, source.location))
    placed = placement.place(root)
    optimizers = find_optimizers(store, root)
    slots, optimizer_notes = optimizer_variables(store, optimizers, placed) if wanted.optimizer else (None, ())
    variables = named_variables(placed)
    return Inspection(
        source=source,
        read_with="file",
        model=ModelInfo(name=root.name or None, optimizer=optimizer_names(optimizers)),
        variables=variables,
        optimizer=slots,
        notes=(NO_ARCHITECTURE, *placement.notes, *optimizer_notes, *outside_note(store.outside)),
        optimizer_bytes=optimizer_bytes(store),
        layout=layout_by_place(root, store, placed, variables) if wanted.layout else None,
        has_keras_names=False,
    )
