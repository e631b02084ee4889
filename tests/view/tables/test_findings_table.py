"""What a check found, as people read it: nothing is lost, and levels stand out, however narrow the terminal is."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.records import HOSTILE_NAMES
from weightscope.inspection import SourceInfo
from weightscope.inspection.check_result import CheckResult
from weightscope.inspection.finding import Finding
from weightscope.view.formats import find_format
from weightscope.view.text.surface import Surface
from weightscope.view.text.words import escape

LEVELS = ("error", "warning", "note")


def printed(*findings: Finding, surface: Surface, **more: Any) -> str:
    report = CheckResult(SourceInfo("model.keras", "keras"), findings, 4, 2048, ("nan-values", "zero-kernel"), **more)
    return "".join(find_format("table").findings([report], surface))


def found(level: str = "error", where: str = "dense/kernel", message: str = "3 of 15 values are NaN") -> Finding:
    return Finding("nan-values", level, message, where, 3, "go back to a checkpoint")  # type: ignore[arg-type]


@given(st.integers(30, 200), st.sampled_from(LEVELS), st.text("ab /[]", max_size=90))
def test_folded_lines_leave_the_margin_to_the_levels(width: int, level: str, message: str) -> None:
    lines = printed(found(level, message=message), surface=Surface(width=width)).splitlines()
    assert all(len(line) <= width for line in lines[1:-2])
    assert lines[0] == "model.keras"
    assert lines[1] == f"  {level:<7} nan-values"
    text = "".join(lines).replace(" ", "")
    assert message.replace(" ", "") in text
    assert "gobacktoacheckpoint" in text
    below = list(takewhile(lambda line: not line.startswith(f"1 {level}"), lines[2:]))
    assert below
    assert all(line.startswith(" " * 10) for line in below)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_are_text(name: str) -> None:
    text = printed(found(where=name), surface=Surface())
    assert f"{escape(name)}: 3 of 15 values are NaN\n" in text
    assert "\x1b" not in text


def test_what_to_do_is_told_once_for_neighbours_of_a_kind() -> None:
    text = printed(found(), found(where="other/kernel"), surface=Surface())
    assert text.count("go back to a checkpoint") == 1
    assert text.splitlines()[1] == "  error   nan-values  2 variables"
    assert text.endswith("2 errors · nan-values 2 · 2 rules · 4 variables · 2.0 KiB read\n")


def test_many_findings_of_one_rule_are_one_line_unless_each_is_asked_for() -> None:
    findings = tuple(found("warning", f"d{place}/kernel", f"{place} of 15 values are NaN") for place in range(53))
    other = found(where="last/kernel")
    text = printed(*findings, replace(other, code="zero-kernel"), surface=Surface())
    names = "d0/kernel, d1/kernel, d2/kernel, d3/kernel, d4/kernel, …"
    assert text.splitlines()[1:4] == [
        f"  warning nan-values  53 variables: {names} (--verbose lists all)",
        "          d0/kernel: 0 of 15 values are NaN",
        "          go back to a checkpoint",
    ]
    assert "1 error, 53 warnings · nan-values 53, zero-kernel 1 · 2 rules" in text
    assert "…" not in printed(*findings, surface=Surface(encoding="ascii"))
    each = printed(*findings, surface=Surface(), is_verbose=True)
    assert all(f"d{place}/kernel: {place} of 15 values are NaN\n" in each for place in range(53))


def test_the_last_line_says_which_rules_could_not_run_and_why() -> None:
    lacking = {"nan-values": "no names", "zero-kernel": "no names"}
    text = printed(surface=Surface(), not_run=lacking)
    assert text.splitlines()[-2:] == [
        "nothing found · 0 of 2 rules · 4 variables · 2.0 KiB read",
        "not run: nan-values, zero-kernel (no names)",
    ]


def test_a_model_without_findings_is_told_to_be_looked_at() -> None:
    assert printed(surface=Surface()) == "model.keras\nnothing found · 2 rules · 4 variables · 2.0 KiB read\n"
    assert "nothing found - 2 rules" in printed(surface=Surface(encoding="ascii"))
