"""The folders are the flow of data; imports may only go the way that DESIGN has them."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "weightscope"

#: What a folder may import besides itself.
MAY_IMPORT = {
    "errors": set(),
    "inspection": {"errors"},
    "keras_facts": set(),
    "source": {"errors", "inspection", "keras_facts"},
    "measure": {"errors", "inspection", "keras_facts"},
    "view": {"errors", "inspection", "measure"},
    "writer": {"errors", "inspection", "keras_facts", "measure", "source"},
    "api": {"errors", "inspection", "measure", "source", "view", "writer"},
    "many": {"errors", "inspection", "measure", "source", "view", "api"},
    "cli": {"errors", "inspection", "keras_facts", "measure", "source", "view", "writer", "api", "many"},
    "__main__": {"cli"},
    "testing": {"inspection", "api"},
    # the names that are imported from `weightscope` itself, late
    "__init__": {"api", "errors", "source"},
}

FILES = sorted(PACKAGE.rglob("*.py"))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(path: Path) -> Iterator[tuple[str, int]]:
    """Yields the modules that a file imports, wherever in it, and the line."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute here"
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def imports_at_import_time(path: Path) -> Iterator[str]:
    """Yields the modules that importing a file imports: those at the top, outside functions and TYPE_CHECKING."""
    for node in tree_of(path).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def folder_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def files_that_import(*names: str) -> set[str]:
    return {
        str(path.relative_to(PACKAGE))
        for path in FILES
        for module, _ in imports_of(path)
        if module.split(".")[0] in names
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_folder_imports_only_from_folders_to_its_left(path: Path) -> None:
    folder = folder_of(path)
    for module, line in imports_of(path):
        parts = module.split(".")
        if parts[0] != "weightscope" or len(parts) < 2 or parts[1] == folder:
            continue
        assert parts[1] in MAY_IMPORT[folder], f"{path}:{line}: {folder} imports {module}"


def test_every_folder_has_its_place_in_the_order() -> None:
    assert {folder_of(path) for path in FILES} == set(MAY_IMPORT)


def test_tensorflow_and_keras_are_imported_in_one_module_only() -> None:
    assert files_that_import("keras", "tensorflow") == {"source/live/framework.py"}


def test_filesystems_of_others_are_imported_in_one_module_when_an_address_is_read() -> None:
    assert files_that_import("fsspec") == {"source/bytes/far/remote.py"}
    assert "fsspec" not in set(imports_at_import_time(PACKAGE / "source/bytes/far/remote.py"))


def test_only_the_command_line_knows_click() -> None:
    assert {Path(name).parts[0] for name in files_that_import("click")} == {"cli"}


def test_rich_is_known_to_views_and_to_what_shows_that_one_waits_only() -> None:
    users = {name for name in files_that_import("rich") if not name.startswith("view/")}
    for_types_alone = {"api/showable.py", "api/showable_measures.py"}
    assert users == {"cli/progress.py", "cli/quiet.py"} | for_types_alone


_DRAWN_WITH_MATPLOTLIB = (
    *("plots", "plot_axes", "matrix_axes", "color_axes", "printable", "picture_file"),
    "model/scene_png",
    "trend_plot",
)


def test_matplotlib_is_imported_when_a_picture_is_drawn_and_not_before() -> None:
    users = files_that_import("matplotlib")
    assert users == {f"view/pictures/{name}.py" for name in _DRAWN_WITH_MATPLOTLIB}
    assert not [name for user in users for name in imports_at_import_time(PACKAGE / user) if "matplotlib" in name]


def test_numba_and_pyarrow_are_imported_in_one_module_each_and_late() -> None:
    assert files_that_import("numba") == {"measure/statistics/compiled.py"}
    assert files_that_import("llvmlite") == {"measure/statistics/machine_code.py"}
    assert files_that_import("pyarrow") == {"view/parquet.py"}
    late = {"weightscope.measure.statistics.compiled", "weightscope.measure.statistics.machine_code", "pyarrow"}
    assert not [path for path in FILES if late & set(imports_at_import_time(path))]


def test_a_rich_console_is_made_in_one_place_and_reads_no_markup() -> None:
    made = [
        (
            path.name,
            {one.arg: ast.literal_eval(one.value) for one in node.keywords if isinstance(one.value, ast.Constant)},
        )
        for path in FILES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Console"
    ]
    assert made == [("console.py", {"markup": False, "highlight": False, "emoji": False})]


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Imports inside functions and for type hints count too."""
    known = {module_of(path): path for path in FILES}
    graph = {
        module: {name for name, _ in imports_of(path) if name in known and name != module}
        for module, path in known.items()
    }
    # a package's __init__ is imported before its modules, and may import them in turn
    graph = {module: {one for one in found if not module.startswith(f"{one}.")} for module, found in graph.items()}
    finished: set[str] = set()

    def walk(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path, module))
        if module not in finished:
            for imported in graph[module]:
                walk(imported, (*path, module))
            finished.add(module)

    for module in graph:
        walk(module, ())


def loops_between_folders(files: list[Path]) -> list[tuple[str, ...]]:
    """Returns the loops between folders, sub-folders too; the modules of a folder count apart from its sub-folders'."""
    known = {module_of(path): ".".join(path.relative_to(ROOT).parent.parts) for path in files}
    graph: dict[str, set[str]] = {}
    for path in files:
        folder = known[module_of(path)]
        found = {known[module] for module, _ in imports_of(path) if module in known}
        # a package's names are imported from its __init__, which stands in the folder itself
        graph.setdefault(folder, set()).update(found - {folder})
    loops: list[tuple[str, ...]] = []

    def walk(folder: str, way: tuple[str, ...]) -> None:
        if folder in way:
            loops.append((*way[way.index(folder) :], folder))
        elif folder not in done:
            for found in sorted(graph.get(folder, ())):
                walk(found, (*way, folder))
            done.add(folder)

    done: set[str] = set()
    for folder in sorted(graph):
        walk(folder, ())
    return loops


def test_no_folder_imports_itself_by_way_of_others() -> None:
    assert loops_between_folders([path for path in FILES if path.parent != PACKAGE]) == []


def test_only_files_of_the_source_folder_open_what_the_user_names_as_a_model() -> None:
    """Files of `writer` write new ones."""
    assert {Path(name).parts[0] for name in files_that_import("pyfive")} == {"source"}
    assert {Path(name).parts[0] for name in files_that_import("zipfile")} == {"source", "writer"}
    assert {Path(name).parts[0] for name in files_that_import("h5py")} == {"writer"}


def test_modules_and_functions_stay_small() -> None:
    """A module has at most 250 lines, a function at most 40 with its docstring."""
    long = [f"{path.relative_to(ROOT)}" for path in FILES if path.read_text(encoding="utf-8").count("\n") > 250]
    for path in FILES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 40:
                long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert long == []


#: Classes of the API that can show themselves, each with the name of the record that it is.
SHOWABLE = {"Closeup", "Comparison", "Inspection", "Listing", "CheckResult"}


def test_a_public_class_has_a_name_of_its_own() -> None:
    """A word means one thing in the whole tree."""
    names = Counter(
        node.name
        for path in FILES
        for node in tree_of(path).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert {name for name, count in names.items() if count > 1} == SHOWABLE


def test_a_hint_that_repeats_is_a_function_of_errors() -> None:
    """Errors are made of a location, a message and a hint; a hint may stand at two places, not at three."""
    hints = Counter(
        node.args[2].value
        for path in FILES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("Error")
        if len(node.args) == 3 and isinstance(node.args[2], ast.Constant)
    )
    assert {hint: count for hint, count in hints.items() if count > 2} == {}


#: What the command line may know of reading, measuring and writing besides the API: records of options, what the words
#: of options mean, and what goes on around a call.
KNOWN_TO_COMMANDS = {
    *("measure.check.rules", "measure.check.settings", "measure.compare.settings", "measure.listing.choice"),
    *(
        "measure.listing.row_options",
        "measure.listing.sort_key",
        "measure.reading.gather",
        "measure.trend.findings",
        "measure.trend.trend",
    ),
    *("source.advice", "source.arguments", "source.layer_names", "source.shapes", "source.spec", "source.waiting"),
    *(
        "source.bytes.far.traffic",
        "source.bytes.location",
        "source.file.parts",
        "source.temporary_folder",
        "writer.new_file",
    ),
}


def test_commands_read_measure_and_write_by_the_api_alone() -> None:
    """Completion is left out: it looks names up, and prints nothing."""
    others = {
        module.removeprefix("weightscope.")
        for path in FILES
        if folder_of(path) == "cli" and path.parent.name != "completion"
        for module, _ in imports_of(path)
        if module.startswith(("weightscope.measure.", "weightscope.source.", "weightscope.writer."))
        if (PACKAGE.parent / module.replace(".", "/")).with_suffix(".py").exists()
    }
    assert others <= KNOWN_TO_COMMANDS
