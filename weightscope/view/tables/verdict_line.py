"""The line that says whether the values of a model are sound."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from weightscope.inspection.measured import Listing
from weightscope.measure.check.verdict import Verdict, verdict_of
from weightscope.view.text import words

#: The most variables that are named.
_MOST_NAMED = 3

#: What normalizations never saw, by rule, and what they are called.
_NORMALIZATIONS = {
    "untrained-batchnorm": ("BatchNorm", "never trained"),
    "unadapted-normalization": ("Normalization", "never adapted"),
}


def verdict_line(listing: Listing) -> Text:
    """Returns the verdict on a listing with statistics: `no NaN or Inf; 53 BatchNorms never trained`."""
    verdict = verdict_of(listing)
    strange = _strange(verdict)
    line = Text.assemble((strange or "no NaN or Inf", "bold red" if strange else "green"))
    for part in _untrained(verdict):
        line.append("; ").append(part, style="yellow")
    if listing.listed is not None:
        line.append(" (of what is listed)", style="dim")
    return line


def _strange(verdict: Verdict) -> str:
    """Returns how many values are not finite, and where: `3 NaN, 1 Inf in scores/kernel`; empty without any."""
    counts = [f"{count:,} {word}" for count, word in ((verdict.nan, "NaN"), (verdict.infinite, "Inf")) if count]
    names = ", ".join(map(words.escape, verdict.strange[:_MOST_NAMED]))
    more = f" and {len(verdict.strange) - _MOST_NAMED:,} more" if len(verdict.strange) > _MOST_NAMED else ""
    return f"{', '.join(counts)} in {names}{more}" if counts else ""


def _untrained(verdict: Verdict) -> Iterator[str]:
    if verdict.is_untrained:
        yield "the whole model is untrained"
    for rule, count in verdict.normalizations.items():
        name, what = _NORMALIZATIONS[rule]
        yield f"{count:,} {name}{'s' * (count != 1)} {what}"
    if verdict.kernels and not verdict.is_untrained:
        yield f"{verdict.kernels:,} kernel{'s' * (verdict.kernels != 1)} as initialized"
