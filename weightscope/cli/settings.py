"""The settings of `check`: what its options say, and the table `[tool.weightscope.check]` of `pyproject.toml`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from weightscope.cli.options import wanted_variables
from weightscope.errors import UsageError
from weightscope.measure.check.rules import LIMITS, RULES, find_rule
from weightscope.measure.check.settings import CheckSettings

#: Which levels count, by --fail-on.
FAILING = {"error": ("error",), "warning": ("error", "warning")}

#: What reports findings that are not of one model.
_OF_OTHERS = {
    "loading": "weightscope check weights.h5 --into model.keras",
    "comparison": "weightscope diff before.keras after.keras --frozen",
}

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
    import tomllib  # not needed where there is no such file

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


def check_settings(options: dict[str, Any], table: dict[str, Any], file: str) -> CheckSettings:
    """Returns what the options say, and where they are silent, the table."""
    chosen = {
        name: frozenset(_rules(options[name]) if options[name] else _told(table, name, file))
        for name in ("select", "ignore")
    }
    configured = {rule: table[rule] for rule in LIMITS if rule in table}
    given = dict(_limit(text) for text in options["limits"])
    known = ("select", "ignore", "fail-on", *LIMITS)
    for key in table:
        if key not in known:
            raise UsageError(file, f"{key} is no setting of [tool.weightscope.check]", f"one of {', '.join(known)}")
    settings = CheckSettings(
        **chosen, limits={**configured, **given}, optimizer=options["optimizer"], wanted=wanted_variables(options)
    )
    if not settings.rules:
        others = sorted(chosen["select"] - RULES.keys())
        if others:
            raise UsageError(others[0], "it is no rule on one model", _OF_OTHERS[find_rule(others[0]).of])
        raise UsageError("weightscope check", "no rule is left to check", "--select and --ignore name the same rules")
    return settings


def _told(table: dict[str, Any], name: str, file: str) -> list[str]:
    found = table.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise UsageError(file, f"{name} is no list of rules", f'{name} = ["optimizer-in-file"]')
    try:
        return _rules(found)
    except UsageError as error:
        raise UsageError(file, f"{name} names {error.location}: {error.message}", error.hint) from error


def fail_on_of(table: dict[str, Any], file: str) -> str:
    """Returns the level from which on findings end with exit code 1, as the table has it."""
    found = table.get("fail-on", "error")
    if found not in FAILING:
        raise UsageError(file, f"fail-on is {found!r}", 'fail-on = "error" or "warning"')
    return str(found)


def _rules(given: Iterable[str]) -> list[str]:
    return [find_rule(word.strip()).id for text in given for word in text.split(",") if word.strip()]


def _limit(text: str) -> tuple[str, float]:
    rule, _, number = text.partition("=")
    try:
        return find_rule(rule.strip()).id, float(number)
    except ValueError as error:
        raise UsageError(f"--set {text}", "this is no limit", "--set exploding-values=1e5") from error
