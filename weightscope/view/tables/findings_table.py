"""The findings of a check as text for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType

from weightscope.inspection.check_result import CheckResult
from weightscope.inspection.finding import Finding
from weightscope.inspection.load_plan import LoadPlan
from weightscope.measure.check.rules import ALL_RULES
from weightscope.view.tables.plan_grid import plan_grid
from weightscope.view.text import words
from weightscope.view.text.folding import Folded, Piece, packed
from weightscope.view.text.glyphs import Glyphs

#: The indentation of the text of findings: as wide as a level.
_MARGIN = 10

LEVEL_STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}


#: The most findings of one rule that are listed with their messages; of more, only some are named.
_MOST_LISTED = 3
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class FindingsTable:
    """The output of the table format for the check of one model."""

    report: CheckResult

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yields the findings by rule, their counts, and the rules that could not run."""
        glyphs = Glyphs.of(options)
        report = self.report
        yield from _head(report, glyphs)
        if report.is_verbose:
            yield from finding_lines(report.findings)
        else:
            for place, findings in enumerate(_by_rule(report.findings)):
                if place == 0 and report.load is not None:
                    yield from _cause(findings)
                else:
                    yield from _group(findings, glyphs)
        yield packed(_totals(report), f" {glyphs.dot} ")
        if report.not_run:
            yield packed((f"not run: {'; '.join(_not_run(report.not_run))}",), "", hanging=2)


def _head(report: CheckResult, glyphs: Glyphs) -> Iterator[RenderableType]:
    """Yields the file, and with a target the outcome of loading, the message of Keras first."""
    location = words.escape(report.source.location)
    if report.load is None:
        untrained = ": the whole model is untrained; its weights still have their initial values"
        said = untrained if report.is_untrained else ""
        yield Folded(((location, "bold"), (said, LEVEL_STYLES["warning"])), hanging=2)
        return
    plan = report.load
    style = "bold" if plan.verdict == "loads" else "bold red"
    into = f" into {words.escape(plan.target)}" if plan.target else ", loaded with Keras"
    yield Folded(((f"{location}{into}: ", "bold"), (load_verdict(plan), style)), hanging=2)
    if report.lists_plan:
        yield plan_grid(plan, report.plan_filter, glyphs)


_LOADED = {
    "loads": "it loads",
    "partly": "it loads partly, and Keras raises no error",
    "silently-wrong": "it loads without an error, and wrong",
}
#: load_weights does not read arrays by name.
_BY_PATH = {
    "loads": "assigned by name, the arrays fit",
    "partly": "assigned by name, the arrays fit partly",
    "silently-wrong": "assigned by name, the arrays are cast to another kind of number",
}


def load_verdict(plan: LoadPlan) -> str:
    """Returns what a load comes to, in the words of Keras where it raises."""
    if plan.message is not None:
        return f"{'load_weights' if plan.target else 'load_model'} raises: {words.escape(plan.message)}"
    read = sum(one.outcome in ("equal-path", "moved") for one in plan.assignments)
    wanted = sum(one.target is not None for one in plan.assignments)
    results = _BY_PATH if plan.is_by_path else _LOADED
    result = results.get(plan.verdict, results["silently-wrong"])
    return f"{result} ({read:,} of {wanted:,} variables)"


def finding_lines(findings: Sequence[Finding]) -> Iterator[RenderableType]:
    """Yields each finding with its hint; neighbouring findings with the same hint show it once."""
    for place, finding in enumerate(findings):
        yield from _finding(finding, is_repeat=place > 0 and findings[place - 1].fix == finding.fix)


def _finding(finding: Finding, *, is_repeat: bool) -> Iterator[RenderableType]:
    yield Folded(((f"  {finding.level:<7} ", LEVEL_STYLES[finding.level]), (finding.code, "dim")), hanging=_MARGIN)
    yield _what(finding)
    if finding.fix and not is_repeat:
        yield _in_margin((words.escape(finding.fix), "dim"))


def _what(finding: Finding) -> RenderableType:
    where = f"{words.escape(finding.variable)}: " if finding.variable else ""
    return _in_margin((where, "bold"), (words.escape(finding.message), ""))


def _in_margin(*text: Piece) -> Folded:
    return Folded(text, indent=_MARGIN)


def _by_rule(findings: Sequence[Finding]) -> Iterable[list[Finding]]:
    """Returns the findings of each rule, in the order of the first of each."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.code, []).append(finding)
    return groups.values()


def _group(findings: Sequence[Finding], glyphs: Glyphs) -> Iterator[RenderableType]:
    """Yields the findings of one rule: each finding if there are few, else their number and the first names."""
    if len(findings) == 1:
        yield from _finding(findings[0], is_repeat=False)
        return
    first, about = findings[0], ALL_RULES[findings[0].code].about if findings[0].code in ALL_RULES else "variable"
    head = (f"  {first.level:<7} ", LEVEL_STYLES[first.level]), (first.code, "dim")
    if len(findings) <= _MOST_LISTED:
        yield Folded((*head, (f"  {len(findings)} {about}s", "")), hanging=_MARGIN)
        for finding in findings:
            yield _what(finding)
    else:
        names = [words.escape(one.variable) for one in findings if one.variable]
        more = [glyphs.ellipsis] if len(names) > _MOST_NAMED else []
        named = f": {', '.join([*names[:_MOST_NAMED], *more])}" if names else ""
        line = f"  {len(findings):,} {about}s{named} (--verbose lists all)"
        yield Folded((*head, (line, "")), hanging=_MARGIN)
        if len({one.message for one in findings}) == 1:
            yield _in_margin((words.escape(first.message), ""))
        else:
            yield _what(first)
    for fix in dict.fromkeys(one.fix for one in findings if one.fix):
        yield _in_margin((words.escape(fix), "dim"))


def _cause(findings: Sequence[Finding]) -> Iterator[RenderableType]:
    """Yields why a load goes wrong: the first cause beside the rule, so that it is the second line."""
    first = findings[0]
    where = f"{words.escape(first.variable)}: " if first.variable else ""
    level = (f"  {first.level:<7} ", LEVEL_STYLES[first.level])
    line = (level, (where, "bold"), (words.escape(first.message), ""), (f"  {first.code}", "dim"))
    yield Folded(line, hanging=_MARGIN)
    for finding in findings[1:_MOST_LISTED]:
        yield _what(finding)
    if len(findings) > _MOST_LISTED:
        more = f"and {len(findings) - _MOST_LISTED:,} more (--verbose lists all)"
        yield _in_margin((more, "dim"))
    if first.fix:
        yield _in_margin((words.escape(first.fix), "dim"))


def _totals(report: CheckResult) -> Iterator[str]:
    counts = Counter[str](one.level for one in report.findings)
    levels = [f"{counts[level]:,} {level}{'s' * (counts[level] != 1)}" for level in LEVEL_STYLES if counts[level]]
    yield ", ".join(levels) or "nothing found"
    rules = Counter(one.code for one in report.findings)
    if len(report.findings) > len(rules):
        yield ", ".join(f"{rule} {count:,}" for rule, count in rules.items())
    number = len(report.rules)
    ran = f"{number - len(report.not_run):,} of " if report.not_run else ""
    yield f"{ran}{number:,} rule{'s' * (number != 1)}"
    yield f"{report.variables:,} variables"
    yield f"{words.size(report.bytes)} read"


def _not_run(rules: Mapping[str, str]) -> Iterator[str]:
    """Yields the rules that could not run, by what the file lacks."""
    for lack in dict.fromkeys(rules.values()):
        yield f"{', '.join(rule for rule, its in rules.items() if its == lack)} ({lack})"
