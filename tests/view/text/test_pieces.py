"""Long output leaves in pieces: the memory that it takes does not grow with the number of variables."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import pytest

from tests.records import inspection, variable
from weightscope.inspection.check_result import CheckResult
from weightscope.inspection.finding import Finding
from weightscope.inspection.measured import Listing
from weightscope.measure import Choice, list_measured
from weightscope.view.documents.document import inspection_document
from weightscope.view.formats import find_format
from weightscope.view.tables.inspection_table import InspectionTable
from weightscope.view.text.json_text import indented
from weightscope.view.text.surface import Surface


def listing_of(count: int) -> Listing:
    return list_measured(inspection(*(variable(f"block_{place}/kernel", (3, 4)) for place in range(count))), Choice())


def peak(pieces: Iterator[str]) -> int:
    """Returns the bytes that are in memory at most while the pieces come and go."""
    tracemalloc.start()
    try:
        for _ in pieces:
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["table", "json", "jsonl", "csv"])
def test_the_memory_of_a_listing_does_not_grow_with_its_rows(name: str) -> None:
    view = find_format(name)
    short, long = listing_of(800), listing_of(2400)
    for _ in view.inspections([short], Surface()):
        pass  # what is made once is not counted
    assert peak(view.inspections([long], Surface())) < 2 * peak(view.inspections([short], Surface()))


def test_findings_take_less_memory_than_their_text() -> None:
    found = [Finding("nan-values", "error", "3 of 3 values are NaN", f"a_{place}/kernel") for place in range(2000)]
    report = CheckResult(inspection().source, tuple(found), 2000, 0, ("nan-values",), is_verbose=True)
    text = "".join(find_format("table").findings([report], Surface()))
    assert text.count("3 of 3 values are NaN") == 2000
    assert peak(find_format("table").findings([report], Surface())) < len(text)


@pytest.mark.parametrize("surface", [Surface(), Surface(40), Surface(80, color="256")])
def test_pieces_of_a_table_are_the_whole_table(surface: Surface) -> None:
    listing = listing_of(1200)
    pieces = list(find_format("table").inspections([listing], surface))
    assert len(pieces) > 2
    assert "".join(pieces) == surface.draw(InspectionTable(listing))


@pytest.mark.parametrize("count", [0, 1, 1200])
def test_pieces_of_json_are_the_whole_document(count: int) -> None:
    listing = listing_of(count)
    text = "".join(find_format("json").inspections([listing], Surface()))
    assert text == indented(inspection_document(listing))
