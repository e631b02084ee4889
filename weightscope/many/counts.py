"""How much of a scan was read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counts:
    """What was read.

    Attributes:
        candidates: Files and folders that were looked at.
        models: Those of them that are models, readable or not.
        failed: Models that could not be read.
        rows: Rows of the table.
    """

    candidates: int = 0
    models: int = 0
    failed: int = 0
    rows: int = 0

    def plus(self, other: Counts) -> Counts:
        """Returns the sums of both."""
        return Counts(
            self.candidates + other.candidates,
            self.models + other.models,
            self.failed + other.failed,
            self.rows + other.rows,
        )

    def minus(self, other: Counts) -> Counts:
        """Returns the differences to others."""
        return self.plus(Counts(-other.candidates, -other.models, -other.failed, -other.rows))
