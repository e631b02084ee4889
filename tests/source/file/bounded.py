"""Runs the reader on files in a process of its own and measures it: time and memory are promises too.

Started by tests as `python -m tests.source.file.bounded FILE...`; prints one JSON object a file. It imports
neither Keras nor h5py, and says so.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from dataclasses import replace
from pathlib import Path

from weightscope.errors import FileError, NoValuesError
from weightscope.inspection import Inspection
from weightscope.measure.check import check
from weightscope.measure.scan import scan
from weightscope.measure.statistics import StatisticsGatherer
from weightscope.source.file import inspect_file
from weightscope.source.wanted import Wanted

#: What a preview asks for: the first element of each axis.
_FIRST = slice(0, 1)


def peak_mebibytes() -> float:
    """Returns this process's peak memory; `getrusage` would count what its parent had when it was started."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    return int(next(line for line in status.read_text().splitlines() if "VmHWM" in line).split()[1]) / 1024


def read_all(inspection: Inspection) -> int:
    """Reads the first element of every variable, then all of them, and checks them; returns how many there are."""
    variables = [one for one in (*inspection.variables, *(inspection.optimizer or ())) if one.has_values]
    for variable in variables:
        variable.read((_FIRST,) * len(variable.info.shape))
    scan([one for one in inspection.optimizer or () if one.has_values], lambda _: StatisticsGatherer())
    check(replace(inspection, variables=tuple(one for one in inspection.variables if one.has_values)))
    return len(variables)


def measure(location: str) -> dict[str, object]:
    """Returns what became of one file: variables or error, seconds, and this process's peak memory in MiB."""
    begun = time.perf_counter()
    outcome: dict[str, object] = {"location": location}
    try:
        inspection = inspect_file(location, Wanted(optimizer=True))
        outcome["variables"] = read_all(inspection)
        outcome["paths"] = [variable.info.path for variable in inspection.variables]
        outcome["notes"] = [note.code for note in inspection.notes]
        outcome["custom_objects"] = inspection.model.custom_objects
    except (FileError, NoValuesError) as error:
        outcome["error"] = error.message
        outcome["hint"] = error.hint
    except BaseException:
        outcome["traceback"] = traceback.format_exc()
    outcome["seconds"] = time.perf_counter() - begun
    outcome["mebibytes"] = peak_mebibytes()
    outcome["foreign"] = sorted(sys.modules.keys() & {"tensorflow", "keras", "h5py", "rich"})
    return outcome


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(json.dumps(measure(name)))
