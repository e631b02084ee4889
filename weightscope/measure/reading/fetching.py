"""Announces which values are read next, so that those of far files are fetched together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice

from weightscope.inspection import Selection, Variable
from weightscope.inspection.variable import Fetcher

#: Variables up to this size are fetched ahead of a pass that reads them one by one.
_SMALL_BYTES = 1 << 18

#: Selections, of about a MiB each, that are fetched at once.
_AT_ONCE = 8


def fetch_together(wanted: Iterable[tuple[Variable, Selection]]) -> None:
    """Fetches selections of variables in few rounds; does nothing for those of local files."""
    far: dict[Fetcher, list[Callable[[], object]]] = {}
    for variable, selection in wanted:
        if variable.fetcher is not None:
            far.setdefault(variable.fetcher, []).append(partial(variable.read, selection))
    for fetcher, reads in far.items():
        fetcher.run(reads)


def fetch_small(variables: Iterable[Variable]) -> None:
    """Fetches the small ones of these variables in few rounds; does nothing for those of local files."""
    fetch_together((variable, ()) for variable in variables if variable.info.bytes <= _SMALL_BYTES)


def fetched_ahead(variable: Variable, selections: Iterable[Selection]) -> Iterator[Selection]:
    """Yields selections that are read one by one; some of a far file are fetched at once."""
    if variable.fetcher is None:
        yield from selections
        return
    rest = iter(selections)
    while some := list(islice(rest, _AT_ONCE)):
        fetch_together((variable, selection) for selection in some)
        yield from some
