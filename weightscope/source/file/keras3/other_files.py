"""The files of a `.keras` model besides its weights: config, metadata and assets, to be copied as they are."""

from __future__ import annotations

from weightscope.errors import not_from_keras
from weightscope.inspection.stored_tree import StoredBytes
from weightscope.source import limits
from weightscope.source.bytes.far.path import whole_file
from weightscope.source.bytes.zip_archive import Archive
from weightscope.source.file_path import FilePath

CONFIG = "config.json"
METADATA = "metadata.json"
ASSETS = "assets"


def files_of_archive(archive: Archive) -> dict[str, StoredBytes]:
    """Returns the files in a `.keras` file by name; members that Keras does not read are left out."""
    return {name: archive.range_of(name) for name in archive.members if _is_kept(name)}


def files_of_folder(folder: FilePath, location: str) -> dict[str, StoredBytes]:
    """Returns the files of an unzipped model by name, with `/` between folders.

    Raises:
        FileError: Its assets are more, or nest deeper, than those of a model.
    """
    found = {name: folder / name for name in (CONFIG, METADATA) if (folder / name).is_file()}
    stack = [(ASSETS, folder / ASSETS, 0)]
    while stack:
        name, path, depth = stack.pop()
        if path.is_symlink():  # it may lead to any file
            continue
        if path.is_file() and depth:
            found[name] = path
        elif path.is_dir():
            stack += [(f"{name}/{child.name}", child, depth + 1) for child in path.iterdir()]
        if len(found) > limits.LAYERS or depth > limits.LAYER_DEPTH:
            raise not_from_keras(location, "its assets are more, or nest deeper, than those of a model")
    return {name: whole_file(path, location) for name, path in found.items()}


def _is_kept(name: str) -> bool:
    parts = name.split("/")
    is_asset = parts[0] == ASSETS and len(parts) > 1 and bool(parts[-1]) and ".." not in parts
    return is_asset or name in (CONFIG, METADATA)
