"""The result of loading a saved model with Keras, as the same record as for a planned load."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from weightscope.inspection import Inspection
from weightscope.inspection.check_result import CheckResult
from weightscope.inspection.finding import Finding
from weightscope.inspection.load_plan import OVERWRITTEN, Assignment, LoadedBy, LoadPlan, Verdict
from weightscope.measure.check.load_rules import LOAD_RULES
from weightscope.measure.check.rules import finding

_RULES = frozenset(rule.id for rule in LOAD_RULES)


@dataclass(frozen=True, slots=True)
class Loading:
    """The result of loading a saved model with Keras.

    Attributes:
        file: The inspection of the file.
        live: The inspection of the loaded model; None if loading raised an error.
        message: The error message of Keras.
        hint: The next command or call to try.
    """

    file: Inspection
    live: Inspection | None
    message: str | None = None
    hint: str | None = None


def report_of(loading: Loading) -> CheckResult:
    """Returns Keras' messages, the variables that the file did not fill, and the stored ones not loaded."""
    return CheckResult(
        source=loading.file.source,
        findings=tuple(_findings(loading)),
        variables=len(loading.file.variables),
        bytes=0,
        rules=tuple(rule.id for rule in LOAD_RULES),
        load=_plan(loading),
    )


def _plan(loading: Loading) -> LoadPlan:
    found = tuple(_assignments(loading))
    replaced = tuple(_overwritten(loading, found))
    has_equal_copies = all(note.level == "note" for note in _copies(loading))
    is_whole = has_equal_copies and all(one.outcome == "equal-path" for one in found)
    warnings = tuple(one.message for one in loading.live.notes if one.code == "keras-warning") if loading.live else ()
    verdict: Verdict = "raises" if loading.live is None else "loads" if is_whole else "partly"
    by: LoadedBy = "order" if loading.file.source.format.startswith("legacy") else "place"
    return LoadPlan(verdict, by, loading.message, (*found, *replaced), warnings)


def _assignments(loading: Loading) -> Iterator[Assignment]:
    stored = [one.info for one in loading.file.variables if one.info.role == "weight"]
    if loading.live is None:
        yield from (Assignment(info.path, None, info.shape, None, "unused") for info in stored)
        return
    paths = {info.stored_at: info.path for info in stored}
    for info in (one.info for one in loading.live.variables):
        if info.role == "unloaded":
            yield Assignment(None, info.path, None, info.shape, "missing")
        elif info.role == "weight":
            yield Assignment(paths.get(info.stored_at, info.path), info.path, info.shape, info.shape, "equal-path")
    unused = {note.variable for note in loading.live.notes if note.code == "not-loaded"}
    yield from (Assignment(info.path, None, info.shape, None, "unused") for info in stored if info.path in unused)


def _overwritten(loading: Loading, found: Iterable[Assignment]) -> Iterator[Assignment]:
    """Yields the stored copies that another one overwrites."""
    if any(_copies(loading)):
        listed = {one.stored for one in found}
        stored = (one.info for one in loading.file.variables if one.info.role == "weight")
        yield from (Assignment(one.path, None, one.shape, None, "unused") for one in stored if one.path not in listed)


def _copies(loading: Loading) -> Iterator[Finding]:
    """Yields the notes about variables that are filled more than once."""
    notes = loading.live.notes if loading.live is not None else ()
    yield from (note for note in notes if note.code == OVERWRITTEN)


def _findings(loading: Loading) -> Iterator[Finding]:
    if loading.live is None:
        yield finding("load-raises", loading.message or "", fix=loading.hint)
        return
    for note in loading.live.notes:
        if note.code in _RULES and (note.level != "note" or note.code == OVERWRITTEN):
            yield replace(finding(note.code, note.message, note.variable, fix=note.fix), level=note.level)
