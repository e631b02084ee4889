"""How Keras chooses its reader: only by the name of the file, never by its content.

Source: `load_weights` of `keras/src/saving/saving_api.py`, Keras 3.15.1.
"""

from __future__ import annotations

from weightscope.inspection import SourceInfo
from weightscope.inspection.load_plan import LoadedBy

_PLACES = (".keras", ".weights.h5", ".weights.json")
_LEGACY = (".h5", ".hdf5")

_NO_ZIP = "File is not a zip file"
_NO_HDF5 = "Unable to synchronously open file (file signature not found)"

#: The formats that are zips.
_ZIPS = ("keras",)

_HDF5 = ("weights-h5", "legacy-h5", "legacy-weights-h5")


def rule_of(location: str, *, by_name: bool = False) -> LoadedBy:
    """Returns the rule by which Keras reads a file with this name."""
    if location.endswith(_PLACES):
        return "place"
    return "name" if by_name else "order"


def refusal_of(source: SourceInfo, *, by_name: bool = False) -> str | None:
    """Returns the error message of Keras for a file that it does not open; None if Keras opens the file."""
    name = source.location
    if not name.endswith((*_PLACES, *_LEGACY)):
        return (
            f"File format not supported: filepath={name}. Keras 3 only supports V3 `.keras` files, `.weights.h5` files,"
            " legacy H5 format files (`.h5` extension), or Orbax checkpoints."
        )
    if by_name and name.endswith(_PLACES):
        return f"`by_name` only supports loading legacy '.h5' or '.hdf5' files. Received: {name}"
    if name.endswith(".keras"):
        return None if source.format in _ZIPS else _NO_ZIP
    if name.endswith(".weights.json"):
        return None
    return None if source.format in _HDF5 else _NO_HDF5


#: How the name of a file of each format must end for Keras to read it as what it is, and what to call the format.
_ENDS = {
    "keras": (".keras", "a .keras file"),
    "weights-h5": (".weights.h5", "a .weights.h5 file"),
    "legacy-h5": (".h5", "a legacy .h5 file"),
    "legacy-weights-h5": (".h5", "a legacy .h5 file"),
}


def misnamed(source: SourceInfo) -> tuple[str, str] | None:
    """Returns what a file is by its content and a name that fits; None for one that Keras reads as what it is."""
    if source.format not in _ENDS:
        return None
    end, what = _ENDS[source.format]
    name = source.location
    is_read_as_it_is = name.endswith(end) if end != ".h5" else rule_of(name) == "order" and name.endswith(_LEGACY)
    if is_read_as_it_is:
        return None
    stem = next((name.removesuffix(one) for one in (*_PLACES, *_LEGACY) if name.endswith(one)), name)
    return what, f"{stem}{end}"
