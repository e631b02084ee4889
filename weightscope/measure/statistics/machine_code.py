"""Loads the machine code of `compiled.py`, which is kept in the user's cache: numba is imported once for a machine.

To import numba takes 0.5 s and 100 MiB; what it compiled is loaded by llvmlite, its compiler, in 0.03 s and 50 MiB.

Machine code runs with the rights of the user: only files that no other user can have written are loaded, and only
whole ones, since code that is damaged would end the process.
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
from tempfile import TemporaryDirectory
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
    """Returns the loops and their owner, as `load` does; None if the machine code cannot be made, kept or loaded."""
    # no home folder, a folder that cannot be written, a numba that does not fit numpy, no memory to compile in
    with suppress(OSError, RuntimeError, ImportError, ValueError, KeyError, subprocess.SubprocessError):
        path = _cached()
        with suppress(OSError, ValueError, KeyError):
            return load(path)
        _compile(path)
        return load(path)
    return None


def load(path: Path) -> tuple[Any, dict[str, Any]]:
    """Returns the owner of the machine code in a file, which must live as long as the loops, and the loops by name.

    Raises:
        OSError: The file cannot be read, or another user can write it.
        ValueError: The file is damaged.
    """
    stored = json.loads(_read(path))
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine()
    owner = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    for name in _TYPES:
        owner.add_object_file(llvm.ObjectFileRef.from_data(base64.b64decode(stored[name]["object"])))
    owner.finalize_object()
    addresses = {name: owner.get_function_address(stored[name]["symbol"]) for name in _TYPES}
    return owner, {name: ctypes.CFUNCTYPE(*kind)(addresses[name]) for name, kind in _TYPES.items()}


def _read(path: Path) -> bytes:
    """Returns the content of a file below its first line, which is the SHA-256 of that content."""
    with path.open("rb") as file:
        _check_is_own(os.fstat(file.fileno()), path)
        digest, _, content = file.read().partition(b"\n")
    if hashlib.sha256(content).hexdigest().encode() != digest:
        raise ValueError(f"{path} is damaged")
    return content


def _check_is_own(found: os.stat_result, path: Path) -> None:
    is_own = not hasattr(os, "geteuid") or (found.st_uid == os.geteuid() and not found.st_mode & 0o022)
    if not is_own:
        raise PermissionError(f"{path} can be written by another user")


def _compile(path: Path) -> None:
    """Compiles the loops in a process of their own, and keeps them if another process can load them."""
    folder = path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_is_own(folder.stat(), folder)
    with TemporaryDirectory(dir=folder) as unfinished:
        made = Path(unfinished, path.name)
        made.touch(mode=0o600)  # with a umask of 002, the group could write what the program makes
        for program in ([str(_SOURCE), str(made)], ["-m", __name__, str(made)]):
            # -P: a program would import the modules beside it as top-level ones, such as statistics.py
            command = [sys.executable, "-P", *program]
            subprocess.run(command, check=True, timeout=_PATIENCE, capture_output=True, env=_environment())
        made.replace(path)


def _environment() -> dict[str, str]:
    """Returns the environment without numba's own settings, which change what it compiles."""
    where = os.pathsep.join(filter(None, (str(Path(__file__).parents[3]), os.environ.get("PYTHONPATH"))))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    return {**kept, "PYTHONPATH": where}


def _cached() -> Path:
    """Returns where the code is kept that this source, numba and processor make."""
    made_of = (
        _SOURCE.read_text(encoding="utf-8"),
        *(version(name) for name in ("numba", "llvmlite", "numpy")),
        *(sys.version, llvm.get_default_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()),
    )
    key = hashlib.sha256("\0".join(made_of).encode()).hexdigest()[:32]
    home = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if not home.is_absolute():  # as the XDG specification asks: a folder that one happens to be in is no cache
        home = Path.home() / ".cache"
    if not home.is_absolute():
        raise ValueError(f"{home} is no home folder")
    return home / "weightscope" / f"loops-{key}.json"


if __name__ == "__main__":
    load(Path(sys.argv[1]))
