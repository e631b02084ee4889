"""The file formats of saved models."""

from __future__ import annotations

from enum import StrEnum


class FileFormat(StrEnum):
    """A file format. The JSON output contains these values.

    Attributes:
        words: The format in the words of a table's header.
        ends: The ends of the names of such files. Files are identified by their content; hints go by names.
    """

    words: str
    ends: tuple[str, ...]

    def __new__(cls, value: str, words: str, *ends: str) -> FileFormat:
        """Makes a format that is equal to its value."""
        made = str.__new__(cls, value)
        made._value_ = value
        made.words = words
        made.ends = ends
        return made

    KERAS = "keras", ".keras file", ".keras"
    KERAS_FOLDER = "keras-folder", "unzipped .keras folder"
    WEIGHTS_H5 = "weights-h5", ".weights.h5 file: weights only, no architecture", ".weights.h5"
    LEGACY_H5 = "legacy-h5", "legacy HDF5 file", ".h5", ".hdf5"
    LEGACY_WEIGHTS_H5 = "legacy-weights-h5", "legacy HDF5 file: weights only, no architecture", ".h5", ".hdf5"
    SHARDED_WEIGHTS = "sharded-weights", "sharded weights: no architecture", ".weights.json"
    SAVED_MODEL = "saved-model", "SavedModel", "saved_model.pb"
    CHECKPOINT = "checkpoint", "TensorFlow checkpoint", ".index"
    NPZ = "npz", ".npz file: arrays by name, no architecture", ".npz"
    SAFETENSORS = "safetensors", ".safetensors file: arrays by name, no architecture", ".safetensors"


#: The ends of the names of saved models, in lower case.
MODEL_ENDS: tuple[str, ...] = tuple(dict.fromkeys(end for one in FileFormat for end in one.ends))

#: The format of each value, in the words of a table's header.
FORMAT_WORDS: dict[str, str] = {one.value: one.words for one in FileFormat}
