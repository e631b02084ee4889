"""Everything that a model of Keras 3 stores, as it lies in its files: for copying it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from weightscope.inspection.variable import Variable


class StoredBytes(Protocol):
    """The content of a file."""

    @property
    def length(self) -> int:
        """Number of bytes."""
        ...

    def read(self, offset: int, count: int) -> bytes:
        """Returns `count` bytes from `offset` on."""
        ...


@dataclass(frozen=True, slots=True)
class StoredTree:
    """The content of a weights file, and of the files beside it.

    Attributes:
        groups: The groups by their path; the name that Keras stores in the group of an object's variables, or None.
        arrays: All arrays by their path, also those that are stored twice; the path of their `info` is that path.
        optimizers: The groups of optimizers.
        files: The other files of the model: config, metadata and assets. Empty for a file of weights alone.
    """

    groups: Mapping[str, str | None]
    arrays: Mapping[str, Variable]
    optimizers: tuple[str, ...]
    files: Mapping[str, StoredBytes]
