"""Runs the user's module or notebook cells. If example code fails, the remaining definitions still run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import CodeType, ModuleType
from typing import Any

#: Statements of a block that run after a failure. Other statements may be example code.
_DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Python source that runs as a unit: a file, or a cell of a notebook.

    Attributes:
        file: The name of the block in tracebacks.
        source: The code.
    """

    file: str
    source: str | bytes


@dataclass(frozen=True, slots=True)
class Stop:
    """Where running a module failed.

    Attributes:
        error: The first exception.
        file: The block's file.
        line: The line of the statement at the top level of the block.
    """

    error: BaseException
    file: str
    line: int


def run_blocks(blocks: Sequence[CodeBlock], module: ModuleType) -> Stop | None:
    """Runs the blocks in the module's namespace. Returns the place of the first failure, or None.

    After a failure, each remaining import, definition and assignment of the block runs separately, so that classes
    below broken example code are defined. Failures of these statements are ignored.
    """
    first: Stop | None = None
    for block in blocks:
        try:
            code = compile(block.source, block.file, "exec", dont_inherit=True)
            exec(code, module.__dict__)
        except (Exception, SystemExit) as error:
            line = _line_in(block.file, error)
            first = first or Stop(error, block.file, line)
            _run_definitions(block, line, module)
    return first


def run_definitions(blocks: Sequence[CodeBlock], module: ModuleType) -> None:
    """Runs only the imports, definitions and assignments of the blocks. Statements that fail are ignored."""
    for block in blocks:
        _run_definitions(block, 0, module)


def names_defined(source: str | bytes) -> set[str]:
    """Returns the names that the code defines at its top level; an empty set if it is not valid Python."""
    return {name for node in _statements(source) for name in _names(node)}


def _run_definitions(block: CodeBlock, after_line: int, module: ModuleType) -> None:
    for node in _statements(block.source):
        if node.lineno > after_line and isinstance(node, _DEFINITIONS):
            try:
                exec(_compiled(node, block.file), module.__dict__)
            except (Exception, SystemExit):  # a consequence of the failure that is reported
                continue


def _statements(source: str | bytes) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _compiled(node: ast.stmt, file: str) -> CodeType:
    return compile(ast.Module([node], type_ignores=[]), file, "exec", dont_inherit=True)


def _line_in(file: str, error: BaseException) -> int:
    """Returns the line of the top-level statement of `file` in which the error was raised."""
    frame: Any = error.__traceback__
    while frame is not None:
        code = frame.tb_frame.f_code
        if code.co_filename == file and code.co_name == "<module>":
            return int(frame.tb_lineno)
        frame = frame.tb_next
    return (error.lineno or 0) if isinstance(error, SyntaxError) else 0


def _names(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Import() | ast.ImportFrom():
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        case ast.Assign():
            yield from (one.id for target in node.targets for one in ast.walk(target) if isinstance(one, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
