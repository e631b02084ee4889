"""Imports the user's own Python code: a file, a file of a package, a notebook or a module."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from weightscope.errors import UsageError
from weightscope.source.advice import advice_for
from weightscope.source.live.code_blocks import CodeBlock, Stop, names_defined, run_blocks, run_definitions
from weightscope.source.live.foreign_code import describe_error, plain_errors
from weightscope.source.live.notebook import code_cells
from weightscope.source.spec import check_python_files
from weightscope.source.waiting import reported_when_slow

#: The failures of modules that are in `sys.modules` although their code failed, by module name.
_stops: dict[str, Stop] = {}


@dataclass(frozen=True, slots=True)
class Imported:
    """A module that was imported.

    Attributes:
        module: The module.
        stop: The place where its code failed; None if all code ran.
    """

    module: ModuleType
    stop: Stop | None = None


def import_modules(names: Iterable[str]) -> dict[str, Any]:
    """Imports the modules and returns their classes and functions by name, for use as Keras' custom objects.

    Raises:
        UsageError: A module does not exist, or raises an exception when it is imported.
    """
    objects: dict[str, Any] = {}
    for name in names:
        module = import_module(name)
        defined = {key: value for key, value in vars(module).items() if callable(value) and not key.startswith("_")}
        objects.update({key: value for key, value in defined.items() if value.__module__ == module.__name__})
    return objects


def import_module(name: str) -> ModuleType:
    """Imports `path/to/file.py` or `package.module`. As in Python, the file's own or the current folder is searched.

    Raises:
        UsageError: The module does not exist, or raises an exception when it is imported.
    """
    imported = import_partly(name)
    if imported.stop is not None:
        raise import_failure(name, imported.stop.error) from imported.stop.error
    return imported.module


def import_partly(name: str, wanted: str | None = None) -> Imported:
    """Imports a module, and keeps its definitions if its example code fails.

    Args:
        name: `path/to/file.py`, `notebook.ipynb` or `package.module`.
        wanted: The name that is needed from a notebook. The cells up to its definition run. None runs only the
            definitions of all cells.

    Raises:
        UsageError: The module does not exist, or is not valid Python.
    """
    check_python_files([name])
    path = Path(name)
    try:
        with reported_when_slow(name), _as_a_script(name), plain_errors():
            if path.suffix == ".ipynb":
                return _run_notebook(path.resolve(), wanted)
            if path.suffix == ".py":
                return _import_file(path.resolve())
            return _import_named(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            raise UsageError(name, "no such module", "name a Python file or an importable module") from error
        raise import_failure(name, error) from error
    except (Exception, SystemExit) as error:
        if isinstance(error, UsageError):
            raise
        raise import_failure(name, error) from error


def import_failure(name: str, error: BaseException) -> UsageError:
    """Returns the error for a module whose code raised `error` before the needed name was defined."""
    described = describe_error(error)
    return UsageError(name, f"importing it raised {described}", advice_for(described) or _advice(error))


def _advice(error: BaseException) -> str:
    match error:
        case MemoryError():
            return "use less memory: the limit is nine tenths of the memory that was free at the start"
        case SyntaxError():
            return "correct the syntax; every statement must be Python 3"
        case ModuleNotFoundError(name=str(missing)):
            return f"install the package that has the module {missing}, or run weightscope where it is installed"
    return 'put example code under: if __name__ == "__main__":'


@contextmanager
def _as_a_script(name: str) -> Iterator[None]:
    """In the context, `sys.argv` is `[name]`, so that the module does not parse the arguments of this program."""
    before = sys.argv
    sys.argv = [name]
    try:
        yield
    finally:
        sys.argv = before


def _import_named(name: str) -> Imported:
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    if name in sys.modules:
        return Imported(sys.modules[name], _stops.get(name))
    found = importlib.util.find_spec(name)  # imports the packages around the module
    if found is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    if found.origin is None or not found.origin.endswith(".py"):
        return Imported(importlib.import_module(name))
    return _run_file(name, Path(found.origin), found.submodule_search_locations)


def _import_file(path: Path) -> Imported:
    for name, module in list(sys.modules.items()):
        if getattr(module, "__file__", None) == str(path) and name != "__main__":
            return Imported(module, _stops.get(name))
    packages = _packages_around(path)
    root = packages[0].parent if packages else path.parent
    sys.path[:0] = [str(folder) for folder in dict.fromkeys((root, path.parent)) if str(folder) not in sys.path]
    names = [".".join(one.name for one in packages[: depth + 1]) for depth in range(len(packages))]
    for name, folder in zip(names, packages, strict=True):
        if name not in sys.modules:
            _run_file(name, folder / "__init__.py", [str(folder)])
    name = ".".join([*names[-1:], path.stem])
    if name in sys.modules:
        if getattr(sys.modules[name], "__file__", None) == str(path):  # its package imported it
            return Imported(sys.modules[name], _stops.get(name))
        name = f"_weightscope_{path.stem}"
    return _run_file(name, path)


def _packages_around(path: Path) -> list[Path]:
    """Returns the folders of the packages that contain a file, the outermost first."""
    packages = []
    for folder in path.parents:
        if not (folder / "__init__.py").is_file() or not folder.name.isidentifier():
            break
        packages.append(folder)
    return packages[::-1]


def _run_file(name: str, path: Path, search: Sequence[str] | None = None) -> Imported:
    spec = importlib.util.spec_from_file_location(
        name, path, submodule_search_locations=list(search) if search is not None else None
    )
    if spec is None:
        raise ImportError(f"Python cannot load {path.name}")
    module = importlib.util.module_from_spec(spec)
    package, _, child = name.rpartition(".")
    if package in sys.modules:
        setattr(sys.modules[package], child, module)
    return _run(module, [CodeBlock(str(path), path.read_bytes())])


def _run(module: ModuleType, blocks: Sequence[CodeBlock]) -> Imported:
    name = module.__name__
    sys.modules[name] = module
    try:
        stop = run_blocks(blocks, module)
    except BaseException:
        del sys.modules[name]
        raise
    if stop is not None:
        _stops[name] = stop
    return Imported(module, stop)


def _run_notebook(path: Path, wanted: str | None) -> Imported:
    cells = code_cells(path)
    module = ModuleType(f"_weightscope_{path.stem}" if path.stem in sys.modules else path.stem)
    module.__file__ = str(path)
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))
    end = next((number for number, cell in enumerate(cells, 1) if wanted in names_defined(cell.source)), None)
    if end is not None:
        return _run(module, cells[:end])
    sys.modules[module.__name__] = module
    run_definitions(cells, module)
    return Imported(module)
