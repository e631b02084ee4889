"""Keeps a process within the memory that is free: code that allocates without end meets an error of its own."""

from __future__ import annotations

import contextlib
from pathlib import Path

try:
    import resource
except ImportError:  # Windows has none
    resource = None  # type: ignore[assignment]

#: What of the free memory the process may take.
_SHARE = 0.9


def bound_memory() -> None:
    """Lets the data of this process grow no further than the memory that is free now; where that is known."""
    free = free_memory()
    if resource is not None and free is not None:
        with contextlib.suppress(OSError, ValueError):
            _, hard = resource.getrlimit(resource.RLIMIT_DATA)
            resource.setrlimit(resource.RLIMIT_DATA, (int(free * _SHARE), hard))


def free_memory() -> int | None:
    """Returns the bytes that are free on this machine, or in this container; None where the system does not say."""
    found = [one for one in (_free_on_the_machine(), _free_in_the_container()) if one is not None]
    return min(found, default=None)


def _free_on_the_machine() -> int | None:
    for line in _read("/proc/meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) << 10
    return None


def _free_in_the_container() -> int | None:
    limit, used = _read("/sys/fs/cgroup/memory.max").strip(), _read("/sys/fs/cgroup/memory.current").strip()
    return max(0, int(limit) - int(used)) if limit.isdigit() and used.isdigit() else None


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""
