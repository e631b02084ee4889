"""A `.keras` file, or its unzipped folder: config, metadata, and the weights read in place."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from weightscope.errors import FileError
from weightscope.inspection import Inspection, ModelInfo, Note, SourceInfo
from weightscope.source.file import limits
from weightscope.source.file.archive import open_archive
from weightscope.source.file.byte_range import ByteRange
from weightscope.source.file.config import Config, parse_config, text
from weightscope.source.file.hdf5 import open_hdf5
from weightscope.source.file.keras_classes import custom_objects
from weightscope.source.file.model_variables import Placement, listed
from weightscope.source.file.optimizer import compiled_with, optimizer_bytes, optimizer_variables
from weightscope.source.file.placement_notes import bytecode_note, outside_note
from weightscope.source.file.structure import Structure
from weightscope.source.file.weight_store import WeightStore
from weightscope.source.identify import Format

CONFIG = "config.json"
METADATA = "metadata.json"
WEIGHTS = "model.weights.h5"
PICKLED_WEIGHTS = "model.weights.npz"


@dataclass(frozen=True, slots=True)
class _Parts:
    """The three files that make a model, wherever they are."""

    location: str
    format: Format
    bytes: int
    config: Config
    metadata: Config
    weights: ByteRange
    notes: tuple[Note, ...] = ()


def read_archive(path: Path, location: str, *, with_optimizer: bool) -> Inspection:
    """Returns what the `.keras` file at `path` holds.

    Raises:
        FileError: It is damaged, hostile, or its weights are pickled.
    """
    archive = open_archive(path, location)
    _check_names(archive.members.keys(), location)

    def read(name: str) -> bytes:
        return archive.read(name, limits.CONFIG_BYTES)

    notes = tuple(
        Note("repeated-member", "warning", f"the zip has several {name}; the last one is read, as Keras does")
        for name in archive.repeated
    )
    weights = archive.range_of(WEIGHTS)
    parts = _parts(location, Format.KERAS, archive.whole.length, read, METADATA in archive.members, weights)
    return _inspection(parts, notes, with_optimizer=with_optimizer)


def read_folder(path: Path, location: str, *, with_optimizer: bool) -> Inspection:
    """Returns what the unzipped model in the folder `path` holds.

    Raises:
        FileError: It is damaged, hostile, or its weights are pickled.
    """
    files = {child.name: child for child in path.iterdir() if child.is_file()}
    _check_names(files.keys(), location)

    def read(name: str) -> bytes:
        with files[name].open("rb") as file:
            return file.read(limits.CONFIG_BYTES + 1)

    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    weights = ByteRange.of_file(files[WEIGHTS], location)
    parts = _parts(location, Format.KERAS_FOLDER, size, read, METADATA in files, weights)
    return _inspection(parts, (), with_optimizer=with_optimizer)


def _check_names(present: Collection[str], location: str) -> None:
    if CONFIG not in present:
        raise FileError(location, f"no {CONFIG} in it", "inspect a file that Keras wrote")
    if WEIGHTS in present:
        return
    if PICKLED_WEIGHTS in present:
        raise FileError(
            location,
            f"its weights are pickled Python objects ({PICKLED_WEIGHTS}), which are never opened",
            "save the model again with Keras' default weights format, h5",
        )
    raise FileError(location, f"no {WEIGHTS} in it", "copy the file again, or save the model again")


def _parts(
    location: str,
    kind: Format,
    size: int,
    read: Callable[[str], bytes],
    has_metadata: bool,
    weights: ByteRange,
) -> _Parts:
    config = parse_config(read(CONFIG), CONFIG, location)
    metadata = parse_config(read(METADATA), METADATA, location) if has_metadata else {}
    return _Parts(location, kind, size, config, metadata, weights)


def _inspection(parts: _Parts, notes: tuple[Note, ...], *, with_optimizer: bool) -> Inspection:
    with open_hdf5(parts.weights) as file:
        store = WeightStore()
        store.add(file)
        structure = Structure(store.groups, parts.location)
        placement = Placement(store, structure)
        root = structure.build(parts.config, "")
        placed = placement.place(root)
    compiled = compiled_with(parts.config)
    optimizer, optimizer_notes = (
        optimizer_variables(store, compiled, placed) if with_optimizer else (None, ())
    )
    needed, bytecode = custom_objects(parts.config)
    return Inspection(
        source=SourceInfo(
            location=parts.location,
            format=parts.format.value,
            bytes=parts.bytes,
            keras_version=text(parts.metadata, "keras_version"),
            saved_at=text(parts.metadata, "date_saved"),
        ),
        read_with="file",
        model=ModelInfo(
            name=root.name or None,
            class_name=root.class_name,
            optimizer=compiled.optimizer,
            loss=compiled.loss,
            custom_objects=tuple(needed),
        ),
        variables=listed(placed),
        optimizer=optimizer,
        notes=(
            *notes,
            *bytecode_note(bytecode),
            *placement.notes,
            *optimizer_notes,
            *outside_note(store.outside),
        ),
        optimizer_bytes=optimizer_bytes(store),
    )
