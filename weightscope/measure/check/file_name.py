"""The rule that compares the end of a file's name with its content.

Source: `keras/src/saving/saving_api.py`, Keras 3.15.1: `load_model` and `load_weights` go by the name alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from weightscope.inspection import SourceInfo
from weightscope.inspection.file_format import FileFormat
from weightscope.inspection.finding import Finding
from weightscope.measure.check.rules import finding

#: What Keras takes a file for by the end of its name; the longest end first.
_TAKEN_FOR: Final = {
    ".lora.h5": "factors of LoRA",
    ".weights.h5": "weights of Keras 3",
    ".keras": "a zip",
    ".hdf5": "the older format in HDF5",
    ".h5": "the older format in HDF5",
}

#: By format: what the file is, the ends of the names under which Keras reads it, and the function that does.
_READ: Final[dict[str, tuple[str, tuple[str, ...], str]]] = {
    FileFormat.KERAS: ("a model in a zip, as model.save writes it", (".keras",), "load_model"),
    FileFormat.LEGACY_H5: (
        "a model in HDF5, the older format",
        (".h5", ".hdf5", ".weights.h5", ".lora.h5"),
        "load_model",
    ),
    FileFormat.WEIGHTS_H5: ("weights of Keras 3", (".weights.h5", ".lora.h5"), "load_weights"),
    FileFormat.LEGACY_WEIGHTS_H5: (
        "weights in the older format, of Keras 2",
        (".h5", ".hdf5", ".lora.h5"),
        "load_weights",
    ),
}


def findings_of_name(source: SourceInfo) -> Iterator[Finding]:
    """Yields a file that Keras does not read under its name, if the name has the end of another format."""
    end = next((one for one in _TAKEN_FOR if source.location.endswith(one)), None)
    if end is None or source.format not in _READ:
        return
    what, ends, function = _READ[source.format]
    if end not in ends:
        message = (
            f"the content is {what}, but Keras takes a name in {end} for {_TAKEN_FOR[end]}: {function} raises an error"
        )
        yield finding("misnamed-file", message)
