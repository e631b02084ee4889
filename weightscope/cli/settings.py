"""What a project's `pyproject.toml` says of weightscope: the table `[tool.weightscope.check]`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from weightscope.errors import UsageError

_HINT = "see the README for what [tool.weightscope.check] holds"


def check_table() -> tuple[dict[str, Any], str]:
    """Returns the table, and the file that it is from: the nearest `pyproject.toml` upwards from here.

    Raises:
        UsageError: The file is no TOML, or the table no table.
    """
    try:
        here = Path.cwd()
    except FileNotFoundError:  # the folder was deleted
        return {}, ""
    file = next((folder / "pyproject.toml" for folder in (here, *here.parents) if _is_file(folder)), None)
    if file is None:
        return {}, ""
    try:
        found: Any = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(str(file), f"cannot be read: {error}", "correct it, or run weightscope elsewhere") from error
    for name in ("tool", "weightscope", "check"):
        found = found.get(name, {})
        if not isinstance(found, dict):
            raise UsageError(str(file), f"{name} is no table", _HINT)
    return found, str(file)


def _is_file(folder: Path) -> bool:
    return (folder / "pyproject.toml").is_file()
