"""Nothing leads to the package on PyPI that is called `weightscope` too, nor to a repository of that name.

Its author is somebody else. Ours is the distribution `keras-weightscope`, which is installed from a clone.
"""

from __future__ import annotations

import re
import subprocess
import tomllib
from functools import cache

import pytest

from tests.conftest import ROOT

#: What would lead there, and what it would look like.
FORBIDDEN = {
    "an installation by the name": r"""(?:install|add|uvx|--with)(?:\s+-\S+)*\s+['"]?weightscope\b(?![./])""",
    "an extra of the name": r"weightscope\[",
    "an address": r"(?:github\.com|gitlab\.com|pypi\.org|readthedocs\.io)\S*/weightscope\b",
    "a look-up in the installed packages": r"""\b(?:version|distribution|metadata|requires)\(["']weightscope["']\)""",
    "a look-up by click": r"""package_name=["']weightscope["']""",
}


@cache
def tracked_texts() -> dict[str, str]:
    """Returns the text files that the repository holds, but for this one, by their path."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a clone: what is tracked is not known")
    texts = {}
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and path.name != "test_name.py" and b"\0" not in (content := path.read_bytes()):
            texts[name] = content.decode("utf-8", errors="replace")
    return texts


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_leads_to_the_package_of_others(what: str) -> None:
    found = {name: re.findall(f"{FORBIDDEN[what]}.*", text) for name, text in tracked_texts().items()}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("an installation by the name", "- run: pip install weightscope"),
        ("an installation by the name", "python -m pip install --upgrade 'weightscope>=0.1'"),
        ("an installation by the name", "uv add weightscope"),
        ("an extra of the name", "pip install 'weightscope[plots]'"),
        ("an address", "  - repo: https://github.com/weightscope/weightscope"),
        ("an address", "https://pypi.org/project/weightscope/"),
        ("a look-up in the installed packages", 'return version("weightscope")'),
    ],
)
def test_what_leads_to_the_package_of_others_is_recognised(what: str, line: str) -> None:
    assert re.search(FORBIDDEN[what], line)


@pytest.mark.parametrize("line", ["pip install .", "pip install '.[plots]'", "pip install keras-weightscope"])
def test_what_installs_this_package_is_not_forbidden(line: str) -> None:
    assert not any(re.search(pattern, line) for pattern in FORBIDDEN.values())


def test_the_distribution_has_a_name_of_its_own_and_the_command_keeps_its_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == "keras-weightscope"
    assert project["scripts"] == {"weightscope": "weightscope.__main__:main"}
    assert not project.get("urls")


def test_the_hook_for_pre_commit_is_a_local_one() -> None:
    assert not (ROOT / ".pre-commit-hooks.yaml").exists()
    assert "- repo: local" in (ROOT / "README.md").read_text(encoding="utf-8")
