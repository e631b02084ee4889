"""The map of the code, `weightscope/README.md`, names what is there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.conftest import ROOT

PACKAGE = ROOT / "weightscope"

#: A file or folder between backticks: with a slash, or with the end of a source file.
_NAMED = re.compile(r"`((?:[\w.]+/)*[\w.]+\.(?:py|js|html|md)|(?:[\w.]+/)+[\w.]*)`")


def named_paths(line: str) -> list[tuple[str, list[Path]]]:
    """Returns each path that a line names, and where it may be: below a root, or in a folder named before it."""
    folders = [PACKAGE, ROOT]
    found = []
    for name in _NAMED.findall(line):
        places = [folder / name for folder in folders]
        found.append((name, places))
        folders += [place if place.is_dir() else place.parent for place in places if place.exists()]
    return found


def test_every_path_in_the_map_exists() -> None:
    lines = (PACKAGE / "README.md").read_text(encoding="utf-8").splitlines()
    named = [one for line in lines for one in named_paths(line)]
    assert len(named) > 60
    assert [name for name, places in named if not any(place.exists() for place in places)] == []


def test_every_folder_of_the_package_is_in_the_map() -> None:
    text = (PACKAGE / "README.md").read_text(encoding="utf-8")
    folders = {path.parent.relative_to(PACKAGE).parts[0] for path in PACKAGE.glob("*/*.py")}
    assert [folder for folder in sorted(folders) if f"\n| `{folder}/" not in text] == []
