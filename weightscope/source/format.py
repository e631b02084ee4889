"""The formats that are told apart."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """The formats that are told apart; the values stand in the JSON output."""

    KERAS = "keras"
    KERAS_FOLDER = "keras-folder"
    WEIGHTS_H5 = "weights-h5"
    LEGACY_H5 = "legacy-h5"
    LEGACY_WEIGHTS_H5 = "legacy-weights-h5"
    SHARDED_WEIGHTS = "sharded-weights"
    SAVED_MODEL = "saved-model"
    CHECKPOINT = "checkpoint"
