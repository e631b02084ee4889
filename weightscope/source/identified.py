"""A saved model whose format is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from weightscope.inspection.file_format import FileFormat
from weightscope.source.file_path import FilePath

Opened = TypeVar("Opened")


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
