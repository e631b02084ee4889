"""Runs the reader on files outside of the tests' process and measures it: time and memory are promises too.

Started by the tests once, as `python -m tests.source.file.bounded`. It reads one location a line and prints one JSON
object for each. Each file is read by a fork, so that its peak memory, its imports and its end are its own. A fork
that takes more than `SECONDS` of processor time is ended: a loop without end, whatever else the machine does.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import traceback
from dataclasses import replace
from pathlib import Path

from weightscope.errors import FileError, NoValuesError
from weightscope.inspection import Inspection
from weightscope.measure.check.check_weights import check_weights
from weightscope.measure.reading.gather import gather
from weightscope.measure.statistics.statistics import StatisticsGatherer
from weightscope.source.file import inspect_file
from weightscope.source.wanted import Wanted

#: Processor time that reading and checking one file may take.
SECONDS = 30

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
    gather([one for one in inspection.optimizer or () if one.has_values], lambda _: StatisticsGatherer())
    check_weights(replace(inspection, variables=tuple(one for one in inspection.variables if one.has_values)))
    return len(variables)


def measure(location: str) -> dict[str, object]:
    """Returns what became of one file: variables or error, this process's peak memory in MiB, what it imported."""
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
    outcome["mebibytes"] = peak_mebibytes()
    outcome["foreign"] = sorted(sys.modules.keys() & {"tensorflow", "keras", "h5py", "rich"})
    return outcome


def measure_in_fork(location: str) -> str:
    """Returns the JSON text of `measure`, from a fork that works in the folder of the file."""
    readable, writable = os.pipe()
    if (child := os.fork()) == 0:
        os.close(readable)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
        if "://" not in location:
            os.chdir(Path(location).parent)
        with os.fdopen(writable, "w") as pipe:
            pipe.write(json.dumps(measure(location)))
        os._exit(0)
    os.close(writable)
    with os.fdopen(readable) as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    ended_by = signal.strsignal(os.WTERMSIG(status)) if os.WIFSIGNALED(status) else None
    return text if status == 0 else json.dumps({"traceback": f"ended by {ended_by or status}"})


if __name__ == "__main__":
    for line in sys.stdin:
        print(measure_in_fork(line.rstrip("\n")), flush=True)
