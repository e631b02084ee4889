"""The file formats of saved models, and a saved model whose format is known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from weightscope.source.file_path import FilePath

Opened = TypeVar("Opened")


class FileFormat(StrEnum):
    """A file format. The JSON output contains these values."""

    KERAS = "keras"
    KERAS_FOLDER = "keras-folder"
    WEIGHTS_H5 = "weights-h5"
    LEGACY_H5 = "legacy-h5"
    LEGACY_WEIGHTS_H5 = "legacy-weights-h5"
    SHARDED_WEIGHTS = "sharded-weights"
    SAVED_MODEL = "saved-model"
    CHECKPOINT = "checkpoint"
    NPZ = "npz"
    SAFETENSORS = "safetensors"


@dataclass(frozen=True, slots=True)
class Identified(Generic[Opened]):
    """A file or folder whose format is known.

    Attributes:
        format: What it is.
        path: Where it is.
        location: As the user named it, for errors.
        opened: What was parsed to identify it, which its reader need not parse again; None if nothing was.
    """

    format: FileFormat
    path: FilePath
    location: str
    opened: Opened
