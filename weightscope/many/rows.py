"""The rows of one candidate, as text: what every process computes, on this machine or on another."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from weightscope.errors import FileError, WeightscopeError
from weightscope.inspection import Inspection
from weightscope.inspection.file_format import FileFormat
from weightscope.inspection.finding import Finding
from weightscope.inspection.fingerprint import Fingerprint
from weightscope.inspection.measured import Listing
from weightscope.inspection.scanned import Scanned
from weightscope.many.counts import Counts
from weightscope.measure import list_measured
from weightscope.measure.listing.listing import statistics_of_all
from weightscope.measure.listing.row_options import RowOptions
from weightscope.source.bytes.location import is_far, shown_location
from weightscope.source.file import inspect_file
from weightscope.source.file.candidate import Candidate
from weightscope.source.file.identify import identify
from weightscope.source.file.keras3.weights_h5 import shard_names
from weightscope.source.wanted import Wanted
from weightscope.view.documents.scanned_rows import error_row, scanned_rows
from weightscope.view.text.json_text import compact


@dataclass(frozen=True, slots=True)
class CandidateRows:
    """The rows of a candidate.

    Attributes:
        text: A line of JSON a row; empty where the candidate is no model.
        counts: What was read.
    """

    text: bytes
    counts: Counts


def answer(candidate: Candidate, options: RowOptions, folder: str = "") -> CandidateRows:
    """Returns the rows of a candidate; every kind of error is a row.

    Args:
        candidate: What to read.
        options: What the rows hold.
        folder: Where a path begins that is not absolute; empty for the working folder.
    """
    if candidate.error is not None:
        return failure(candidate.location, candidate.error, options)
    try:
        if not candidate.is_model and not _is_model(_place(candidate, folder)):
            return CandidateRows(b"", Counts(candidates=1))
        rows = list(scanned_rows(_scanned(candidate, options, folder), options))
    except WeightscopeError as error:
        return failure(candidate.location, error.message, options)
    except MemoryError:
        return failure(candidate.location, "it needs more memory than a process may take", options)
    except Exception as error:  # a file of an unexpected kind must not end the run
        return failure(candidate.location, f"unexpected error: {type(error).__name__}: {error}", options)
    return CandidateRows(_lines(rows), Counts(1, 1, 0, len(rows)))


def failure(location: str, message: str, options: RowOptions) -> CandidateRows:
    """Returns the row of a model that could not be read."""
    return CandidateRows(_lines([error_row(shown_location(location), message, options)]), Counts(1, 1, 1, 1))


def _place(candidate: Candidate, folder: str) -> str:
    return candidate.location if is_far(candidate.location) else os.path.join(folder, candidate.location)  # noqa: PTH118


def _scanned(candidate: Candidate, options: RowOptions, folder: str) -> Scanned:
    """Returns what the table has of a saved model.

    Raises:
        WeightscopeError: It cannot be read.
    """
    inspection = inspect_file(_place(candidate, folder), Wanted(optimizer=options.reads_optimizer))
    if folder:
        source = replace(inspection.source, location=shown_location(candidate.location))
        inspection = replace(inspection, source=source)
    findings = _findings(inspection) if options.check else None
    listed = inspection if options.optimizer else replace(inspection, optimizer=None)
    ids = _fingerprint(inspection) if options.fingerprint else None
    if not options.models:
        return Scanned(list_measured(listed, options.choice), None, findings, ids)
    return Scanned(Listing(listed, ()), _statistics(listed, options), findings, ids)


def _findings(inspection: Inspection) -> tuple[Finding, ...]:
    from weightscope.measure.check.check_weights import check_weights

    return check_weights(inspection).findings


def _fingerprint(inspection: Inspection) -> Fingerprint:
    from weightscope.measure.fingerprint.fingerprint import fingerprint

    return fingerprint(inspection)


def _statistics(inspection: Inspection, options: RowOptions) -> Any:
    return statistics_of_all(options.choice.of(inspection.all_variables)) if options.statistics else None


def import_measures(options: RowOptions) -> None:
    """Imports what the rows need besides the readers, for a process that is copied."""
    if options.statistics or options.check:
        import_module("weightscope.measure.statistics.gathering")
    if options.check:
        import_module("weightscope.measure.check.check_weights")
    if options.fingerprint:
        import_module("weightscope.measure.fingerprint.fingerprint")


def _is_model(location: str) -> bool:
    """Whether the content of a file with an ambiguous name is that of a model."""
    try:
        found = identify(location)
        # libraries of other things have lists of shards too
        shards = shard_names(found.path, location) if found.format == FileFormat.SHARDED_WEIGHTS else []
    except FileError:
        return False
    return all(name.endswith(".h5") for name in shards)


#: The escape of half a character (a byte of a file's name that is no text): in a table, DuckDB and arrow refuse it.
#: Two halves that make a character, which is escaped since it is invisible, stay. Before either: escaped backslashes.
_HALF = re.compile(r"(?<!\\)((?:\\\\)*)(?:(\\ud[89ab]..\\ud[c-f]..)|\\(ud[89a-f]..))")


def _lines(rows: Iterable[dict[str, Any]]) -> bytes:
    text = "".join(f"{compact(row)}\n" for row in rows)
    return (_HALF.sub(_whole_text, text) if "\\ud" in text else text).encode()


def _whole_text(match: re.Match[str]) -> str:
    backslashes, character, half = match.groups()
    return backslashes + (character or rf"\\{half}")
