"""The file formats of saved models."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """A file format. The JSON output contains these values."""

    KERAS = "keras"
    KERAS_FOLDER = "keras-folder"
    WEIGHTS_H5 = "weights-h5"
    LEGACY_H5 = "legacy-h5"
    LEGACY_WEIGHTS_H5 = "legacy-weights-h5"
    SHARDED_WEIGHTS = "sharded-weights"
    SAVED_MODEL = "saved-model"
    CHECKPOINT = "checkpoint"
