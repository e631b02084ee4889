"""Values that a file does not have, or that are no numbers."""

from __future__ import annotations

from dataclasses import dataclass

from weightscope.errors import NoValuesError
from weightscope.inspection import Array, Selection
from weightscope.source.escape import escape


@dataclass(frozen=True, slots=True)
class MissingValues:
    """The values of an array that is known, and cannot be read.

    Attributes:
        location: Of the file.
        name: Of the array.
        why: What it is, or where it would be: what an error says after the name.
        hint: What to do about it.
    """

    location: str
    name: str
    why: str
    hint: str

    @property
    def chunk_shape(self) -> None:
        """None: there is nothing to read."""
        return None

    def read(self, selection: Selection = (), scratch: bytearray | None = None) -> Array:  # noqa: ARG002 - nothing there
        """Says why there are none.

        Raises:
            NoValuesError: Always.
        """
        raise NoValuesError(self.location, f"{escape(self.name)} {self.why}", self.hint)
