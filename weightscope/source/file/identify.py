"""Identifies a file's format by its content: its name is never trusted.

Knows signatures, and the few attributes that distinguish HDF5 layouts; reading the weights is for
others.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from weightscope.errors import FileError, damaged, unreadable, wrong_address
from weightscope.inspection.file_format import FileFormat
from weightscope.source.bytes.byte_range import ByteRange
from weightscope.source.bytes.far.path import FarPath, whole_file
from weightscope.source.bytes.metered_file import MeteredFile
from weightscope.source.bytes.zip_archive import Archive, open_archive
from weightscope.source.file.arrays.signatures import NPY_END, is_safetensors
from weightscope.source.file.checkpoint.location import (
    INDEX,
    TABLE_SIGNATURE,
    index_of,
    is_beside_index,
    prefix_of,
)
from weightscope.source.file.hdf5.hdf5_file import Hdf5Root, has_group, read_root
from weightscope.source.file.hdf5.objects_ahead import fetch_objects
from weightscope.source.file.hdf5.superblock import SIGNATURE, find_superblock
from weightscope.source.file.identify_folder import SAVED_MODEL, hint_at_neighbour, identify_folder
from weightscope.source.file.other_files import not_a_model, not_a_model_zip
from weightscope.source.file_path import FilePath
from weightscope.source.identified import Identified

_ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
_CHECKPOINT_STATE = b"model_checkpoint_path:"

#: Bytes that are read of each file, and of one that may be a list of shards.
_HEAD_BYTES, _LIST_BYTES = 256, 1 << 20
#: Bytes and calls that recognising a file may take: a superblock is looked for at 0, 512, 1024, 2048 and so on.
_SNIFFED_BYTES, _SNIFFED_READS = 1 << 21, 256

#: The function that reads each format, in a folder beside this module; imported when it is needed.
READERS = {
    FileFormat.KERAS: ("keras3.keras_archive", "read_archive"),
    FileFormat.KERAS_FOLDER: ("keras3.keras_archive", "read_folder"),
    FileFormat.WEIGHTS_H5: ("keras3.weights_h5", "read_weights_file"),
    FileFormat.SHARDED_WEIGHTS: ("keras3.weights_h5", "read_shards"),
    FileFormat.LEGACY_H5: ("legacy.legacy_h5", "read_legacy"),
    FileFormat.LEGACY_WEIGHTS_H5: ("legacy.legacy_h5", "read_legacy"),
    FileFormat.SAVED_MODEL: ("saved_model.saved_model", "read_saved_model"),
    FileFormat.NPZ: ("arrays.npz", "read_npz"),
    FileFormat.SAFETENSORS: ("arrays.safetensors", "read_safetensors"),
    FileFormat.CHECKPOINT: ("checkpoint.checkpoint", "read_checkpoint"),
}


def identify(location: str) -> Identified[Any]:
    """Returns what the file or folder at `location` is, with what was parsed to find that out.

    Raises:
        FileError: It is missing, unreadable, empty, broken at first sight, or nothing that Keras writes.
    """
    if not location:
        raise FileError("''", "an empty name", "name a model file, such as model.keras")
    path = Path(location)
    try:
        if path.is_dir():
            return Identified(identify_folder(path, location), path, location, None)
        if not path.exists():
            return Identified(_identify_prefix(path, location), path, location, None)
        if not path.is_file():
            raise FileError(
                location, "this is no regular file", "name a file that holds a saved model: cat > model.keras"
            )
        return _identify_file(whole_file(path, location), path)
    except OSError as error:
        raise unreadable(location, error) from error


def identify_far(path: FarPath) -> Identified[Any]:
    """Returns what a far file or folder is.

    Raises:
        FileError: As `identify`.
    """
    location = path.place.location
    is_plain = not path.suffix and not location.endswith("/")
    prefix = prefix_of(path) if is_plain else None  # asked first: a checkpoint takes four requests less
    if prefix is not None and _ends_as_index(whole_file(index_of(prefix), location)):
        return Identified(FileFormat.CHECKPOINT, index_of(prefix), location, None)
    if path.is_dir():
        return Identified(identify_folder(path, location), path, location, None)
    if path.is_file():
        return _identify_file(whole_file(path, location), path)
    if prefix_of(path) is not None:
        return Identified(FileFormat.CHECKPOINT, path, location, None)
    raise wrong_address(location, "no such file or folder")


def _ends_as_index(whole: ByteRange) -> bool:
    """Whether a file is a checkpoint's index: some servers answer with a page whatever they are asked for."""
    size = len(TABLE_SIGNATURE)
    return whole.length >= size and whole.read(whole.length - size, size) == TABLE_SIGNATURE


