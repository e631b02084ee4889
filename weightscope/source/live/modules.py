"""Imports the user's own Python: a file or a module, with what it defines."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from weightscope.errors import UsageError
from weightscope.source.live.foreign_code import describe_error
from weightscope.source.spec import check_python_files


def import_modules(names: Iterable[str]) -> dict[str, Any]:
    """Imports each module and returns the classes and functions they define, by name, as Keras' custom objects.

    Raises:
        UsageError: A module is not there, or raises when it is imported.
    """
    objects: dict[str, Any] = {}
    for name in names:
        module = import_module(name)
        defined = {key: value for key, value in vars(module).items() if callable(value) and not key.startswith("_")}
        objects.update({key: value for key, value in defined.items() if value.__module__ == module.__name__})
    return objects


def import_module(name: str) -> ModuleType:
    """Imports `path/to/file.py` or `package.module`, with its own folder (or this one) in reach, as Python does.

    Raises:
        UsageError: It is not there, or raises when it is imported.
    """
    path = Path(name)
    check_python_files([name])
    try:
        if path.suffix == ".py":
            return _import_file(path.resolve())
        if str(Path.cwd()) not in sys.path:
            sys.path.insert(0, str(Path.cwd()))
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            raise UsageError(name, "no such module", "name a Python file or an importable module") from error
        raise _failed(name, error) from error
    except (Exception, SystemExit) as error:
        raise _failed(name, error) from error


def _import_file(path: Path) -> ModuleType:
    for name, module in list(sys.modules.items()):
        if getattr(module, "__file__", None) == str(path) and name != "__main__":
            return module
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))
    name = f"_weightscope_{path.stem}" if path.stem in sys.modules else path.stem
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"Python cannot load {path.name}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _failed(name: str, error: BaseException) -> UsageError:
    return UsageError(name, f"importing it raised {describe_error(error)}", "mend it, or try python -c 'import ...'")
