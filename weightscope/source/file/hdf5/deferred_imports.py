"""Imports pyfive without the two libraries that it imports and that most files do not need.

`fsspec` (for remote files) and `numcodecs` (for checksums of chunks) take longer than pyfive itself. While pyfive 1.0
is imported, modules that import the real ones at first use stand for them; `importlib.util.LazyLoader` does not serve,
since `import fsspec.utils` and `from numcodecs import Fletcher32` load what it puts off.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any


class _Deferred(ModuleType):
    """Stands for a module until one of its names is used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked by the import system
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


class _Fletcher32:
    """Stands for the codec that pyfive makes when it is imported, until a checksum is computed."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module("numcodecs").Fletcher32(), name)


def import_pyfive() -> None:
    """Imports pyfive; the libraries are imported as usual by whoever imports them later."""
    if "pyfive" in sys.modules:
        return
    names = ("fsspec", "fsspec.utils", "numcodecs")
    deferred: dict[str, Any] = {name: _Deferred(name) for name in names}
    deferred["fsspec"].utils = deferred["fsspec.utils"]
    deferred["numcodecs"].Fletcher32 = _Fletcher32
    absent = {name: module for name, module in deferred.items() if name.partition(".")[0] not in sys.modules}
    sys.modules.update(absent)
    try:
        importlib.import_module("pyfive")
    finally:
        for name in absent:
            del sys.modules[name]
