"""A saved model as a table over many models has it."""

from __future__ import annotations

from dataclasses import dataclass

from weightscope.inspection.finding import Finding
from weightscope.inspection.fingerprint import Fingerprint
from weightscope.inspection.measured import Listing
from weightscope.inspection.statistics import Statistics


@dataclass(frozen=True, slots=True)
class Scanned:
    """One model of many; a measure that was not asked for is None.

    Attributes:
        listing: The model and its chosen variables.
        statistics: Over all values of the chosen variables.
        findings: What `weightscope check` reports.
        fingerprint: Its three ids.
    """

    listing: Listing
    statistics: Statistics | None = None
    findings: tuple[Finding, ...] | None = None
    fingerprint: Fingerprint | None = None
