"""Fails if an installed package is newer than the lower bound in `pyproject.toml`, which nothing would then test.

`make test-oldest` runs it: `python -m tests.oldest_versions`.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

PROJECT = Path(__file__).parent.parent / "pyproject.toml"


def untested_bounds() -> Iterator[str]:
    """Yields a line for each requirement whose lower bound is not the installed version."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    for line in dict.fromkeys(lines):
        requirement = Requirement(line)
        (bound,) = (Version(one.version) for one in requirement.specifier if one.operator == ">=")
        installed = Version(version(requirement.name))
        if installed.release[: len(bound.release)] != bound.release:
            yield f"{line}: {installed} is installed"


if __name__ == "__main__":
    sys.exit("\n".join(untested_bounds()) or 0)
