"""Finds what may be a saved model below a far folder, by names alone: no file is opened."""

from __future__ import annotations

from collections.abc import Iterator

from weightscope.errors import FileError
from weightscope.source.bytes.far.remote import open_far
from weightscope.source.file.candidate import FOLDER_BYTES, MODEL_ENDS, Candidate, is_model_folder, without_parts
from weightscope.source.file.checkpoint.location import INDEX
from weightscope.source.natural_order import natural_key


def find_far_models(location: str) -> Iterator[Candidate]:
    """Yields what may be a saved model at an address: what is below a folder that is listed, else the address itself.

    Args:
        location: An address of a file or folder.
    """
    try:
        place = open_far(location)
        listed = place.listing(place.key) if place.is_folder(place.key) else {}
    except FileError as error:
        yield Candidate(location, error=error.message)
        return
    if not listed:
        yield Candidate(location)
        return
    folders: dict[str, dict[str, int]] = {}
    for key, size in listed.items():
        folder, _, name = key.rpartition("/")
        folders.setdefault(folder, {})[name] = size
    models: set[str] = set()
    for folder in sorted(folders, key=natural_key):
        if any(folder == model or folder.startswith(f"{model}/") for model in models):
            continue
        if is_model_folder(folders[folder].keys()):
            models.add(folder)
            yield Candidate(place.shown(folder), FOLDER_BYTES)
            continue
        for name in without_parts(sorted(folders[folder], key=natural_key)):
            path = f"{folder}/{name}" if folder else name
            if name.endswith(INDEX):
                yield Candidate(place.shown(path.removesuffix(INDEX)), FOLDER_BYTES)
            elif name.lower().endswith(MODEL_ENDS):
                yield Candidate(place.shown(path), folders[folder][name])