def _identify_prefix(path: Path, location: str) -> FileFormat:
    """Returns the format of what has no file of that very name: a checkpoint is named by what its files begin with.

    Raises:
        FileError: It is none.
    """
    if prefix_of(path) is not None:
        return FileFormat.CHECKPOINT
    if os.path.lexists(path):
        raise FileError(location, "a symbolic link that leads nowhere", "name the file itself")
    if location == "-":
        raise FileError(location, "a model is read from a file, not from a stream", "cat > model.keras")
    raise FileError(location, "no such file or folder", hint_at_neighbour(path))


def _identify_file(whole: ByteRange, path: FilePath) -> Identified[Any]:
    head = whole.read(0, min(_HEAD_BYTES, whole.length))
    if head.startswith(_ZIP_SIGNATURES):
        return _identify_zip(whole, path)
    if head.startswith(SIGNATURE):
        return _identify_hdf5(whole, path)
    if is_safetensors(head, whole.length):
        return Identified(FileFormat.SAFETENSORS, path, whole.location, whole)
    with whole.open(_SNIFFED_BYTES, _SNIFFED_READS) as file:
        if path.name != SAVED_MODEL and find_superblock(file) is not None:
            return _identify_hdf5(whole, path)
        return Identified(_identify_other(file, head, path, whole.location), path, whole.location, None)


def _identify_other(file: MeteredFile, head: bytes, path: FilePath, location: str) -> FileFormat:
    """Returns the format of a file that is neither a zip nor HDF5.

    Raises:
        FileError: It is none that Keras writes.
    """
    if not head:
        raise damaged(location, "the file is empty")
    if path.name == SAVED_MODEL:
        return FileFormat.SAVED_MODEL
    if _is_of_checkpoint(file, path, head, location):
        return FileFormat.CHECKPOINT
    file.seek(len(head))
    if head.lstrip()[:1] == b"{" and b"weight_map" in head + file.read(_LIST_BYTES):
        return FileFormat.SHARDED_WEIGHTS
    raise not_a_model(location, head)


def _is_of_checkpoint(file: MeteredFile, path: FilePath, head: bytes, location: str) -> bool:
    """Whether a file is a checkpoint's index, one of its data shards, or the text that names it.

    Raises:
        FileError: It is an index whose name does not lead to data shards.
    """
    if path.suffix == INDEX or head.startswith(_CHECKPOINT_STATE):
        return True
    if is_beside_index(path):
        return prefix_of(path) is not None
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - len(TABLE_SIGNATURE)))
    if file.read() != TABLE_SIGNATURE:
        return False
    name = path.name
    raise FileError(
        location,
        "a checkpoint's index whose name does not lead to its data, or a checkpoint of before TensorFlow 0.12",
        f"if it is an index, name it {name}.index, and its data {name}.data-00000-of-00001",
    )


def _identify_zip(whole: ByteRange, path: FilePath) -> Identified[Archive]:
    archive = open_archive(whole)
    if "config.json" not in archive.members:
        if any(name.endswith(NPY_END) for name in archive.members):
            return Identified(FileFormat.NPZ, path, whole.location, archive)
        raise not_a_model_zip(whole.location, archive.members)
    return Identified(FileFormat.KERAS, path, whole.location, archive)


def _identify_hdf5(whole: ByteRange, path: FilePath) -> Identified[Hdf5Root]:
    fetch_objects([whole])
    root = read_root(whole)
    return Identified(_format_of_hdf5(root), path, whole.location, root)


def _format_of_hdf5(root: Hdf5Root) -> FileFormat:
    attributes, members = root.attributes.keys(), {re.split(r"[/\\]", name)[0] for name, _ in root.links}
    if attributes & {"model_config", "model_config0"}:
        return FileFormat.LEGACY_H5
    if attributes & {"layer_names", "layer_names0"}:
        return FileFormat.LEGACY_WEIGHTS_H5
    if members & {"layers", "_layer_checkpoint_dependencies", "vars", "optimizer"}:
        return FileFormat.WEIGHTS_H5
    if has_group(root, "/vars"):  # a subclassed model's groups are named after its attributes
        return FileFormat.WEIGHTS_H5
    raise FileError(
        root.source.location,
        "an HDF5 file, but no Keras model: it has neither model_config nor layers",
        "name a file that Keras wrote",
    )
