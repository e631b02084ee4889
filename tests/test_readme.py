"""The README's examples print what it says they print."""

from __future__ import annotations

import html
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import run_in_terminal, without_colours
from tests.conftest import HANG, Run

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```console\n\$ (.*?)\n(.*?)```", README, re.DOTALL)

#: What only a shell can run: pipes, variables, patterns of names.
OF_A_SHELL = re.compile(r"[|$&]|\*\.")
IN_A_SHELL = [(command, printed) for command, printed in EXAMPLES if OF_A_SHELL.search(command)]
IN_THIS_PROCESS = [one for one in EXAMPLES if one not in IN_A_SHELL]


@pytest.mark.parametrize(("command", "printed"), IN_THIS_PROCESS, ids=[command for command, _ in IN_THIS_PROCESS])
def test_a_line_prints_what_the_readme_shows(
    command: str, printed: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    ran = run(*shlex.split(command)[1:])
    shown = (ran.stdout + ran.stderr, ran.stderr + ran.stdout)  # what is said of a result stands before it or after it
    assert _without_versions(printed) in map(_without_versions, shown)


@pytest.mark.parametrize(
    ("command", "printed"),
    [*IN_A_SHELL, *(pytest.param(*one, marks=pytest.mark.slow) for one in IN_THIS_PROCESS)],
    ids=[command for command, _ in (*IN_A_SHELL, *IN_THIS_PROCESS)],
)
def test_a_command_prints_what_the_readme_shows(command: str, printed: str) -> None:
    if "jq" in command and not shutil.which("jq"):
        pytest.skip("jq is not installed")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env={**os.environ, "PATH": path, "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=HANG,
        check=False,
    )
    assert _without_versions(ran.stdout) == _without_versions(printed)


def test_the_python_examples_give_what_the_readme_shows() -> None:
    assert ">>> import weightscope" in README
    command = [sys.executable, "-m", "doctest", "README.md"]
    ran = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "")


def test_the_picture_is_what_is_printed_now() -> None:
    drawing = runpy.run_path(str(ROOT / ".github" / "pictures" / "draw_terminal.py"))
    assert f"({drawing['PICTURE'].relative_to(ROOT)})" in README
    ran = run_in_terminal(*drawing["COMMAND"].split()[1:], width=drawing["WIDTH"], cwd=ROOT)
    printed = f"$ {drawing['COMMAND']}\n{without_colours(ran.stdout)}"
    assert _text_of(drawing["PICTURE"].read_text(encoding="utf-8")) == "".join(printed.split())


def test_every_link_of_the_contents_leads_to_a_heading() -> None:
    headings = re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", README, flags=re.DOTALL), re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    links = re.findall(r"\]\(#(.*?)\)", README)
    assert len(links) > 15
    assert set(links) <= anchors


def test_the_readme_shows_every_command() -> None:
    from weightscope.cli.command_list import COMMANDS

    assert all(f"`weightscope {name}" in README for name in COMMANDS)


def _text_of(svg: str) -> str:
    """Returns what an SVG shows as text, without the space that separates words."""
    return "".join(html.unescape(re.sub(r"<style>.*?</style>|<[^>]*>", "", svg, flags=re.DOTALL)).split())


def _without_versions(text: str) -> str:
    return re.sub(r"(?i)(keras) \d+\.\d+\.\d+", r"\1 VERSION", text).strip()
