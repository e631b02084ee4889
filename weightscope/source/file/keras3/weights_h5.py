"""A weights-only file of Keras 3, `.weights.h5`, or several of them behind a `.weights.json`.

It has no architecture: layer names where it tells them, else group paths; variables by index; trainability
unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from weightscope.errors import FileError
from weightscope.inspection import Inspection, ModelInfo, Note, SourceInfo
from weightscope.keras_facts.serialized import part
from weightscope.source import limits
from weightscope.source.bytes.stored_file import whole_file
from weightscope.source.file.config.json_config import parse_config
from weightscope.source.file.config.structure import Node, Structure
from weightscope.source.file.hdf5.hdf5_file import open_hdf5
from weightscope.source.file.keras3.model_variables import Placed, Placement, listed
from weightscope.source.file.keras3.optimizer import (
    Optimizer,
    find_optimizers,
    optimizer_bytes,
    optimizer_names,
    optimizer_variables,
)
from weightscope.source.file.keras3.placement_notes import NO_ARCHITECTURE, outside_note
from weightscope.source.file.keras3.weight_layout import layout_by_place
from weightscope.source.file.keras3.weight_store import WeightStore
from weightscope.source.format import Format
from weightscope.source.shown import shown
from weightscope.source.wanted import Wanted

_NOT_KERAS = "inspect a file that Keras wrote"


@dataclass(frozen=True, slots=True)
class _Told:
    """What the groups tell: the variables, the model's name, the optimizers, and what is amiss."""

    root: Node
    placed: list[Placed]
    model: str | None
    optimizers: list[Optimizer]
    notes: list[Note]


def read_weights_file(path: Path, location: str, wanted: Wanted) -> Inspection:
    """Returns what the `.weights.h5` file at `path` holds.

    Raises:
        FileError: It is damaged or hostile.
    """
    source = whole_file(path, location)
    store = WeightStore()
    with open_hdf5(source) as file:
        store.add(file)
        told = _told(store, location)
    info = SourceInfo(location, Format.WEIGHTS_H5.value, source.length)
    return _inspection(info, store, told, wanted)


def read_shards(path: Path, location: str, wanted: Wanted) -> Inspection:
    """Returns what the shards hold that the `.weights.json` file at `path` lists.

    Raises:
        FileError: The list or a shard is damaged or hostile, a shard is missing, or its name leads elsewhere.
    """
    shards = shard_names(path, location)
    store = WeightStore()
    size = path.stat().st_size
    names: dict[str, str] = {}
    for name in shards:
        shard = path.with_name(name)
        if not shard.is_file():
            raise FileError(location, f"the shard {shown(name)} is missing", f"put it beside {path.name}")
        source = whole_file(shard, str(shard))
        size += source.length
        with open_hdf5(source) as file:
            store.add(file)
            names |= {owner: told for owner in store.owners if (told := store.name_of(owner)) is not None}
        store.name_of = names.get
    info = SourceInfo(location, Format.SHARDED_WEIGHTS.value, size)
    return _inspection(info, store, _told(store, location), wanted)


def shard_names(path: Path, location: str) -> list[str]:
    """Returns the names of the files that the list of shards at `path` names, each once, which must lie beside it.

    Source: `keras.src.saving.saving_lib.ShardedH5IOStore`.

    Raises:
        FileError: It is no such list, or a name leads elsewhere.
    """
    with path.open("rb") as text:
        config = parse_config(text.read(limits.SHARD_LIST_BYTES + 1), "the list of shards", location)
    names: dict[str, None] = {}
    for told in part(config, "weight_map").values():
        for name in told if isinstance(told, list) else [told]:
            if not isinstance(name, str) or not name or name.startswith(".") or set(name) & set("/\\:\0"):
                raise FileError(location, "names a shard that does not lie beside it", _NOT_KERAS)
            names.setdefault(name)
    if not names or len(names) > limits.SHARDS:
        raise FileError(location, f"lists {len(names):,} shards", _NOT_KERAS)
    return list(names)


def _told(store: WeightStore, location: str) -> _Told:
    """Returns what the groups tell; names are read from the file, which must still be open."""
    root = Node(store.name_of("") or "", None, "", frozen=None)
    placement = Placement(store, Structure(store.groups, location))
    placed = placement.place(root)
    return _Told(root, placed, root.name or None, find_optimizers(store, root), placement.notes)


def _inspection(source: SourceInfo, store: WeightStore, told: _Told, wanted: Wanted) -> Inspection:
    optimizers = told.optimizers
    slots, optimizer_notes = optimizer_variables(store, optimizers, told.placed) if wanted.optimizer else (None, ())
    variables = listed(told.placed)
    return Inspection(
        source=source,
        read_with="file",
        model=ModelInfo(name=told.model, optimizer=optimizer_names(optimizers)),
        variables=variables,
        optimizer=slots,
        notes=(NO_ARCHITECTURE, *told.notes, *optimizer_notes, *outside_note(store.outside)),
        optimizer_bytes=optimizer_bytes(store),
        layout=layout_by_place(told.root, store, told.placed, variables) if wanted.layout else None,
    )
