"""Imports pyfive without the libraries that it imports and that most files do not need.

`fsspec` (for remote files), `numcodecs` (for checksums of chunks) and `importlib.metadata` (for pyfive's own version)
take longer than pyfive itself. While pyfive 1.3 is imported, stand-ins take their places, which import the real ones at
first use. `importlib.util.LazyLoader` does not help: `import fsspec.utils` and `from numcodecs import Fletcher32` load
the modules at once.
"""

from __future__ import annotations

import importlib
import sys
import threading
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
    """Imports pyfive; the libraries are imported as usual by whoever imports them later.

    In a process with several threads nothing is put off: another thread may import the libraries at the same time.
    """
    if "pyfive" in sys.modules:
        return
    absent = _stand_ins() if threading.active_count() == 1 else {}
    sys.modules.update(absent)
    try:
        pyfive = importlib.import_module("pyfive")
    finally:
        for name in absent:
            del sys.modules[name]
    if _METADATA in absent:
        _defer_version(pyfive)


_METADATA = "importlib.metadata"

#: The modules that are put off, each with the module whose presence means that it is imported already.
_PUT_OFF = {"fsspec": "fsspec", "fsspec.utils": "fsspec", "numcodecs": "numcodecs", _METADATA: _METADATA}


def _stand_ins() -> dict[str, ModuleType]:
    """Returns a module for each library that is not imported yet."""
    deferred: dict[str, Any] = {name: _Deferred(name) for name in _PUT_OFF}
    deferred["fsspec"].utils = deferred["fsspec.utils"]
    deferred["numcodecs"].Fletcher32 = _Fletcher32
    deferred[_METADATA].version = _version
    deferred[_METADATA].PackageNotFoundError = ModuleNotFoundError  # its base class
    return {name: module for name, module in deferred.items() if _PUT_OFF[name] not in sys.modules}


def _version(distribution: str) -> str:
    """Returns the version of a distribution; nothing while the stand-in is asked, which is pyfive for its own."""
    metadata = sys.modules.get(_METADATA)
    if isinstance(metadata, _Deferred):
        return ""
    return str(importlib.import_module(_METADATA).version(distribution))


def _defer_version(pyfive: Any) -> None:
    """Makes `pyfive.__version__` known when it is asked for."""

    def version(name: str) -> str:
        if name != "__version__":
            raise AttributeError(f"module 'pyfive' has no attribute {name!r}")
        return _version("pyfive")

    del pyfive.__version__
    pyfive.__getattr__ = version
