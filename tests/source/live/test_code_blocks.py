"""Code that fails in the middle is run on, definitions alone; notebooks are read as Python."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightscope.source.live.code_blocks import CodeBlock, names_defined, run_blocks, run_definitions
from weightscope.source.live.notebook import code_cells


def test_all_of_a_block_runs_where_nothing_fails() -> None:
    module = ModuleType("m")
    assert run_blocks([CodeBlock("a", "x = 1\nfor y in range(3): x += y\n")], module) is None
    assert module.x == 4


def test_after_a_failure_definitions_alone_are_run() -> None:
    module = ModuleType("m")
    code = "x = 1\nraise KeyError('k')\ny = x + 1\nx.append(3)\nz = no_such\ndef f(): return y\nfor i in [1]: w = 1\n"
    stop = run_blocks([CodeBlock("a", code), CodeBlock("b", "v = 5\n1 / 0\n")], module)
    assert stop is not None
    assert (stop.file, stop.line, type(stop.error)) == ("a", 2, KeyError)
    assert (module.y, module.f(), module.v) == (2, 2, 5)
    assert not hasattr(module, "w")
    assert not hasattr(module, "z")


def test_the_line_is_that_of_the_statement_and_not_of_what_it_called() -> None:
    module = ModuleType("m")
    stop = run_blocks([CodeBlock("a", "def f():\n    1 / 0\n\n\nf()\n")], module)
    assert stop is not None
    assert stop.line == 5


def test_definitions_run_without_example_code() -> None:
    module = ModuleType("m")
    run_definitions([CodeBlock("a", "x = 1\nprint('never')\ndef f(): return x\n1 / 0\n")], module)
    assert module.f() == 1


def test_an_interrupt_is_not_caught() -> None:
    with pytest.raises(KeyboardInterrupt):
        run_blocks([CodeBlock("a", "raise KeyboardInterrupt")], ModuleType("m"))


@given(st.text(max_size=60))
def test_whatever_is_no_python_defines_nothing_and_raises_nothing(text: str) -> None:
    assert isinstance(names_defined(text), set)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("class A: pass\ndef f(): pass", {"A", "f"}),
        ("import a.b, c as d\nfrom e import g", {"a", "d", "g"}),
        ("x = y = 1\n(p, q), r = z", {"x", "y", "p", "q", "r"}),
        ("n: int = 3\nif n: hidden = 1", {"n"}),
    ],
)
def test_the_names_of_a_cell_are_known_without_running_it(source: str, names: set[str]) -> None:
    assert names_defined(source) == names


def test_lines_that_only_ipython_runs_are_passed_over(tmp_path: Path) -> None:
    cell = "%matplotlib inline\n!ls\nx = !ls\nif y:\n    %time f()\nhelp?\na = b % c\nd = e != f\n"
    path = tmp_path / "n.ipynb"
    cells = [{"cell_type": "code", "source": source} for source in (cell, "%%sh\nls")]
    path.write_text(json.dumps({"cells": cells}))
    first, second = code_cells(path)
    assert str(first.source).splitlines() == [
        *("pass", "pass", "pass", "if y:", "    pass", "pass", "a = b % c", "d = e != f")
    ]
    assert second.source == ""
    assert first.file == f"{path} cell 1"
