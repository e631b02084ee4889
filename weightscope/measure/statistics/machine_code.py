"""Loads the machine code of `compiled.py`, which is kept in the user's cache: numba is imported once for a machine.

To import numba takes 0.5 s and 100 MiB; what it compiled is loaded by llvmlite, its compiler, in 0.03 s and 50 MiB.
"""

from __future__ import annotations

import base64
import ctypes
import hashlib
import json
import os
import subprocess
import sys
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from llvmlite import binding as llvm

_SOURCE = Path(__file__).with_name("compiled.py")

#: Seconds that compiling may take.
_PATIENCE = 120

#: The loops and their types in C: what they return, and what they take.
_TYPES: dict[str, tuple[Any, ...]] = {
    "sums": (None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p),
    "zeros": (ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64),
    "count_bins": (None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_float, ctypes.c_bool, ctypes.c_void_p),
}


@cache
def load_loops() -> tuple[Any, dict[str, Any]] | None:
    """Returns what `load` returns; None if the machine code cannot be made, kept or loaded."""
    # no home folder, a folder that cannot be written, a numba that does not fit numpy, no memory to compile in
    with suppress(OSError, RuntimeError, ImportError, ValueError, KeyError, subprocess.SubprocessError):
        path = _cached()
        with suppress(OSError, ValueError, KeyError):
            return load(path)
        _compile(path)
        return load(path)
    return None


def load(path: Path) -> tuple[Any, dict[str, Any]]:
    """Returns the owner of the machine code in a file, which must live as long as the loops, and the loops by name."""
    stored = json.loads(path.read_text(encoding="ascii"))
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine()
    owner = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    for name in _TYPES:
        owner.add_object_file(llvm.ObjectFileRef.from_data(base64.b64decode(stored[name]["object"])))
    owner.finalize_object()
    addresses = {name: owner.get_function_address(stored[name]["symbol"]) for name in _TYPES}
    return owner, {name: ctypes.CFUNCTYPE(*kind)(addresses[name]) for name, kind in _TYPES.items()}


def _compile(path: Path) -> None:
    """Compiles the loops in a process of their own, and keeps them if another process can load them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        for program in ([str(_SOURCE), str(unfinished)], ["-m", __name__, str(unfinished)]):
            # -P: a program would import the modules beside it as top-level ones, such as statistics.py
            command = [sys.executable, "-P", *program]
            subprocess.run(command, check=True, timeout=_PATIENCE, capture_output=True, env=_environment())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _environment() -> dict[str, str]:
    where = os.pathsep.join(filter(None, (str(Path(__file__).parents[3]), os.environ.get("PYTHONPATH"))))
    return {**os.environ, "PYTHONPATH": where}


def _cached() -> Path:
    """Returns where the code is kept that this source, numba and processor make."""
    made_of = (
        _SOURCE.read_text(encoding="utf-8"),
        *(version(name) for name in ("numba", "llvmlite", "numpy")),
        *(sys.version, llvm.get_default_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()),
    )
    key = hashlib.sha256("\0".join(made_of).encode()).hexdigest()[:32]
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "weightscope" / f"loops-{key}.json"


if __name__ == "__main__":
    load(Path(sys.argv[1]))
